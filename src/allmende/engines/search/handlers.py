"""Every event of every room may change how a thing appears."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from allmende.core import manifest
from allmende.core.events import DomainEvent, Stored
from allmende.core.refs import Ref
from allmende.engines.search import actions


def index(event: Stored) -> None:
    """Computes the entry of the event's thing anew, and of every thing that the payload refers to.

    A comment's event, say, names the idea that it stands under: its figures have changed.
    """
    for ref in dict.fromkeys([event.ref, *_named(event.payload.values())]):
        actions.index_now(ref)


def concerns_an_entry(event: DomainEvent) -> bool:
    """Whether the event's thing, or one that it refers to, is of a kind that the index holds."""
    kinds = manifest.index_kinds()
    return any((ref.capability, ref.kind) in kinds for ref in (event.ref, *_named(event.payload().values())))


def rebuild(event: Stored) -> None:
    """Carries out a rebuild that staff asked for; it may take minutes and has a queue of its own."""
    actions.carry_out(event.ref.id)


def _named(values: Iterable[Any]) -> Iterator[Ref]:
    for value in values:
        if isinstance(value, str) and value.count("/") == len(("capability", "kind", "id")) - 1:
            with suppress(ValueError):
                yield Ref.parse(value)
