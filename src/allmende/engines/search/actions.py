"""How the index is kept: each entry is computed anew from its room's own state, never from what an event says.

These are no actions of a person: nobody decides anything here, the rooms' actions did and are audited. So there is
neither actor nor audit entry, and computing twice gives the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from allmende.core import manifest
from allmende.core.manifest import EntryData
from allmende.core.refs import Ref
from allmende.engines.search.models import HIDDEN, PUBLIC, Entry

LONGEST_BODY = 100_000
"""Characters of a body that are searched; PostgreSQL takes at most 1 MB of words."""

type Progress = Callable[[int, int], object]
"""Called with (entries done, entries in all)."""


def index_now(ref: Ref) -> Entry | None:
    """Computes one entry from the thing's present state; returns None for kinds that are not indexed.

    Two workers may do this at once while the thing changes. Whoever holds the lock on the reference reads after the
    other has committed, so the last one to write has also read last, and the entry ends as the thing is.
    """
    kind = manifest.index_kinds().get((ref.capability, ref.kind))
    if kind is None:
        return None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(ref)])
        now = _clock()
        entry = Entry.objects.of(ref).first()
        data = kind.entry(ref.id)
        if data is None:
            return None if entry is None else _bury(entry, now)
        values = _values(data)
        if entry is None:
            entry = Entry(capability=ref.capability, kind=ref.kind, object_id=ref.id)
        elif all(getattr(entry, name) == value for name, value in values.items()) and entry.removed_at is None:
            return entry  # nothing new: no feed, no cached page has to move
        for name, value in values.items():
            setattr(entry, name, value)
        entry.removed_at = None
        entry.published_at = _published(entry, now)
        entry.save()
        return entry


def _values(data: EntryData) -> dict[str, Any]:
    """The columns of an entry. What nobody may find is not copied."""
    seen = data.visibility != HIDDEN
    return {
        "titles": _texts(data.titles) if seen else {},
        "summaries": _texts(data.summaries) if seen else {},
        "bodies": {code: text[:LONGEST_BODY] for code, text in _texts(data.bodies).items()} if seen else {},
        "language": data.language,
        "url": data.url,
        "state": data.state,
        "state_labels": _texts(data.state_labels) if seen else {},
        "reached": data.reached,
        "next_step": _texts(data.next_step) if seen else {},
        "office": _texts(data.office) if seen else {},
        "due": data.due,
        "happened_at": data.happened_at,
        "open_until": data.open_until,
        "visibility": data.visibility,
        "visible_from": data.visible_from,
        "district": data.district,
        "longitude": data.longitude,
        "latitude": data.latitude,
        "figures": dict(data.figures) if seen else {},
    }


def _texts(texts: Any) -> dict[str, str]:
    """Plain strings without the one character that PostgreSQL cannot keep and those that mark hits in snippets."""
    return {code: str(text).translate({0: None, 2: None, 3: None}) for code, text in texts.items() if text}


def _published(entry: Entry, now: datetime) -> datetime | None:
    """Since when everybody could see it; an embargo that was never over leaves no trace."""
    before = entry.published_at if entry.published_at is not None and entry.published_at <= now else None
    if entry.visibility != PUBLIC:
        return before
    return before or max(now, entry.visible_from or now)


def _bury(entry: Entry, now: datetime) -> Entry:
    """Leaves a tombstone: that there was something, under which reference, and nothing of what it said."""
    if entry.removed_at is None:
        entry.titles = entry.summaries = entry.bodies = entry.state_labels = {}
        entry.next_step = entry.office = entry.figures = {}
        entry.due = entry.open_until = entry.longitude = entry.latitude = None
        entry.district = ""
        entry.published_at = _published(entry, now) if entry.visibility != PUBLIC else _past(entry.published_at, now)
        entry.removed_at = now
        entry.save()
    return entry


def _past(instant: datetime | None, now: datetime) -> datetime | None:
    return instant if instant is not None and instant <= now else None


@dataclass(frozen=True)
class Orphans:
    """What does not fit together: entries whose thing is gone, things that have no entry, entries of no room."""

    without_thing: list[Ref] = field(default_factory=list)
    without_entry: list[Ref] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.without_thing or self.without_entry)


def things() -> Iterator[Ref]:
    """Every thing of every indexed kind, as the rooms count them."""
    for (room, name), kind in manifest.index_kinds().items():
        yield from (Ref(room, name, id_) for id_ in kind.all_ids())


def rebuild(progress: Progress = lambda _done, _total: None) -> int:
    """Computes every entry anew, also of things that are gone; returns how many. May be stopped and begun again."""
    refs = dict.fromkeys(things())
    refs.update(dict.fromkeys(_live()))
    known = manifest.index_kinds()
    for done, ref in enumerate(refs, start=1):
        if (ref.capability, ref.kind) in known:
            index_now(ref)
        else:  # its room was taken out
            with transaction.atomic():
                _bury(Entry.objects.of(ref).select_for_update().get(), _clock())
        progress(done, len(refs))
    return len(refs)


def check() -> Orphans:
    """Compares the index with the rooms. What was made a moment ago may wait for its event; all else is a fault."""
    there, live = set(things()), set(_live())
    return Orphans(
        sorted(ref for ref in live - there if _data(ref) is None),
        sorted(ref for ref in there - live if _data(ref) is not None),
    )


def _live() -> Iterator[Ref]:
    rows = Entry.objects.filter(removed_at__isnull=True).order_by()
    found = rows.values_list("capability", "kind", "object_id").iterator(chunk_size=5000)
    return (Ref(*row) for row in found)


def _data(ref: Ref) -> EntryData | None:
    kind = manifest.index_kinds().get((ref.capability, ref.kind))
    return kind.entry(ref.id) if kind else None


def _clock() -> datetime:
    """The database's clock, which all processes share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
