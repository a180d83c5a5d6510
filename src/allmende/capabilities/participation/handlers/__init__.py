"""What participation does when something happens elsewhere."""

from allmende.capabilities.participation import actions
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.core.refs import Ref


def comments_changed(event: Stored) -> None:
    """The number beside an idea follows its thread."""
    thing = Ref.parse(event.payload["thing"])
    if thing.capability == "participation" and thing.kind == "idea":
        actions.count_comments(actor=SYSTEM, idea_id=thing.id)
