from django.utils import timezone

from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.engines.notify import actions


def tell(event: Stored) -> None:
    """Every event passes here; only those that a room's notice rules name tell anybody anything."""
    actions.tell_people(actor=SYSTEM, event=event, at=timezone.now())
