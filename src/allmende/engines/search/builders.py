"""For tests: a room whose things are rows of the settings table, so that the index can be tried without a real one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from allmende.core import manifest
from allmende.core.ids import uuid7
from allmende.core.manifest import EntryData, IndexKind, Manifest
from allmende.core.models import Setting
from allmende.core.refs import Ref
from allmende.engines.search.actions import index_now

ROOM, KIND = "example", "thing"
LONG_AGO = datetime(2021, 4, 14, 17, tzinfo=UTC)
_INSTANTS = {field.name for field in fields(EntryData) if "datetime" in str(field.type)}


def ref_of(id_: UUID) -> Ref:
    return Ref(ROOM, KIND, id_)


def put_thing(title: str = "Laternen", *, id_: UUID | None = None, index: bool = True, **changes: Any) -> Ref:
    """Writes a thing and, unless told otherwise, its entry. `changes` are fields of `EntryData`."""
    ref = ref_of(id_ or uuid7())
    values: dict[str, Any] = {
        "ref": ref,
        "titles": {"de": title},
        "summaries": {},
        "url": f"/beispiel/{ref.id}/",
        "state": "published",
        "state_labels": {"de": "veröffentlicht", "en": "published"},
        "happened_at": LONG_AGO,
        **changes,
    }
    data = EntryData(**values)
    row = asdict(data)
    del row["ref"]
    row = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    Setting.objects.update_or_create(key=_key(ref.id), defaults={"value": row})
    if index:
        index_now(ref)
    return ref


def drop_thing(ref: Ref, *, index: bool = True) -> None:
    """Deletes a thing; its entry becomes a tombstone."""
    Setting.objects.filter(key=_key(ref.id)).delete()
    if index:
        index_now(ref)


def _key(id_: UUID) -> str:
    return f"example.{id_}"


def read_entry(id_: UUID) -> EntryData | None:
    """The thing's present state, as the room tells it to the index."""
    row = Setting.objects.filter(key=_key(id_)).values_list("value", flat=True).first()
    if row is None:
        return None
    values: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name in _INSTANTS and value is not None else value
        for name, value in row.items()
    }
    return EntryData(ref=ref_of(id_), **values)


def _all_ids() -> list[UUID]:
    keys = Setting.objects.filter(key__startswith="example.").values_list("key", flat=True)
    return [UUID(key.removeprefix("example.")) for key in keys]


def _url(id_: UUID) -> str | None:
    found = read_entry(id_)
    return found.url if found else None


@contextmanager
def example_room(entry: Callable[[UUID], EntryData | None] = read_entry) -> Iterator[Manifest]:
    """Adds the room to the registry for as long as the block lasts; `entry` stands in for how it reads its things."""
    room = Manifest(
        name=ROOM,
        label="Beispiele",
        index=(IndexKind(KIND, "Ding", "Dinge", entry=entry, all_ids=_all_ids, url=_url),),
    )
    rooms = manifest.registry()
    before = rooms.get(ROOM)
    rooms[ROOM] = room
    manifest.index_kinds.cache_clear()
    try:
        yield room
    finally:
        if before is None:
            del rooms[ROOM]
        else:
            rooms[ROOM] = before
        manifest.index_kinds.cache_clear()
