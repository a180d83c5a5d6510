"""The core's own actions: the city's settings, and deliveries that died."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _

from allmende.core import audit, city, manifest
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel, Role
from allmende.core.city import CityPack
from allmende.core.errors import NotAllowed, NotFound
from allmende.core.models import Delivery, Setting
from allmende.core.refs import Ref
from allmende.core.tasks import defer_delivery


def setting_ref(key: str) -> Ref:
    """Settings have no UUID; their key gives a stable one (RFC 9562, section 5.5)."""
    return Ref("core", "setting", uuid5(NAMESPACE_URL, f"setting:{key}"))


@action
def start_city(*, actor: Actor, pack: CityPack) -> int:
    """Copies the city pack into the settings at first start; later starts leave the city's own decisions alone."""
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed
    rows = [Setting(key=key, value=value) for key, value in pack.settings().items()]
    before = Setting.objects.filter(key__startswith="city.").count()
    if before:
        return 0
    Setting.objects.bulk_create(rows)
    audit.record(actor, "core.start_city", setting_ref("city"), fields=[row.key for row in rows])
    city.forget()
    return len(rows)


@action
def change_setting(*, actor: Actor, key: str, value: Any, reason: str = "") -> Setting:
    """Changes one thing that the city decides. Administrators only."""
    if not actor.has(Role.ADMINISTRATOR):
        raise NotAllowed
    known = {spec.key for m in manifest.registry().values() for spec in m.settings}
    if key not in known and not Setting.objects.filter(key=key).exists():
        raise NotFound(_("Diese Einstellung gibt es nicht."))
    row, _created = Setting.objects.update_or_create(key=key, defaults={"value": value})
    audit.record(actor, "core.change_setting", setting_ref(key), fields=[key], reason=reason)
    city.forget()
    return row


@action
def retry_delivery(*, actor: Actor, delivery_id: int, at: datetime) -> Delivery:
    """Sends a dead delivery on its way again. Administrators only."""
    if not actor.has(Role.ADMINISTRATOR):
        raise NotAllowed
    try:
        delivery = lock(Delivery.objects.select_related("event"), pk=delivery_id)
    except Delivery.DoesNotExist:
        raise NotFound from None
    handler = manifest.handler(delivery.handler)
    if delivery.state == Delivery.State.DEAD and handler is not None:
        delivery.state, delivery.attempts = Delivery.State.PENDING, 0  # all its tries again
        delivery.changed_at = at
        delivery.save()
        defer_delivery(delivery.event, handler)
        audit.record(actor, "core.retry_delivery", Ref("core", "event", delivery.event.id), fields=["state"])
    return delivery
