"""An idea contest in words and figures: who may enter, how scores are weighed, what breaks a tie.

Plain data and pure functions: no row, no clock, no request. Every figure is an exact fraction until it is written out.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from allmende.capabilities.participation.workflow import Texts


class Entrant(StrEnum):
    """Who hands an entry in; what a contest is open to."""

    BUSINESS = "business"
    CRAFT = "craft"
    GASTRONOMY = "gastronomy"
    SERVICE = "service"
    PUPILS = "pupils"
    STUDENTS = "students"
    CLUB = "club"
    EVERYBODY = "everybody"


GROUPS: Mapping[Entrant, Texts] = {
    Entrant.BUSINESS: {"de": "Unternehmen", "en": "Businesses"},
    Entrant.CRAFT: {"de": "Handwerk", "en": "Crafts"},
    Entrant.GASTRONOMY: {"de": "Gastronomie", "en": "Restaurants and cafés"},
    Entrant.SERVICE: {"de": "Dienstleister", "en": "Service providers"},
    Entrant.PUPILS: {"de": "Schülerinnen und Schüler", "en": "Pupils"},
    Entrant.STUDENTS: {"de": "Studierende", "en": "Students"},
    Entrant.CLUB: {"de": "Vereine und Gruppen", "en": "Clubs and groups"},
    Entrant.EVERYBODY: {"de": "alle", "en": "everybody"},
}
"""Whom a contest invites, in the plural."""

ENTRANTS: Mapping[Entrant, Texts] = {
    **GROUPS,
    Entrant.BUSINESS: {"de": "ein Unternehmen", "en": "a business"},
    Entrant.CRAFT: {"de": "ein Handwerksbetrieb", "en": "a craft business"},
    Entrant.GASTRONOMY: {"de": "ein Restaurant, Café oder Hotel", "en": "a restaurant, café or hotel"},
    Entrant.SERVICE: {"de": "ein Dienstleister", "en": "a service provider"},
    Entrant.PUPILS: {"de": "Schülerinnen oder Schüler", "en": "pupils"},
    Entrant.STUDENTS: {"de": "Studierende", "en": "students"},
    Entrant.CLUB: {"de": "ein Verein oder eine Gruppe", "en": "a club or group"},
    Entrant.EVERYBODY: {"de": "jemand anderes", "en": "somebody else"},
}
"""Who an entrant is, as one says it of one entry."""


def choices(groups: Sequence[str]) -> list[Entrant]:
    """What an entrant can choose from: the groups invited; all of them where everybody is."""
    invited = {Entrant(group) for group in groups}
    return [one for one in Entrant if Entrant.EVERYBODY in invited or one in invited]


class Admission(StrEnum):
    """What the office found about an entrant. Outside the ranking an entry is public, but not scored."""

    OPEN = "open"
    ADMITTED = "admitted"
    OUTSIDE = "outside"


ADMISSIONS: Mapping[Admission, Texts] = {
    Admission.OPEN: {"de": "noch nicht geprüft", "en": "not checked yet"},
    Admission.ADMITTED: {"de": "nimmt teil", "en": "takes part"},
    Admission.OUTSIDE: {"de": "außer Wertung", "en": "outside the ranking"},
}


class TieRule(StrEnum):
    """What decides when two entries have the same mean; declared before the first score."""

    SHARED = "shared"
    WEIGHTIEST = "weightiest"
    EARLIER = "earlier"


TIE_RULES: Mapping[TieRule, Texts] = {
    TieRule.SHARED: {
        "de": "Bei gleichem Ergebnis teilen sich Beiträge den Platz.",
        "en": "Entries with the same result share the place.",
    },
    TieRule.WEIGHTIEST: {
        "de": "Bei gleichem Ergebnis entscheidet das Merkmal mit dem größten Gewicht, dann das nächste. "
        "Was dann noch gleich ist, teilt sich den Platz.",
        "en": "For the same result the criterion with the greatest weight decides, then the next one. "
        "What is still equal shares the place.",
    },
    TieRule.EARLIER: {
        "de": "Bei gleichem Ergebnis liegt vorn, was zuerst eingegangen ist.",
        "en": "For the same result, what arrived first is ahead.",
    },
}

FIRST_CRITERIA: Sequence[tuple[Texts, int, int]] = (
    ({"de": "Nutzen für die Stadt", "en": "Benefit for the city"}, 3, 5),
    ({"de": "Machbarkeit", "en": "Feasibility"}, 2, 5),
    ({"de": "Neue Idee", "en": "New idea"}, 1, 5),
)
"""(names, weight, scale) of a new contest, until its editors say otherwise."""

LEAST_SCALE, MOST_SCALE, MOST_WEIGHT = 2, 10, 100
FEWEST_SHEETS = 2
"""With fewer, a mean would be one juror's own score: it is not shown."""

JURY_STEP: Texts = {"de": "Die Jury bewertet die Beiträge.", "en": "The jury scores the entries."}
PLACED_STEP: Texts = {
    "de": "Die Plätze stehen fest. Mehr geschieht im Wettbewerb nicht.",
    "en": "The places are decided. Nothing more happens in the contest.",
}
REVEAL_STEP: Texts = {
    "de": "Nach dem Ende der Frist werden alle Beiträge zusammen veröffentlicht.",
    "en": "After the deadline all entries are published together.",
}

_ZONES = {"CET": "MEZ", "CEST": "MESZ"}


def zone_name(moment: datetime, language: str) -> str:
    """How people call the time zone of a local moment: „MEZ“, "CET"."""
    name = moment.tzname() or ""
    return name if language == "en" else _ZONES.get(name, name)


# Counting


@dataclass(frozen=True, slots=True)
class Weighed:
    """A criterion as it counts: points go from 0 to `scale`."""

    id: Hashable
    weight: int
    scale: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one juror gave one entry: points per criterion."""

    entry: Hashable
    points: Mapping[Hashable, int]


@dataclass(frozen=True, slots=True)
class Result:
    """What the jury gave an entry. Means go from 0 to 100; None where fewer than `FEWEST_SHEETS` jurors scored."""

    entry: Hashable
    count: int
    mean: Fraction | None = None
    lowest: Fraction | None = None
    highest: Fraction | None = None
    parts: Mapping[Hashable, Fraction] = field(default_factory=dict)
    """Per criterion the mean of its points, from 0 to 100."""
    place: int | None = None
    shared: bool = False


def worth(points: Mapping[Hashable, int], criteria: Sequence[Weighed]) -> Fraction:
    """The weighted mean of one sheet, from 0 to 100: the sum of weight × points / scale over the sum of weights."""
    total = sum(one.weight for one in criteria)
    return sum((Fraction(100 * one.weight * points[one.id], one.scale * total) for one in criteria), Fraction())


def _mean(values: Iterable[Fraction]) -> Fraction:
    found = list(values)
    return sum(found, Fraction()) / len(found)


def tally(
    entries: Sequence[tuple[Hashable, datetime]], criteria: Sequence[Weighed], sheets: Iterable[Sheet], tie: TieRule
) -> list[Result]:
    """Results in the order of their places, what has none last; `entries` with the time at which each arrived.

    Every juror counts the same for an entry; a conflict of interest is simply a sheet that is not there. Places are
    given as in sports: after two on a shared 2nd place comes the 4th.
    """
    by_entry: dict[Hashable, list[Sheet]] = {entry: [] for entry, _arrived in entries}
    for sheet in sheets:
        if sheet.entry in by_entry:
            by_entry[sheet.entry].append(sheet)
    arrived = dict(entries)
    heaviest = sorted(criteria, key=lambda one: -one.weight)
    ranked: list[tuple[tuple[object, ...], Result]] = []
    rest: list[Result] = []
    for entry, given in by_entry.items():
        if len(given) < FEWEST_SHEETS or not criteria:
            rest.append(Result(entry, len(given)))
            continue
        worths = [worth(sheet.points, criteria) for sheet in given]
        parts = {one.id: _mean(Fraction(100 * sheet.points[one.id], one.scale) for sheet in given) for one in criteria}
        found = Result(entry, len(given), _mean(worths), min(worths), max(worths), parts)
        key: tuple[object, ...] = (-_mean(worths),)
        if tie == TieRule.WEIGHTIEST:
            key += tuple(-parts[one.id] for one in heaviest)
        elif tie == TieRule.EARLIER:
            key += (arrived[entry],)
        ranked.append((key, found))
    return [*_placed(ranked), *rest]


def _placed(ranked: list[tuple[tuple[object, ...], Result]]) -> list[Result]:
    ranked.sort(key=lambda pair: pair[0])
    keys = [key for key, _result in ranked]
    first = {key: place for place, key in reversed(list(enumerate(keys, start=1)))}
    return [
        Result(
            found.entry, found.count, found.mean, found.lowest, found.highest, found.parts,
            place=first[key], shared=keys.count(key) > 1,
        )
        for key, found in ranked
    ]  # fmt: skip


def places[K](votes: Mapping[K, Fraction | int]) -> dict[K, int]:
    """The place of each by its number of votes; equal numbers share a place."""
    return {one: 1 + sum(other > count for other in votes.values()) for one, count in votes.items()}


def differs(place: int | None, other: int | None, *, given: int) -> bool:
    """Whether a place says something else than another ranking; `given` is the last place that was given.

    An entry without a place differs only from a ranking that has it among the places given.
    """
    if other is None:
        return False
    return other <= given if place is None else place != other
