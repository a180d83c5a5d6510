from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from allmende.core.actor import Role, Viewer
from allmende.core.events import Stored
from allmende.core.manifest import (
    EVERYONE,
    SIGNED_IN,
    Handler,
    Manifest,
    MenuItem,
    Page,
    Persona,
    PersonalData,
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
            "done": row.done_at.isoformat() if row.done_at else None,
        }


def _export_receipts(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    from allmende.engines.notify.models import Receipt

    for row in Receipt.objects.filter(person=person_id).order_by("id"):
        yield {"number": row.number, "thing": str(row.ref), "issued": row.issued_at.isoformat()}


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
    scopes=("notify:read", "notify:write"),
    account_menu=(MenuItem(_("Mitteilungen"), "notify:notices", order=10, badge=_unread),),
    menu=(
        MenuItem(_("Briefe"), "notify:letters", order=60, staff=True, roles=ERRAND_ROLES),
        MenuItem(_("Anrufe"), "notify:calls", order=61, staff=True, roles=ERRAND_ROLES),
    ),
    pages=(
        Page("notify:notices", SIGNED_IN),
        Page("notify:read", SIGNED_IN, post_only=True),
        Page("notify:open", SIGNED_IN, kwargs=lambda: {"notice_id": uuid4()}, axe=False),  # leads on, or to the list
        Page("notify:follow", EVERYONE, kwargs=_some_public_thing),
        Page("notify:unsubscribe", EVERYONE, kwargs=_some_token),
        Page("notify:lookup", EVERYONE),
        Page("notify:letters", ERRAND_RUNNERS),
        Page("notify:print_letters", ERRAND_RUNNERS),
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
    ),
)
