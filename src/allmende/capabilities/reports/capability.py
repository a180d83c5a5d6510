"""What the room of reports says of itself."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.reports import index, interface, rules, seeds
from allmende.capabilities.reports.actions import moderation
from allmende.capabilities.reports.actions.personal_data import PERSONAL_DATA
from allmende.capabilities.reports.events import IncidentAnswered, PictureNamed, ReportMoved, ReportReceived
from allmende.capabilities.reports.handlers import (
    alarms,
    incidents,
    notices,
    partners,
    photos,
    pictures,
    previews,
    webhooks,
)
from allmende.capabilities.reports.rules import incidents as incident_rules
from allmende.capabilities.reports.rules.answers import DEFAULT
from allmende.capabilities.reports.views.reporting import DANGER_WORDS, PER_HOUR, PER_HOUR_NETWORK
from allmende.capabilities.reports.views.sending import PER_HOUR as PER_HOUR_KEY
from allmende.core.actor import Role
from allmende.core.manifest import (
    EVERYONE,
    Handler,
    IndexKind,
    Manifest,
    MapLayer,
    MenuItem,
    Moderated,
    Page,
    Persona,
    SettingSpec,
)


def _example(**conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """The number of the first report that fits, looked up when a test asks."""

    def kwargs() -> Mapping[str, Any] | None:
        from allmende.capabilities.reports.models import Report

        number = Report.objects.filter(**conditions).order_by("number").values_list("number", flat=True).first()
        return None if number is None else {"number": number}

    return kwargs


def _incident() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import Incident

    number = Incident.objects.order_by("number").values_list("number", flat=True).first()
    return None if number is None else {"number": number}


def _pattern() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import Pattern

    number = Pattern.objects.order_by("number").values_list("number", flat=True).first()
    return None if number is None else {"number": number}


def _asset() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import Asset

    found = Asset.objects.select_related("kind").filter(is_active=True).order_by("plain").first()
    return None if found is None else {"code": found.code}


def _asset_kind() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import AssetKind

    slug = AssetKind.objects.values_list("slug", flat=True).first()
    return None if slug is None else {"slug": slug}


def _by_residents(event: Any) -> bool:
    """Examples and what is brought over from another system are no news."""
    return str(event.channel) not in {"seed", "import"}


_public = _example(is_public=True)
_open = _example(is_public=True, state="in_work")
ADMINISTRATORS = frozenset({Persona.ADMINISTRATOR})
NOWHERE = UUID(int=0)
NOBODY_HERE: frozenset[Persona] = frozenset()
"""Open to clerks of the office that a report lies with, and to the desk: none of the personas of the generic test."""


def _area() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import Area

    found = Area.objects.order_by("made_at").values_list("pk", flat=True).first()
    return None if found is None else {"area_id": found}


def _step() -> Mapping[str, Any] | None:
    found = _open()
    return None if found is None else {**found, "verb": "finish"}


def _clerk() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.queries import duties

    return next(({"person_id": one.person_id} for there in duties.clerks().values() for one in there), None)


def _handed_over() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import Handover

    row = Handover.objects.select_related("report").first()
    return None if row is None else {"number": row.report.number, "handover_id": row.pk}


def _part() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import Subtask

    key = Subtask.objects.values_list("pk", flat=True).first()
    return None if key is None else {"subtask_id": key}


def _rule() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import RoutingRule

    key = RoutingRule.objects.values_list("pk", flat=True).first()
    return None if key is None else {"rule_id": key}


def _stop() -> Mapping[str, Any] | None:
    found = _open()
    return None if found is None else {**found, "outcome": "erledigt"}


def _picture() -> Mapping[str, Any] | None:
    """The examples have no photos: an address to which nothing leads."""
    found = _open()
    return None if found is None else {**found, "image_id": UUID(int=0)}


def _partner() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import Partner

    found = Partner.objects.values_list("pk", flat=True).first()
    return None if found is None else {"partner_id": found}


def _target() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import WebhookTarget

    found = WebhookTarget.objects.values_list("pk", flat=True).first()
    return None if found is None else {"target_id": found}


def _token() -> Mapping[str, Any] | None:
    from allmende.capabilities.reports.models import Report

    token = Report.objects.order_by("number").values_list("token", flat=True).first()
    return None if token is None else {"token": token}


def _in_xml(more: Callable[[], Mapping[str, Any] | None] | None) -> Callable[[], Mapping[str, Any] | None]:
    """Arguments of an address for programs."""

    def kwargs() -> Mapping[str, Any] | None:
        found = more() if more is not None else {}
        return None if found is None else {**found, "form": "xml"}

    return kwargs


LISTED = frozenset({"category", "district", "state", "since", "after"})
manifest = Manifest(
    name="reports",
    label=_("Schäden und Gefahren"),
    summary=_("Was gemeldet ist, wer sich kümmert und was daraus wird."),
    followed=_("Meldungen"),
    urls="allmende.capabilities.reports.urls",
    prefix="meldungen/",
    plain_urls="allmende.capabilities.reports.urls.open311",
    menu=(
        MenuItem(_("Schäden"), "reports:reports", order=40),
        MenuItem(
            _("Meldungen"), "reports:inbox", order=30, staff=True, roles=frozenset({Role.CLERK}),
            summary=_("Was kaputt ist: prüfen, weitergeben, erledigen"),
        ),
        MenuItem(
            _("Meldungen: Webhooks"), "reports:webhooks", order=84, staff=True,
            roles=frozenset({Role.ADMINISTRATOR}), summary=_("Welche Programme bei jedem Schritt Nachricht bekommen"),
        ),
        MenuItem(
            _("Meldungen: andere Stellen"), "reports:partners", order=83, staff=True,
            roles=frozenset({Role.ADMINISTRATOR}), summary=_("Wohin Meldungen weitergehen, und ob sie ankommen"),
        ),
        MenuItem(
            _("Open311: Schlüssel für Programme"), "reports:keys", order=82, staff=True,
            roles=frozenset({Role.ADMINISTRATOR}), summary=_("Wer Schäden aus eigenen Programmen melden darf"),
        ),
    ),
    calls=(
        MenuItem(
            _("Schaden melden"),
            "reports:new",
            order=20,
            summary=_("Laterne, Schlagloch, Müll: in einer halben Minute, ohne Konto"),
        ),
    ),
    pages=(
        Page("reports:reports", EVERYONE, cached=True, cache_query=LISTED),
        Page("reports:report", EVERYONE, _public, cached=True),
        Page("reports:figures", EVERYONE, cached=True, cache_query=frozenset({"nach"})),
        Page("reports:figures_csv", EVERYONE, axe=False),
        Page("reports:feed", EVERYONE, cached=True, axe=False),
        Page("reports:new", EVERYONE),
        Page("reports:drafts", EVERYONE, cached=True),
        Page("reports:draft_send", EVERYONE, axe=False),
        Page("reports:app", EVERYONE, axe=False),
        Page("reports:icon", EVERYONE, lambda: {"size": 192}, axe=False),
        Page("reports:worker", EVERYONE, axe=False),
        Page("reports:simple", EVERYONE, axe=False),
        Page("reports:areas", EVERYONE),
        Page("reports:area", EVERYONE, _area),
        Page("reports:area_feed", EVERYONE, _area, axe=False),
        Page("reports:mine", EVERYONE),
        Page("reports:join", EVERYONE, _open),
        Page("reports:inbox", frozenset({Persona.CLERK})),
        Page("reports:asset", EVERYONE, _asset),
        Page("reports:pattern", EVERYONE, _pattern),
        Page("reports:pattern_new", frozenset({Persona.CLERK})),
        Page("reports:pattern_offer", NOBODY_HERE, _pattern),
        Page("reports:assets", NOBODY_HERE),
        Page("reports:asset_kind", NOBODY_HERE, _asset_kind),
        Page("reports:incident", NOBODY_HERE, _incident),
        Page("reports:incident_member", NOBODY_HERE, _incident, post_only=True, axe=False),
        Page("reports:incident_whole", NOBODY_HERE, _incident, post_only=True, axe=False),
        Page("reports:routing", NOBODY_HERE),
        Page("reports:category", NOBODY_HERE, lambda: {"slug": "licht"}),
        Page("reports:outside", EVERYONE),
        Page("reports:outside_image", NOBODY_HERE, lambda: {"place": 0}, axe=False),
        Page("reports:hand_over", NOBODY_HERE, _open),
        Page("reports:take_back", NOBODY_HERE, _handed_over, post_only=True, axe=False),
        Page("reports:tour", frozenset({Persona.CLERK})),
        Page("reports:tour_file", frozenset({Persona.CLERK}), axe=False),
        Page("reports:visit", NOBODY_HERE, _stop),
        Page("reports:sheet", NOBODY_HERE, _open),
        Page("reports:blur", NOBODY_HERE, _picture),
        Page("reports:dashboard", frozenset({Persona.CLERK})),
        Page("reports:export", frozenset({Persona.CLERK}), lambda: {"form": "csv"}, axe=False),
        Page("reports:retention", NOBODY_HERE),
        Page("reports:many", frozenset({Persona.CLERK})),
        Page("reports:subtasks", frozenset({Persona.CLERK})),
        Page("reports:subtask", NOBODY_HERE, _part),
        Page("reports:give_subtask", NOBODY_HERE, _open),
        Page("reports:duties", NOBODY_HERE),
        Page("reports:duty", NOBODY_HERE, _clerk),
        Page("reports:words", NOBODY_HERE),
        Page("reports:words_of", NOBODY_HERE, lambda: {"slug": "licht"}),
        Page("reports:rules", NOBODY_HERE),
        Page("reports:rule_new", NOBODY_HERE),
        Page("reports:rule", NOBODY_HERE, _rule),
        Page("reports:rule_remove", NOBODY_HERE, _rule, post_only=True, axe=False),
        Page("reports:questions", NOBODY_HERE, lambda: {"slug": "muell"}),
        Page("reports:question", NOBODY_HERE, lambda: {"slug": "muell"}),
        Page("reports:handle", NOBODY_HERE, _public),
        Page("reports:correct", NOBODY_HERE, _public),
        Page("reports:show", NOBODY_HERE, _public),
        Page("reports:transcribe", NOBODY_HERE, _public),
        Page("reports:merge", NOBODY_HERE, _open),
        Page("reports:split", NOBODY_HERE, _public, post_only=True, axe=False),
        Page("reports:step", NOBODY_HERE, _step),
        Page("reports:keys", ADMINISTRATORS),
        Page("reports:webhooks", ADMINISTRATORS),
        Page("reports:webhook", ADMINISTRATORS, _target),
        Page("reports:partners", ADMINISTRATORS),
        Page("reports:partner_new", ADMINISTRATORS),
        Page("reports:partner", ADMINISTRATORS, _partner),
        Page("reports:partner_check", ADMINISTRATORS, _partner, post_only=True, axe=False),
        Page("reports:to_partner", NOBODY_HERE, _open),
        Page("reports:key_end", ADMINISTRATORS, lambda: {"key_id": NOWHERE}, post_only=True, axe=False),
        *(
            Page(f"reports_open311:{name}", EVERYONE, _in_xml(more), axe=False)
            for name, more in {
                "discovery": None, "services": None, "requests": None, "updates": None,
                "service": lambda: {"code": "licht"}, "request": _public, "token": _token,
            }.items()
        ),
        Page("reports_open311:missing", NOBODY_HERE, lambda: {"rest": "v2/nirgends.xml"}, axe=False),
    ),
    index=(
        IndexKind(
            "report", _("Meldung"), _("Meldungen"), index.report_entry, index.report_ids, index.report_url,
            article=_("Eine Meldung"), entries=index.report_entries,
        ),
        IndexKind(
            "subtask", _("Teilaufgabe"), _("Teilaufgaben"), lambda _key: None, lambda: (), index.subtask_url,
            brought_in=False, listed=False,
        ),
        IndexKind(
            "asset", _("Nummeriertes Ding"), _("Nummerierte Dinge"), index.asset_entry, index.asset_ids,
            index.asset_url, article=_("Ein nummeriertes Ding"), entries=index.asset_entries, brought_in=False,
        ),
        IndexKind(
            "pattern", _("Häufung von Meldungen"), _("Häufungen von Meldungen"), index.pattern_entry,
            index.pattern_ids, index.pattern_url, article=_("Eine Häufung von Meldungen"),
            entries=index.pattern_entries,
        ),
        IndexKind(
            "rule", _("Regel für Meldungen"), _("Regeln für Meldungen"), lambda _key: None, lambda: (), index.rule_url,
            brought_in=False, listed=False,
        ),
        IndexKind(
            "area", _("Gebiet"), _("Gebiete"), lambda _area_id: None, tuple, index.area_url, brought_in=False,
            listed=False,
        ),
    ),
    handlers=(
        Handler("reports.group", frozenset({ReportReceived.name}), incidents.group, wants=_by_residents),
        Handler("reports.carry_answer", frozenset({IncidentAnswered.name}), incidents.carry),
        Handler("reports.photo_refused", frozenset({photos.REFUSED}), photos.run, wants=photos.ours),
        Handler("reports.fetch_picture", frozenset({PictureNamed.name}), pictures.fetch, queue="media"),
        Handler("reports.forward", frozenset({ReportMoved.name}), partners.forward, wants=partners.is_check),
        Handler("reports.tell_back", frozenset({ReportMoved.name}), partners.tell_back, wants=partners.is_reopened),
        Handler("reports.webhooks", webhooks.EVENTS, webhooks.note, wants=webhooks.is_wanted),
    ),
    notices=(*notices.RULES, *alarms.RULES),
    moderated=(
        Moderated(
            "report",
            _("Schadensmeldung"),
            previews.preview,
            moderation.release_report,
            moderation.refuse_report,
            blank_name=moderation.blank_name,
            hold=moderation.hold_report,
            previews=previews.previews,
        ),
    ),
    personal_data=PERSONAL_DATA,
    settings=(
        SettingSpec(
            "reports.danger_words",
            _("Worte, bei denen das Formular zuerst auf die 112 verweist"),
            list(DANGER_WORDS),
            hint=_("Eines in jeder Zeile; ab fünf Buchstaben auch als Teil eines längeren Wortes."),
            kind="lines",
        ),
        SettingSpec(
            "reports.per_hour",
            _("Meldungen in einer Stunde"),
            PER_HOUR,
            hint=_("So oft darf eine Person oder ein Anschluss in einer Stunde etwas melden."),
            kind="number",
        ),
        SettingSpec(
            "reports.per_hour_key",
            _("Meldungen in einer Stunde über einen Schlüssel"),
            PER_HOUR_KEY,
            kind="number",
        ),
        SettingSpec(
            "reports.per_hour_network",
            _("Meldungen ohne Nachweis des Browsers in einer Stunde"),
            PER_HOUR_NETWORK,
            hint=_("So oft aus einem Netz. Wer ein Konto hat oder wessen Browser gerechnet hat, zählt nicht mit."),
            kind="number",
        ),
        SettingSpec(
            "reports.incident_least",
            _("So viele Meldungen einer Art sind ein Ereignis"),
            incident_rules.LEAST,
            hint=_("Sturm, Rohrbruch: Sie stehen dann zusammen im Eingang. 0 schaltet es ab."),
            kind="number",
        ),
        SettingSpec(
            "reports.incident_minutes",
            _("… wenn sie in so vielen Minuten kommen"),
            int(incident_rules.WITHIN.total_seconds() // 60),
            kind="number",
        ),
        SettingSpec(
            "reports.answers",
            _("Vorlagen für Antworten"),
            list(DEFAULT),
            hint=_("Eine in jeder Zeile: Name, Doppelpunkt, Text. {nummer}, {art} und {ort} werden eingesetzt."),
            kind="lines",
        ),
        SettingSpec(
            "reports.parties",
            _("Stellen außerhalb der Verwaltung, an die Meldungen gehen"),
            [],
            hint=_("Eine in jeder Zeile: Name, Doppelpunkt, E-Mail-Adresse."),
            kind="lines",
        ),
        SettingSpec(
            "reports.reopen_days",
            _("Tage, in denen man sagen kann, dass etwas nicht erledigt ist"),
            rules.REOPEN_FOR.days,
            kind="number",
        ),
    ),
    first_start=seeds.first_start,
    seed=seeds.seed,
    seed_order=170,
    layers=(
        MapLayer("meldungen", _("Schäden"), ("report",), mark="!", colour="warning", order=40),
        MapLayer("objekte", _("Nummerierte Dinge"), ("asset",), mark="#", colour="info", order=95, shown=False),
    ),
    gates={
        "area": interface.may_see_area, "recording": interface.may_see_recording, "rule": interface.may_see_rule,
        "subtask": interface.may_see_subtask, "report": interface.may_see_report, "own:report": interface.is_own_report,
    },
)  # fmt: skip
