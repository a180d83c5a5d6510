"""The picture of a Trace: what was chosen to be drawn, with its words, as strings for an SVG."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.manifest import Shown
from allmende.core.refs import Ref
from allmende.engines.trace import rules
from allmende.engines.trace.queries.story import TraceStation, day_of, station_of

SIZE, SMALL = 16, 13
"""Of letters, in units of the drawing; 16 of them are one `rem`, so the picture grows with the reader's letters."""
INSET, FIRST_LINE, LEADING, FOOT = 14, 25, 20, 14
MOST_LINES = 3
HEAD = 7
"""Of an arrow."""
REM = 16


@dataclass(frozen=True)
class Card:
    """One thing in the picture; all places are strings, so that no language writes them with a comma."""

    x: str
    y: str
    width: str
    height: str
    state: str
    """As in `TraceStation`, or "pile"."""
    here: bool
    label: str
    label_y: str
    lines: list[tuple[str, str]]
    """Each with its place."""
    text_x: str
    language: str
    """Of the title, where it is not the page's."""
    url: str


@dataclass(frozen=True)
class Stroke:
    """A line and its arrow."""

    path: str
    head: str
    style: str
    """plain; through: over something that is not public; back: it closes a circle."""


@dataclass(frozen=True)
class Picture:
    """Ready for the template. `left_out`: how many things stand in the lists only."""

    width: str
    height: str
    box: str
    cards: list[Card]
    strokes: list[Stroke]
    drawn: int
    left_out: int
    has_through: bool
    has_back: bool


def picture_of(
    plan: rules.Chosen,
    refs: Mapping[int, Ref],
    shown: Mapping[Ref, Shown],
    *,
    visible: int,
    viewer: Viewer,
    at: datetime,
) -> Picture | None:
    """None when what was to be drawn is not there any more."""
    nodes = [node for node in plan.nodes if refs[node] in shown]
    nodes.sort(key=lambda node: (shown[refs[node]].happened_at, refs[node]))
    number = {node: place for place, node in enumerate(nodes)}
    if not nodes:
        return None
    texts = [_words(refs[node], shown[refs[node]], plan.piles.get(node, 0), viewer.language) for node in nodes]
    heights = [FIRST_LINE + LEADING * len(lines) + FOOT for _label, lines, _language in texts]
    edges = {
        (number[source], number[target]): (source, target) in plan.through
        for source, target in plan.edges
        if source in number and target in number
    }
    drawing = rules.draw(heights, list(edges))
    cards = []
    for box in drawing.boxes:
        node = nodes[box.node]
        station = station_of(shown[refs[node]], at, viewer.language)
        cards.append(_card(box, texts[box.node], station, is_pile=node in plan.piles, here=node == 0))
    strokes = [_stroke(line, through=edges[line.source, line.target]) for line in drawing.lines]
    drawn = sum(node not in plan.piles for node in nodes)
    return Picture(
        width=f"{drawing.width / REM:.2f}rem",
        height=f"{drawing.height / REM:.2f}rem",
        box=f"0 0 {drawing.width} {drawing.height}",
        cards=cards,
        strokes=strokes,
        drawn=drawn,
        left_out=visible - drawn,
        has_through=any(stroke.style == "through" for stroke in strokes),
        has_back=any(stroke.style == "back" for stroke in strokes),
    )


def _words(ref: Ref, entry: Shown, pile: int, language: str) -> tuple[str, list[str], str]:
    """The label, the lines of the title and their language (empty: the page's)."""
    room = (rules.BOX_WIDTH - 2 * INSET) / SIZE
    if pile:
        kind = manifest.index_kinds().get((ref.capability, ref.kind))
        label = str(kind.label_plural) if kind else ref.kind
        text = ngettext("%(n)s weitere Station dieser Art", "%(n)s weitere Stationen dieser Art", pile) % {
            "n": formats.number_format(pile, force_grouping=True)
        }
        return label, rules.wrapped(text, room, MOST_LINES), ""
    own = entry.title_language(language)
    lines = rules.wrapped(entry.title(language), room, MOST_LINES)
    return entry.kind_label, lines, "" if own == language else own


def _card(
    box: rules.Box, text: tuple[str, list[str], str], station: TraceStation, *, is_pile: bool, here: bool
) -> Card:
    label, lines, language = text
    first = box.y + FIRST_LINE + LEADING
    day = day_of(station.entry.happened_at) if station.entry else None
    facts = [label]
    if here:
        facts.append(_("hier"))
    elif not is_pile and station.state == "open":
        facts.append(_("offen"))
    elif not is_pile and day is not None:
        facts.append(formats.date_format(day, "SHORT_DATE_FORMAT"))
    room = (rules.BOX_WIDTH - 2 * INSET) / SMALL
    return Card(
        x=str(box.x),
        y=str(box.y),
        width=str(box.width),
        height=str(box.height),
        state="pile" if is_pile else station.state,
        here=here,
        label="".join(rules.wrapped(" · ".join(facts), room, 1)),
        label_y=str(box.y + FIRST_LINE),
        lines=[(line, str(first + LEADING * place)) for place, line in enumerate(lines)],
        text_x=str(box.x + INSET),
        language=language,
        url="" if here or is_pile else station.url,
    )


def _stroke(line: rules.Line, *, through: bool) -> Stroke:
    """Each swing leaves a row straight down and enters the next one straight too; between them the line is straight."""
    points = line.points
    path = [f"M{points[0][0]} {points[0][1]}"]
    for number in range(1, len(points), 2):
        (x0, y0), (x1, y1) = points[number - 1], points[number]
        middle = (y0 + y1) // 2
        path.append(f"C{x0} {middle} {x1} {middle} {x1} {y1}")
        if number + 1 < len(points):
            path.append(f"L{points[number + 1][0]} {points[number + 1][1]}")
    x, y = points[-1]
    back = HEAD if line.upwards else -HEAD
    head = f"M{x} {y}l-{HEAD - 2} {back}h{2 * (HEAD - 2)}z"
    return Stroke("".join(path), head, "back" if line.upwards else "through" if through else "plain")
