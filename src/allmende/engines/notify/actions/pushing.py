"""Pushes to browsers: registering a device, sending, forgetting those that want none any more."""

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from allmende.accounts.interface import recipients
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Invalid, NotFound, NotSignedIn
from allmende.core.refs import Ref
from allmende.engines.notify.actions.bouncing import settings_ref
from allmende.engines.notify.adapters.push_demo import DemoPusher
from allmende.engines.notify.adapters.web_push import WebPushPusher, is_allowed
from allmende.engines.notify.models import Device, Follow, Notice
from allmende.engines.notify.ports import Pushed, Pusher, Subscription
from allmende.engines.notify.queries import absolute, path_of, wishes

MOST_DEVICES = 10
LONGEST = 200
"""Characters of a push; services take 4096 bytes, and a lock screen shows two lines."""


def pusher() -> Pusher:
    """The demonstration contacts nobody; every other installation uses web push, once the city has it on."""
    return DemoPusher() if settings.DEMO else WebPushPusher()


@action
def add_device(
    *, actor: Actor, endpoint: str, p256dh: str, auth: str, label: str, agreed: bool, at: datetime
) -> Device:
    """The actor lets us push to this browser. Raises Closed while the city has pushes off, Invalid without consent."""
    if actor.person_id is None:
        raise NotSignedIn
    if not wishes.push_is_on():
        raise Closed(_("Push-Nachrichten sind in diesem Portal ausgeschaltet."))
    if not agreed:
        raise Invalid(fields={"agreed": _("Bitte stimmen Sie zu. Ohne Zustimmung senden wir nichts an Ihren Browser.")})
    if not is_allowed(endpoint) or not 1 <= len(p256dh) <= 120 or not 1 <= len(auth) <= 40:  # noqa: PLR2004 - columns
        raise Invalid(fields={"endpoint": _("Diesen Browser können wir leider nicht erreichen.")})
    digest = hashlib.sha256(endpoint.encode()).digest()
    Device.objects.filter(endpoint_hash=digest).delete()  # a browser belongs to whoever signed in there last
    old = Device.objects.filter(person_id=actor.person_id).order_by("-id").values_list("pk", flat=True)
    Device.objects.filter(pk__in=list(old[MOST_DEVICES - 1 :])).delete()
    row = Device.objects.create(
        person_id=actor.person_id,
        endpoint=endpoint,
        endpoint_hash=digest,
        p256dh=p256dh,
        auth=auth,
        label=label[:60],
        since=at,
    )
    audit.record(actor, "notify.add_device", settings_ref(actor.person_id), fields=["device"])
    return row


@action
def remove_device(*, actor: Actor, device_id: UUID) -> int:
    """Nothing is pushed to that browser any more. Raises NotFound for anybody else's."""
    if actor.person_id is None:
        raise NotSignedIn
    gone = Device.objects.filter(pk=device_id, person_id=actor.person_id).delete()[0]
    if not gone:
        raise NotFound
    audit.record(actor, "notify.remove_device", settings_ref(actor.person_id), fields=["device"])
    return gone


def push(notice_id: UUID, at: datetime) -> int:
    """Pushes one notice to all devices of its person; returns how many took it. Raises PushLater to be repeated."""
    notice = Notice.objects.filter(pk=notice_id, read_at=None).exclude(subjects={}).first()
    if notice is None or not wishes.push_is_on() or _muted(notice):
        return 0
    recipient = recipients([notice.person_id]).get(notice.person_id)
    if recipient is None:
        return 0
    payload = json.dumps(_payload(notice, recipient.language), ensure_ascii=False).encode()
    service, outcomes = pusher(), []
    for device in Device.objects.filter(person_id=notice.person_id).exclude(last_at__gte=notice.at):
        outcome = service.send(Subscription(device.endpoint, device.p256dh, device.auth), payload, urgent=False)
        outcomes.append(outcome)
        if outcome == Pushed.GONE:
            device.delete()
        elif outcome == Pushed.DONE:
            Device.objects.filter(pk=device.pk).update(last_at=at)
    if Pushed.LATER in outcomes:
        raise PushLater
    return outcomes.count(Pushed.DONE)


class PushLater(Exception):
    """A service was away; the job is repeated, and devices that were reached are left out."""


def _muted(notice: Notice) -> bool:
    muted = Follow.objects.filter(person=notice.person_id, state=Follow.State.MUTED)
    return any(muted.of(ref).exists() for ref in {notice.ref, Ref.parse(notice.via)})


def _payload(notice: Notice, language: str) -> dict[str, Any]:
    """Short, since it may show on a locked screen: the line, nothing of what was written."""
    return {
        "title": notice.subject(language)[:LONGEST],
        "url": absolute(path_of(notice.ref, language)),
        "tag": str(notice.id),
        "lang": language,
    }
