"""Remembering how far somebody has read."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.strategy.models import Reading
from allmende.capabilities.strategy.queries import texts as reading
from allmende.capabilities.strategy.rules.texts import require_may_see
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import NotSignedIn


@action
def mark_read(*, actor: Actor, text_id: UUID, at: datetime) -> Reading:
    """The last published version of a text is read, with all that was said to it by now.

    Raises NotFound without one.
    """
    if actor.person_id is None:
        raise NotSignedIn
    text = require_may_see(reading.text(text_id), actor.viewer)
    version = reading.version(text, None)
    made, _is_new = Reading.objects.update_or_create(
        person_id=actor.person_id, text=text, defaults={"version": version, "at": at}
    )
    audit.record(actor, "strategy.mark_read", text.ref, fields=["version"])
    return made
