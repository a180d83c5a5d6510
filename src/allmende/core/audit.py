"""The audit: one entry per change, written in the change's own transaction (GDPR Art. 5(2), accountability)."""

import json
from collections.abc import Iterable

from django.utils import timezone

from allmende.core import statements
from allmende.core.actor import Actor
from allmende.core.ids import uuid7
from allmende.core.refs import Ref

INSERT = """
INSERT INTO core_auditentry
  (id, at, actor_key, on_behalf_of, channel, action, capability, kind, object_id, fields, reason, request_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)
"""
"""Written out, as every change of every room pays for it (`statements`)."""


def record(actor: Actor, action: str, ref: Ref, *, fields: Iterable[str] = (), reason: str = "") -> None:
    """Writes who did `action` to `ref`. `fields` are names of changed fields; values have no place here."""
    values = (
        *(uuid7(), timezone.now(), actor.key, actor.on_behalf_of, str(actor.channel), action),
        *(ref.capability, ref.kind, ref.id, json.dumps(sorted(fields)), reason[:500], actor.request_id),
    )
    statements.run(INSERT, values)
