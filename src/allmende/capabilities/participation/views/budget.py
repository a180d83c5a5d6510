"""Proposals for a budget: the public list, and the office's check."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms.voting import ProposalForm
from allmende.capabilities.participation.models import Idea, Module, Proposal
from allmende.capabilities.participation.queries import ProjectPage, ProposalRow
from allmende.capabilities.participation.views.pages import crumbs, ours, until, word
from allmende.capabilities.participation.workflow import voting as words
from allmende.capabilities.participation.workflow.phases import Deed
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form


def _asked(request: Request, number: int) -> tuple[ProjectPage, Module]:
    """Raises NotFound for a project that decides on no money."""
    page = queries.project_by_number(number, request.viewer, request.at)
    module = queries.budget_module(page.project)
    if module is None:
        raise NotFound
    return page, module


def _row(row: ProposalRow, number: int, language: str, *, may_check: bool) -> dict[str, Any]:
    states = {
        "waiting": (_("wird geprüft"), ""),
        "feasible": (_("machbar"), "good"),
        "not_feasible": (_("nicht machbar"), "quiet"),
    }
    tag, kind = states[row.state]
    check_url = ""
    if may_check and row.proposal is not None:
        check_url = reverse("participation:proposal_edit", args=[number, row.proposal.number])
    elif may_check and row.idea is not None:
        check_url = reverse("participation:proposal_check", args=[number, row.idea.number])
    return {
        "title": row.title,
        "text": row.text,
        "language": row.language,
        "tag": tag,
        "tag_kind": kind,
        "cost": words.euros(row.proposal.cost, language) if row.proposal and row.proposal.cost else "",
        "reason": row.proposal.reason if row.proposal else "",
        "url": reverse("participation:idea", args=[row.idea.number]) if row.idea and row.idea.is_public else "",
        "check_url": check_url,
    }


@ours
@require_safe
def proposals(request: Request, number: int) -> HttpResponse:
    """All proposals with what they cost and where they stand; as cards or as a table (`?ansicht=tabelle`)."""
    viewer, at = request.viewer, request.at
    page, module = _asked(request, number)
    may_check = rules.may_conduct(page.project, viewer, page.function)
    rows = queries.proposals(page.project, module)
    collecting = next((one for one in page.modules if one.store is not None), None)
    standing = queries.standing_in(page.project, viewer, page.function)
    submit_url = ""
    if collecting is not None and collecting.store is not None and Deed.SUBMIT in rules.deeds(collecting, standing, at):
        submit_url = f"{reverse('participation:idea_new')}?speicher={collecting.store.number}"
    project_url = reverse("participation:project", args=[number])
    here = reverse("participation:proposals", args=[number])
    as_table = request.GET.get("ansicht") == "tabelle"
    title = word(page.project.title, viewer.language)
    context = {
        "title": title,
        "rows": [_row(row, number, viewer.language, may_check=may_check) for row in rows],
        "waiting": sum(row.state == "waiting" for row in rows),
        "as_table": as_table,
        "tabs": [
            (_("Karten"), here, not as_table),
            (_("Tabelle"), f"{here}?ansicht=tabelle", as_table),
        ],
        "submit_url": submit_url,
        "new_url": reverse("participation:proposal_new", args=[number]) if may_check else "",
        "project_url": project_url,
        "example": page.project.is_example,
        "crumbs": crumbs((title, project_url), (pgettext("participation", "Vorschläge"), "")),
    }
    instants = [instant for span in page.spans for instant in (span.starts_at, span.ends_at)]
    return until(render(request, "participation/proposals.html", context), *instants, at=at)


def _edit(request: Request, number: int, *, idea: Idea | None, held: Proposal | None) -> HttpResponse:
    page, module = _asked(request, number)
    rules.require_may_conduct(page.project, request.viewer, page.function)
    initial: dict[str, Any] = {}
    if held is not None:
        initial = {
            "title": held.title,
            "text": held.text,
            "is_feasible": "yes" if held.is_feasible else "no",
            "cost": words.euros(held.cost, "de").removesuffix(" €") if held.cost else "",
            "reason": held.reason,
        }
    elif idea is not None and idea.version is not None:
        initial = {"title": idea.version.title}
    form = ProposalForm(request.POST or None, initial=initial)
    back = reverse("participation:proposals", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            actions.check_proposal(
                actor=request.actor,
                module_id=module.pk,
                idea_id=idea.pk if idea is not None else None,
                proposal_id=held.pk if held is not None else None,
                data=actions.ProposalData(
                    title=values["title"],
                    text=values["text"],
                    language=idea.language if idea is not None else "de",
                    cost=form.cents,
                    is_feasible=values["is_feasible"] == "yes",
                    reason=values["reason"],
                ),
                at=request.at,
            )
            messages.success(request, _("Gespeichert."))
            return redirect(back)
    shown = idea or (held.idea if held is not None else None)
    title = _("Vorschlag prüfen") if shown is not None else _("Eigener Vorschlag der Stadt")
    context = {
        "title": title,
        "idea": shown,
        "idea_title": shown.version.title if shown is not None and shown.version is not None else "",
        "idea_text": shown.version.body if shown is not None and shown.version is not None else "",
        "cancel_url": back,
        "crumbs": crumbs(
            (word(page.project.title, request.viewer.language), reverse("participation:project", args=[number])),
            (pgettext("participation", "Vorschläge"), back),
            (title, ""),
        ),
    }
    return render_form(request, "participation/proposal_edit.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_check(request: Request, number: int, idea: int) -> HttpResponse:
    """Is it feasible, what does it cost, why not? The person's words stand beside the decision."""
    page, _module = _asked(request, number)
    rules.require_may_conduct(page.project, request.viewer, page.function)
    return _edit(request, number, idea=queries.idea_to_check(idea, page.project), held=None)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_edit(request: Request, number: int, proposal: int) -> HttpResponse:
    """What was said before can be corrected; votes that are open keep their paper."""
    page, module = _asked(request, number)
    rules.require_may_conduct(page.project, request.viewer, page.function)
    return _edit(request, number, idea=None, held=queries.proposal(proposal, module))


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_new(request: Request, number: int) -> HttpResponse:
    """One of the city's own."""
    return _edit(request, number, idea=None, held=None)
