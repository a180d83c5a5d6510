"""A drawn map in words and shapes. Every sentence that claims something carries its counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.capabilities.surveys.models import Conversation, DrawnMap, Statement
from allmende.capabilities.surveys.queries import opinion as reading
from allmende.capabilities.surveys.rules.opinion.mapping import CLEAR
from allmende.engines.discussion import interface as discussion

WIDTH, HEIGHT, EDGE = 640, 420, 24
LARGEST, SMALLEST = 22, 5
"""Radius of a field of the picture, in its units."""


def letter(group: int) -> str:
    """Groups are called A, B, C …; they have no other names, since a name would be a judgement."""
    return chr(ord("A") + group)


@dataclass(frozen=True)
class Line:
    """A statement with what each group says to it, in words."""

    text: str
    language: str
    number: int
    counts: Sequence[str]
    cells: Sequence[tuple[str, int, int, int]]
    """(group, agree, disagree, pass); empty where it cannot be told."""
    report_url: str


def _plain(n: int) -> str:
    return str(formats.number_format(n, use_l10n=True, force_grouping=True))


def _name(group: int, groups: int) -> str:
    return _("Alle zusammen") if groups == 1 else _("Gruppe %(letter)s") % {"letter": letter(group)}


def _words(counts: Sequence[int], *, against: bool) -> str:
    """„431 von 547 stimmen zu“."""
    cast = sum(counts)
    values = {"n": _plain(counts[1] if against else counts[0]), "all": _plain(cast)}
    if against:
        return _("%(n)s von %(all)s stimmen nicht zu") % values
    return _("%(n)s von %(all)s stimmen zu") % values


def _line(one: Statement, tally: Sequence[Sequence[int]], *, against: bool = False) -> Line:
    groups = len(tally)
    said = [f"{_name(group, groups)}: {_words(counts, against=against)}" for group, counts in enumerate(tally)]
    cells = [(_name(group, groups), counts[0], counts[1], counts[2]) for group, counts in enumerate(tally)]
    return Line(one.text, one.language, one.number, said, cells, discussion.report_url(one.ref))


def rows_of(statements: Iterable[Statement], drawn: DrawnMap | None) -> list[Line]:
    """Statements with their counts; without any where too few have answered."""
    tallies = drawn.result["tallies"] if drawn is not None else {}
    return [_line(one, tallies.get(str(one.number), ())) for one in statements]


def map_context(found: Conversation, drawn: DrawnMap | None) -> dict[str, Any]:
    """Context of surveys/opinion/map.html: one query for the texts."""
    if drawn is None:
        return {"drawn": None}
    result = drawn.result
    groups, tallies = result["groups"], result["tallies"]
    wanted = {one["statement"] for one in result["bridges"]} | set(result["divides"])
    wanted |= {mark["statement"] for group in groups for mark in group["marks"]}
    texts = reading.texts_of(found, sorted(wanted))
    shown = {number for number, one in texts.items() if one.state == "shown"}

    def line(number: int, *, against: bool = False) -> Line:
        return _line(texts[number], tallies[str(number)], against=against)

    bridges = [
        (line(one["statement"], against=one["against"]), one["against"])
        for one in result["bridges"]
        if one["statement"] in shown
    ]
    told = [
        {
            "letter": letter(place),
            "people": group["people"],
            "words": _people(group["people"]),
            "marks": [
                (line(mark["statement"], against=mark["against"]), mark["against"])
                for mark in group["marks"]
                if mark["statement"] in shown
            ],
        }
        for place, group in enumerate(groups)
    ]
    return {
        "drawn": drawn,
        "result": result,
        "has_groups": len(groups) > 1,
        "finding": _finding(result, len(bridges)),
        "agreed": [line for line, against in bridges if not against],
        "rejected": [line for line, against in bridges if against],
        "groups": told if len(groups) > 1 else [],
        "divides": [line(number) for number in result["divides"] if number in shown],
        "stable": _stable(result),
        "shapes": _shapes(result),
        "names": _centres(result),
        "size": (WIDTH, HEIGHT),
        "hidden": result["hidden"],
        "unplaced": _unplaced(result),
    }


def _people(n: int) -> str:
    return ngettext("%(n)s Mensch", "%(n)s Menschen", n) % {"n": _plain(n)}


def _finding(result: dict[str, Any], bridges: int) -> str:
    """The whole result in two sentences."""
    people = ngettext("%(n)s Mensch hat mitgemacht", "%(n)s Menschen haben mitgemacht", result["people"])
    said = people % {"n": _plain(result["people"])}
    votes = ngettext("%(n)s Antwort", "%(n)s Antworten", result["votes"]) % {"n": _plain(result["votes"])}
    first = _("%(people)s und %(votes)s gegeben.") % {"people": said, "votes": votes}
    number = len(result["groups"])
    if not number:
        return f"{first} " + _("Für eine Karte sind das noch zu wenige.")
    if number == 1:
        return f"{first} " + _("Klare Gruppen zeigen sich nicht.")
    shared = ngettext(
        "In %(n)s Aussage sind sie sich einig.", "In %(n)s Aussagen sind sie sich einig.", bridges
    ) % {"n": bridges}  # fmt: skip
    if not bridges:
        shared = _("Eine Aussage, in der sich alle einig sind, gibt es bisher nicht.")
    return f"{first} " + _("Darin zeigen sich %(n)s Gruppen.") % {"n": number} + f" {shared}"


def _stable(result: dict[str, Any]) -> str:
    """How far the groups can be relied on, in words."""
    if len(result["groups"]) < 2:  # noqa: PLR2004 - no groups, nothing to rely on
        return _("Mit der Hälfte der Menschen kämen ganz andere Gruppen heraus. Darum nennen wir keine.")
    if result["stability"] >= CLEAR:
        return _(
            "Wir haben zehnmal nur die Hälfte der Menschen genommen. Es kamen fast immer dieselben Gruppen heraus."
        )
    return _(
        "Wir haben zehnmal nur die Hälfte der Menschen genommen. Es kamen ähnliche Gruppen heraus, nicht dieselben."
    )


def _unplaced(result: dict[str, Any]) -> str:
    """How many are counted but not on the map; never fewer than five."""
    n = result["people"] - result["placed"]
    return _people(n) if n >= 5 else _("Wenige Menschen") if n else ""  # noqa: PLR2004 - nobody is told apart


def _at(x: float, y: float) -> tuple[int, int]:
    return round(EDGE + x * (WIDTH - 2 * EDGE)), round(HEIGHT - EDGE - y * (HEIGHT - 2 * EDGE))


def _shapes(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The spots of the picture; each group has a shape of its own, so that they differ not by colour alone."""
    spots = result["spots"]
    most = max((people for *_where, people in spots), default=1)
    shapes = []
    for x, y, group, people in spots:
        radius = round(SMALLEST + (LARGEST - SMALLEST) * (people / most) ** 0.5)
        left, top = _at(x, y)
        shapes.append(
            {"group": letter(group), "kind": ("circle", "square", "diamond")[group % 3], "x": left, "y": top,
             "r": radius, "path": _path(group, left, top, radius)}
        )  # fmt: skip
    return shapes


def _path(group: int, x: int, y: int, r: int) -> str:
    if group % 3 == 1:
        r = round(r * 0.88)
        return f"M{x - r} {y - r}h{2 * r}v{2 * r}h{-2 * r}z"
    return f"M{x} {y - r}l{r} {r}l{-r} {r}l{-r} {-r}z"


def _centres(result: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Where the letter of each group stands: in the middle of its people."""
    names = []
    for group in range(len(result["groups"])):
        own = [(x, y, people) for x, y, of, people in result["spots"] if of == group]
        total = sum(people for _x, _y, people in own)
        if total:
            x = sum(x * people for x, _y, people in own) / total
            y = sum(y * people for _x, y, people in own) / total
            names.append((letter(group), *_at(x, y)))
    return names
