"""What a vote comes to: pure arithmetic, with the source of each majority. To be checked by a lawyer."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.core.texts import Text


@dataclass(frozen=True)
class Count:
    """Votes as they were counted."""

    yes: int = 0
    no: int = 0
    abstention: int = 0
    absent: int = 0

    @property
    def present(self) -> int:
        return self.yes + self.no + self.abstention

    @property
    def total(self) -> int:
        return self.present + self.absent


@dataclass(frozen=True)
class Majority:
    """A rule: its name, where it stands, whether it is counted of all seats, and what it asks."""

    label: Text
    source: str
    of_seats: bool
    passes: Callable[[int, int, int], bool]
    """(yes, no, seats) → whether it is reached."""


MAJORITIES: Mapping[str, Majority] = {
    "simple": Majority(
        gettext_lazy("Mehr Ja als Nein"), "ThürKO § 39 Abs. 1", of_seats=False, passes=lambda yes, no, _seats: yes > no
    ),
    "absolute": Majority(
        gettext_lazy("Mehr als die Hälfte aller Mitglieder"),
        "ThürKO § 20 Abs. 1",
        of_seats=True,
        passes=lambda yes, _no, seats: yes * 2 > seats,
    ),
    "two_thirds": Majority(
        gettext_lazy("Mindestens zwei Drittel aller Mitglieder"),
        "ThürKO § 28 Abs. 6",
        of_seats=True,
        passes=lambda yes, _no, seats: yes * 3 >= seats * 2,
    ),
}
"""Abstentions count neither as yes nor as no; a tie is a no."""


def passed(majority: str, count: Count, seats: int | None) -> bool:
    """Whether the majority is reached. A rule of all seats needs `seats`."""
    rule = MAJORITIES[majority]
    return rule.passes(count.yes, count.no, seats or 0) if not rule.of_seats or seats else False


def counted(choices: Iterable[str]) -> Count:
    """Of names the sum."""
    found = Counter(choices)
    return Count(found["yes"], found["no"], found["abstention"], found["absent"])


def summed(counts: Iterable[Count]) -> Count:
    rows = list(counts)
    return Count(
        sum(one.yes for one in rows),
        sum(one.no for one in rows),
        sum(one.abstention for one in rows),
        sum(one.absent for one in rows),
    )


@dataclass(frozen=True)
class VoteData:
    """A vote as it was counted. A named one says who gave what; of an open one the groups may be told, or not."""

    kind: str
    majority: str
    count: Count
    seats: int | None
    channel: str
    groups: Mapping[UUID, Count]
    names: Mapping[UUID, str]
    recused: frozenset[UUID] = frozenset()
    """Who was personally involved in the point and stayed out of it (ThürKO § 38)."""
    order: int = 0
    """0: the point itself; 1, 2, 3: motions to change it, voted on before."""
    subject: str = ""


def faults(data: VoteData, entitled: Mapping[UUID, object], present: Collection[UUID] | None = None) -> dict[str, Text]:
    """What cannot be, per field of the form.

    `entitled`: who had a vote in that meeting, on that day. `present`: who of them was there when the point was dealt
    with; None: nobody has written that down.
    """
    found = _faults_of_the_form(data, entitled)
    if data.recused - entitled.keys():
        found.setdefault("kind", _("Befangen kann nur sein, wer an diesem Tag in diesem Gremium eine Stimme hatte."))
    taking_part = {key for key, choice in data.names.items() if choice != "absent"}
    if taking_part & data.recused:
        found["kind"] = _("Jemand war persönlich beteiligt und hat trotzdem abgestimmt. Bitte prüfen Sie die Namen.")
    could = None if present is None else len(frozenset(present) - data.recused)
    if could is not None and data.count.present > could:
        found["yes"] = _("Es sind %(votes)d Stimmen, aber nur %(could)d Mitglieder waren da und durften abstimmen.") % {
            "votes": data.count.present,
            "could": could,
        }
    elif present is not None and taking_part - frozenset(present):
        found.setdefault("kind", _("Jemand hat abgestimmt, war aber nicht als anwesend eingetragen."))
    elif data.seats is not None and data.recused and data.count.total > data.seats - len(data.recused):
        found.setdefault(
            "seats", _("Wer persönlich beteiligt war, zählt nicht mit: Es sind mehr Stimmen als Mitglieder.")
        )
    if data.order and not data.subject.strip():
        found["subject"] = _("Bitte schreiben Sie, worüber abgestimmt wurde.")
    return found


def _faults_of_the_form(data: VoteData, entitled: Mapping[UUID, object]) -> dict[str, Text]:
    """What does not fit together in itself."""
    found: dict[str, Text] = {}
    rule = MAJORITIES.get(data.majority)
    if rule is None:
        found["majority"] = _("Bitte wählen Sie, welche Mehrheit nötig ist.")
    elif rule.of_seats and not data.seats:
        found["seats"] = _("Für diese Mehrheit muss feststehen, wie viele Mitglieder es gibt.")
    if not data.count.present:
        found["yes"] = _("Bitte geben Sie an, wie viele mit Ja und wie viele mit Nein gestimmt haben.")
    if data.seats is not None and data.count.total > data.seats:
        found["seats"] = _("Es sind %(votes)d Stimmen, aber nur %(seats)d Mitglieder.") % {
            "votes": data.count.total,
            "seats": data.seats,
        }
    if data.kind == "secret" and (data.groups or data.names):
        found["kind"] = _("Eine geheime Abstimmung hat keine Angaben zu Fraktionen oder Personen.")
    if data.kind == "named" and not data.names:
        found["kind"] = _("Bei einer namentlichen Abstimmung fehlt noch, wer wie gestimmt hat.")
    if data.groups and summed(data.groups.values()) != data.count:
        found.setdefault("yes", _("Die Stimmen der Fraktionen ergeben zusammen etwas anderes."))
    if data.names and counted(data.names.values()) != data.count:
        found.setdefault("yes", _("Die Namen ergeben zusammen etwas anderes."))
    if data.names.keys() - entitled.keys():
        found.setdefault("kind", _("Jemand hatte an diesem Tag in diesem Gremium keine Stimme."))
    return found
