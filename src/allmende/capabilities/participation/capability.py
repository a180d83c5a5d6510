"""What participation says of itself."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allmende.capabilities.participation import actions, interface, seeds
from allmende.capabilities.participation.actions.personal_data import PERSONAL_DATA
from allmende.capabilities.participation.handlers import (
    address_proven,
    comments_changed,
    needs_ordered,
    notices,
    previews,
    work_notices,
)
from allmende.capabilities.participation.handlers import needs as needs_notices
from allmende.capabilities.participation.handlers import voting as vote_notices
from allmende.capabilities.participation.index.kinds import KINDS
from allmende.capabilities.participation.queries.opendata import OPEN_LICENCE, OPEN_LICENCE_URL
from allmende.core.actor import Role
from allmende.core.manifest import (
    EVERYONE,
    MODERATORS,
    SIGNED_IN,
    Handler,
    Manifest,
    MapLayer,
    MenuItem,
    Moderated,
    Page,
    Persona,
    SettingSpec,
)
from allmende.engines.discussion.interface import COUNT_CHANGED

NOBODY_HERE: frozenset[Persona] = frozenset()
"""Open to the author, the office, editors or the group's chair: none of the personas of the generic test is one."""
ENTERING = frozenset({Persona.MODERATOR, Persona.CLERK})
LIST_KEYS = frozenset({"text", "group", "store", "category", "district", "state", "order", "after"})


def _example(model: str, field: str, argument: str, **conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """Arguments of the first row that fits, looked up when a test asks."""

    def kwargs() -> Mapping[str, Any] | None:
        from django.apps import apps

        rows = apps.get_model("participation", model)._default_manager.filter(**conditions).order_by("pk")
        value = rows.values_list(field, flat=True).first()
        return None if value is None else {argument: value}

    return kwargs


_idea = _example("Idea", "number", "number", state="published")
_group = _example("WorkingGroup", "slug", "slug")
_store = _example("TopicStore", "number", "number", opens_at__isnull=False)
_project = _example("Project", "number", "number", announced_at__isnull=False)
_asking = _example("Project", "number", "number", announced_at__isnull=False, asks_age=True)
_theme = _example("Theme", "number", "number", dissolved_at=None, store__kind="store")
_need = _example("Theme", "number", "number", dissolved_at=None, store__kind="need")
_partner = _example("PartnerOffer", "number", "number", state="new")
_condensed = _example("TopicStore", "number", "number", documents__edition=1)
EDITION = frozenset({"fassung"})
_budget = _example("Project", "number", "number", blueprint="budget", announced_at__isnull=False)


def _vote(**conditions: Any) -> Callable[[], Mapping[str, Any] | None]:
    """The first vote that fits; what it declares and where it stands lies in the engine."""

    def kwargs() -> Mapping[str, Any] | None:
        from django.apps import apps

        votes = apps.get_model("ballots", "Vote")._default_manager.filter(**conditions).values("pk")
        found = apps.get_model("participation", "Poll")._default_manager.filter(vote_id__in=votes).order_by("number")
        number = found.values_list("number", flat=True).first()
        return None if number is None else {"number": number}

    return kwargs


_running, _counted = _vote(state="open"), _vote(state="closed", has_receipts=True)


def _proposal() -> Mapping[str, Any] | None:
    """A checked proposal with its project's number."""
    from django.apps import apps

    row = apps.get_model("participation", "Proposal")._default_manager.order_by("number")
    found = row.values_list("module__project__number", "number", "idea__number").first()
    return None if found is None else {"number": found[0], "proposal": found[1]}


def _proposed() -> Mapping[str, Any] | None:
    """An idea of a project that decides on money."""
    from django.apps import apps

    rows = apps.get_model("participation", "Idea")._default_manager.filter(
        store__module__project__blueprint="budget", published_at__isnull=False
    )
    found = rows.order_by("number").values_list("store__module__project__number", "number").first()
    return None if found is None else {"number": found[0], "idea": found[1]}


_meeting = _example("Meeting", "number", "number")
_minuted = _example("Meeting", "number", "number", minutes__editions__edition=1)
_certificate = _example("Certificate", "number", "number", issued_at__isnull=False)
_task = _example("Task", "number", "number", done_at=None, dropped_at=None)
_contest = _example("TopicStore", "number", "number", contest__placings__edition=1)


def _entry() -> Mapping[str, Any] | None:
    """An entry of a contest whose places are given."""
    from django.apps import apps

    rows = apps.get_model("participation", "Place")._default_manager.filter(placing__edition=1).order_by("pk")
    found = rows.values_list("placing__contest__store__number", "entry__idea__number").first()
    return None if found is None else {"number": found[0], "entry": found[1]}


manifest = Manifest(
    name="participation",
    label=_("Mitmachen"),
    summary=_("Ideen einbringen, unterstützen, besprechen und sehen, was daraus wird."),
    urls="allmende.capabilities.participation.urls",
    prefix="mitmachen/",
    api="allmende.capabilities.participation.api",
    layers=(MapLayer("ideen", _("Ideen"), ("idea",), mark="●", order=10),),
    menu=(
        MenuItem(_("Mitmachen"), "participation:overview", order=10),
        MenuItem(
            _("Beitrag erfassen"),
            "participation:enter",
            order=30,
            staff=True,
            roles=frozenset({Role.MODERATOR, Role.CLERK, Role.EDITOR}),
            summary=_("Was auf Papier, am Telefon oder vor Ort kam"),
        ),
        MenuItem(
            _("Bedarf bearbeiten"),
            "participation:needs_desk",
            order=32,
            staff=True,
            roles=frozenset({Role.MODERATOR, Role.CLERK, Role.EDITOR}),
            summary=_("Wünsche bündeln, Gruppen antworten, Partner"),
        ),
        MenuItem(
            _("Auswertung"),
            "participation:analysis",
            order=40,
            staff=True,
            roles=frozenset({Role.MODERATOR, Role.CLERK, Role.EDITOR}),
            summary=_("Wer macht mit, wann und auf welchem Weg"),
        ),
        MenuItem(
            pgettext_lazy("participation", "Antworten"),
            "participation:desk",
            order=31,
            staff=True,
            roles=frozenset({Role.CLERK}),
            summary=_("Ideen, die auf Ihr Amt warten"),
        ),
    ),
    calls=(
        MenuItem(
            _("Idee einbringen"),
            "participation:idea_new",
            order=10,
            summary=_("In einem Satz, mit oder ohne Konto"),
        ),
        MenuItem(
            _("Wo kann ich jetzt mitreden?"),
            "participation:overview",
            order=20,
            summary=_("Offene Sammlungen und Gruppen"),
        ),
        MenuItem(
            _("Was brauchen Sie morgen?"),
            "participation:needs",
            order=30,
            summary=_("Wünsche nennen, Angebote der Stadt finden"),
        ),
    ),
    pages=(
        Page("participation:overview", EVERYONE, cached=True),
        Page("participation:how", EVERYONE, cached=True),
        Page("participation:ideas", EVERYONE, cached=True, cache_query=LIST_KEYS),
        Page("participation:idea", EVERYONE, _idea, cached=True),
        Page("participation:group", EVERYONE, _group, cached=True),
        Page(
            "participation:store", EVERYONE, _store, cached=True, cache_query=frozenset({"order", "category", "after"})
        ),
        Page("participation:paper", EVERYONE, _store, cached=True),
        Page("participation:result", EVERYONE, _condensed, cached=True, cache_query=EDITION),
        Page("participation:result_pdf", EVERYONE, _condensed, axe=False),
        Page("participation:result_docx", EVERYONE, _condensed, axe=False),
        Page("participation:result_csv", EVERYONE, _condensed, axe=False),
        Page("participation:result_json", EVERYONE, _condensed, axe=False),
        Page("participation:theme", EVERYONE, _theme, cached=True),
        Page("participation:heard", EVERYONE, _project, cached=True, cache_query=frozenset({"after", "state"})),
        Page("participation:project", EVERYONE, _project, cached=True, cache_query=frozenset({"after", "order"})),
        Page("participation:proposals", EVERYONE, _budget, cached=True, cache_query=frozenset({"ansicht"})),
        Page("participation:poll", EVERYONE, _counted, cached=True),
        Page("participation:ballot", EVERYONE, _running),
        Page("participation:poll_paper", EVERYONE, _running, axe=False),
        Page("participation:poll_pdf", EVERYONE, _counted, axe=False),
        Page("participation:poll_json", EVERYONE, _counted, axe=False),
        Page("participation:poll_pb", EVERYONE, _counted, axe=False),
        Page("participation:poll_ballots", EVERYONE, _counted, cached=True, cache_query=frozenset({"beleg", "after"})),
        Page("participation:poll_enter", ENTERING, _running),
        Page("participation:poll_new", NOBODY_HERE, _budget),
        Page("participation:poll_letters", NOBODY_HERE, _running),
        Page("participation:proposal_new", NOBODY_HERE, _budget),
        Page("participation:proposal_edit", NOBODY_HERE, _proposal),
        Page("participation:proposal_check", NOBODY_HERE, _proposed),
        Page("participation:contest", EVERYONE, _contest, cached=True, cache_query=frozenset({"after"})),
        Page("participation:contest_result", EVERYONE, _contest, cached=True),
        Page("participation:contest_certificate", EVERYONE, _entry, axe=False),
        Page("participation:meeting", EVERYONE, _meeting, cached=True),
        Page("participation:analysis", ENTERING),
        Page("participation:analysis_csv", ENTERING, axe=False),
        Page("participation:project_analysis", ENTERING, _project),
        Page("participation:project_analysis_csv", ENTERING, _project, axe=False),
        Page("participation:open_data", EVERYONE, cached=True),
        Page("participation:open_data_zip", EVERYONE, axe=False),
        Page("participation:open_data_file", EVERYONE, lambda: {"table": "ideas", "form": "csv"}, axe=False),
        Page("participation:project_zip", EVERYONE, _project, axe=False),
        Page("participation:needs", EVERYONE, cached=True, cache_query=frozenset({"show", "after"})),
        Page("participation:need_group", EVERYONE, _need, cached=True),
        Page("participation:need_new", EVERYONE, axe=False),
        Page("participation:need_answer", NOBODY_HERE, _need),
        Page("participation:needs_desk", ENTERING),
        Page("participation:partner_new", SIGNED_IN),
        Page("participation:partner_enter", ENTERING),
        Page("participation:partner_reply", ENTERING, _partner),
        Page("participation:minutes", EVERYONE, _minuted, cached=True, cache_query=EDITION),
        Page("participation:minutes_pdf", EVERYONE, _minuted, axe=False),
        Page("participation:tasks", EVERYONE, _group),
        Page("participation:task", EVERYONE, _task),
        Page("participation:age", SIGNED_IN, _asking),
        Page("participation:my_work", SIGNED_IN),
        Page("participation:my_name", SIGNED_IN, post_only=True, axe=False),
        Page("participation:idea_new", EVERYONE),
        Page("participation:draft", EVERYONE, post_only=True, axe=False),
        Page("participation:draft_discard", EVERYONE, post_only=True, axe=False),
        Page("participation:similar", EVERYONE, axe=False),
        Page("participation:receipt", EVERYONE),
        Page("participation:support", EVERYONE, _idea),
        Page("participation:mine", SIGNED_IN),
        Page("participation:join", SIGNED_IN, _group),
        Page("participation:leave", EVERYONE, _group, post_only=True, axe=False),
        Page("participation:enter", ENTERING),
        Page("participation:batch", ENTERING),
        Page("participation:import_ideas", ENTERING, _store),
        Page("participation:paper_pdf", EVERYONE, _store, axe=False),
        Page("participation:desk", frozenset({Persona.CLERK})),
        Page("participation:board", MODERATORS, _store),
        Page("participation:step_undo", MODERATORS, _store, post_only=True, axe=False),
        Page("participation:publish", MODERATORS, _condensed, post_only=True, axe=False),
        Page("participation:theme_edit", MODERATORS, _theme),
        Page("participation:theme_merge", MODERATORS, _theme),
        Page("participation:heard_edit", NOBODY_HERE, _project),
        Page("participation:idea_edit", NOBODY_HERE, _idea),
        Page("participation:idea_withdraw", NOBODY_HERE, _idea),
        Page("participation:answer", NOBODY_HERE, _idea),
        Page("participation:next_step", NOBODY_HERE, _idea),
        Page("participation:take_up", NOBODY_HERE, _idea),
        Page("participation:members", NOBODY_HERE, _group),
        Page("participation:group_edit", NOBODY_HERE, _group),
        Page("participation:store_new", NOBODY_HERE, _group),
        Page("participation:project_new", NOBODY_HERE, _group),
        Page("participation:project_edit", NOBODY_HERE, _project),
        Page("participation:project_phases", NOBODY_HERE, _project),
        Page("participation:project_preview", NOBODY_HERE, _project),
        Page("participation:contest_jury", NOBODY_HERE, _contest),
        Page("participation:contest_sheet", NOBODY_HERE, _entry),
        Page("participation:contest_conflict", NOBODY_HERE, _entry),
        Page("participation:contest_office", NOBODY_HERE, _contest),
        Page("participation:contest_check", NOBODY_HERE, _entry),
        Page("participation:contest_settings", NOBODY_HERE, _contest),
        Page("participation:contest_jurors", NOBODY_HERE, _contest),
        Page("participation:contest_plenary", NOBODY_HERE, _contest),
        Page("participation:contest_placing", NOBODY_HERE, _contest),
        Page("participation:store_edit", NOBODY_HERE, _store),
        Page("participation:store_close", NOBODY_HERE, _store),
        Page("participation:meeting_new", NOBODY_HERE, _group),
        Page("participation:meeting_edit", NOBODY_HERE, _meeting),
        Page("participation:meeting_cancel", NOBODY_HERE, _meeting),
        Page("participation:agenda", NOBODY_HERE, _meeting),
        Page("participation:attendance", NOBODY_HERE, _minuted),
        Page("participation:minutes_write", NOBODY_HERE, _minuted),
        Page("participation:minutes_check", NOBODY_HERE, _minuted),
        Page("participation:handover", NOBODY_HERE, _group),
        Page("participation:certificate_ask", SIGNED_IN, _group),
        Page("participation:certificate_give", NOBODY_HERE, _certificate),
        Page("participation:certificate_pdf", NOBODY_HERE, _certificate, axe=False),
        Page("participation:task_new", NOBODY_HERE, _group),
        Page("participation:task_edit", NOBODY_HERE, _task),
        Page("participation:task_done", NOBODY_HERE, _task),
        Page("participation:task_drop", NOBODY_HERE, _task),
    ),
    handlers=(
        Handler(
            "participation.address_proven",
            frozenset({"accounts.address_proven", "accounts.account_opened"}),
            address_proven,
        ),
        Handler("participation.needs_ordered", frozenset({"participation.ideas_ordered"}), needs_ordered),
        Handler("participation.comments_changed", COUNT_CHANGED, comments_changed),
    ),
    index=KINDS,
    notices=(*notices.RULES, *needs_notices.RULES, *work_notices.RULES, *vote_notices.RULES),
    moderated=(
        Moderated(
            "idea",
            _("Idee"),
            previews.preview,
            actions.release_idea,
            actions.refuse_idea,
            blank_name=actions.blank_name,
            hold=actions.hold_idea,
            previews=previews.previews,
        ),
    ),
    personal_data=PERSONAL_DATA,
    settings=(
        SettingSpec(
            "participation.submissions_per_hour",
            _("Beiträge in einer Stunde"),
            20,
            hint=_("So oft darf eine Person oder ein Anschluss in einer Stunde etwas einreichen."),
            kind="number",
        ),
        SettingSpec(
            "participation.api_submissions_per_hour",
            _("Beiträge in einer Stunde über die Schnittstelle"),
            120,
            hint=_("Je Anschluss oder Zugang."),
            kind="number",
        ),
        SettingSpec(
            "participation.grace_minutes",
            _("Minuten nach dem Ende, in denen ein offenes Formular noch angenommen wird"),
            0,
            hint=_("Null heißt: Das Ende gilt auf die Sekunde. Für einen Wettbewerb steht das bei ihm selbst."),
            kind="number",
        ),
        SettingSpec("participation.open_data_licence", _("Lizenz der offenen Daten"), OPEN_LICENCE),
        SettingSpec("participation.open_data_licence_url", _("Adresse der Lizenz"), OPEN_LICENCE_URL),
    ),
    first_start=seeds.first_start,
    seed=seeds.seed,
    seed_order=50,
    scopes=("participation:read", "participation:write"),
    decidable=interface.DECIDABLE,
    collecting=interface.COLLECTING,
    gates={
        "idea": interface.may_see_idea,
        "answer": interface.may_see_answer,
        "store": interface.may_see_store,
        "group": interface.may_see_group,
        "project": interface.may_see_project,
        "poll": interface.may_see_poll,
        "vote:poll": interface.may_conduct_poll,
        "paper:poll": interface.may_enter_papers,
        "theme": interface.may_see_theme,
        "document": interface.may_see_document,
        "offer": interface.may_see_offer,
        "partner_offer": interface.may_see_partner_offer,
        "placing": interface.may_see_placing,
        "comment:project": interface.may_comment_on_project,
        "meeting": interface.may_see_meeting,
        "decision": interface.may_see_decision,
        "task": interface.may_see_task,
        "certificate": interface.may_see_certificate,
        "comment:idea": interface.may_comment_on_idea,
        "own:idea": interface.is_own_idea,
    },
)
