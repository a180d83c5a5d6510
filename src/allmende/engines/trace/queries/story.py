"""The Trace as people read it: stations in the order of their dates, told in the viewer's language."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.manifest import Shown
from allmende.core.refs import Ref
from allmende.engines.trace.models import Edge
from allmende.engines.trace.queries.graph import MOST_LINKS, Link, Reached, reached_from
from allmende.engines.trace.rules.choosing import of_each_kind

type State = Literal["reached", "now", "open"]

MOST_IN_A_ROW = 6
"""Stations that stand side by side on a wide screen; a part of a page shows no more."""


@dataclass(frozen=True)
class TraceLink:
    """Why one thing led to another, who says so, since when. Only between two things that the viewer may see."""

    id: UUID
    source: Ref
    target: Ref
    source_title: str
    target_title: str
    source_url: str
    target_url: str
    source_language: str
    target_language: str
    reason: str
    reason_language: str
    """Languages where they are not the page's."""
    by: str
    """Role or office; empty when it followed from a step by itself."""
    office: str
    """The same as a key that stays: role and scope."""
    happened_at: datetime
    linked_at: datetime
    later: bool
    """It was written down more than a day after it happened."""


@dataclass(frozen=True)
class TraceStation:
    """One thing on the way. Without `entry` it is the next step of the last thing, or one that is not public."""

    label: str
    title: str
    state: State
    when: date | str | None = None
    """The day, or words that hold one."""
    url: str = ""
    entry: Shown | None = None
    language: str = ""
    """Language of the title where it is not the page's."""
    reason: str = ""
    reason_language: str = ""
    later: bool = False
    here: bool = False
    hidden: bool = False
    status: str = ""
    """The room's own word for the state, e.g. „in Prüfung“."""
    office: str = ""


def url_of(ref: Ref) -> str:
    """The page that shows all of the Trace of a thing, in the language of the moment."""
    return reverse("trace:trace", kwargs={"capability": ref.capability, "kind": ref.kind, "id_": ref.id})


@dataclass(frozen=True)
class Trace:
    """Both answers. `origins` and `outcomes` without the thing itself; `cut`: there is more than could be read."""

    ref: Ref
    here: TraceStation | None
    """None when the viewer may not see the thing in the index (or it is not there yet)."""
    origins: list[TraceStation] = field(default_factory=list)
    outcomes: list[TraceStation] = field(default_factory=list)
    links: list[TraceLink] = field(default_factory=list)
    cut: bool = False

    @property
    def url(self) -> str:
        return url_of(self.ref)

    @property
    def onward(self) -> list[TraceStation]:
        """The thing and what became of it."""
        return [*([self.here] if self.here else []), *self.outcomes]

    @property
    def stations(self) -> list[TraceStation]:
        return [*self.origins, *self.onward]

    @property
    def near_origins(self) -> list[TraceStation]:
        """As many as stand side by side; the last ones."""
        return self.origins[-MOST_IN_A_ROW:]

    @property
    def near_onward(self) -> list[TraceStation]:
        """The thing and as many as stand beside it: of each kind of thing that it became the last, in their order."""
        here = [self.here] if self.here else []
        shown = of_each_kind([_kind_of(station) for station in self.outcomes], MOST_IN_A_ROW - len(here))
        return [*here, *(self.outcomes[place] for place in shown)]

    @property
    def row(self) -> list[TraceStation]:
        """The short form for another page (start page, list of ways), where the thing itself is a link too: it and
        the last of what became of it.
        """
        here = [replace(self.here, here=False)] if self.here else []
        return [*here, *self.outcomes[-(MOST_IN_A_ROW - len(here)) :]]

    @property
    def length(self) -> int:
        """How many things are on the way, as far as the viewer may see them."""
        return sum(station.entry is not None for station in self.stations)

    @property
    def left_out(self) -> int:
        """How many stations the short form does not show."""
        return len(self.stations) - len(self.near_origins) - len(self.near_onward)


def trace_of(ref: Ref, viewer: Viewer, at: datetime, *, links: int = MOST_LINKS) -> Trace:
    """Both questions about one thing, in two queries to any depth."""
    return traces_of([ref], viewer, at, links=links)[ref]


def traces_of(refs: Collection[Ref], viewer: Viewer, at: datetime, *, links: int = MOST_LINKS) -> dict[Ref, Trace]:
    """The same for several things, in two queries however many."""
    reached = reached_from(refs, links=links)
    nodes = set(refs)
    for found in reached.values():
        for link in (*found.onward, *found.back):
            nodes |= {link.edge.source, link.edge.target}
    shown = manifest.lookup().resolve(nodes, viewer, at)
    return {ref: _trace(ref, found, shown, viewer, at) for ref, found in reached.items()}


def _trace(ref: Ref, found: Reached, shown: Mapping[Ref, Shown], viewer: Viewer, at: datetime) -> Trace:
    language = viewer.language
    told = told_links([link.edge for link in (*found.back, *found.onward)], shown, language)
    entry = shown.get(ref)
    here = replace(station_of(entry, at, language), here=True) if entry else None
    origins = _side(ref, found.back, shown, told, at, language, is_onward=False)
    outcomes = _side(ref, found.onward, shown, told, at, language, is_onward=True)
    here, outcomes = _where_it_stands(here, outcomes, at, language)
    links = sorted(told.values(), key=lambda link: (link.happened_at, link.id))
    return Trace(ref, here, origins, outcomes, links, found.cut)


def _side(
    ref: Ref,
    links: Sequence[Link],
    shown: Mapping[Ref, Shown],
    told: Mapping[UUID, TraceLink],
    at: datetime,
    language: str,
    *,
    is_onward: bool,
) -> list[TraceStation]:
    """The stations of one direction in the order of their dates, what is not public as one neutral gap."""
    nearest: dict[Ref, Link] = {}
    for link in links:
        nearest.setdefault(link.edge.target if is_onward else link.edge.source, link)
    nearest.pop(ref, None)
    leading = leading_to_something((link.edge for link in links), shown, is_onward=is_onward)
    placed: list[tuple[datetime, int, TraceStation]] = []
    for node, link in nearest.items():
        depth = link.depth if is_onward else -link.depth
        entry = shown.get(node)
        if entry is not None:
            why = told.get(link.edge.id)
            # A collection may be older than what was put into it: onward, a station counts from when it was reached.
            when = max(entry.happened_at, link.edge.happened_at) if is_onward else entry.happened_at
            station = replace(station_of(entry, at, language), when=day_of(when))
            station = (
                replace(station, reason=why.reason, reason_language=why.reason_language, later=why.later)
                if why
                else station
            )
            placed.append((when, depth, station))
        elif node in leading:
            placed.append((link.edge.happened_at, depth, gap()))
    stations: list[TraceStation] = []
    for _when, _depth, station in sorted(placed, key=lambda row: row[:2]):
        if not (station.hidden and stations and stations[-1].hidden):  # how many are hidden is nobody's business
            stations.append(station)
    return stations


def _kind_of(station: TraceStation) -> str:
    """What a station is for a short form: where things stand now and what comes next are never left out."""
    if station.hidden:
        return ""
    if station.entry is None or station.state == "now":
        return station.state
    return f"{station.entry.ref.capability}/{station.entry.ref.kind}"


def leading_to_something(edges: Iterable[Edge], shown: Mapping[Ref, Shown], *, is_onward: bool) -> set[Ref]:
    """Things behind which, seen from where we stand, something visible lies: only they leave a gap."""
    before: dict[Ref, list[Ref]] = defaultdict(list)
    for edge in edges:
        near, far = (edge.source, edge.target) if is_onward else (edge.target, edge.source)
        before[far].append(near)
    found: set[Ref] = set()
    waiting = [node for node in before if node in shown]
    while waiting:
        for near in before.get(waiting.pop(), ()):
            if near not in found:
                found.add(near)
                waiting.append(near)
    return found


def station_of(entry: Shown, at: datetime, language: str) -> TraceStation:
    return TraceStation(
        label=entry.kind_label,
        title=entry.title(language),
        state="reached" if entry.reached and entry.happened_at <= at else "open",
        when=day_of(entry.happened_at),
        url=entry.path(language),
        entry=entry,
        language=_other(entry.title_language(language), language),
        status=entry.state_label(language),
        office=entry.office_name(language),
    )


def day_of(instant: datetime) -> date:
    return timezone.localtime(instant).date()


def _other(own: str, language: str) -> str:
    """The language to mark words with: none where it is the page's."""
    return "" if own == language else own


def gap() -> TraceStation:
    return TraceStation(
        label=_("Zwischenschritt"), title=_("Dieser Schritt ist nicht öffentlich."), state="reached", hidden=True
    )


def _where_it_stands(
    here: TraceStation | None, outcomes: list[TraceStation], at: datetime, language: str
) -> tuple[TraceStation | None, list[TraceStation]]:
    """Marks the last station that was reached as the present one while anything is to come, and adds its next step."""
    row = [*([here] if here else []), *outcomes]
    last = next((number for number in reversed(range(len(row))) if _is_reached(row[number])), None)
    if last is None:
        return here, outcomes
    entry = row[last].entry
    assert entry is not None
    step = next_step_of(entry, at, language)
    goes_on = entry.open_until is not None and entry.open_until > at
    if step or goes_on or any(station.state == "open" for station in row):
        row[last] = replace(row[last], state="now")
    if step:
        row.insert(last + 1, step)
    return (row[0], row[1:]) if here else (None, row)


def _is_reached(station: TraceStation) -> bool:
    return station.state == "reached" and station.entry is not None


def next_step_of(entry: Shown, at: datetime, language: str) -> TraceStation | None:
    text = entry.next_step_text(language)
    if not text:
        return None
    when = ""
    if entry.due is not None and entry.due < at:
        when = _("überfällig seit %(day)s") % {"day": formats.date_format(day_of(entry.due), "DATE_FORMAT")}
    elif entry.due is not None:  # half-open: what ends at midnight is due the day before
        last = day_of(entry.due - timedelta(microseconds=1))
        when = pgettext("Frist", "bis %(day)s") % {"day": formats.date_format(last, "DATE_FORMAT")}
    return TraceStation(
        label=_("Nächster Schritt"),
        title=text,
        state="open",
        when=when,
        language=_other(entry.next_step_language(language), language),
        office=entry.office_name(language),
    )


def told_links(edges: Iterable[Edge], shown: Mapping[Ref, Shown], language: str) -> dict[UUID, TraceLink]:
    """What is said about each link, where both of its ends may be seen: a reason names what it joins."""
    told: dict[UUID, TraceLink] = {}
    for edge in edges:
        source, target = shown.get(edge.source), shown.get(edge.target)
        if source is None or target is None or edge.id in told:
            continue
        told[edge.id] = TraceLink(
            id=edge.id,
            source=edge.source,
            target=edge.target,
            source_title=source.title(language),
            target_title=target.title(language),
            source_url=source.path(language),
            target_url=target.path(language),
            source_language=_other(source.title_language(language), language),
            target_language=_other(target.title_language(language), language),
            reason=edge.reason,
            reason_language=_other(edge.language, language),
            by=str(edge.by(language)),
            office="/".join(part for part in (edge.role, *edge.scope.split(":")) if part),
            happened_at=edge.happened_at,
            linked_at=edge.created_at,
            later=edge.was_linked_later,
        )
    return told
