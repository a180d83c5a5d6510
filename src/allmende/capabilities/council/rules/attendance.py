"""Whether a council may decide, and who may be entered as present: pure. To be checked by a lawyer."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.core.texts import Text


@dataclass(frozen=True)
class Quorum:
    """A rule: its name, where it stands, and what it asks."""

    label: Text
    source: str
    reached: Callable[[int, int], bool]
    """(present, seats) → whether the council may decide."""


QUORA: Mapping[str, Quorum] = {
    "majority": Quorum(
        gettext_lazy("Mehr als die Hälfte aller Mitglieder ist da"),
        "ThürKO § 36 Abs. 1",
        lambda present, seats: present * 2 > seats,
    ),
    "second_call": Quorum(
        gettext_lazy("Zum zweiten Mal geladen: Wie viele da sind, ist gleich"),
        "ThürKO § 36",
        lambda present, _seats: present > 0,
    ),
}


@dataclass(frozen=True)
class Stay:
    """From when to when somebody was there; None: from the beginning, to the end."""

    since: datetime | None = None
    until: datetime | None = None

    def covers(self, moment: datetime | None) -> bool:
        """Whether they were there at that moment; at a point without a time: at all."""
        if moment is None:
            return True
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class AttendanceData:
    """Who was there, and by which rule the council may decide."""

    present: Mapping[UUID, Stay]
    quorum: str = "majority"


@dataclass(frozen=True)
class Held:
    """A vote that is there already: its point, when that was, its votes, and who of the named took part."""

    label: str
    start: datetime | None
    votes: int
    recused: Collection[UUID]
    named: Collection[UUID]


def eligible(present: Mapping[UUID, Stay], moment: datetime | None, recused: Collection[UUID]) -> frozenset[UUID]:
    """Who could vote: there at that moment, and not personally involved."""
    return frozenset(key for key, stay in present.items() if stay.covers(moment)) - frozenset(recused)


def faults(
    data: AttendanceData, entitled: Collection[UUID], former: Mapping[UUID, tuple[str, date | None]], held: list[Held]
) -> dict[str, Text]:
    """What cannot be, per field. `former`: who sat there at another time: person → (name, last day)."""
    found: dict[str, Text] = {}
    if data.quorum not in QUORA:
        found["quorum"] = _("Bitte wählen Sie, wann der Rat beschließen darf.")
    for key in data.present:
        if key in entitled:
            continue
        name, last = former.get(key, ("", None))
        if name and last is not None:
            found["present"] = _(
                "%(name)s war nur bis %(day)s Mitglied und lässt sich für diese Sitzung nicht als anwesend eintragen."
            ) % {"name": name, "day": formats.date_format(last, "DATE_FORMAT")}
        else:
            found["present"] = _("Jemand war an diesem Tag nicht Mitglied.")
        return found
    if any(one.since and one.until and one.until <= one.since for one in data.present.values()):
        found["present"] = _("Jemand ist gegangen, bevor er gekommen ist. Bitte prüfen Sie die Uhrzeiten.")
    for vote in held:
        could = eligible(data.present, vote.start, vote.recused)
        if vote.votes > len(could) or frozenset(vote.named) - could:
            found.setdefault(
                "present",
                _(
                    "Bei „%(item)s“ sind %(votes)d Stimmen eingetragen, aber nur %(could)d Mitglieder könnten "
                    "abgestimmt haben."
                )
                % {"item": vote.label, "votes": vote.votes, "could": len(could)},
            )
    return found
