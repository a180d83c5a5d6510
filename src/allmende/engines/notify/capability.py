from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from allmende.core.actor import Role, Viewer
from allmende.core.city import CityPack
from allmende.core.events import Stored
from allmende.core.manifest import (
    ADMINISTRATORS,
    EVERYONE,
    SIGNED_IN,
    Handler,
    Manifest,
    MenuItem,
    Page,
    Persona,
    PersonalData,
    SettingSpec,
)
from allmende.core.refs import Ref

ERRAND_RUNNERS = frozenset({Persona.MODERATOR, Persona.ADMINISTRATOR})
ERRAND_ROLES = frozenset({Role.MODERATOR, Role.ADMINISTRATOR})


def _tell(event: Stored) -> None:
    from allmende.engines.notify import handlers

    handlers.tell(event)


def _unread(viewer: Viewer) -> int:
    from allmende.engines.notify import queries

    return queries.unread_count(viewer)


def _seed(pack: CityPack) -> None:
    from allmende.engines.notify import seeds

    seeds.seed(pack)


# Examples for the access matrix


def _some_public_thing() -> Mapping[str, Any] | None:
    """A thing that everybody may see, asked of its own room."""
    from django.utils import timezone

    from allmende.core.actor import Viewer
    from allmende.core.manifest import index_kinds, may_see

    at = timezone.now()
    for (capability, kind), indexed in index_kinds().items():
        for id_ in indexed.all_ids():
            if may_see(Ref(capability, kind, id_), Viewer(), at):
                return {"capability": capability, "kind": kind, "object_id": id_}
    return None


def _some_token() -> Mapping[str, Any] | None:
    from allmende.engines.notify.queries import Subscription, unsubscribe_url

    thing = _some_public_thing()
    if thing is None:
        return None
    ref = Ref(thing["capability"], thing["kind"], thing["object_id"])
    return {"token": unsubscribe_url(Subscription(uuid4(), ref), "de").rstrip("/").rpartition("/")[2]}


def _some_feed() -> Mapping[str, Any]:
    """The secret feed of somebody in the examples, made for whoever walks the pages."""
    from allmende.engines.notify import rules
    from allmende.engines.notify.models import Wishes

    row = Wishes.objects.exclude(feed=None).first()
    return {"token": rules.feed_token(row.feed if row and row.feed else uuid4())}


# Personal data


def _export_follows(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.notify.models import Follow

    for row in Follow.objects.filter(person=person_id).order_by("id"):
        yield {"thing": str(row.ref), "state": row.state, "since": row.changed_at.isoformat()}


def _export_notices(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.notify.models import Notice

    for row in Notice.objects.filter(person=person_id).order_by("id"):
        yield {
            "about": str(row.ref),
            "at": row.at.isoformat(),
            "subjects": row.subjects,
            "bodies": row.bodies,
            "way": row.way,
            "read": row.read_at.isoformat() if row.read_at else None,
        }


def _export_errands(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.notify.models import Errand

    for row in Errand.objects.filter(person=person_id).order_by("id"):
        yield {
            "number": row.label,
            "medium": row.medium,
            "subject": row.subject,
            "body": row.body,
            "created": row.created_at.isoformat(),
            "state": row.state,
            "done": row.done_at.isoformat() if row.done_at else None,
        }


def _export_receipts(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.notify.models import Receipt

    for row in Receipt.objects.filter(person=person_id).order_by("id"):
        yield {"number": row.number, "thing": str(row.ref), "issued": row.issued_at.isoformat()}


def _export_wishes(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.notify.models import Wishes

    for row in Wishes.objects.filter(person=person_id):
        quiet = [f"{clock:%H:%M}" for clock in (row.quiet_from, row.quiet_until) if clock]
        yield {"topics": row.topics, "weekday": row.weekday, "quiet": quiet, "feed": row.feed is not None}


def _export_mails(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.notify.models import Mail

    for row in Mail.objects.filter(person=person_id).order_by("id"):
        yield {
            "created": row.created_at.isoformat(),
            "state": row.state,
            "done": row.done_at.isoformat() if row.done_at else None,
            "came_back": row.bounced_at.isoformat() if row.bounced_at else None,
            "answer": row.answer,
        }


def _export_devices(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.notify.models import Device

    for row in Device.objects.filter(person=person_id).order_by("id"):
        yield {"browser": row.label, "address": row.endpoint, "since": row.since.isoformat()}


def _export_troubles(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.notify.models import Trouble

    for row in Trouble.objects.filter(person=person_id).order_by("id"):
        stopped = row.stopped_at.isoformat() if row.stopped_at else None
        yield {"medium": row.medium, "came_back": row.count, "code": row.status, "stopped": stopped}


def _erase(table: str) -> Any:
    def erase(person_id: UUID, _keep_texts: bool) -> object:  # noqa: FBT001 - the manifest's shape
        from allmende.engines.notify import actions

        return actions.forget(table, person_id)

    return erase


def _expire(name: str) -> Any:
    def expire(at: datetime) -> int:
        from allmende.engines.notify import actions

        count: int = getattr(actions, name)(at)
        return count

    return expire


manifest = Manifest(
    name="notify",
    label=_("Mitteilungen"),
    summary=_("Wer mitgemacht hat oder folgt, erfährt, was daraus wird: im Portal, per E-Mail, Brief oder Telefon."),
    urls="allmende.engines.notify.urls",
    api="allmende.engines.notify.api",
    plain_urls="allmende.engines.notify.urls.files",
    seed=_seed,
    seed_order=20,
    scopes=("notify:read", "notify:write", "notify:bounces"),
    account_menu=(MenuItem(_("Mitteilungen"), "notify:notices", order=10, badge=_unread),),
    menu=(
        MenuItem(_("Briefe"), "notify:letters", order=60, staff=True, roles=ERRAND_ROLES),
        MenuItem(_("E-Mails"), "notify:post", order=62, staff=True, roles=frozenset({Role.ADMINISTRATOR})),
        MenuItem(_("Anrufe"), "notify:calls", order=61, staff=True, roles=ERRAND_ROLES),
    ),
    pages=(
        Page("notify:notices", SIGNED_IN),
        Page("notify:read", SIGNED_IN, post_only=True),
        Page("notify:open", SIGNED_IN, kwargs=lambda: {"notice_id": uuid4()}, axe=False),  # leads on, or to the list
        Page("notify:settings", SIGNED_IN),
        Page("notify:change_feed", SIGNED_IN, post_only=True),
        Page("notify:try_again", SIGNED_IN, post_only=True),
        Page("notify:devices", SIGNED_IN),
        Page("notify:remove_device", SIGNED_IN, post_only=True),
        Page("push:worker", EVERYONE, axe=False),
        Page("notify:feed", EVERYONE, kwargs=_some_feed, axe=False),
        Page("notify:feed_rss", EVERYONE, kwargs=_some_feed, axe=False),
        Page("notify:public_feed", EVERYONE, axe=False),
        Page("notify:public_feed_rss", EVERYONE, axe=False),
        Page("notify:thing_feed", EVERYONE, kwargs=_some_public_thing, axe=False),
        Page("notify:thing_feed_rss", EVERYONE, kwargs=_some_public_thing, axe=False),
        Page("notify:follow", EVERYONE, kwargs=_some_public_thing),
        Page("notify:unsubscribe", EVERYONE, kwargs=_some_token),
        Page("notify:lookup", EVERYONE),
        Page("notify:letters", ERRAND_RUNNERS),
        Page("notify:print_letters", ERRAND_RUNNERS),
        Page("notify:batch", ERRAND_RUNNERS, axe=False),
        Page("notify:post", ADMINISTRATORS),
        Page("notify:change_letters", ERRAND_RUNNERS, post_only=True),
        Page("notify:calls", ERRAND_RUNNERS),
        Page("notify:change_calls", ERRAND_RUNNERS, post_only=True),
    ),
    handlers=(Handler("notify.tell", frozenset({"*"}), _tell),),
    personal_data=(
        PersonalData(
            kind="follows",
            label=_("Wem und was Sie folgen"),
            purpose=_("Damit wir Ihnen sagen können, wenn sich dort etwas tut."),
            retention=None,
            export=_export_follows,
            erase=_erase("Follow"),
            expire=_expire("expire_follows"),
        ),
        PersonalData(
            kind="notices",
            label=_("Mitteilungen"),
            purpose=_("Damit Sie nachlesen können, was wir Ihnen gesagt haben."),
            retention=timedelta(days=365),
            export=_export_notices,
            erase=_erase("Notice"),
            expire=_expire("expire_notices"),
        ),
        PersonalData(
            kind="errands",
            label=_("Briefe und Anrufe"),
            purpose=_("Damit wir Sie auch ohne Internet erreichen. 90 Tage danach löschen wir den Text."),
            retention=timedelta(days=90),
            export=_export_errands,
            erase=_erase("Errand"),
            expire=_expire("expire_errands"),
        ),
        PersonalData(
            kind="receipts",
            label=_("Belege"),
            purpose=_("Damit Sie ohne Konto nachsehen können, wie es um Ihren Beitrag steht."),
            retention=None,
            export=_export_receipts,
            erase=_erase("Receipt"),
        ),
        PersonalData(
            kind="wishes",
            label=_("Einstellungen der Mitteilungen"),
            purpose=_("Damit wir Ihnen nur sagen, was Sie möchten, und wann Sie es möchten."),
            retention=None,
            export=_export_wishes,
            erase=_erase("Wishes"),
        ),
        PersonalData(
            kind="mails",
            label=_("Wege der E-Mails"),
            purpose=_("Damit keine E-Mail verloren geht und wir merken, wenn eine nicht ankommt. Ohne Text."),
            retention=timedelta(days=30),
            export=_export_mails,
            erase=_erase("Mail"),
            expire=_expire("expire_mails"),
        ),
        PersonalData(
            kind="devices",
            label=_("Browser für Push-Nachrichten"),
            purpose=_("Damit wir Ihrem Browser Bescheid sagen können, solange Sie das möchten."),
            retention=None,
            export=_export_devices,
            erase=_erase("Device"),
        ),
        PersonalData(
            kind="troubles",
            label=_("Nicht zustellbare Adressen"),
            purpose=_("Damit wir nicht an Adressen schreiben, bei denen nichts ankommt."),
            retention=timedelta(days=365),
            export=_export_troubles,
            erase=_erase("Trouble"),
            expire=_expire("expire_troubles"),
        ),
    ),
    settings=(
        SettingSpec(
            "notify.push",
            _("Push-Nachrichten anbieten"),
            default=False,
            hint=_(
                "Sie laufen über die Hersteller der Browser. Erst nach Rücksprache mit dem Datenschutz einschalten."
            ),
            kind="boolean",
        ),
        SettingSpec(
            "notify.push_hosts",
            _("Dienste für Push-Nachrichten"),
            default=[
                "fcm.googleapis.com",
                "updates.push.services.mozilla.com",
                "*.push.apple.com",
                "*.notify.windows.com",
            ],
            hint=_("Nur an diese Rechner der Hersteller senden wir, einer je Zeile."),
            kind="lines",
        ),
        SettingSpec(
            "notify.bounces_until_stop",
            _("E-Mails, die zurückkommen dürfen"),
            default=3,
            hint=_("Danach senden wir an diese Adresse nichts mehr, und die Person erfährt es im Portal."),
            kind="number",
        ),
    ),
)
