from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allmende.core.actor import SYSTEM, Role
from allmende.core.city import CityPack
from allmende.core.manifest import (
    ADMINISTRATORS,
    EVERYONE,
    MODERATORS,
    Handler,
    IndexKind,
    Manifest,
    MenuItem,
    Moderated,
    NoticeRule,
    Page,
    PersonalData,
    Replies,
    SettingSpec,
)
from allmende.engines.discussion import actions, handlers, index
from allmende.engines.discussion.actions import by_mail, personal
from allmende.engines.discussion.queries import notices, things
from allmende.engines.discussion.rules.hours import DEFAULT_HOURS, DEFAULT_NEEDED

PLANNERS = MODERATORS | ADMINISTRATORS


def _first_start(pack: CityPack) -> None:  # noqa: ARG001 - the rules are the same for every city at first
    from django.utils import timezone

    actions.install_rules(actor=SYSTEM, at=timezone.now())


def _seed(pack: CityPack) -> None:
    from allmende.engines.discussion import seeds

    seeds.seed(pack)


# Examples for the access matrix, on a city with demo content.


def _published() -> Any:
    from allmende.engines.discussion.models import Comment

    return Comment.objects.published().order_by("written_at").first()


def _thing() -> Mapping[str, Any] | None:
    row = _published()
    return {"capability": row.capability, "kind": row.kind, "object_id": row.object_id} if row else None


def _comment() -> Mapping[str, Any] | None:
    row = _published()
    return {"comment_id": row.id} if row else None


def _version() -> Mapping[str, Any] | None:
    row = _published()
    return {"comment_id": row.id, "number": 1} if row else None


def _report() -> Mapping[str, Any] | None:
    from allmende.engines.discussion.models import Report

    row = Report.objects.filter(reporter=None).first() or Report.objects.first()
    return {"report_id": row.id if row else UUID(int=0)}


def _case() -> Mapping[str, Any] | None:
    from allmende.engines.discussion.models import Case

    waiting = Case.objects.waiting()
    row = waiting.filter(author=None).first() or waiting.order_by("due_at").first() or Case.objects.first()
    return {"case_id": row.id} if row else None


def _list() -> Mapping[str, Any]:
    return {"list_id": uuid5(UUID(int=0), "nobody's list")}


def _rule() -> Mapping[str, Any]:
    return {"key": "respekt"}


manifest = Manifest(
    name="discussion",
    label=_("Diskussion und Moderation"),
    summary=_("Kommentare, und die eine Liste für alles, was geprüft wird."),
    urls="allmende.engines.discussion.urls",
    plain_urls="allmende.engines.discussion.urls.files",
    api="allmende.engines.discussion.api",
    menu=(
        MenuItem(
            _("Moderation"),
            "discussion:queue",
            order=20,
            staff=True,
            top=True,
            roles=frozenset({Role.MODERATOR}),
            summary=_("Beiträge prüfen"),
        ),
        MenuItem(
            _("Dienstplan"),
            "discussion:roster",
            order=21,
            staff=True,
            roles=frozenset({Role.ADMINISTRATOR}),  # moderators find it beside their list
            summary=_("Wer prüft wann"),
        ),
        MenuItem(
            _("Gefahr"),
            "discussion:escalation",
            order=22,
            staff=True,
            roles=frozenset({Role.ADMINISTRATOR}),
            summary=_("Was sofort getan werden muss"),
        ),
    ),
    pages=(
        Page("discussion:thread", EVERYONE, _thing, cached=True, cache_query=frozenset({"nach", "reihe", "nur"})),
        Page("discussion:add", EVERYONE, _thing),
        Page("discussion:comment", EVERYONE, _comment, cached=True),
        Page("discussion:edit", frozenset(), _comment, axe=False),
        Page("discussion:withdraw", frozenset(), _comment, axe=False),
        Page("discussion:by_code", EVERYONE, _comment),
        Page("discussion:history", EVERYONE, _comment, cached=True),
        Page("discussion:blank_version", frozenset(), _version, axe=False),
        Page("discussion:report", EVERYONE, _thing),
        Page("discussion:queue", MODERATORS),
        Page("discussion:start_list", MODERATORS, post_only=True, axe=False),
        Page("discussion:list", MODERATORS, _list),
        Page("discussion:decide_list", MODERATORS, post_only=True, axe=False),
        Page("discussion:undo", MODERATORS, post_only=True, axe=False),
        Page("discussion:case", MODERATORS, _case),
        Page("discussion:reasons", frozenset(), _case, axe=False),
        Page("discussion:answer", frozenset(), _report, axe=False),
        Page("discussion:roster", PLANNERS),
        Page("discussion:escalation", ADMINISTRATORS),
        Page("discussion:figures", PLANNERS),
        Page("discussion:rules", EVERYONE, cached=True),
        Page("discussion:change_rule", ADMINISTRATORS, _rule),
        Page("discussion:log", EVERYONE, cached=True),
        Page("discussion_files:log", EVERYONE, lambda: {"ending": "csv"}, cached=True, axe=False),
    ),
    index=(
        IndexKind(
            "comment",
            pgettext_lazy("Überschrift", "Kommentar"),
            pgettext_lazy("Überschrift", "Kommentare"),
            index.comment_entry,
            index.all_comments,
            index.comment_url,
        ),
        IndexKind("report", _("Meldung"), _("Meldungen"), index.report_entry, index.all_reports, index.report_url),
        IndexKind("case", _("Prüfung"), _("Prüfungen"), index.case_entry, index.all_cases, index.case_url),
    ),
    handlers=(
        Handler(
            "discussion.address_proven",
            frozenset({"accounts.address_proven", "accounts.account_opened"}),
            handlers.address_proven,
        ),
    ),
    notices=(
        NoticeRule("discussion.comment_added", notices.answer, people=notices.answered),
        NoticeRule("discussion.comment_added", notices.mention, people=notices.mentioned),
        NoticeRule("discussion.comment_added", notices.new_comment, followed=notices.thing_of),
        NoticeRule("discussion.comment_released", notices.released, people=notices.comment_author),
        NoticeRule("discussion.comment_released", notices.answer, people=notices.answered),
        NoticeRule("discussion.comment_released", notices.mention, people=notices.mentioned),
        NoticeRule("discussion.comment_released", notices.new_comment, followed=notices.thing_of),
        NoticeRule("discussion.case_decided", notices.refused, people=notices.refused_author),
        NoticeRule("discussion.case_decided", notices.report_answered, people=notices.reporters),
        NoticeRule("discussion.case_escalated", notices.escalated, people=notices.escalated_to, urgent=True),
        NoticeRule("discussion.case_overdue", notices.overdue, people=notices.overdue_for),
    ),
    replies=Replies(by_mail.takes_replies, by_mail.take_reply),
    moderated=(
        Moderated(
            "comment",
            pgettext_lazy("Überschrift", "Kommentar"),
            things.preview,
            actions.release_comment,
            actions.refuse_comment,
            blank_name=actions.blank_name_in_comment,
            hold=actions.hold_comment,
            previews=things.previews,
        ),
    ),
    gates={"comment": things.may_see_comment, "report": index.may_see_report, "case": index.may_see_case},
    personal_data=(
        PersonalData(
            "comment",
            pgettext_lazy("Überschrift", "Kommentare"),
            _("damit andere lesen, was Sie sagen"),
            None,
            personal.export_comments,
            personal.erase_comments,
            personal.expire_comments,
        ),
        PersonalData(
            "case",
            _("Prüfungen und Meldungen"),
            _("damit Sie erfahren, warum etwas nicht veröffentlicht wurde, und widersprechen können"),
            personal.CASE_TEXTS,
            personal.export_cases,
            personal.erase_cases,
            personal.expire_cases,
        ),
        PersonalData(
            "roster",
            _("Dienstplan der Moderation"),
            _("damit immer jemand prüft"),
            personal.ROSTER,
            personal.export_roster,
            personal.erase_roster,
            personal.expire_roster,
        ),
    ),
    settings=(
        SettingSpec(
            "discussion.hours",
            _("Prüfzeiten"),
            list(DEFAULT_HOURS),
            _("Eine Zeile je Wochentag, zum Beispiel „Mo 9-18“ oder „Di 13:30-17“. Feiertage sind schon bekannt."),
            "lines",
        ),
        SettingSpec(
            "discussion.closed_days",
            _("Tage ohne Prüfung"),
            [],
            _("Ein Tag je Zeile, „2026-12-24“, oder ein Zeitraum, „2026-12-28 bis 2026-12-30“."),
            "lines",
        ),
        SettingSpec(
            "discussion.check_hours",
            _("Offene Stunden bis zur Entscheidung"),
            DEFAULT_NEEDED,
            _("Daraus wird die Zusage „Wir prüfen bis …“."),
            "number",
        ),
        SettingSpec("discussion.list_size", _("Beiträge in einer Zehn-Minuten-Liste"), 8, kind="number"),
        SettingSpec(
            "discussion.second_person",
            _("Eine Ablehnung braucht zwei Personen"),
            default=False,
            kind="boolean",
        ),
        SettingSpec("discussion.guests", _("Kommentieren geht auch ohne Konto"), default=True, kind="boolean"),
        SettingSpec(
            "discussion.guest_email",
            _("Gäste bestätigen ihre E-Mail-Adresse, bevor ihr Kommentar erscheint"),
            default=False,
            kind="boolean",
        ),
        SettingSpec(
            "discussion.words",
            _("Wörter, bei denen jemand nachsieht"),
            [],
            _("Ein Wort je Zeile; „wort*“ meint auch Endungen. Nichts wird deshalb gelöscht."),
            "lines",
        ),
        SettingSpec(
            "discussion.links",
            _("Links, die ohne Prüfung erlaubt sind"),
            1,
            _("Für Menschen mit Konto. Kommentare von Gästen mit Links sieht immer jemand an."),
            "number",
        ),
        SettingSpec(
            "discussion.chain",
            _("Was bei Drohungen und Lebensgefahr zu tun ist"),
            "",
            _("Schritt für Schritt, mit Telefonnummern. Leer: unsere Vorlage."),
        ),
    ),
    scopes=("discussion:write",),
    first_start=_first_start,
    seed=_seed,
    seed_order=200,
)
