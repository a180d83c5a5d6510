"""What a meeting may be, and which of its points are public unless somebody says otherwise: pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.core.texts import Text

AHEAD = timedelta(days=3 * 366)
"""Nobody plans a meeting further ahead; a year beyond it is a slip of the keyboard."""
LONGEST = timedelta(hours=18)
MOST_ITEMS = 100


@dataclass(frozen=True)
class MeetingData:
    """When and where who meets."""

    name: str
    organization: UUID
    start: datetime
    end: datetime | None
    place: str
    cancelled: bool = False


def open_by_default(*, is_committee: bool, open_by_orders: bool) -> bool:
    """The council meets in public (ThürKO § 40 (1)); a committee that prepares does so behind closed doors unless the
    standing orders say otherwise (ThürKO § 43). To be checked by a lawyer.
    """
    return not is_committee or open_by_orders


def meeting_faults(data: MeetingData, at: datetime, organizations: Collection[UUID]) -> dict[str, Text]:
    """What cannot be, per field."""
    found: dict[str, Text] = {}
    if not data.name.strip():
        found["name"] = _("Bitte geben Sie der Sitzung einen Namen.")
    if data.organization not in organizations:
        found["organization"] = _("Bitte wählen Sie ein Gremium.")
    if data.start <= at:
        found["day"] = _("Dieser Zeitpunkt ist schon vorbei.")
    elif data.start - at > AHEAD:
        found["day"] = _("Das ist mehr als drei Jahre hin. Bitte prüfen Sie das Jahr.")
    if data.end is not None and not timedelta(0) < data.end - data.start <= LONGEST:
        found["ends"] = _("Das Ende passt nicht zum Beginn.")
    return found


def item_faults(name: str, *, is_public: bool, paper_is_public: bool, places: int) -> dict[str, Text]:
    """What cannot be, per field. `places`: how many points there are already."""
    found: dict[str, Text] = {}
    if not name.strip():
        found["name"] = _("Bitte schreiben Sie, worum es geht, oder wählen Sie eine Vorlage.")
    if is_public and not paper_is_public:
        found["is_public"] = _("Diese Vorlage ist nichtöffentlich. Der Punkt muss es auch sein.")
    if places >= MOST_ITEMS:
        found["name"] = _("Auf dieser Tagesordnung ist kein Platz mehr.")
    return found
