"""What people decide about their notices: topics and channels, quiet hours, the feed, an end to collected mail."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.accounts.interface import recipients
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotSignedIn
from allmende.core.ids import uuid7
from allmende.engines.notify import rules
from allmende.engines.notify.actions.bouncing import settings_ref
from allmende.engines.notify.models import Mail, Notice, Wishes

SUNDAY = 6


@action
def save_wishes(
    *,
    actor: Actor,
    topics: Mapping[str, Mapping[str, Any]],
    weekday: int,
    quiet: tuple[time, time] | None,
) -> Wishes:
    """The actor says when and by which channel they want to hear of what. Raises Invalid for unknown words."""
    row = _own(actor)
    known = rules.topics()
    for topic, wish in topics.items():
        if topic not in known or wish.get("mail") not in Wishes.When.values:
            raise Invalid(fields={f"mail_{topic}": _("Bitte wählen Sie eine der Möglichkeiten.")})
    if not 0 <= weekday <= SUNDAY:
        raise Invalid(fields={"weekday": _("Bitte wählen Sie einen Wochentag.")})
    row.topics = {
        topic: {"mail": str(wish["mail"]), "push": bool(wish.get("push", True))} for topic, wish in topics.items()
    }
    row.weekday = weekday
    row.quiet_from, row.quiet_until = quiet if quiet and quiet[0] != quiet[1] else (None, None)
    row.save()
    assert actor.person_id is not None
    audit.record(actor, "notify.save_wishes", settings_ref(actor.person_id), fields=["topics", "weekday", "quiet"])
    return row


def _own(actor: Actor) -> Wishes:
    """The actor's row, locked; made when there is none."""
    if actor.person_id is None:
        raise NotSignedIn
    Wishes.objects.bulk_create([Wishes(person_id=actor.person_id)], ignore_conflicts=True)
    return Wishes.objects.select_for_update().get(person_id=actor.person_id)


@action
def open_feed(*, actor: Actor) -> Wishes:
    """A new secret address for the actor's feed; an older one ends with it."""
    row = _own(actor)
    row.feed = uuid7()
    row.save(update_fields=["feed"])
    audit.record(actor, "notify.open_feed", settings_ref(row.person_id), fields=["feed"])
    return row


@action
def close_feed(*, actor: Actor) -> Wishes:
    """The secret address of the actor's feed ends."""
    row = _own(actor)
    row.feed = None
    row.save(update_fields=["feed"])
    audit.record(actor, "notify.close_feed", settings_ref(row.person_id), fields=["feed"])
    return row


@action
def stop_collected(*, actor: Actor, person_id: UUID, at: datetime) -> Wishes | None:
    """Ends the collected mails of a person: by the signed address in one of them, no login needed (RFC 8058).

    Returns None when the person is gone. Repeating it does nothing.
    """
    if person_id not in recipients([person_id]):
        return None
    Wishes.objects.bulk_create([Wishes(person_id=person_id)], ignore_conflicts=True)
    row = Wishes.objects.select_for_update().get(person_id=person_id)
    collected = {Wishes.When.DAILY.value, Wishes.When.WEEKLY.value}
    topics = {
        topic: {**wish, "mail": Wishes.When.NEVER.value} if wish.get("mail") in collected else wish
        for topic, wish in row.topics.items()
    }
    if topics != row.topics:
        row.topics = topics
        row.save(update_fields=["topics"])
        audit.record(actor, "notify.stop_collected", settings_ref(person_id), fields=["topics"])
    Notice.objects.filter(person_id=person_id, mail=None, collect_at__isnull=False).update(
        collect_at=None, way=Notice.Way.NONE
    )
    Mail.objects.filter(person_id=person_id, is_collected=True, state=Mail.State.WAITING).update(
        state=Mail.State.DROPPED, done_at=at
    )
    return row
