"""When the election calendar changes, what is planned within a period waits for a new release."""

from django.utils import timezone

from allmende.capabilities.portal.actions import publishing
from allmende.capabilities.portal.queries.elections import hold_at
from allmende.capabilities.portal.queries.pages import planned
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored


def hold_planned(event: Stored) -> None:
    """Holds every embargoed page and every planned version whose moment a period now holds; tolerates repeats."""
    del event
    hold_scheduled()


def hold_scheduled() -> int:
    """Looks at everything that is planned; returns how many pages were held. For the election calendar."""
    at = timezone.now()
    held = 0
    for post in planned(at):
        moment = post.next_from or post.visible_from
        found = hold_at(moment, renewed_at=post.released_at) if moment else None
        if found is not None:
            publishing.hold_page(actor=SYSTEM, page_id=post.page_id, reason=found.reason, at=at)
            held += 1
    return held
