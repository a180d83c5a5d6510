"""What participation does when something happens elsewhere."""

from uuid import UUID

from allmende.capabilities.participation import actions, queries
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.core.refs import Ref


def address_proven(event: Stored) -> None:
    """What a guest wrote has waited for this (`TopicStore.guests`)."""
    for idea_id in queries.awaiting_proof(event.ref.id):
        actions.accept_proven_idea(actor=SYSTEM, idea_id=idea_id, at=event.at)


def needs_ordered(event: Stored) -> None:
    """What was put into an answered group has its answer; what was taken out waits again."""
    actions.follow_order(actor=SYSTEM, step_id=UUID(event.payload["step_id"]), at=event.at)


def comments_changed(event: Stored) -> None:
    """The number beside an idea follows its thread."""
    thing = Ref.parse(event.payload["thing"])
    if thing.capability == "participation" and thing.kind == "idea":
        actions.count_comments(actor=SYSTEM, idea_id=thing.id)
