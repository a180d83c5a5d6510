"""What staff does by hand: letters are printed, posted and sometimes come back; calls are made."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from allmende.accounts.interface import recipients
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.engines.notify import rules
from allmende.engines.notify.actions import bouncing
from allmende.engines.notify.models import Errand, Notice


@action
def finish_errands(*, actor: Actor, errand_ids: Iterable[UUID], at: datetime) -> int:
    """Letters were printed, calls were made; returns how many. `reopen_errands` takes it back."""
    rules.require_errands(actor.viewer)
    rows = _locked(actor, errand_ids, Errand.State.WAITING)
    for row in rows:
        row.state, row.done_at = Errand.State.DONE, at
        row.save(update_fields=["state", "done_at"])
        audit.record(actor, "notify.finish_errand", row.this, fields=["state"])
    Notice.objects.filter(errand__in=rows).update(sent_at=at)
    return len(rows)


@action
def reopen_errands(*, actor: Actor, errand_ids: Iterable[UUID]) -> int:
    """Takes back `finish_errands`, as long as the words are still there; returns how many."""
    rules.require_errands(actor.viewer)
    rows = [row for row in _locked(actor, errand_ids, Errand.State.DONE, Errand.State.POSTED) if row.subject]
    for row in rows:
        row.state, row.done_at, row.posted_at = Errand.State.WAITING, None, None
        row.save(update_fields=["state", "done_at", "posted_at"])
        audit.record(actor, "notify.reopen_errand", row.this, fields=["state"])
    Notice.objects.filter(errand__in=rows).update(sent_at=None)
    return len(rows)


@action
def post_letters(*, actor: Actor, errand_ids: Iterable[UUID], at: datetime) -> int:
    """Printed letters went to the post; returns how many. Whoever skips „gedruckt“ has printed them too."""
    rules.require_errands(actor.viewer)
    rows = [
        row
        for row in _locked(actor, errand_ids, Errand.State.DONE, Errand.State.WAITING)
        if row.medium == Errand.Medium.LETTER
    ]
    for row in rows:
        row.state, row.posted_at, row.done_at = Errand.State.POSTED, at, row.done_at or at
        row.save(update_fields=["state", "posted_at", "done_at"])
        audit.record(actor, "notify.post_letter", row.this, fields=["state"])
    Notice.objects.filter(errand__in=rows).update(sent_at=at)
    return len(rows)


@action
def return_letters(*, actor: Actor, errand_ids: Iterable[UUID], at: datetime) -> int:
    """The post brought letters back; returns how many. Their addresses are not written to again, their owners told."""
    rules.require_errands(actor.viewer)
    rows = [
        row
        for row in _locked(actor, errand_ids, Errand.State.POSTED, Errand.State.DONE)
        if row.medium == Errand.Medium.LETTER
    ]
    people = recipients(row.person_id for row in rows)
    for row in rows:
        row.state, row.returned_at = Errand.State.RETURNED, at
        row.save(update_fields=["state", "returned_at"])
        audit.record(actor, "notify.return_letter", row.this, fields=["state"])
        if row.person_id in people and people[row.person_id].postal_address:
            bouncing.letter_returned(people[row.person_id], at)
    return len(rows)


def _locked(actor: Actor, errand_ids: Iterable[UUID], *states: Errand.State) -> list[Errand]:
    """Those of the errands that are the actor's to carry out and still in one of these states, locked in one order."""
    scopes = rules.errand_scopes(actor.viewer)
    rows = Errand.objects.select_for_update().filter(pk__in=list(errand_ids), state__in=states).order_by("pk")
    return list(rows if scopes is None else rows.filter(capability__in=scopes))
