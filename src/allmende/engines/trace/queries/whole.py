"""The whole Trace of a thing, however large: which stations there are is read without words, then the words of those
that are shown. A part of each list at a time, and a picture of what is nearest.

A handful of queries; with 2,000 things a few dozen milliseconds (`make bench NAME=strategy`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import Invalid
from allmende.core.manifest import Shown
from allmende.core.refs import Ref
from allmende.engines.trace import rules
from allmende.engines.trace.models import Edge
from allmende.engines.trace.queries.graph import Net, Tie, net_around
from allmende.engines.trace.queries.picture import Picture, picture_of
from allmende.engines.trace.queries.story import (
    TraceLink,
    TraceStation,
    day_of,
    gap,
    next_step_of,
    station_of,
    told_links,
    url_of,
)

type PartName = Literal["origins", "outcomes", "links"]

IN_A_PART = 40
MOST_DRAWN = 36
MOST_BRIDGES = 2_000
FEWEST_DRAWN = 3
"""A picture of less says nothing that the list does not say in a line."""


@dataclass(frozen=True)
class Part[Row]:
    """Some rows of a list: how many it has, and after which one to go on (empty at the end)."""

    rows: list[Row] = field(default_factory=list)
    count: int = 0
    next: str = ""
    begins: bool = True
    """These are the first."""


@dataclass(frozen=True)
class Whole:
    """Everything around a thing, as far as the viewer may see it. `origins` and `outcomes` without the thing itself."""

    ref: Ref
    here: TraceStation | None = None
    """None when the viewer may not see the thing; then there is nothing else either."""
    origins: Part[TraceStation] = field(default_factory=Part)
    outcomes: Part[TraceStation] = field(default_factory=Part)
    links: Part[TraceLink] = field(default_factory=Part)
    picture: Picture | None = None
    cut: bool = False

    @property
    def url(self) -> str:
        return url_of(self.ref)

    @property
    def onward(self) -> list[TraceStation]:
        """What the list „was wurde daraus“ shows: it begins with the thing itself."""
        here = [self.here] if self.here and self.outcomes.begins else []
        return [*here, *self.outcomes.rows]


@dataclass(slots=True)
class _Place:
    """A station without its words, one of thousands (not frozen, as `Tie`); `node` is None where the viewer may not see
    what stands there.
    """

    when: float
    """Seconds since 1970."""
    depth: int
    node: int | None
    tie: Tie


def whole_of(
    ref: Ref, viewer: Viewer, at: datetime, *, part: PartName | None = None, after: str = "", limit: int = IN_A_PART
) -> Whole:
    """The first rows of each list and the picture; or, for one part, those after a row, without the picture.

    Raises Invalid when the list has no such row.
    """
    net = net_around(ref)
    sights = _sights(net.names, viewer, at)
    if 0 not in sights:
        return Whole(ref)
    visible = sights.keys()
    when = {node: happened_at for node, (happened_at, _reached) in sights.items()}
    origins, outcomes = (_places(net, visible, when, is_onward=side) for side in (False, True))
    joined = sorted(
        {tie.id: tie for tie in net.ties if tie.source in visible and tie.target in visible}.values(),
        key=lambda tie: (tie.happened_at, tie.id),
    )
    near_origins = _part(origins, _keys(net, origins), after if part == "origins" else "", limit)
    near_outcomes = _part(outcomes, _keys(net, outcomes), after if part == "outcomes" else "", limit)
    near_links = _part(joined, [tie.id for tie in joined], after if part == "links" else "", limit)
    last = _last_reached(sights, outcomes, at)
    plan = None if part else _plan(net, visible, when)
    wanted = {0, *([last] if last is not None else []), *(plan.nodes if plan else ())}
    near = [place.tie for place in (*near_origins.rows, *near_outcomes.rows)] + near_links.rows
    for tie in near:
        wanted.update((tie.source, tie.target))
    refs = {node: net.ref(node) for node in wanted}
    shown = manifest.lookup().resolve(list(refs.values()), viewer, at)
    edges = Edge.objects.in_bulk([UUID(tie.id) for tie in near])
    told = told_links(edges.values(), shown, viewer.language)
    teller = _Teller(refs, shown, {str(id_): why for id_, why in told.items()}, viewer.language, at)
    if ref not in shown:  # it went between two queries
        return Whole(ref)
    here = replace(teller.station(0), here=True)
    is_open = any(place.node is not None and not _reached(sights, place.node, at) for place in outcomes)
    here, onward = teller.standing(here, near_outcomes.rows, last, begins=near_outcomes.begins, is_open=is_open)
    return Whole(
        ref,
        here,
        _told(near_origins, [teller.placed(place, is_onward=False) for place in near_origins.rows]),
        _told(near_outcomes, onward),
        _told(near_links, [teller.told[tie.id] for tie in near_links.rows if tie.id in teller.told]),
        picture_of(plan, refs, shown, visible=len(visible), viewer=viewer, at=at) if plan else None,
        net.cut,
    )


def bridges(ref: Ref, viewer: Viewer, at: datetime) -> list[tuple[Ref, Ref]]:
    """Things that are joined only over steps which this viewer may not see."""
    net = net_around(ref)
    visible = _sights(net.names, viewer, at).keys()
    found = rules.bridged({(tie.source, tie.target) for tie in net.ties}, visible, MOST_BRIDGES)
    return [(net.ref(source), net.ref(target)) for source, target in sorted(found)]


type Sights = Mapping[int, tuple[float, bool]]


def _sights(names: Sequence[str], viewer: Viewer, at: datetime) -> Sights:
    """Which of the things, by place, this viewer may see, when they happened and whether that is reached."""
    lookup = manifest.lookup()
    if lookup.sights is not None:
        return lookup.sights(names, viewer, at)
    shown = lookup.resolve([Ref.parse(name) for name in names], viewer, at)
    found = ((place, shown.get(Ref.parse(name))) for place, name in enumerate(names))
    return {place: (one.happened_at.timestamp(), one.reached) for place, one in found if one is not None}


def _reached(sights: Sights, node: int, at: datetime) -> bool:
    happened_at, reached = sights[node]
    return reached and happened_at <= at.timestamp()


def _places(net: Net, visible: Collection[int], when: Mapping[int, float], *, is_onward: bool) -> list[_Place]:
    """The stations of one direction in the order of their dates; what is not public as one neutral gap."""
    ties = [tie for tie in net.ties if tie.is_onward is is_onward]
    nearest: dict[int, Tie] = {}
    for tie in ties:
        nearest.setdefault(tie.target if is_onward else tie.source, tie)
    nearest.pop(0, None)
    leading = _leading(ties, visible, is_onward=is_onward)
    places = []
    for node, tie in nearest.items():
        depth = tie.depth if is_onward else -tie.depth
        if node in visible:
            # A collection may be older than what was put into it: onward, a station counts from when it was reached.
            day = max(when[node], tie.happened_at) if is_onward else when[node]
            places.append(_Place(day, depth, node, tie))
        elif node in leading:
            places.append(_Place(tie.happened_at, depth, None, tie))
    places.sort(key=lambda place: (place.when, place.depth))
    return [
        place
        for number, place in enumerate(places)
        if place.node is not None or number == 0 or places[number - 1].node is not None
    ]


def _leading(ties: Iterable[Tie], visible: Collection[int], *, is_onward: bool) -> set[int]:
    """Things behind which, seen from where we stand, something visible lies: only they leave a gap."""
    before: dict[int, list[int]] = defaultdict(list)
    for tie in ties:
        near, far = (tie.source, tie.target) if is_onward else (tie.target, tie.source)
        before[far].append(near)
    found: set[int] = set()
    waiting = [node for node in before if node in visible]
    while waiting:
        for near in before.get(waiting.pop(), ()):
            if near not in found:
                found.add(near)
                waiting.append(near)
    return found


def _part[Row](rows: Sequence[Row], keys: Sequence[str], after: str, limit: int) -> Part[Row]:
    """So many rows after the one with that key. A part never ends with a row that has no key of its own."""
    begin = 0
    if after:
        begin = next((number + 1 for number, key in enumerate(keys) if key == after), 0)
        if not begin:
            raise Invalid(_("Diese Stelle der Liste gibt es nicht."))
    end = begin + limit
    while end < len(rows) and not keys[end - 1]:
        end += 1
    count = sum(bool(key) for key in keys)
    return Part(list(rows[begin:end]), count, keys[end - 1] if end < len(rows) else "", begin == 0)


def _keys(net: Net, places: Iterable[_Place]) -> list[str]:
    return ["" if place.node is None else net.names[place.node].rpartition("/")[2] for place in places]


def _told[Row, Words](part: Part[Row], rows: list[Words]) -> Part[Words]:
    """The same part with words in place of numbers."""
    return Part(rows, part.count, part.next, part.begins)


def _last_reached(sights: Sights, outcomes: Sequence[_Place], at: datetime) -> int | None:
    """Where it stands: the last thing on the way that was reached."""
    for place in reversed(outcomes):
        if place.node is not None and _reached(sights, place.node, at):
            return place.node
    return 0 if 0 in sights and _reached(sights, 0, at) else None


def _plan(net: Net, visible: Collection[int], when: Mapping[int, float]) -> rules.Chosen | None:
    """What the picture shows, things ranked by date; None when that is too little to draw."""
    if 0 not in visible or len(visible) < FEWEST_DRAWN:
        return None
    ranked = sorted(visible, key=lambda node: (when[node], net.names[node]))
    rank = {node: number for number, node in enumerate(ranked)}
    edges = {(tie.source, tie.target) for tie in net.ties}
    through = rules.bridged(edges, visible, MOST_BRIDGES)
    chosen = rules.choose(
        rank[0],
        {(rank[source], rank[target]) for source, target in edges if source in rank and target in rank},
        {(rank[source], rank[target]) for source, target in through},
        [net.names[node].split("/")[1] for node in ranked],
        MOST_DRAWN,
    )
    return rules.Chosen(
        nodes=tuple(ranked[node] for node in chosen.nodes),
        piles={ranked[node]: count for node, count in chosen.piles.items()},
        edges=tuple((ranked[source], ranked[target]) for source, target in chosen.edges),
        through=frozenset((ranked[source], ranked[target]) for source, target in chosen.through),
    )


@dataclass(frozen=True)
class _Teller:
    """Puts words to places."""

    refs: Mapping[int, Ref]
    shown: Mapping[Ref, Shown]
    told: Mapping[str, TraceLink]
    language: str
    at: datetime

    def station(self, node: int) -> TraceStation:
        return station_of(self.shown[self.refs[node]], self.at, self.language)

    def placed(self, place: _Place, *, is_onward: bool) -> TraceStation:
        """A station with its day and why it stands there; what vanished since the first query is a gap too."""
        if place.node is None or self.refs[place.node] not in self.shown:
            return gap()
        station = self.station(place.node)
        why = self.told.get(place.tie.id)
        if is_onward:
            station = replace(station, when=day_of(datetime.fromtimestamp(place.when, UTC)))
        if why is None:
            return station
        return replace(station, reason=why.reason, reason_language=why.reason_language, later=why.later)

    def standing(
        self, here: TraceStation, places: Sequence[_Place], last: int | None, *, begins: bool, is_open: bool
    ) -> tuple[TraceStation, list[TraceStation]]:
        """The stations of the way onward; the last one reached is the present one while anything is to come, and its
        next step stands behind it.
        """
        row = [self.placed(place, is_onward=True) for place in places]
        entry = self.shown.get(self.refs[last]) if last is not None else None
        if entry is None:
            return here, row
        step = next_step_of(entry, self.at, self.language)
        goes_on = is_open or (entry.open_until is not None and entry.open_until > self.at)
        at = next((number for number, place in enumerate(places) if place.node == last), None)
        if at is not None:
            row[at] = replace(row[at], state="now") if step or goes_on else row[at]
            row[at + 1 : at + 1] = [step] if step else []
        elif last == 0:
            here = replace(here, state="now") if step or goes_on else here
            row[:0] = [step] if step and begins else []
        return here, row
