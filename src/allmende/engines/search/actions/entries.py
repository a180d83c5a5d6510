"""How the index is kept: each entry is computed anew from its room's own state, never from what an event says.

These are no actions of a person: nobody decides anything here, the rooms' actions did and are audited. So there is
neither actor nor audit entry, and computing twice gives the same.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, When

from allmende.core import manifest
from allmende.core.manifest import EntryData, IndexKind
from allmende.core.refs import Ref
from allmende.engines.search.actions import vocabulary
from allmende.engines.search.models import HIDDEN, PUBLIC, Entry

BATCH = 250
"""Things in one transaction."""
LONGEST_BODY = 100_000
"""Characters of a body that are searched; PostgreSQL takes at most 1 MB of words."""


type Progress = Callable[[int, int], object]
"""Called with (things done, things in all)."""

_FORBIDDEN = re.compile("[\x00\x02\x03]")
_NOTHING: dict[str, Any] = {
    **{name: {} for name in ("titles", "summaries", "bodies", "state_labels", "next_step", "office", "figures")},
    **dict.fromkeys(("due", "open_until", "longitude", "latitude")),
    "district": "",
    "within": "",
    "counted": False,
}
"""What a tombstone says."""


def index_now(ref: Ref) -> Entry | None:
    """Computes one entry from the thing's present state; returns None for kinds that are not indexed.

    Two workers may do this at once while the thing changes. Whoever holds the lock on the reference reads after the
    other has committed, so the last one to write has also read last, and the entry ends as the thing is.
    """
    kind = manifest.index_kinds().get((ref.capability, ref.kind))
    if kind is None:
        return None
    with transaction.atomic():
        hold([ref])
        now = clock()
        entry = Entry.objects.of(ref).first()
        before = vocabulary.texts_of(entry) if entry is not None else None
        data = kind.entry(ref.id)
        if data is None:
            if entry is None:
                return None
            if entry.removed_at is None:
                bury([entry], now)
        else:
            changed = brought_up_to_date(entry, ref, data, now)
            if changed is None:
                return entry  # nothing new: no feed, no cached page has to move
            entry = changed
            entry.save()
            if before == vocabulary.texts_of(entry):
                return entry
        vocabulary.take_in([vocabulary.seen(entry, vocabulary.counted_words(before))])
        return entry


def index_many(refs: Iterable[Ref], progress: Progress = lambda _done, _total: None) -> None:
    """Computes many entries, 250 of a kind in one transaction. What their words tell about older compounds waits for
    the nightly round.
    """
    wanted = list(dict.fromkeys(refs))
    known = manifest.index_kinds()
    by_kind: dict[tuple[str, str], list[Ref]] = {}
    for ref in wanted:
        by_kind.setdefault((ref.capability, ref.kind), []).append(ref)
    done = 0
    for name, mine in by_kind.items():
        for batch in batched(mine, BATCH, strict=False):
            _index_batch(batch, known.get(name))
            done += len(batch)
            progress(done, len(wanted))


def _index_batch(refs: Sequence[Ref], kind: IndexKind | None) -> None:
    """Things of one kind."""
    with transaction.atomic():
        hold(refs)
        now = clock()
        told = _told(kind, [ref.id for ref in refs])
        capability, name = refs[0].capability, refs[0].kind
        rows = Entry.objects.filter(capability=capability, kind=name, object_id__in=[ref.id for ref in refs])
        entries = {row.object_id: row for row in rows}
        fresh: list[Entry] = []
        gone: list[Entry] = []
        found: list[vocabulary.Seen] = []
        for ref in refs:
            entry, data = entries.get(ref.id), told.get(ref.id)
            was = vocabulary.texts_of(entry) if entry is not None and entry.removed_at is None else None
            if data is None:
                if entry is None or entry.removed_at is not None:
                    continue
                gone.append(entry)
                found.append(vocabulary.Seen(entry, vocabulary.counted_words(was)))
                continue
            changed = brought_up_to_date(entry, ref, data, now)
            if changed is None:
                continue
            if entry is None:
                fresh.append(changed)
            else:
                changed.save()
            found.append(vocabulary.seen(changed, vocabulary.counted_words(was)))
        if fresh:
            Entry.objects.bulk_create(fresh)
        if gone:
            bury(gone, now)
        if found:
            vocabulary.take_in(found, again=False)


def _told(kind: IndexKind | None, ids: Sequence[UUID]) -> dict[UUID, EntryData]:
    """What the room says of its things; a room that was taken out says nothing."""
    if kind is None:
        return {}
    if kind.entries is not None:
        return dict(kind.entries(ids))
    return {id_: data for id_ in ids if (data := kind.entry(id_)) is not None}


def hold(refs: Sequence[Ref]) -> None:
    """Waits until nobody else computes these entries, and keeps others waiting until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(key) FROM (SELECT hashtextextended(ref, 0) AS key"
            " FROM unnest(%s::text[]) AS ref ORDER BY 1) AS locks",
            [[str(ref) for ref in refs]],
        )


def brought_up_to_date(entry: Entry | None, ref: Ref, data: EntryData, now: datetime) -> Entry | None:
    """The entry, new or changed, as it has to be saved; None when it says what the thing says already."""
    values = _values(data)
    if entry is None:
        entry = Entry(capability=ref.capability, kind=ref.kind, object_id=ref.id)
    elif all(getattr(entry, name) == value for name, value in values.items()) and entry.removed_at is None:
        return None
    for name, value in values.items():
        setattr(entry, name, value)
    entry.removed_at = None
    entry.published_at = _published(entry, now)
    entry.counted = vocabulary.countable(entry, now)
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
        "within": data.within,
    }


def _texts(texts: Any) -> dict[str, str]:
    """Plain strings without the one character that PostgreSQL cannot keep and others that mean nothing in a text."""
    return {code: _FORBIDDEN.sub("", str(text)) for code, text in texts.items() if text}


def _published(entry: Entry, now: datetime) -> datetime | None:
    """Since when everybody could see it; an embargo that was never over leaves no trace."""
    before = entry.published_at if entry.published_at is not None and entry.published_at <= now else None
    if entry.visibility != PUBLIC:
        return before
    return before or max(now, entry.visible_from or now)


def bury(entries: Sequence[Entry], now: datetime) -> None:
    """Leaves tombstones: that there was something, under which reference, and nothing of what it said.

    Since when everybody could see it stays; an embargo that was never over leaves no trace.
    """
    past = Case(When(published_at__lte=now, then="published_at"))
    Entry.objects.filter(pk__in=[entry.pk for entry in entries]).update(
        **_NOTHING, published_at=past, removed_at=now, modified=now
    )
    for entry in entries:
        for name, value in _NOTHING.items():
            setattr(entry, name, value)
        entry.removed_at = now


def clock() -> datetime:
    """The database's clock, which all processes share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
