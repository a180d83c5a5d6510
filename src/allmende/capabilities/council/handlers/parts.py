"""Parts follow their paper: into the public index, and with their decisions into the open."""

from collections.abc import Collection
from uuid import UUID

from allmende.capabilities.council import actions
from allmende.capabilities.council.events import PaperPublished, PartsWritten, RecordsTakenIn, ThingWithdrawn
from allmende.capabilities.council.models import Batch
from allmende.capabilities.council.queries import parts as queries
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.engines.search import interface as search

EVENTS = frozenset({RecordsTakenIn.name, PaperPublished.name, PartsWritten.name, ThingWithdrawn.name})


def follow(event: Stored) -> None:
    """Looks again at the parts of every paper that the event speaks of, and tells what only now may be told."""
    papers = _papers(event)
    for paper_id in queries.untold(papers):
        actions.tell_decisions(actor=SYSTEM, paper_id=paper_id)
    for ref in queries.by_papers(papers):
        search.index_now(ref)


def _papers(event: Stored) -> Collection[UUID]:
    if event.ref.kind == "paper":
        return [event.ref.id]
    batch = Batch.objects.filter(pk=event.ref.id).first() if event.name == RecordsTakenIn.name else None
    named = [one.partition("/") for one in (batch.changed if batch else ())]
    return [UUID(key) for kind, _slash, key in named if kind == "paper"]
