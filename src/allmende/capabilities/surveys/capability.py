"""What surveys say of themselves."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from allmende.capabilities.surveys import index, queries, seeds
from allmende.capabilities.surveys.actions.personal_data import PERSONAL_DATA
from allmende.capabilities.surveys.handlers import notices
from allmende.capabilities.surveys.handlers import results as evaluating
from allmende.capabilities.surveys.index import results as findings
from allmende.core.actor import Role
from allmende.core.manifest import EVERYONE, Handler, IndexKind, Manifest, MenuItem, Page, Persona, SettingSpec

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


manifest = Manifest(
    name="surveys",
    label=_("Umfragen"),
    summary=_("Fragen der Stadt beantworten, ohne Namen, und lesen, was herauskam."),
    followed=_("Umfragen"),
    urls="allmende.capabilities.surveys.urls",
    prefix="umfragen/",
    api="allmende.capabilities.surveys.api",
    scopes=("surveys:read", "surveys:write"),
    menu=(
        MenuItem(_("Umfragen"), "surveys:surveys", order=15),
        MenuItem(
            _("Umfrage anlegen"),
            "surveys:new",
            order=33,
            staff=True,
            roles=frozenset({Role.EDITOR}),
            summary=_("Wer wozu gefragt wird, bis wann und was daraus folgt"),
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
    ),
    handlers=(
        Handler("surveys.ask_results", frozenset({"surveys.survey_closed"}), evaluating.compute),
        Handler("surveys.prepare_results", frozenset({"surveys.results_wanted"}), evaluating.prepare, queue="bulk"),
        Handler("surveys.announce_findings", frozenset({"surveys.results_published"}), evaluating.announce),
        Handler("surveys.forget_answers", frozenset({"surveys.raw_data_deleted"}), evaluating.forget),
    ),
    notices=notices.RULES,
    personal_data=PERSONAL_DATA,
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
    gates={"survey": queries.may_see_survey, "answers": queries.may_see_answers},
)
