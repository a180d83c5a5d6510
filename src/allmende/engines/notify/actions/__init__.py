"""Every change: following, telling people, errands, receipts.

Whether someone has *read* a notice is no action and leaves no audit entry: it is theirs alone, and an audit of it would
be a record of what people read when.
"""

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
from allmende.engines.notify.actions.bouncing import fetch, take, take_mail, try_address_again
from allmende.engines.notify.actions.errands import (
    finish_errands,
    post_letters,
    reopen_errands,
    return_letters,
)
from allmende.engines.notify.actions.mailing import collect, retry_stuck, send_due
from allmende.engines.notify.actions.pushing import add_device, push, remove_device
from allmende.engines.notify.actions.searching import remove_search, save_search, watch_searches
from allmende.engines.notify.actions.telling import tell_people
from allmende.engines.notify.actions.wishing import close_feed, open_feed, save_wishes, stop_collected
from allmende.engines.notify.models import (
    Bulletin,
    Device,
    Errand,
    Follow,
    Mail,
    Notice,
    Receipt,
    SavedSearch,
    Trouble,
    Wishes,
)
from allmende.engines.search.interface import Entry

__all__ = [
    "NOTICES_KEPT",
    "WORDS_KEPT",
    "add_device",
    "close_feed",
    "collect",
    "expire_errands",
    "expire_follows",
    "expire_mails",
    "expire_notices",
    "expire_troubles",
    "fetch",
    "finish_errands",
    "follow",
    "follow_silently",
    "forget",
    "issue_receipt",
    "mark_all_read",
    "mark_read",
    "open_feed",
    "post_letters",
    "push",
    "remove_device",
    "remove_search",
    "reopen_errands",
    "retry_stuck",
    "return_letters",
    "save_search",
    "save_wishes",
    "send_due",
    "stop_collected",
    "stop_mail",
    "take",
    "take_mail",
    "tell_people",
    "try_address_again",
    "unfollow",
    "watch_searches",
]

NOTICES_KEPT = timedelta(days=365)
WORDS_KEPT = timedelta(days=90)
"""How long a letter's words stay after it was printed, so that it can be explained on the telephone."""
ENDED_KEPT = timedelta(days=30)
MAIL_KEPT = timedelta(days=30)
"""How long a mail's row stays, so that what comes back finds whom it concerns."""


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
        "Mail": Mail.objects.filter(person=person_id),
        "Wishes": Wishes.objects.filter(person=person_id),
        "Device": Device.objects.filter(person=person_id),
        "Trouble": Trouble.objects.filter(person=person_id),
        "SavedSearch": SavedSearch.objects.filter(person=person_id),
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
    Bulletin.objects.filter(Q(at__lt=at - NOTICES_KEPT) | Exists(gone)).delete()
    return Notice.objects.filter(at__lt=at - NOTICES_KEPT).delete()[0]


def expire_errands(at: datetime) -> int:
    """Takes the words from letters and calls 90 days after they were done; returns from how many."""
    old = Errand.objects.filter(done_at__lt=at - WORDS_KEPT).exclude(subject="", body="")
    return old.update(subject="", body="")


def expire_mails(at: datetime) -> int:
    """Forgets 30 days after a mail went, or was given up, that there was one."""
    return Mail.objects.exclude(state=Mail.State.WAITING).filter(done_at__lt=at - MAIL_KEPT).delete()[0]


def expire_troubles(at: datetime) -> int:
    """Forgets after a year that mail to someone came back, so that it may be tried once more."""
    return Trouble.objects.filter(last_at__lt=at - NOTICES_KEPT).delete()[0]


def expire_follows(at: datetime) -> int:
    """Forgets after 30 days that someone once followed something."""
    return Follow.objects.filter(state=Follow.State.ENDED, changed_at__lt=at - ENDED_KEPT).delete()[0]
