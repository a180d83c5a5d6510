"""What takes place when: one list out of two sources, each read with one query however many dates there are."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.fields.json import KT
from django.db.models.functions import RowNumber, TruncDate

from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.workflow.calendar import KINDS, PUBLIC, word
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


@dataclass(slots=True)
class Item:
    """A date in a list. Not frozen: a page makes hundreds, and frozen ones take three times as long to make."""

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


PLAIN = (
    "id", "number", "starts_at", "ends_at", "all_day", "state", "kind", "online_url", "languages", "registration",
    "capacity", "taken",
)  # fmt: skip


def _columns(rows: "QuerySet[CalendarEvent]", language: str) -> "QuerySet[CalendarEvent, tuple[Any, ...]]":
    """What a list shows, texts picked in the database: reading whole texts of 500 events would take longer than all."""
    return rows.values_list(
        KT(f"title__{language}"),
        KT("title__de"),
        KT(f"place__{language}"),
        KT("place__de"),
        ExpressionWrapper(~Q(review={}) | ~Q(recording_url=""), output_field=BooleanField()),
        *PLAIN,
    )


@dataclass(frozen=True)
class _Reader:
    """Makes items of rows in one language."""

    language: str
    prefix: str
    kinds: Mapping[str, str]

    @classmethod
    def of(cls, language: str) -> "_Reader":
        kinds = {kind.value: word(texts, language) for kind, texts in KINDS.items()}
        return cls(language, "" if language == "de" else f"/{language}", kinds)

    def item(self, row: tuple[Any, ...]) -> Item:
        (
            title, title_de, place, place_de, has_review, id_, number, starts_at, ends_at, all_day, state, kind,
            online_url, languages, registration, capacity, taken,
        ) = row  # fmt: skip
        return Item(
            Ref("portal", "event", id_),
            title or title_de or "",
            self.language if title else "de",
            f"{self.prefix}/kalender/termine/{number}/",
            starts_at,
            ends_at,
            all_day,
            state,
            self.kinds[kind],
            place or place_de or "",
            bool(online_url),
            languages,
            registration,
            None if capacity is None else max(0, capacity - taken),
            has_review,
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
    reader = _Reader.of(language)
    found = [reader.item(row) for row in events]
    found += [_from_entry(entry, language) for entry in entries]
    return sorted(found, key=lambda item: item.key)


def between(
    filters: Filters, start: datetime, end: datetime, viewer: Viewer, at: datetime, *, language: str
) -> list[Item]:
    """Everything that touches the half-open period, in order of beginning; at most three queries."""
    events: Iterable[Any] = ()
    if filters.kind != "meeting":
        rows = CalendarEvent.objects.public(at).between(start, end).filter(_event_filter(filters))
        events = _columns(rows.order_by("starts_at", "id"), language)[:MOST]
    entries = _entries(filters, viewer, at, language)
    if entries is not None:
        entries = entries.filter(happened_at__gte=start, happened_at__lt=end).order_by("happened_at", "object_id")[
            :MOST
        ]
    return _merged(events, entries if entries is not None else (), language)


def month(
    filters: Filters,
    start: datetime,
    end: datetime,
    viewer: Viewer,
    at: datetime,
    *,
    language: str,
    zone: ZoneInfo,
    per_day: int,
) -> tuple[list[Item], dict[date, int]]:
    """As `between`, but of each local day only the first `per_day` events, and how many of each day there are.

    Days are those on which events begin. The database picks them: reading the rest would take longer than showing it.
    """
    events: Iterable[Any] = ()
    counts: dict[date, int] = {}
    if filters.kind != "meeting":
        day = TruncDate("starts_at", tzinfo=zone)
        rows = CalendarEvent.objects.public(at).between(start, end).filter(_event_filter(filters)).annotate(day=day)
        counts = dict(rows.values_list("day").annotate(count=Count("pk")).order_by("day"))
        rank = Window(RowNumber(), partition_by=F("day"), order_by=["starts_at", "id"])
        first = rows.annotate(rank=rank).filter(rank__lte=per_day).values("pk")
        events = _columns(CalendarEvent.objects.filter(pk__in=first).order_by("starts_at", "id"), language)
    entries = _entries(filters, viewer, at, language)
    meetings: list[Entry] = []
    if entries is not None:
        entries = entries.filter(happened_at__gte=start, happened_at__lt=end).order_by("happened_at", "object_id")
        meetings = list(entries[:MOST])
    for entry in meetings:
        local = entry.happened_at.astimezone(zone).date()
        counts[local] = counts.get(local, 0) + 1
    return _merged(events, meetings, language), counts


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
        parts[0] = _columns(rows.order_by("starts_at", "id"), language)[: limit + 1]
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
    reader = _Reader.of(language)
    found = [reader.item(row) for row in _columns(rows.order_by("-starts_at", "-id"), language)[: limit + 1]]
    return found[:limit], found[limit - 1].cursor if len(found) > limit else ""


def upcoming(viewer: Viewer, at: datetime, *, language: str, limit: int = 3) -> list[Item]:
    """For the start page: what goes on today and what comes next, without what was cancelled; two queries."""
    found, _next = agenda(Filters(), viewer, at, language=language, limit=limit * 2)
    return [item for item in found if item.state == "published"][:limit]


def groups(viewer: Viewer, at: datetime, language: str) -> list[tuple[str, str]]:
    """Groups to choose from, out of the public index: (id, name)."""
    rows = Entry.objects.visible_to(viewer, at).filter(kind="group").order_by("happened_at", "id")[:50]
    return [(str(row.object_id), row.title(language)) for row in rows]


def next_shown(at: datetime) -> datetime | None:
    """When the next embargo ends."""
    rows = CalendarEvent.objects.filter(visible_from__gt=at, state__in=PUBLIC).order_by("visible_from")
    return rows.values_list("visible_from", flat=True).first()


def next_change(at: datetime) -> datetime | None:
    """When a list made at `at` next looks different by itself: an event begins, ends, or its embargo does."""
    rows = CalendarEvent.objects.public(at).filter(ends_at__gt=at)
    ends = rows.order_by("ends_at").values_list("ends_at", flat=True).first()
    starts = rows.filter(starts_at__gt=at).order_by("starts_at").values_list("starts_at", flat=True).first()
    hidden = next_shown(at)
    return min((moment for moment in (ends, starts, hidden) if moment is not None), default=None)
