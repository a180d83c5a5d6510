"""What surveys say of themselves."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.surveys import index, queries, seeds
from allmende.capabilities.surveys.actions import opinion, opinion_data
from allmende.capabilities.surveys.actions.personal_data import PERSONAL_DATA
from allmende.capabilities.surveys.handlers import notices
from allmende.capabilities.surveys.handlers import opinion as opinion_handlers
from allmende.capabilities.surveys.handlers import results as evaluating
from allmende.capabilities.surveys.index import opinion as opinion_index
from allmende.capabilities.surveys.index import results as findings
from allmende.capabilities.surveys.index.results import LAYER
from allmende.capabilities.surveys.queries import opinion as opinions
from allmende.capabilities.surveys.views.builder import access as builder
from allmende.core.actor import Role
from allmende.core.manifest import (
    EVERYONE,
    MODERATORS,
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

NOBODY_HERE: frozenset[Persona] = frozenset()
"""Open to editors: none of the personas of the generic test is one."""
ENTERING = frozenset({Persona.MODERATOR, Persona.CLERK})


def _example(model: str, field: str, argument: str, **conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """Arguments of the first row that fits, looked up when a test asks."""

    def kwargs() -> Mapping[str, Any] | None:
        from django.apps import apps

        rows = apps.get_model("surveys", model)._default_manager.filter(**conditions).order_by("pk")
        value = rows.values_list(field, flat=True).first()
        return None if value is None else {argument: value}

    return kwargs


_running = _example("Survey", "number", "number", state="open", access="open")
_coded = _example("Survey", "number", "number", state="open", access="code")
_draft = _example("Survey", "number", "number", state="draft")
_topic = _example("Topic", "pk", "topic_id")
_published = _example("Survey", "number", "number", state="published", wave_of__isnull=False)


def _step() -> Mapping[str, Any] | None:
    """The first page of a survey that runs; without anything begun it leads to the beginning."""
    found = _running()
    return None if found is None else {**found, "step": "use"}


def _finding(**conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """Arguments of a published finding's address."""

    def kwargs() -> Mapping[str, Any] | None:
        from allmende.capabilities.surveys.models import Finding

        rows = Finding.objects.filter(survey__state="published", survey__wave_of__isnull=False, **conditions)
        found = rows.select_related("survey").order_by("survey__pk", "place").first()
        return None if found is None else {"number": found.survey.number, "place": found.place}

    return kwargs


def _file() -> Mapping[str, Any] | None:
    found = _published()
    return None if found is None else {**found, "form": "csv"}


def _map() -> Mapping[str, Any] | None:
    number = opinions.example(state="open")
    return None if number is None else {"number": number}


def _comments() -> Mapping[str, Any] | None:
    found = _map()
    return None if found is None else {**found, "name": "comments"}


def _double() -> Mapping[str, Any] | None:
    found = _map()
    return None if found is None else {**found, "statement": 1}


def _sitting() -> Mapping[str, Any] | None:
    """With a guest's way in, which stands nowhere and is made anew."""
    found = _map()
    return None if found is None else {**found, "token": opinions.example_token(found["number"])}


def _opinion_draft() -> Mapping[str, Any] | None:
    number = opinions.example(state="draft")
    return None if number is None else {"number": number}


manifest = Manifest(
    name="surveys",
    label=_("Umfragen"),
    summary=_("Fragen der Stadt beantworten, ohne Namen, und lesen, was herauskam."),
    followed=_("Umfragen und Meinungskarten"),
    urls="allmende.capabilities.surveys.urls",
    prefix="umfragen/",
    api="allmende.capabilities.surveys.api",
    scopes=("surveys:read", "surveys:write"),
    layers=(MapLayer(LAYER, _("Orte aus Umfragen"), ("finding",), mark="▲", colour="warning", order=60, shown=False),),
    menu=(
        MenuItem(_("Umfragen"), "surveys:surveys", order=15),
        MenuItem(
            _("Fragebögen"),
            "surveys:questionnaires",
            order=34,
            staff=True,
            roles=frozenset({Role.EDITOR}),
            summary=_("Fragen zusammenstellen, übersetzen, einlesen und ausdrucken"),
        ),
        MenuItem(
            _("Umfrage anlegen"),
            "surveys:new",
            order=33,
            staff=True,
            roles=frozenset({Role.EDITOR}),
            summary=_("Wer wozu gefragt wird, bis wann und was daraus folgt"),
        ),
        MenuItem(
            _("Meinungskarte anlegen"),
            "surveys:opinion_new",
            order=34,
            staff=True,
            roles=frozenset({Role.EDITOR}),
            summary=_("Kurze Aussagen, zu denen alle etwas sagen"),
        ),
    ),
    calls=(
        MenuItem(
            _("Was möchte die Stadt wissen?"),
            "surveys:surveys",
            order=25,
            summary=_("Umfragen, ohne Namen und in wenigen Minuten"),
        ),
    ),
    pages=(
        Page("surveys:surveys", EVERYONE, cached=True),
        Page("surveys:survey", EVERYONE, _published, cached=True),
        Page("surveys:answer", EVERYONE, _running),
        Page("surveys:ask", EVERYONE, _step, axe=False),
        Page("surveys:send", EVERYONE, _running, axe=False),
        Page("surveys:thanks", EVERYONE, _running),
        Page("surveys:resume", EVERYONE, _running),
        Page("surveys:paper", EVERYONE, _running, axe=False),
        Page("surveys:enter", ENTERING, _running),
        Page("surveys:new", NOBODY_HERE),
        Page("surveys:edit", NOBODY_HERE, _draft),
        Page("surveys:step", NOBODY_HERE, _published),
        Page("surveys:progress", NOBODY_HERE, _running),
        Page("surveys:letters", NOBODY_HERE, _coded),
        Page("surveys:results", EVERYONE, _published, cached=True, cache_query=frozenset({"nach"})),
        Page("surveys:finding", EVERYONE, _finding(cuts__isnull=False), cached=True),
        Page("surveys:results_file", EVERYONE, _file, axe=False),
        Page("surveys:evaluate", NOBODY_HERE, _published),
        Page("surveys:judge", NOBODY_HERE, _finding()),
        Page("surveys:topics", NOBODY_HERE, _finding(table__form="topics")),
        Page("surveys:topic", NOBODY_HERE, _topic),
        Page("surveys:research", NOBODY_HERE, _published),
        Page("surveys:opinion", EVERYONE, _map, cached=True),
        Page("surveys:opinion_statements", EVERYONE, _map, cached=True, cache_query=frozenset({"after"})),
        Page("surveys:opinion_file", EVERYONE, _comments, axe=False),
        Page("surveys:opinion_join", EVERYONE, _map),
        Page("surveys:opinion_vote", EVERYONE, _sitting),
        Page("surveys:opinion_add", EVERYONE, _sitting),
        Page("surveys:opinion_office", MODERATORS, _map),
        Page("surveys:opinion_merge", MODERATORS, _double),
        Page("surveys:opinion_new", NOBODY_HERE),
        Page("surveys:opinion_edit", NOBODY_HERE, _opinion_draft),
        Page("surveys:opinion_import", NOBODY_HERE),
        *builder.PAGES,
    ),
    index=(
        IndexKind(
            "survey",
            _("Umfrage"),
            _("Umfragen"),
            index.survey_entry,
            index.survey_ids,
            index.survey_url,
            entries=index.survey_entries,
        ),
        IndexKind(
            "finding",
            _("Umfrage-Ergebnis"),
            _("Umfrage-Ergebnisse"),
            findings.finding_entry,
            findings.finding_ids,
            findings.finding_url,
            article=_("Ein Umfrage-Ergebnis"),
        ),
        IndexKind(
            "conversation",
            _("Meinungskarte"),
            _("Meinungskarten"),
            opinion_index.conversation_entry,
            opinion_index.conversation_ids,
            opinion_index.conversation_url,
            entries=opinion_index.conversation_entries,
        ),
    ),
    handlers=(
        Handler("surveys.ask_results", frozenset({"surveys.survey_closed"}), evaluating.compute),
        Handler("surveys.prepare_results", frozenset({"surveys.results_wanted"}), evaluating.prepare, queue="bulk"),
        Handler("surveys.announce_findings", frozenset({"surveys.results_published"}), evaluating.announce),
        Handler("surveys.compare_waves", evaluating.COMPARED, evaluating.compare),
        Handler("surveys.forget_answers", frozenset({"surveys.raw_data_deleted"}), evaluating.forget),
    ),
    notices=(*notices.RULES, *opinion_handlers.RULES),
    personal_data=(*PERSONAL_DATA, *opinion_data.PERSONAL_DATA),
    settings=(
        SettingSpec(
            "surveys.responses_per_hour",
            _("Antworten in einer Stunde von einem Anschluss"),
            60,
            hint=_("So oft kann von einem Anschluss aus, etwa einer Schule, in einer Stunde geantwortet werden."),
            kind="number",
        ),
        SettingSpec(
            "surveys.api_responses_per_hour",
            _("Antworten in einer Stunde über die Schnittstelle"),
            120,
            hint=_("So oft kann ein Programm in einer Stunde Antworten senden."),
            kind="number",
        ),
        SettingSpec(
            "surveys.least_people",
            _("Menschen hinter jeder Zahl"),
            5,
            hint=_(
                "Hinter jeder Zahl einer Auswertung stehen mindestens so viele Menschen, nie weniger als drei. "
                "Gilt für neue Auswertungen."
            ),
            kind="number",
        ),
    ),
    seed=seeds.seed,
    seed_order=120,
    moderated=(
        Moderated(
            "statement",
            _("Aussage"),
            opinion_handlers.preview,
            opinion.release_statement,
            opinion.refuse_statement,
            blank_name=opinion.blank_name,
            hold=opinion.hold_statement,
            previews=opinion_handlers.previews,
        ),
    ),
    gates={
        "survey": queries.may_see_survey,
        "answers": queries.may_see_answers,
        "conversation": opinions.may_see_conversation,
        "statement": opinions.may_see_statement,
        "own:statement": opinions.is_own_statement,
    },
)
