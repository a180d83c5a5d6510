"""Which rule of the city fits a report first. Pure: rules and reports come as values, so any change can be tried out.

10,000 reports by 200 rules take about a second: words are looked up, not searched for, and the cheap conditions are
asked first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allmende.capabilities.reports.rules.ground import metres_between
from allmende.capabilities.reports.rules.proposing import SHORT, WORD, folded

MINUTES_OF_DAY = 24 * 60
MOST_WORDS_KEPT = 50_000
"""Of different words, with what they hit: the same ones come again and again."""

type Point = tuple[float, float]
"""Longitude and latitude in degrees."""
type Answer = tuple[str, str, str]
"""A category, the code of one of its questions, the code of what was chosen."""


@dataclass(frozen=True)
class Rule:
    """What has to hold, all of it; empty: it does not matter. `key` and `office` are handed back as they are."""

    key: object
    office: str
    categories: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    starts: int | None = None
    """Minutes of the day; with `ends` after it half-open, else over midnight."""
    ends: int | None = None
    centre: Point | None = None
    metres: float = 0
    polygon: Sequence[Point] = ()
    owners: frozenset[str] = frozenset()
    """Whose the numbered thing is that the report is about."""
    answers: frozenset[Answer] = frozenset()


@dataclass(frozen=True)
class Case:
    """A report as rules see it. `at` is when it was sent, in the city's own time."""

    category: str
    words: str
    at: datetime
    district: str = ""
    point: Point | None = None
    owner: str = ""
    """Of the numbered thing that it is about; empty for none."""
    answers: frozenset[Answer] = frozenset()


@dataclass
class Table:
    """Rules in their order, prepared once for many reports."""

    rules: Sequence[Rule]
    _lengths: list[int] = field(init=False)
    _keys: frozenset[str] = field(init=False)
    _phrases: frozenset[str] = field(init=False)
    _known: dict[str, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.rules = [_folded(rule) for rule in self.rules]
        every = {word for rule in self.rules for word in rule.words}
        self._phrases = frozenset(word for word in every if " " in word)
        self._keys = frozenset(every - self._phrases)
        self._lengths = sorted({len(key) for key in self._keys if len(key) > SHORT})

    def first(self, case: Case) -> Rule | None:
        """The first rule that fits; None: the routing table decides."""
        hits: frozenset[str] | None = None
        minute, weekday = case.at.hour * 60 + case.at.minute, case.at.weekday()
        for rule in self.rules:
            if rule.categories and case.category not in rule.categories:
                continue
            if rule.districts and case.district not in rule.districts:
                continue
            if rule.weekdays and weekday not in rule.weekdays:
                continue
            if not _within_hours(rule, minute):
                continue
            if (rule.owners and case.owner not in rule.owners) or (
                rule.answers and rule.answers.isdisjoint(case.answers)
            ):
                continue
            if rule.words:
                hits = self._hits(case.words) if hits is None else hits
                if hits.isdisjoint(rule.words):
                    continue
            if _within_area(rule, case.point):
                return rule
        return None

    def _hits(self, text: str) -> frozenset[str]:
        """The key words that stand in the text, as the form's proposals find them."""
        said = WORD.findall(folded(text)) if self._keys or self._phrases else []
        found: set[str] = set()
        for word in said:
            found |= self._in_word(word)
        if self._phrases:
            whole = f" {' '.join(said)} "
            found |= {phrase for phrase in self._phrases if f" {phrase} " in whole}
        return frozenset(found)

    def _in_word(self, word: str) -> frozenset[str]:
        """Short key words are the word itself, longer ones may be any part of it."""
        known = self._known.get(word)
        if known is not None:
            return known
        parts = (
            word[start : start + length]
            for length in self._lengths
            for start in range(len(word) - length + 1)
        )  # fmt: skip
        found = frozenset(part for part in (word, *parts) if part in self._keys)
        if len(self._known) >= MOST_WORDS_KEPT:
            self._known.clear()
        self._known[word] = found
        return found


def _folded(rule: Rule) -> Rule:
    words = (" ".join(WORD.findall(folded(word))) for word in rule.words)
    return Rule(**{**rule.__dict__, "words": frozenset(word for word in words if word)})


def _within_hours(rule: Rule, minute: int) -> bool:
    if rule.starts is None or rule.ends is None:
        return True
    if rule.starts < rule.ends:
        return rule.starts <= minute < rule.ends
    return minute >= rule.starts or minute < rule.ends


def _within_area(rule: Rule, point: Point | None) -> bool:
    """A report without a position is in no area."""
    if rule.centre is None and not rule.polygon:
        return True
    if point is None:
        return False
    if rule.centre is not None and metres_between(rule.centre, point) > rule.metres:
        return False
    return not rule.polygon or inside(rule.polygon, point)


def inside(ring: Sequence[Point], point: Point) -> bool:
    """Whether a ring surrounds the point: a ray to the east crosses it an odd number of times (Jordan)."""
    x, y = point
    found = False
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            found = not found
        x1, y1 = x2, y2
    return found


def is_empty(rule: Rule) -> bool:
    """Nothing has to hold: it would take every report."""
    return not (
        rule.categories or rule.districts or rule.words or rule.weekdays or rule.polygon
        or rule.starts is not None or rule.centre is not None or rule.owners or rule.answers
    )  # fmt: skip


@dataclass(frozen=True)
class Broken:
    """What a rule names that there no longer is."""

    office: bool = False
    categories: Sequence[str] = ()
    districts: Sequence[str] = ()
    owners: Sequence[str] = ()
    answers: Sequence[Answer] = ()

    def __bool__(self) -> bool:
        return self.office or any((self.categories, self.districts, self.owners, self.answers))


def broken(
    rule: Rule, *, offices: Collection[str], categories: Collection[str], districts: Collection[str],
    owners: Collection[str] = (), answers: Collection[Answer] = (),
) -> Broken:  # fmt: skip
    """What is missing. Without its office, or once all that a list named is gone, a rule takes no report any more."""
    return Broken(
        rule.office not in offices,
        sorted(rule.categories - set(categories)),
        sorted(rule.districts - set(districts)),
        sorted(rule.owners - set(owners)),
        sorted(rule.answers - set(answers)),
    )


def chosen(category: str, answers: Mapping[str, Any]) -> frozenset[Answer]:
    """Answers by the codes of their questions, as rules compare them; one of many counts by itself."""
    return frozenset(
        (category, code, one)
        for code, value in answers.items()
        for one in (value if isinstance(value, list | tuple) else [value])
        if isinstance(one, str)
    )


def able(rules: Iterable[Rule], offices: Collection[str]) -> list[Rule]:
    """Those whose office is there: the others are passed over, and the desk is told."""
    return [rule for rule in rules if rule.office in offices]
