"""An idea that is released becomes part of its topic store: the first edge of its Trace."""

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.participation import interface as participation
from allmende.core.events import Stored
from allmende.journeys.tying import tie_things

EVENTS = frozenset({"participation.idea_published"})


def run(event: Stored) -> None:
    """Writes the edge, dated to the release; a repeat finds it there."""
    store, released_at = participation.store_of(event.ref.id), participation.released_at(event.ref.id)
    if store is None or released_at is None:
        return
    with translation.override("de"):
        reason = _("Die Idee wurde geprüft und in die Sammlung aufgenommen.")
    tie_things(event.ref, store, reason=reason, happened_at=released_at)
