"""Every change: following, telling people, errands, receipts.

Whether someone has *read* a notice is no action and leaves no audit entry: it is theirs alone, and an audit of it would
be a record of what people read when.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from allmende.core import audit, city
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import NotFound, NotSignedIn
from allmende.core.refs import Ref
from allmende.engines.notify import rules
from allmende.engines.notify.actions.telling import tell_people
from allmende.engines.notify.models import Errand, Follow, Notice, Receipt
from allmende.engines.search.interface import Entry

__all__ = [
    "NOTICES_KEPT",
    "WORDS_KEPT",
    "expire_errands",
    "expire_follows",
    "expire_notices",
    "finish_errands",
    "follow",
    "follow_silently",
    "forget",
    "issue_receipt",
    "mark_all_read",
    "mark_read",
    "reopen_errands",
    "stop_mail",
    "tell_people",
    "unfollow",
]

NOTICES_KEPT = timedelta(days=365)
WORDS_KEPT = timedelta(days=90)
"""How long a letter's words stay after it was printed, so that it can be explained on the telephone."""
ENDED_KEPT = timedelta(days=30)


@action
def follow(*, actor: Actor, ref: Ref, at: datetime) -> Follow:
    """The actor follows a thing from now on. Raises NotFound for what they may not see, NotSignedIn for a visitor."""
    rules.require_may_follow(actor.viewer, ref, at)
    row = _row(actor.person_id, ref, at)
    if row.state != Follow.State.FOLLOWING:
        row.state, row.changed_at = Follow.State.FOLLOWING, at
        row.save(update_fields=["state", "changed_at"])
    audit.record(actor, "notify.follow", ref, fields=["follow"])
    return row


@action
def unfollow(*, actor: Actor, ref: Ref, at: datetime) -> Follow:
    """The actor no longer follows a thing; what is their own they still hear of. Raises NotFound if they never did."""
    if actor.person_id is None:
        raise NotSignedIn
    row = Follow.objects.select_for_update().of(ref).filter(person_id=actor.person_id).first()
    if row is None:
        raise NotFound(_("Dem folgen Sie nicht."))
    if row.state == Follow.State.FOLLOWING:
        row.state, row.changed_at = Follow.State.ENDED, at
        row.save(update_fields=["state", "changed_at"])
        audit.record(actor, "notify.unfollow", ref, fields=["follow"])
    return row


def follow_silently(person_id: UUID, ref: Ref, at: datetime) -> None:
    """The author follows what they wrote; call inside the action that creates it. An earlier decision stands."""
    _inside_an_action()
    row = Follow(person_id=person_id, capability=ref.capability, kind=ref.kind, object_id=ref.id, changed_at=at)
    Follow.objects.bulk_create([row], ignore_conflicts=True)


@action
def stop_mail(*, actor: Actor, person_id: UUID, ref: Ref, at: datetime) -> Follow | None:
    """Ends mail about a thing, by the signed address in a mail; whoever holds that may. Repeating it does nothing.

    Returns None when the person is gone, and with them every mail.
    """
    from allmende.accounts.interface import recipients

    if person_id not in recipients([person_id]):
        return None
    row = _row(person_id, ref, at)
    if row.state != Follow.State.MUTED:
        row.state, row.changed_at = Follow.State.MUTED, at
        row.save(update_fields=["state", "changed_at"])
        audit.record(actor, "notify.stop_mail", ref, fields=["follow"])
    return row


def _row(person_id: UUID | None, ref: Ref, at: datetime) -> Follow:
    """The person's row for the thing, locked; made when there is none."""
    assert person_id is not None
    row = Follow(person_id=person_id, capability=ref.capability, kind=ref.kind, object_id=ref.id, changed_at=at)
    Follow.objects.bulk_create([row], ignore_conflicts=True)
    return Follow.objects.select_for_update().of(ref).get(person_id=person_id)


def mark_read(*, actor: Actor, notice_id: UUID, at: datetime) -> Notice:
    """The actor has read a notice of theirs. Raises NotFound for anybody else's."""
    row = Notice.objects.filter(pk=notice_id).first()
    if row is None or row.person_id != actor.person_id:
        raise NotFound(_("Diese Nachricht gibt es nicht mehr."))
    if row.read_at is None:
        row.read_at = at
        row.save(update_fields=["read_at"])
    return row


def mark_all_read(*, actor: Actor, at: datetime) -> int:
    """The actor has read all their notices; returns how many were new."""
    if actor.person_id is None:
        raise NotSignedIn
    return Notice.objects.filter(person_id=actor.person_id, read_at=None).update(read_at=at)


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
    rows = [row for row in _locked(actor, errand_ids, Errand.State.DONE) if row.subject]
    for row in rows:
        row.state, row.done_at = Errand.State.WAITING, None
        row.save(update_fields=["state", "done_at"])
        audit.record(actor, "notify.reopen_errand", row.this, fields=["state"])
    Notice.objects.filter(errand__in=rows).update(sent_at=None)
    return len(rows)


def _locked(actor: Actor, errand_ids: Iterable[UUID], state: Errand.State) -> list[Errand]:
    """Those of the errands that are the actor's to carry out and still in this state, locked in one order."""
    scopes = rules.errand_scopes(actor.viewer)
    rows = Errand.objects.select_for_update().filter(pk__in=list(errand_ids), state=state).order_by("pk")
    return list(rows if scopes is None else rows.filter(capability__in=scopes))


def issue_receipt(ref: Ref, person_id: UUID, at: datetime) -> Receipt:
    """The person's receipt for a thing, the same one every time; call inside the action that creates the thing."""
    _inside_an_action()
    columns = {"capability": ref.capability, "kind": ref.kind, "object_id": ref.id, "person_id": person_id}
    fresh = Receipt(**columns, year=at.astimezone(city.current().zone).year, issued_at=at)
    Receipt.objects.bulk_create([fresh], ignore_conflicts=True)
    return Receipt.objects.get(**columns)


def _inside_an_action() -> None:
    assert connection.in_atomic_block, "this belongs inside an action"


# Personal data


def forget(table: str, person_id: UUID) -> int:
    """Erasure of one kind of data: what the person follows, was told, holds, or letters and calls to them."""
    rows: dict[str, QuerySet[Any]] = {
        "Errand": Errand.objects.filter(person=person_id),
        "Notice": Notice.objects.filter(person=person_id),
        "Follow": Follow.objects.filter(person=person_id),
        "Receipt": Receipt.objects.filter(person=person_id),
    }
    return rows[table].delete()[0]


def expire_notices(at: datetime) -> int:
    """Deletes notices after a year; takes the words from those that tell of what is gone by now."""
    gone = Entry.objects.filter(
        capability=OuterRef("capability"),
        kind=OuterRef("kind"),
        object_id=OuterRef("object_id"),
        removed_at__isnull=False,
    )
    Notice.objects.filter(~Q(subjects={}), Exists(gone)).update(subjects={}, bodies={})
    return Notice.objects.filter(at__lt=at - NOTICES_KEPT).delete()[0]


def expire_errands(at: datetime) -> int:
    """Takes the words from letters and calls 90 days after they were done; returns from how many."""
    old = Errand.objects.filter(state=Errand.State.DONE, done_at__lt=at - WORDS_KEPT).exclude(subject="", body="")
    return old.update(subject="", body="")


def expire_follows(at: datetime) -> int:
    """Forgets after 30 days that someone once followed something."""
    return Follow.objects.filter(state=Follow.State.ENDED, changed_at__lt=at - ENDED_KEPT).delete()[0]
