"""Reading the index by reference and by time. Everything begins with who looks and when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from allmende.core import feeds, manifest
from allmende.core.actor import Viewer
from allmende.core.refs import Ref
from allmende.engines.search.models import PUBLIC, Entry, EntryQuerySet
from allmende.engines.search.queries.ranking import no_such_place


def entry(ref: Ref, viewer: Viewer, at: datetime) -> Entry | None:
    """One thing as this viewer may see it; None for everything else, whatever the reason."""
    return Entry.objects.visible_to(viewer, at).of(ref).first()


def entries_of(refs: Collection[Ref], viewer: Viewer, at: datetime) -> dict[Ref, Entry]:
    """Those of the things that this viewer may see, in one query."""
    wanted = set(refs)
    if not wanted:
        return {}
    found = Entry.objects.visible_to(viewer, at).filter(object_id__in={ref.id for ref in wanted})
    return {row.ref: row for row in found if row.ref in wanted}


SHOWN = (
    "capability", "kind", "object_id", "titles", "language", "url", "state_labels", "reached", "next_step", "office",
    "due", "happened_at", "open_until",
)  # fmt: skip
"""What `core.manifest.Shown` speaks of."""


def shown_of(refs: Collection[Ref], viewer: Viewer, at: datetime) -> dict[Ref, Entry]:
    """As `entries_of`, with as much of each as other engines read."""
    wanted = set(refs)
    if not wanted:
        return {}
    found = Entry.objects.visible_to(viewer, at).filter(object_id__in={ref.id for ref in wanted}).only(*SHOWN)
    return {row.ref: row for row in found if row.ref in wanted}


def sights_of(names: Sequence[str], viewer: Viewer, at: datetime) -> dict[int, tuple[float, bool]]:
    """As `entries_of` without any words, by references as text: when each happened, and whether that is reached.

    Instants are seconds since 1970, and the references one value of the statement: thousands of objects take longer to
    make than the things to be found.
    """
    seen, values = Entry.objects.visible_to(viewer, at).order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT asked.place - 1, date_part('epoch', search_entry.happened_at), search_entry.reached
            FROM unnest(string_to_array(%s, ' ')) WITH ORDINALITY AS asked (name, place) JOIN search_entry
              ON search_entry.object_id = split_part(asked.name, '/', 3)::uuid
              AND search_entry.capability = split_part(asked.name, '/', 1)
              AND search_entry.kind = split_part(asked.name, '/', 2)
            WHERE {seen.partition(" WHERE ")[2]}""",  # noqa: S608
            [" ".join(names), *values],
        )
        return {place: (happened_at, reached) for place, happened_at, reached in cursor.fetchall()}


def latest(viewer: Viewer, at: datetime, *, kinds: Collection[str] = (), limit: int = 12) -> list[Entry]:
    """What was last said or done; nothing that is still to come."""
    found = _of_kinds(Entry.objects.visible_to(viewer, at), kinds).filter(happened_at__lte=at)
    return list(found.order_by("-happened_at", "-id")[:limit])


def open_now(viewer: Viewer, at: datetime, *, limit: int = 6) -> list[Entry]:
    """Where people can take part, what closes first first."""
    found = Entry.objects.visible_to(viewer, at).filter(open_until__gt=at)
    return list(found.order_by("open_until", "id")[:limit])


def next_change(at: datetime) -> datetime:
    """When a page made of public entries looks different although nothing is written: an embargo ends, a period
    closes, something is overdue; at the latest after a day. For the header `X-Allmende-Until`.
    """
    instants = " UNION ALL ".join(
        f"(SELECT {column} FROM search_entry WHERE {column} > %s AND removed_at IS NULL AND visibility = %s"  # noqa: S608
        f" ORDER BY {column} LIMIT 1)"
        for column in ("visible_from", "open_until", "due", "happened_at")
    )
    with connection.cursor() as cursor:  # each of the four reads one row of its own index
        cursor.execute(instants, [at, PUBLIC] * 4)
        found: list[datetime] = [row[0] for row in cursor.fetchall()]
    return min([*found, at + timedelta(days=1)])


def _of_kinds(entries: EntryQuerySet, kinds: Collection[str]) -> EntryQuerySet:
    if not kinds:
        return entries
    known = {kind for _room, kind in manifest.index_kinds()}
    return entries.filter(kind__in=known.intersection(kinds))  # what is no kind of ours may be no text of PostgreSQL's


def cursor_of(row: Entry, instant: datetime) -> str:
    """Names a place in a list that is ordered by an instant; `place_of` reads it."""
    return f"{instant.isoformat()}_{row.id}"


def place_of(after: str) -> tuple[datetime, UUID]:
    """Inverse of `cursor_of`; raises Invalid for anything else."""
    try:
        value, id_ = after.split("_")
        return datetime.fromisoformat(value).astimezone(UTC), UUID(id_)
    except (ValueError, OverflowError):
        raise no_such_place() from None


# By time


def listed(
    viewer: Viewer, at: datetime, *, kinds: Collection[str] = (), after: str = "", limit: int = 20
) -> tuple[list[Entry], str]:
    """All things, newest first, and where to go on (empty at the end)."""
    found = _of_kinds(Entry.objects.visible_to(viewer, at), kinds)
    if after:
        instant, id_ = place_of(after)
        found = found.filter(Q(happened_at__lt=instant) | Q(happened_at=instant, id__lt=id_))
    rows = list(found.order_by("-happened_at", "-id")[: limit + 1])
    more = len(rows) > limit
    return rows[:limit], cursor_of(rows[limit - 1], rows[limit - 1].happened_at) if more else ""


def fed(at: datetime, *, before: str = "", limit: int = 50) -> tuple[list[Entry], str]:
    """What everybody may see, last changed first, for the Atom feed; no later commit can slip in before these."""
    found = Entry.objects.visible_to(Viewer(), at).filter(fed_at__lt=min(at, feeds.safe_until()))
    if before:
        instant, id_ = place_of(before)
        found = found.filter(Q(fed_at__lt=instant) | Q(fed_at=instant, id__lt=id_))
    rows = list(found.order_by("-fed_at", "-id")[: limit + 1])
    more = len(rows) > limit
    return rows[:limit], cursor_of(rows[limit - 1], _fed_at(rows[limit - 1])) if more else ""


@dataclass(frozen=True)
class Changes:
    """What changed in public, oldest first. Of the `gone` nothing but the reference may be passed on."""

    rows: list[Entry]
    gone: frozenset[UUID]
    """Keys of those entries that are not public any more."""
    next: str = ""
    until: datetime | None = None
    """Ask again with this instant: everything before it has been told."""


def changes(
    at: datetime, *, since: datetime, after: str = "", kinds: Collection[str] = (), limit: int = 100
) -> Changes:
    """Public entries written since an instant, oldest first, and those that ceased to be public.

    What never was public is not mentioned at all. Nothing is missed between two calls (see `core.feeds`).
    """
    until = min(at, feeds.safe_until())
    once_public = Q(published_at__lte=at)
    found = _of_kinds(Entry.objects.filter(once_public, fed_at__gte=since, fed_at__lt=until), kinds)
    if after:
        instant, id_ = place_of(after)
        found = found.filter(Q(fed_at__gt=instant) | Q(fed_at=instant, id__gt=id_))
    rows = list(found.order_by("fed_at", "id")[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Changes(
        rows,
        frozenset(row.id for row in rows if not _is_public(row, at)),
        cursor_of(rows[-1], _fed_at(rows[-1])) if more else "",
        None if more else until,
    )


def _is_public(row: Entry, at: datetime) -> bool:
    return row.removed_at is None and row.visibility == PUBLIC and (row.visible_from is None or row.visible_from <= at)


def _fed_at(row: Entry) -> datetime:
    assert row.fed_at is not None, "the table's trigger sets it"
    return row.fed_at


# Addresses


def place_for(kind: str, id_: UUID, at: datetime, *, capability: str = "") -> str | None:
    """Path of a thing's page by its permanent address, None when there is no such thing, "" when it is gone.

    "" is answered only for what everybody could see before; whether the page may be opened is the page's own matter.
    """
    entry_ = Entry.objects.filter(
        kind=kind, object_id=id_, **({"capability": capability} if capability else {})
    ).first()
    if entry_ is not None and entry_.removed_at is not None:
        return "" if entry_.published_at is not None and entry_.published_at <= at else None
    for (room, name), known in manifest.index_kinds().items():
        if name == kind and (not capability or room == capability):
            path = known.url(id_)
            if path is not None:
                return path
    return None
