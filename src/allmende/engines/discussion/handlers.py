"""What discussion does when something happens elsewhere."""

from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.engines.discussion import actions
from allmende.engines.discussion.models import Comment


def address_proven(event: Stored) -> None:
    """What a guest wrote has waited for this."""
    waiting = Comment.objects.filter(author_id=event.ref.id, awaits_proof=True).values_list("pk", flat=True)
    for comment_id in list(waiting):
        actions.accept_proven_comment(actor=SYSTEM, comment_id=comment_id, at=event.at)
