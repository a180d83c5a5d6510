"""An area that somebody wants to follow."""

from datetime import datetime

from django.utils.translation import gettext as _

from allmende.capabilities.reports.models import Area
from allmende.capabilities.reports.models.areas import DIGITS, RADII
from allmende.core import audit, city
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Invalid
from allmende.engines.places import interface as places


@action
def name_area(
    *, actor: Actor, district: str = "", point: tuple[float, float] | None = None, radius: int = 0, at: datetime
) -> Area:
    """The area for a district, or for so many metres around a place; the same one for everybody who asks for it.

    Anybody may: it holds nothing about who asked. Raises Invalid with fields.
    """
    wanted: dict[str, object]
    if district:
        if district not in city.current().districts:
            raise Invalid(fields={"district": _("Diesen Stadtteil kennen wir nicht.")})
        wanted = {"district": district, "longitude": None, "latitude": None, "radius": 0}
    else:
        if point is None or places.place_at(*point) is None:
            raise Invalid(
                fields={"place": _("Bitte nennen Sie einen Ort in der Stadt, oder wählen Sie einen Stadtteil.")}
            )
        if radius not in RADII:
            raise Invalid(fields={"radius": _("Bitte wählen Sie, wie weit.")})
        longitude, latitude = (round(part, DIGITS) for part in point)
        wanted = {"district": "", "longitude": longitude, "latitude": latitude, "radius": radius}
    Area.objects.bulk_create([Area(**wanted, made_at=at)], ignore_conflicts=True)
    found = Area.objects.get(**wanted)
    audit.record(actor, "reports.name_area", found.ref, fields=["area"])
    return found
