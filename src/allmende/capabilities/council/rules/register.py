"""What may stand in the register of a council that is kept here: who there is, who sits where, from when to when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from allmende.capabilities.council.rules.values import EARLIEST, LATEST, address
from allmende.core.texts import Text

KINDS = ("body", "term", "organization", "person", "membership", "location")
"""What the office enters by hand."""
TYPES: Mapping[str, Text] = {
    "Gremium": gettext_lazy("Rat, Ausschuss oder Beirat"),
    "Fraktion": gettext_lazy("Fraktion"),
    "Partei": pgettext_lazy("political", "Partei"),
    "Verwaltungsbereich": gettext_lazy("Amt der Verwaltung"),
    "externes Gremium": gettext_lazy("Gremium außerhalb der Stadt"),
    "Institution": gettext_lazy("Einrichtung"),
    "Sonstiges": gettext_lazy("Sonstiges"),
}
"""OParl's words for organisations (section 3.5), and ours."""
KEY_LENGTH = 8
"""Digits of the official key of a municipality."""


@dataclass(frozen=True)
class Period:
    """Days from and to, both belong to it; None: open."""

    start: date | None = None
    end: date | None = None

    def overlaps(self, other: "Period") -> bool:
        return (self.start is None or other.end is None or self.start <= other.end) and (
            other.start is None or self.end is None or other.start <= self.end
        )

    def holds(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Seat:
    """What is to be known before a seat is entered or changed."""

    others: Collection[Period] = ()
    """When the same person sits in the same organisation, but for the seat in question."""
    organization: Period = Period()
    """How long the organisation exists."""
    recorded: Collection[date] = ()
    """Days of its meetings on which the person was present or voted by name."""
    covered: Collection[date] = ()
    """Those of these days that another seat holds."""


def period_faults(period: Period) -> dict[str, Text]:
    """What cannot be, per field."""
    found: dict[str, Text] = {}
    for name, day in (("start_date", period.start), ("end_date", period.end)):
        if day is not None and not EARLIEST <= day.year <= LATEST:
            found[name] = _("Bitte prüfen Sie das Jahr.")
    if not found and period.start is not None and period.end is not None and period.end < period.start:
        found["end_date"] = _("Das Ende liegt vor dem Beginn.")
    return found


def seat_faults(period: Period, seat: Seat) -> dict[str, Text]:
    """What cannot be: two seats at once, a seat in what does not exist, an end before what was recorded."""
    if found := period_faults(period):
        return found
    if any(period.overlaps(one) for one in seat.others):
        return {"start_date": _("In dieser Zeit sitzt die Person dort schon. Beenden Sie zuerst den anderen Sitz.")}
    bounds = seat.organization
    if bounds.start is not None and period.start is not None and period.start < bounds.start:
        return {"start_date": _("So lange gibt es das Gremium noch nicht: Es besteht seit %s.") % _said(bounds.start)}
    if bounds.end is not None and period.start is not None and period.start > bounds.end:
        return {"start_date": _("Das Gremium gibt es dann nicht mehr: Es bestand bis %s.") % _said(bounds.end)}
    outside = sorted(day for day in seat.recorded if not period.holds(day) and day not in seat.covered)
    if outside:
        name = "end_date" if period.end is not None and outside[-1] > period.end else "start_date"
        day = outside[-1] if name == "end_date" else outside[0]
        return {
            name: _("Am %s ist die Person in einer Sitzung als anwesend oder mit einer Stimme eingetragen.")
            % _said(day)
        }
    return {}


def _said(day: date) -> str:
    return formats.date_format(day, "j. F Y")


def entry_faults(kind: str, fields: Mapping[str, Any], *, below: Collection[UUID] = ()) -> dict[str, Text]:
    """What cannot be, per field, whoever asks. `below`: an organisation itself and all that is part of it."""
    found: dict[str, Text] = {}
    if kind == "location" and not fields["description"].strip():
        found["description"] = _("Bitte schreiben Sie, wie der Ort heißt.")
    if kind not in {"location", "membership"} and not fields["name"].strip():
        found["name"] = _("Bitte geben Sie einen Namen ein.")
    if fields.get("website") and not address(300)(fields["website"]):
        found["website"] = _("Bitte geben Sie eine Adresse ein, die mit https:// beginnt.")
    if kind == "body" and fields.get("ags") and not _is_key(fields["ags"]):
        found["ags"] = _("Der Gemeindeschlüssel hat acht Ziffern.")
    if kind == "organization" and fields.get("organization_type") not in TYPES:
        found["organization_type"] = _("Bitte wählen Sie, was es ist.")
    if kind == "organization" and fields.get("sub_organization_of_id") in below and below:
        found["sub_organization_of"] = _("Ein Gremium kann nicht Teil von sich selbst sein.")
    if "start_date" in fields:
        found |= period_faults(Period(fields["start_date"], fields["end_date"]))
    if kind == "location":
        found |= _place_faults(fields.get("latitude"), fields.get("longitude"))
    return found


def _is_key(text: str) -> bool:
    return len(text) == KEY_LENGTH and text.isascii() and text.isdigit()


def _place_faults(latitude: float | None, longitude: float | None) -> dict[str, Text]:
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        return {missing: _("Ein Ort auf der Karte braucht beide Zahlen.")}
    found: dict[str, Text] = {}
    if latitude is not None and not -90 <= latitude <= 90:  # noqa: PLR2004 - the globe
        found["latitude"] = _("Die Breite liegt zwischen -90 und 90.")
    if longitude is not None and not -180 <= longitude <= 180:  # noqa: PLR2004 - the globe
        found["longitude"] = _("Die Länge liegt zwischen -180 und 180.")
    return found
