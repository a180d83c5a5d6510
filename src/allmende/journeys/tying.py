"""What journeys do to the Trace: tie two things because an event said so."""

from datetime import datetime

from allmende.core.actions import action
from allmende.core.actor import SYSTEM, Actor
from allmende.core.refs import Ref
from allmende.engines.trace import interface as trace


def tie_things(source: Ref, target: Ref, *, reason: str, happened_at: datetime) -> trace.Edge:
    """`source` led to `target`, as the platform itself saw; `reason` is in German.

    The link follows from the step, whenever its event is delivered, so it stands since then and not as made later.
    """
    return tie(actor=SYSTEM, source=source, target=target, reason=reason, happened_at=happened_at, at=happened_at)


@action
def tie(*, actor: Actor, source: Ref, target: Ref, reason: str, happened_at: datetime, at: datetime) -> trace.Edge:
    """The transaction around `trace.tie`, which records the audit entry and publishes the event.

    Quiet: the rooms tell people themselves what happened.
    """
    return trace.tie(actor, source, target, reason=reason, happened_at=happened_at, at=at, quiet=True)
