"""The audit: one entry per change, written in the change's own transaction (GDPR Art. 5(2), accountability)."""

from collections.abc import Iterable

from allmende.core.actor import Actor
from allmende.core.models import AuditEntry
from allmende.core.refs import Ref


def record(actor: Actor, action: str, ref: Ref, *, fields: Iterable[str] = (), reason: str = "") -> None:
    """Writes who did `action` to `ref`. `fields` are names of changed fields; values have no place here."""
    AuditEntry.objects.create(
        actor_key=actor.key,
        on_behalf_of=actor.on_behalf_of,
        channel=actor.channel,
        action=action,
        capability=ref.capability,
        kind=ref.kind,
        object_id=ref.id,
        fields=sorted(fields),
        reason=reason[:500],
        request_id=actor.request_id,
    )
