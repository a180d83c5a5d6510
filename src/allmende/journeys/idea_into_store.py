"""An idea that is released becomes part of its topic store: the first edge of its Trace."""

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from allmende.capabilities.participation import interface as participation
from allmende.core.actions import action
from allmende.core.actor import SYSTEM, Actor
from allmende.core.events import Stored
from allmende.core.refs import Ref
from allmende.engines.trace import interface as trace

EVENTS = frozenset({"participation.idea_published"})


def run(event: Stored) -> None:
    """Writes the edge; a repeat finds it there."""
    store = participation.store_of(event.ref.id)
    if store is not None:
        with translation.override("de"):
            collect_idea(actor=SYSTEM, idea=event.ref, store=store, event=event)


@action
def collect_idea(*, actor: Actor, idea: Ref, store: Ref, event: Stored) -> trace.Edge:
    """Ties the idea to its topic store, dated to when it was released. `tie` audits and publishes."""
    reason = _("Die Idee wurde geprüft und in die Sammlung aufgenommen.")
    return trace.tie(actor, idea, store, reason=reason, happened_at=event.at, at=timezone.now())
