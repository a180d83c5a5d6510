"""The public index follows a batch."""

from uuid import UUID

from allmende.capabilities.council.models import Batch
from allmende.core.events import Stored
from allmende.core.refs import Ref
from allmende.engines.search import interface as search


def index_batch(event: Stored) -> None:
    """Looks again at everything that the batch changed."""
    batch = Batch.objects.filter(pk=event.ref.id).first()
    for named in batch.changed if batch else ():
        kind, _slash, key = named.partition("/")
        search.index_now(Ref("council", kind, UUID(key)))
