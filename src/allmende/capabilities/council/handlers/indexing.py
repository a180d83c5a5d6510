"""The public index follows a batch."""

from uuid import UUID

from allmende.capabilities.council.models import Batch, File
from allmende.core.events import Stored
from allmende.core.refs import Ref
from allmende.engines.search import interface as search


def index_batch(event: Stored) -> None:
    """Looks again at everything that the batch changed."""
    batch = Batch.objects.filter(pk=event.ref.id).first()
    named = (one.partition("/") for one in batch.changed) if batch else ()
    search.index_many(Ref("council", kind, UUID(key)) for kind, _slash, key in named)


def index_file(event: Stored) -> None:
    """Looks again at the paper or meeting whose file has been read."""
    file = File.objects.select_related("agenda_item").filter(pk=event.ref.id).first()
    if file is None:
        return
    if file.paper_id is not None:
        search.index_now(Ref("council", "paper", file.paper_id))
    meeting = file.meeting_id or (file.agenda_item.meeting_id if file.agenda_item else None)
    if meeting is not None:
        search.index_now(Ref("council", "meeting", meeting))
