from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
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
    NoticeRule,
    NoticeText,
    Page,
    Persona,
    PersonalData,
    SettingSpec,
    notice_rules,
)
from allmende.core.refs import Ref

if TYPE_CHECKING:
    from allmende.engines.notify import models

TABLES = {
    "Follow": "follows",
    "Notice": "notices",
    "Errand": "errands",
    "Receipt": "receipts",
    "Wishes": "wishes",
    "Mail": "mails",
    "Device": "devices",
    "Trouble": "troubles",
    "SavedSearch": "searches",
}
"""Our tables, and what they are called in an export."""
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


def _search_found(event: Stored, language: str) -> NoticeText | None:
    from allmende.engines.notify import handlers

    return handlers.search_found(event, language)


def _whose_search(event: Stored) -> Iterable[UUID]:
    from allmende.engines.notify import handlers

    return handlers.whose_search(event)


def _may_see_search(key: UUID, viewer: Viewer, at: datetime) -> bool:
    from allmende.engines.notify.queries import searches

    return searches.may_see_search(key, viewer, at)


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


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _follow(row: "models.Follow") -> Mapping[str, Any]:
    return {"thing": str(row.ref), "state": row.state, "since": _instant(row.changed_at)}


def _notice(row: "models.Notice") -> Mapping[str, Any]:
    return {
        "about": str(row.ref),
        "at": _instant(row.at),
        "subjects": row.subjects,
        "bodies": row.bodies,
        "way": row.way,
        "read": _instant(row.read_at),
    }


def _errand(row: "models.Errand") -> Mapping[str, Any]:
    return {
        "number": row.label,
        "medium": row.medium,
        "subject": row.subject,
        "body": row.body,
        "created": _instant(row.created_at),
        "state": row.state,
        "done": _instant(row.done_at),
    }


def _receipt(row: "models.Receipt") -> Mapping[str, Any]:
    return {"number": row.number, "thing": str(row.ref), "issued": _instant(row.issued_at)}


def _wishes(row: "models.Wishes") -> Mapping[str, Any]:
    quiet = [f"{clock:%H:%M}" for clock in (row.quiet_from, row.quiet_until) if clock]
    return {"topics": row.topics, "weekday": row.weekday, "quiet": quiet, "feed": row.feed is not None}


def _mail(row: "models.Mail") -> Mapping[str, Any]:
    return {
        "created": _instant(row.created_at),
        "state": row.state,
        "done": _instant(row.done_at),
        "came_back": _instant(row.bounced_at),
        "answer": row.answer,
    }


def _device(row: "models.Device") -> Mapping[str, Any]:
    return {"browser": row.label, "address": row.endpoint, "since": _instant(row.since)}


def _trouble(row: "models.Trouble") -> Mapping[str, Any]:
    return {"medium": row.medium, "came_back": row.count, "code": row.status, "stopped": _instant(row.stopped_at)}


def _search(row: "models.SavedSearch") -> Mapping[str, Any]:
    return {
        "words": row.words,
        "kind": row.found_kind,
        "district": row.district,
        "since": _instant(row.created_at),
        "told_of": [str(hit.ref) for hit in row.hits.order_by("id")],
    }


def _export(table: str, said: Callable[[Any], Mapping[str, Any]]) -> Callable[[UUID], Iterable[Mapping[str, Any]]]:
    """What a table holds of a person, row by row in the order in which it came."""

    def export(person_id: UUID) -> Iterable[Mapping[str, Any]]:
        from allmende.engines.notify import models

        return (said(row) for row in getattr(models, table).objects.filter(person=person_id).order_by("pk"))

    return export


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


def _kept(table: str, said: Callable[[Any], Mapping[str, Any]], words: tuple[Any, Any], days: int = 0) -> PersonalData:
    """One table of this room: `words` are its label and its purpose; without `days` it is kept until it is erased."""
    kind = TABLES[table]
    label, purpose = words
    return PersonalData(
        kind=kind,
        label=label,
        purpose=purpose,
        retention=timedelta(days=days) if days else None,
        export=_export(table, said),
        erase=_erase(table),
        expire=_expire(f"expire_{kind}") if days or table == "Follow" else None,
    )


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
    account_menu=(
        MenuItem(_("Mitteilungen"), "notify:notices", order=10, badge=_unread),
        MenuItem(_("Ihre Beiträge"), "notify:contributions", order=11),
    ),
    menu=(
        MenuItem(
            _("Briefe"),
            "notify:letters",
            order=60,
            staff=True,
            roles=ERRAND_ROLES,
            summary=_("Antworten, die auf Papier kommen sollen"),
        ),
        MenuItem(
            _("E-Mails"),
            "notify:post",
            order=62,
            staff=True,
            roles=frozenset({Role.ADMINISTRATOR}),
            summary=_("Kommen unsere E-Mails an?"),
        ),
        MenuItem(
            _("Anrufe"),
            "notify:calls",
            order=61,
            staff=True,
            roles=ERRAND_ROLES,
            summary=_("Wer angerufen werden möchte"),
        ),
    ),
    pages=(
        Page("notify:notices", SIGNED_IN),
        Page("notify:contributions", SIGNED_IN),
        Page("notify:contribution", frozenset(), kwargs=lambda: {"receipt_id": uuid4()}, axe=False),  # whoever holds it
        Page("notify:follows", SIGNED_IN),
        Page("notify:searches", SIGNED_IN),
        Page("notify:save_search", EVERYONE, query="?q=Radweg"),
        Page("notify:remove_search", SIGNED_IN, post_only=True),
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
    notices=(NoticeRule("notify.search_found", _search_found, people=_whose_search),),
    gates={"search": _may_see_search},
    handlers=(Handler("notify.tell", frozenset({"*"}), _tell, wants=lambda event: event.name in notice_rules()),),
    personal_data=(
        _kept(
            "Follow",
            _follow,
            (_("Wem und was Sie folgen"), _("Damit wir Ihnen sagen können, wenn sich dort etwas tut.")),
        ),
        _kept(
            "Notice",
            _notice,
            (_("Mitteilungen"), _("Damit Sie nachlesen können, was wir Ihnen gesagt haben.")),
            days=365,
        ),
        _kept(
            "Errand",
            _errand,
            (
                _("Briefe und Anrufe"),
                _("Damit wir Sie auch ohne Internet erreichen. 90 Tage danach löschen wir den Text."),
            ),
            days=90,
        ),
        _kept(
            "Receipt",
            _receipt,
            (_("Belege"), _("Damit Sie ohne Konto nachsehen können, wie es um Ihren Beitrag steht.")),
        ),
        _kept(
            "Wishes",
            _wishes,
            (
                _("Einstellungen der Mitteilungen"),
                _("Damit wir Ihnen nur sagen, was Sie möchten, und wann Sie es möchten."),
            ),
        ),
        _kept(
            "Mail",
            _mail,
            (
                _("Wege der E-Mails"),
                _("Damit keine E-Mail verloren geht und wir merken, wenn eine nicht ankommt. Ohne Text."),
            ),
            days=30,
        ),
        _kept(
            "Device",
            _device,
            (
                _("Browser für Push-Nachrichten"),
                _("Damit wir Ihrem Browser Bescheid sagen können, solange Sie das möchten."),
            ),
        ),
        _kept(
            "Trouble",
            _trouble,
            (_("Nicht zustellbare Adressen"), _("Damit wir nicht an Adressen schreiben, bei denen nichts ankommt.")),
            days=365,
        ),
        _kept(
            "SavedSearch",
            _search,
            (_("Gespeicherte Suchen"), _("Damit wir Ihnen sagen können, wenn etwas Neues dazu kommt.")),
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
