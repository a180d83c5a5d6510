"""Projects: the page with its phases, setting up, moving dates, looking at it as somebody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms.groups import CONTRACT_LABELS
from allmende.capabilities.participation.forms.projects import (
    ROLES,
    NewProjectForm,
    PhasesForm,
    PreviewForm,
    ProjectForm,
)
from allmende.capabilities.participation.models import Module, Project
from allmende.capabilities.participation.queries import ProjectPage
from allmende.capabilities.participation.views.pages import crumbs, office_name, ours, remap, time_left, until, word
from allmende.capabilities.participation.workflow import phases
from allmende.capabilities.participation.workflow.phases import Deed, Span, Standing
from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.ballots.interface import voting
from allmende.engines.discussion import interface as discussion
from allmende.engines.notify import interface as notify
from allmende.engines.search.interface import Entry
from allmende.engines.trace import interface as trace
from allmende.ui.views import render_form

type Things = Mapping[Ref, Entry]


def _now_words(spans: Sequence[Span], at: datetime, language: str) -> str:
    """„Sammeln, noch 3 Tage“; what begins next when nothing runs."""
    now = phases.running(spans, at)
    if now:
        words = word(phases.PHASES[now[0].kind], language)
        return f"{words}, {time_left(now[0].ends_at, at)}" if now[0].ends_at else words
    return _("läuft noch nicht") if any(span.starts_at > at for span in spans) else _("abgeschlossen")


def module_card(
    module: Module, standing: Standing, at: datetime, language: str, thing: Entry | None = None
) -> dict[str, Any]:
    """A part of a project: what runs, what one can do there now, and where; `thing`: what of another room it is."""
    spans = module.spans()
    opened = phases.allowed(phases.ModuleKind(module.kind), spans, standing, at)
    to_all = phases.open_to(phases.ModuleKind(module.kind), spans, at)
    asks = [deed for deed in phases.FOR_PEOPLE if deed in to_all]
    url, is_elsewhere = "", module.kind in phases.ELSEWHERE
    if is_elsewhere and (thing is None or not queries.is_open(thing, at)):
        asks = []  # phases say when; the survey itself says whether
    if module.store is not None:
        page = "contest" if module.kind == phases.ModuleKind.CONTEST else "store"
        url = reverse(f"participation:{page}", args=[module.store.number])
    elif module.kind == phases.ModuleKind.DISCUSSION:
        url = "#kommentare"
    elif thing is not None:
        url = thing.path(language)
    return {
        "title": word(module.title, language),
        "kind": word(phases.MODULES[phases.ModuleKind(module.kind)], language),
        "url": url,
        "thing": thing.title(language) if thing is not None else "",
        "thing_language": thing.title_language(language) if thing is not None else "",
        "thing_state": word(thing.state_labels, language) if thing is not None else "",
        "is_missing": is_elsewhere and thing is None,
        "now": _now_words(spans, at, language),
        "may": [word(phases.DEEDS[deed], language) for deed in asks if deed in opened],
        "not_yet": [
            (
                word(phases.DEEDS[deed], language),
                ", ".join(sorted(word(phases.WHO[who], language) for who in to_all[deed])),
            )
            for deed in asks
            if deed not in opened
        ],
        "staff": [
            word(phases.DEEDS[deed], language) for deed in Deed if deed in opened and deed not in phases.FOR_PEOPLE
        ],
        "submit_url": f"{reverse('participation:idea_new')}?speicher={module.store.number}"
        if module.store is not None and Deed.SUBMIT in opened
        else "",
    }


def poll_cards(modules: Sequence[Module], at: datetime, language: str) -> list[dict[str, Any]]:
    """The votes of a project, as links."""
    states = {
        voting.Phase.PLANNED: (_("Abstimmung beginnt bald"), "quiet"),
        voting.Phase.RUNNING: (_("Abstimmung läuft"), "hot"),
        voting.Phase.WAITING: (_("wird ausgezählt"), ""),
        voting.Phase.COUNTED: (_("Das Ergebnis ist da"), "good"),
    }
    cards = []
    for poll, vote in queries.polls_of([module.pk for module in modules]):
        tag, kind = states[voting.phase(vote.state, vote.opens_at, vote.closes_at, at)]
        url = reverse("participation:poll", args=[poll.number])
        cards.append({"title": word(poll.title, language), "url": url, "tag": tag, "tag_kind": kind, "vote": vote})
    return cards


def project_card(project: Project, at: datetime, language: str) -> dict[str, Any]:
    """A project in a list."""
    spans = [span for module in project.modules.all() for span in module.spans()]
    return {
        "title": word(project.title, language),
        "text": word(project.summary, language),
        "url": reverse("participation:project", args=[project.number]),
        "now": _now_words(spans, at, language),
        "group": word(project.group.names, language),
    }


def phase_rows(modules: Sequence[Module], at: datetime, language: str) -> list[dict[str, Any]]:
    """All dated phases in the order of their beginnings, in the words of a table."""
    rows = []
    for module in modules:
        for span in module.spans():
            if span.ends_at is None:
                continue
            running = span.runs(at)
            state = _("läuft") if running else _("kommt") if span.starts_at > at else _("vorbei")
            rows.append(
                {
                    "phase": word(phases.PHASES[span.kind], language),
                    "module": word(module.title, language),
                    "starts": span.starts_at,
                    "ends": span.ends_at,
                    "state": state,
                    "tag": "good" if running else "quiet",
                }
            )
    return sorted(rows, key=lambda row: (row["starts"], row["ends"]))


def project_facts(project: Project, language: str) -> list[tuple[str, str]]:
    rows = [(str(label), word(project.contract.get(name), language)) for name, label in CONTRACT_LABELS.items()]
    kind = _("förmliche Beteiligung nach Gesetz") if project.is_formal else _("informelle Beteiligung")
    return [*rows, (_("Art"), kind)]


def _context(page: ProjectPage, standing: Standing, things: Things, at: datetime, language: str) -> dict[str, Any]:
    """What the page and its preview share; all that differs between people is `standing`."""
    project = page.project
    cards = [
        module_card(module, standing, at, language, things.get(ref) if (ref := module.leads_to) is not None else None)
        for module in page.modules
    ]
    title = word(project.title, language)
    group_title = word(project.group.names, language)
    group_url = reverse("participation:group", args=[project.group.slug])
    return {
        "project": project,
        "title": title,
        "summary": word(project.summary, language),
        "now": _now_words(page.spans, at, language),
        "cards": cards,
        "phases": phase_rows(page.modules, at, language),
        "facts": project_facts(project, language),
        "office": office_name(project.group.department, language),
        "group_title": group_title,
        "group_url": group_url,
        "is_draft": project.announced_at is None,
        "example": project.is_example,
        "crumbs": crumbs((group_title, group_url), (title, "")),
    }


@ours
@require_safe
def project(request: Request, number: int) -> HttpResponse:
    """What it is about, what one can do now, what comes when, what one can rely on."""
    viewer, at = request.viewer, request.at
    page = queries.project_by_number(number, viewer, at)
    standing = queries.standing_in(page.project, viewer, page.function)
    ref = page.project.ref
    context = _context(page, standing, queries.things_of(page.modules, viewer, at), at, viewer.language)
    context |= {
        "may_edit": rules.may_edit_store(viewer, page.function),
        "follow": notify.follow_box(request, ref, about=context["title"]) if not context["is_draft"] else None,
        "trace": trace.trace_of(ref, viewer, at),
        "polls": poll_cards(page.modules, at, viewer.language),
        "proposals_url": reverse("participation:proposals", args=[number])
        if queries.budget_module(page.project) is not None
        else "",
        "may_conduct": rules.may_conduct(page.project, viewer, page.function),
    }
    if any(module.kind == phases.ModuleKind.DISCUSSION for module in page.modules) and not context["is_draft"]:
        context["thread"] = discussion.thread(ref, viewer, at, is_open=rules.may_talk_about(page.project, at))
    return until(render(request, "participation/project.html", context), phases.next_turn(page.spans, at), at=at)


@ours
@require_safe
def project_preview(request: Request, number: int) -> HttpResponse:
    """The page as somebody else sees it on another day: by the same table, with nothing to press."""
    page = queries.project_by_number(number, request.viewer, request.at)
    rules.require_may_edit_store(request.viewer, page.function)
    zone = city.current().zone
    form = PreviewForm(
        {
            "role": request.GET.get("role", "visitor"),
            "day": request.GET.get("day") or request.at.astimezone(zone).date(),
        }
    )
    at, standing, role = request.at, Standing(), ""
    if form.is_valid():
        at = datetime.combine(form.cleaned_data["day"], datetime.min.time().replace(hour=12), zone)
        label, standing = ROLES[form.cleaned_data["role"]]
        role = str(label)
    context = _context(page, standing, queries.things_of(page.modules, Viewer(), at), at, request.viewer.language)
    back = reverse("participation:project", args=[number])
    context |= {
        "preview": {"role": role, "at": at},
        "form": form,
        "failed": bool(form.errors),
        "crumbs": crumbs((context["title"], back), (_("Vorschau"), "")),
    }
    return render(request, "participation/project.html", context, status=422 if form.errors else 200)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: Request, slug: str) -> HttpResponse:
    """One form, one blueprint, a whole project."""
    page = queries.group_by_slug(slug, request.viewer, request.at)
    rules.require_may_edit_store(request.viewer, page.function)
    form = NewProjectForm(request.POST or None, language=request.viewer.language, zone=city.current().zone)
    if form.is_bound and form.is_valid():
        with form.attempt():
            opens_at, closes_at = form.period()
            try:
                made = actions.create_project(
                    actor=request.actor,
                    group_id=page.group.pk,
                    blueprint=form.cleaned_data["blueprint"],
                    data=form.data_of_project(),
                    opens_at=opens_at,
                    closes_at=closes_at,
                    at=request.at,
                )
            except Invalid as error:
                raise remap(error, dict(form.FIELDS_OF_ACTION)) from error
            messages.success(request, _("Das Projekt ist angelegt. Bitte prüfen Sie die Phasen."))
            return redirect("participation:project", number=made.number)
    title = word(page.group.names, request.viewer.language)
    back = reverse("participation:group", args=[slug])
    context = {
        "title": _("Neues Projekt"), "submit": _("Anlegen"), "cancel_url": back,
        "crumbs": crumbs((title, back), (_("Neues Projekt"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def project_edit(request: Request, number: int) -> HttpResponse:
    page = queries.project_by_number(number, request.viewer, request.at)
    rules.require_may_edit_store(request.viewer, page.function)
    if page.project.is_store_only:
        raise NotFound  # its topic store says it all
    language = request.viewer.language
    form = ProjectForm(request.POST or None, project=page.project)
    for module in page.modules:
        if module.kind in phases.ELSEWHERE:
            things = queries.things_to_place(phases.ELSEWHERE[phases.ModuleKind(module.kind)], request.at)
            form.ask_for_part(
                module, word(module.title, language), [(str(thing.ref), thing.title(language)) for thing in things]
            )
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.save_project(
                actor=request.actor, project_id=page.project.pk, data=form.data_of_project(), at=request.at
            )
            for module, thing in form.placed_parts():
                try:
                    actions.place_part(actor=request.actor, module_id=module.pk, thing=thing, at=request.at)
                except Invalid as error:
                    raise remap(error, {"thing": f"part_{module.order}"}) from error
            messages.success(request, _("Gespeichert."))
            return redirect("participation:project", number=number)
    back = reverse("participation:project", args=[number])
    context = {
        "title": _("Projekt ändern"), "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs((word(page.project.title, language), back), (_("Ändern"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def project_phases(request: Request, number: int) -> HttpResponse:
    """All phases on one page; what overlaps may overlap."""
    page = queries.project_by_number(number, request.viewer, request.at)
    rules.require_may_edit_store(request.viewer, page.function)
    language = request.viewer.language
    form = PhasesForm(request.POST or None, modules=page.modules, language=language, zone=city.current().zone)
    if form.is_bound and form.is_valid():
        with form.attempt():
            wanted, places = form.data_of_phases()
            try:
                actions.save_phases(actor=request.actor, project_id=page.project.pk, wanted=wanted, at=request.at)
            except Invalid as error:
                raise remap(error, {str(n): f"to_{place}" for n, place in enumerate(places)}) from error
            messages.success(request, _("Gespeichert."))
            return redirect("participation:project", number=number)
    back = reverse("participation:project", args=[number])
    context = {
        "title": _("Phasen ändern"), "cancel_url": back,
        "stores": [
            (word(module.title, language), reverse("participation:store_edit", args=[module.store.number]))
            for module in page.modules if module.store is not None
        ],
        "crumbs": crumbs((word(page.project.title, language), back), (_("Phasen"), "")),
    }  # fmt: skip
    return render_form(request, "participation/project_phases.html", form, context)
