"""A record: one object on its way in, from another system or from our own seeds, not yet tied to any row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ORDER = (
    *("location", "body", "term", "organization", "person", "membership"),
    *("meeting", "agenda_item", "paper", "consultation", "file"),
)
"""Kinds in the order in which they can be written: each after what it cannot do without."""


@dataclass(frozen=True)
class Record:
    """`key` is the object's id in the other system (a URL), or a UUID of ours.

    `links` are foreign keys, `many` lists of such, by the keys of what they point to. `files` are not among them: a
    file names its owner itself. A `deleted` record needs nothing but kind and key.
    """

    kind: str
    key: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    public: bool = True
    deleted: bool = False
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Kind → keys of all of that kind that are part of it: what else was is gone."""


def in_order(records: list[Record]) -> list[Record]:
    """One record per object, the last that came; each kind after what it needs."""
    last = {(record.kind, record.key): record for record in records}
    return sorted(last.values(), key=lambda record: ORDER.index(record.kind))
