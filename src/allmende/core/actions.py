"""How every change runs: in a durable transaction of its own, repeated after a deadlock, once per sender's key."""

import functools
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.db import OperationalError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.core import statements
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, DomainError
from allmende.core.models import IdempotencyKey

ATTEMPTS = 5
KEPT = timedelta(hours=24)
VISITOR = UUID(int=0)
CLAIM = """
INSERT INTO core_idempotencykey (actor_key, key, action, body_hash, result_model, result_id, created_at)
VALUES (%s, %s, %s, %s, '', '', %s) ON CONFLICT (actor_key, key) DO NOTHING RETURNING id
"""
KEEP = "UPDATE core_idempotencykey SET result_model = %s, result_id = %s WHERE id = %s"
"""Both written out, as every change that a form or a program sends pays for them (`statements`)."""
RETRIED = {"40P01", "40001"}
"""SQLSTATEs after which the very same transaction may succeed: deadlock, serialization failure."""


class KeyReused(DomainError):
    """The same key with other content (draft-ietf-httpapi-idempotency-key-header, section 2.7)."""

    status = 422
    code = "idempotency-key-reused"


def action[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Marks `verb_noun(*, actor, …)` as a change.

    The body runs inside `transaction.atomic(durable=True)`: it asks its rule, locks its rows, writes, records the
    audit entry and publishes its event. When the actor carries an idempotency key, the key row is claimed first in the
    same transaction; a repeat returns the model instance that the first run returned.
    """
    name = f"{function.__module__.split('.')[-2]}.{function.__name__}"

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = cast("Actor", kwargs["actor"]).plain()
        kwargs["actor"] = actor
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic(durable=True):
                    claim = _claim(actor, name)
                    if claim is not None and claim.result_model:
                        return cast("R", apps.get_model(claim.result_model).objects.get(pk=claim.result_id))
                    result = function(*args, **kwargs)
                    if claim is not None:
                        _keep(claim, result)
                    return result
            except OperationalError as error:
                if attempt == ATTEMPTS or getattr(error.__cause__, "sqlstate", "") not in RETRIED:
                    raise
                time.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311 - spreads retries, keeps no secret
        raise AssertionError("unreachable")

    return run


def _claim(actor: Actor, name: str) -> IdempotencyKey | None:
    """Takes the sender's key; waits for a concurrent holder; returns the row, filled when the work was done before."""
    if actor.idempotency is None:
        return None
    owner, sent = actor.key or VISITOR, actor.idempotency
    fresh = statements.rows(CLAIM, [owner, sent.key, name, sent.body_hash, timezone.now()])
    if fresh:
        return IdempotencyKey(pk=fresh[0][0])
    row = IdempotencyKey.objects.get(actor_key=owner, key=sent.key)
    if row.action != name or bytes(row.body_hash) != sent.body_hash:
        raise KeyReused(
            _("Dieser Schlüssel wurde schon für eine andere Anfrage verwendet. Bitte senden Sie einen neuen.")
        )
    if row.result_model == "-":
        raise Conflict
    return row


def _keep(claim: IdempotencyKey, result: object) -> None:
    if isinstance(result, models.Model):
        claim.result_model, claim.result_id = result._meta.label_lower, str(result.pk)
    else:
        claim.result_model = "-"  # nothing to hand back: a repeat is told that it was done
    statements.run(KEEP, [claim.result_model, claim.result_id, claim.pk])


def forget_old_keys(*, at: datetime) -> int:
    """Deletes idempotency keys older than 24 hours; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=at - KEPT).delete()[0]


def lock[M: models.Model](queryset: models.QuerySet[M], **conditions: Any) -> M:
    """The one row, locked for this transaction. `of=("self",)`, so that joined rows stay free."""
    return queryset.select_for_update(of=("self",)).get(**conditions)
