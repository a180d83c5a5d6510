"""What the manifest says of these pages: official notices, election calendar, barriers, feed exchange."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal.queries import barriers, notices
from allmende.capabilities.portal.workflow.barriers import ANSWER_DAYS
from allmende.core.actor import Role, Viewer
from allmende.core.manifest import ADMINISTRATORS, EVERYONE, MenuItem, Page, Persona, SettingSpec
from allmende.core.refs import Ref

NOBODY_HERE: frozenset[Persona] = frozenset()
"""Open to editors and to the office in charge: none of the personas of the generic test is one."""
CLERKS = frozenset({Persona.CLERK})


def first(model: str, *fields: str, **conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """Arguments of the first row that fits, looked up when a test asks.

    What is no field is the key, as the address calls it.
    """

    def kwargs() -> Mapping[str, Any] | None:
        from django.apps import apps

        asked = apps.get_model("portal", model)
        rows = asked._default_manager.filter(**conditions).order_by("pk")
        own = {field.attname for field in asked._meta.concrete_fields}
        keys = {name: F("pk") for name in fields if name not in own}
        found: Mapping[str, Any] | None = rows.annotate(**keys).values(*fields).first()
        return found

    return kwargs


_draft = first("Notice", "notice_id", state="draft")
_period = first("ElectionPeriod", "period_id")


def _now_standing() -> Mapping[str, Any] | None:
    """The notice that has stood longest, so that it stands whatever the hour."""
    from allmende.capabilities.portal.models import Notice

    return Notice.objects.filter(state="provided").order_by("provided_at").values("year", "number").first()


def _annex() -> Mapping[str, Any] | None:
    """An annex that may still be taken away."""
    from allmende.capabilities.portal.models.notices import NoticeAnnex

    row = NoticeAnnex.objects.filter(notice__state="draft").order_by("pk").values("notice_id", "pk").first()
    return {"notice_id": row["notice_id"], "annex_id": row["pk"]} if row else None


PAGES = (
    Page("portal:notices", EVERYONE, cached=True, cache_query=frozenset({"jahr", "q", "after"})),
    Page("portal:notice", EVERYONE, _now_standing, cached=True),
    Page("portal:notice_wording", EVERYONE, _now_standing, axe=False),
    Page("portal:notice_pdf", EVERYONE, _now_standing, axe=False),
    Page("portal:notices_desk", CLERKS),
    Page("portal:notice_new", CLERKS),
    Page("portal:notice_work", NOBODY_HERE, _draft),
    Page("portal:notice_edit", NOBODY_HERE, _draft),
    Page("portal:annex_new", NOBODY_HERE, _draft),
    Page("portal:annex_remove", NOBODY_HERE, _annex),
    Page("portal:notice_step", NOBODY_HERE, lambda: {**(_draft() or {}), "verb": "discard"}),
    Page("portal:elections", ADMINISTRATORS),
    Page("portal:election_new", ADMINISTRATORS),
    Page("portal:election_edit", ADMINISTRATORS, _period),
    Page("portal:election_remove", ADMINISTRATORS, _period),
    Page("portal:statement", EVERYONE, cached=True),
    Page("portal:barrier_new", EVERYONE),
    Page("portal:barrier_thanks", EVERYONE),
    Page("portal:barrier_own", ADMINISTRATORS, first("BarrierReport", "number"), axe=False),
    Page("portal:barriers", ADMINISTRATORS),
    Page("portal:barrier_enter", ADMINISTRATORS),
    Page("portal:barrier", ADMINISTRATORS, first("BarrierReport", "number")),
    Page("portal:website", EVERYONE, cached=True, cache_query=frozenset({"after"})),
    Page("portal:website_item", EVERYONE, first("FeedItem", "number", withdrawn_at=None), cached=True),
    Page("portal:sources", ADMINISTRATORS),
    Page("portal:source_new", ADMINISTRATORS),
    Page("portal:source", ADMINISTRATORS, first("FeedSource", "source_id")),
    Page("portal:feeds", EVERYONE, cached=True),
    Page("portal:feed", EVERYONE, lambda: {"topic": "bekanntmachungen"}, axe=False),
    Page("portal:feed_rss", EVERYONE, lambda: {"topic": "bekanntmachungen"}, axe=False),
)

MENU = (
    MenuItem(
        _("Bekanntmachungen"),
        "portal:notices_desk",
        order=40,
        staff=True,
        roles=frozenset({Role.CLERK, Role.EDITOR}),
        summary=_("Amtliche Texte schreiben, prüfen und bekannt machen"),
    ),
    MenuItem(
        _("Wahlkalender"),
        "portal:elections",
        order=41,
        staff=True,
        roles=frozenset({Role.EDITOR, Role.ADMINISTRATOR}),
        summary=_("Wann sich die Stadt vor Wahlen zurückhält"),
    ),
    MenuItem(
        _("Gemeldete Barrieren"),
        "portal:barriers",
        order=42,
        staff=True,
        roles=frozenset({Role.CLERK, Role.EDITOR, Role.ADMINISTRATOR}),
        summary=_("Was Menschen hier hindert, und was wir tun"),
        badge=barriers.waiting_count,
    ),
    MenuItem(
        _("Gelesene Feeds"),
        "portal:sources",
        order=43,
        staff=True,
        roles=frozenset({Role.EDITOR, Role.ADMINISTRATOR}),
        summary=_("Was von der amtlichen Website hier erscheint"),
    ),
)

SETTINGS = (
    SettingSpec(
        barriers.SETTING,
        _("Amt für gemeldete Barrieren"),
        "",
        hint=_("Kurzname des Amtes. Leer heißt: das erste in der Liste der Ämter."),
    ),
    SettingSpec(
        "portal.barrier_days",
        _("Tage bis zur Antwort auf eine gemeldete Barriere"),
        ANSWER_DAYS,
        kind="number",
    ),
)


def in_the_index(kind: str) -> Callable[[UUID, Viewer, datetime], bool]:
    """Who may see a thing that is as public as its entry in the index."""

    def may_see(key: UUID, viewer: Viewer, at: datetime) -> bool:
        from allmende.engines.search.interface import entry  # models, which are not loaded when manifests are

        return entry(Ref("portal", kind, key), viewer, at) is not None

    return may_see


GATES = {
    "annex": notices.may_see_annex,
    "barrier": barriers.may_see_report,
    "notice": in_the_index("notice"),
    "website": in_the_index("website"),
}
