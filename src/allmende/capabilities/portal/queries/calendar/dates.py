"""What takes place when: one list out of two sources, each read with one query however many dates there are."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.workflow.calendar import KINDS, Kind, word
from allmende.core.actor import Viewer
from allmende.core.refs import Ref
from allmende.engines.search.interface import Entry

DATED = ("meeting",)
"""Kinds of other rooms whose `happened_at` is the time at which people come together."""
MOST = 2000
"""Dates that one page reads at most; a month of a city has far fewer."""


@dataclass(frozen=True)
class Filters:
    """What somebody looks for; empty fields leave nothing out."""

    kind: str = ""
    district: str = ""
    group: UUID | None = None
    language: str = ""
    text: str = ""

    @property
    def narrow(self) -> bool:
        return any((self.kind, self.district, self.group, self.language, self.text))


@dataclass(frozen=True, slots=True)
class Item:
    """A date in a list."""

    ref: Ref
    title: str
    title_language: str
    url: str
    """Path in the language asked for."""
    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    state: str
    kind_label: str
    place: str
    online: bool
    summary: str
    languages: Sequence[str]
    registration: bool
    free: int | None
    has_review: bool

    @property
    def key(self) -> tuple[datetime, str]:
        return self.starts_at, self.ref.id.hex

    @property
    def cursor(self) -> str:
        """Where the next part of a list begins."""
        return urlsafe_b64encode(f"{self.starts_at.isoformat()}~{self.ref.id.hex}".encode()).decode().rstrip("=")


COLUMNS = (
    "id", "number", "title", "summary", "starts_at", "ends_at", "all_day", "state", "kind", "place", "online_url",
    "languages", "registration", "capacity", "taken", "recording_url", "review",
)  # fmt: skip


def _from_event(row: tuple[Any, ...], language: str) -> Item:
    (
        id_, number, title, summary, starts_at, ends_at, all_day, state, kind, place, online_url, languages,
        registration, capacity, taken, recording_url, review,
    ) = row  # fmt: skip
    prefix = "" if language == "de" else f"/{language}"
    return Item(
        Ref("portal", "event", id_),
        word(title, language),
        language if title.get(language) else "de",
        f"{prefix}/kalender/termine/{number}/",
        starts_at,
        ends_at,
        all_day,
        state,
        word(KINDS[Kind(kind)], language),
        word(place, language),
        bool(online_url),
        word(summary, language),
        languages,
        registration,
        None if capacity is None else max(0, capacity - taken),
        bool(recording_url or review),
    )


def _from_entry(entry: Entry, language: str) -> Item:
    return Item(
        entry.ref,
        entry.title(language),
        entry.title_language(language),
        entry.path(language),
        entry.happened_at,
        None,
        all_day=False,
        state="cancelled" if entry.state == "cancelled" else "published",
        kind_label=entry.kind_label,
        place=entry.summary(language),
        online=False,
        summary="",
        languages=(),
        registration=False,
        free=None,
        has_review=False,
    )


def _event_filter(filters: Filters) -> Q:
    found = Q()
    if filters.kind:
        found &= Q(kind=filters.kind)
    if filters.district:
        found &= Q(district=filters.district)
    if filters.language:
        found &= Q(languages__contains=[filters.language]) | (
            Q(aids__contains=["sign"]) if filters.language == "dgs" else Q(pk=None)
        )
    if filters.group is not None:
        found &= Q(about__object_id=filters.group, about__kind="group")
    for part in filters.text.split()[:8]:
        hit = Q(address__icontains=part)
        for column in ("title", "summary", "description", "place"):
            hit |= Q(**{f"{column}__de__icontains": part}) | Q(**{f"{column}__en__icontains": part})
        found &= hit
    return found


def _entries(filters: Filters, viewer: Viewer, at: datetime, language: str) -> "Any | None":
    """The query for what other rooms have; None where a filter is set that they know nothing of."""
    if (filters.kind and filters.kind != "meeting") or filters.language:
        return None
    rows = Entry.objects.visible_to(viewer, at).filter(kind__in=DATED).exclude(capability="portal")
    if filters.district:
        rows = rows.filter(district=filters.district)
    if filters.group is not None:
        group = Entry.objects.visible_to(viewer, at).filter(kind="group", object_id=filters.group).first()
        if group is None:
            return None
        rows = rows.filter(titles__de__startswith=f"{group.title('de')}:")
    for part in filters.text.split()[:8]:
        rows = rows.filter(Q(titles__de__icontains=part) | Q(titles__en__icontains=part))
    del language
    return rows


def _merged(events: Iterable[Any], entries: Iterable[Entry], language: str) -> list[Item]:
    found = [_from_event(row, language) for row in events]
    found += [_from_entry(entry, language) for entry in entries]
    return sorted(found, key=lambda item: item.key)


def between(
    filters: Filters, start: datetime, end: datetime, viewer: Viewer, at: datetime, *, language: str
) -> list[Item]:
    """Everything that touches the half-open period, in order of beginning; at most three queries."""
    events: Iterable[Any] = ()
    if filters.kind != "meeting":
        rows = CalendarEvent.objects.public(at).between(start, end).filter(_event_filter(filters))
        events = rows.order_by("starts_at", "id").values_list(*COLUMNS)[:MOST]
    entries = _entries(filters, viewer, at, language)
    if entries is not None:
        entries = entries.filter(happened_at__gte=start, happened_at__lt=end).order_by("happened_at", "object_id")[
            :MOST
        ]
    return _merged(events, entries if entries is not None else (), language)


def _place(cursor: str) -> tuple[datetime, UUID] | None:
    try:
        moment, _tilde, id_ = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("~")
        instant = datetime.fromisoformat(moment)
        return (instant, UUID(hex=id_)) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


def agenda(
    filters: Filters, viewer: Viewer, at: datetime, *, language: str, after: str = "", limit: int = 20
) -> tuple[list[Item], str]:
    """What goes on now and what comes, soonest first, and the cursor of the next part ("" at the end)."""
    place = _place(after) if after else None
    parts: list[Iterable[Any]] = [(), ()]
    if filters.kind != "meeting":
        rows = CalendarEvent.objects.public(at).filter(ends_at__gt=at).filter(_event_filter(filters))
        if place:
            rows = rows.filter(Q(starts_at__gt=place[0]) | Q(starts_at=place[0], id__gt=place[1]))
        parts[0] = rows.order_by("starts_at", "id").values_list(*COLUMNS)[: limit + 1]
    entries = _entries(filters, viewer, at, language)
    if entries is not None:
        rows = entries.filter(happened_at__gte=at)
        if place:
            rows = rows.filter(Q(happened_at__gt=place[0]) | Q(happened_at=place[0], object_id__gt=place[1]))
        parts[1] = rows.order_by("happened_at", "object_id")[: limit + 1]
    found = _merged(parts[0], parts[1], language)
    return found[:limit], found[limit - 1].cursor if len(found) > limit else ""


def past(filters: Filters, at: datetime, *, language: str, after: str = "", limit: int = 20) -> tuple[list[Item], str]:
    """What is over, latest first: recordings and summaries stand there."""
    rows = CalendarEvent.objects.public(at).filter(ends_at__lte=at).filter(_event_filter(filters))
    place = _place(after) if after else None
    if place:
        rows = rows.filter(Q(starts_at__lt=place[0]) | Q(starts_at=place[0], id__lt=place[1]))
    found = [
        _from_event(row, language) for row in rows.order_by("-starts_at", "-id").values_list(*COLUMNS)[: limit + 1]
    ]
    return found[:limit], found[limit - 1].cursor if len(found) > limit else ""


def upcoming(viewer: Viewer, at: datetime, *, language: str, limit: int = 3) -> list[Item]:
    """For the start page: what goes on today and what comes next, without what was cancelled; two queries."""
    found, _next = agenda(Filters(), viewer, at, language=language, limit=limit * 2)
    return [item for item in found if item.state == "published"][:limit]


def groups(viewer: Viewer, at: datetime, language: str) -> list[tuple[str, str]]:
    """Groups to choose from, out of the public index: (id, name)."""
    rows = Entry.objects.visible_to(viewer, at).filter(kind="group").order_by("happened_at", "id")[:50]
    return [(str(row.object_id), row.title(language)) for row in rows]


def next_change(at: datetime) -> datetime | None:
    """When a list made at `at` next looks different by itself: an event begins, ends, or its embargo does."""
    rows = CalendarEvent.objects.public(at).filter(ends_at__gt=at)
    ends = rows.order_by("ends_at").values_list("ends_at", flat=True).first()
    starts = rows.filter(starts_at__gt=at).order_by("starts_at").values_list("starts_at", flat=True).first()
    hidden = (
        CalendarEvent.objects.filter(visible_from__gt=at, state__in=("published", "cancelled"))
        .order_by(Coalesce("visible_from", "starts_at"))
        .values_list("visible_from", flat=True)
        .first()
    )
    return min((moment for moment in (ends, starts, hidden) if moment is not None), default=None)
