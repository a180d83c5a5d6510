"""What staff do: enter what came by other ways, answer, say what comes next."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.participation import actions, queries, rules, workflow
from allmende.capabilities.participation.actions.ideas import hand_channel
from allmende.capabilities.participation.forms import AnswerForm, EnterForm, NextStepForm, ReasonForm
from allmende.capabilities.participation.queries import IdeaPage
from allmende.capabilities.participation.views.pages import crumbs, office_name, ours, word
from allmende.capabilities.participation.views.submit import receipt_token
from allmende.core import city
from allmende.core.errors import NotAllowed, NotFound
from allmende.core.http import Request
from allmende.engines.places import interface as places
from allmende.ui.views import render_form


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Request) -> HttpResponse:
    """Paper, telephone, counter and mail: one page, the same path as everything else."""
    viewer, at = request.viewer, request.at
    rules.require_signed_in(viewer)
    if not rules.may_enter(viewer):
        raise NotAllowed
    stores = queries.stores_for_entry(at)
    initial = {
        "received_on": timezone.localtime(at).date(),
        "channel": request.GET.get("weg", "paper"),
        "store": request.GET.get("speicher", ""),
        "contact_kind": "letter",
    }
    form = EnterForm(request.POST or None, initial=initial, stores=stores, language=viewer.language)
    if not places.search_step(form) and form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            store, _function = queries.store_by_number(int(values["store"]), viewer, at)
            idea = actions.submit_idea(
                actor=request.actor.via(hand_channel(values["channel"])),
                store_id=store.pk,
                title=values["title"],
                body=values["body"],
                category=values["category"],
                place=values["place"].text,
                district=values["district"],
                point=values["place"].point,
                language=values["language"],
                guest=form.guest_data(language=values["language"]),
                age_group=values.get("age_group", ""),
                received_at=rules.received_at(values["received_on"], store, city.current().zone),
                at=at,
            )
            messages.success(request, _("Eingetragen. Hier ist die Nummer für die Person."))
            return redirect(f"{reverse('participation:receipt')}?schein={receipt_token(idea)}")
    context = {"crumbs": crumbs((_("Beitrag erfassen"), ""))}
    return render_form(request, "participation/enter.html", form, context)


@ours
@require_safe
def desk(request: Request) -> HttpResponse:
    """What waits for the viewer's office: the longest overdue first."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    rules.require_signed_in(viewer)
    departments = rules.departments_of(viewer)
    if departments is not None and not departments:
        raise NotAllowed
    rows = [
        {
            "title": idea.version.title if idea.version else "",
            "state": workflow.label(idea.state, language),
            "step": word(idea.next_step, language),
            "office": office_name(idea.department, language),
            "due": idea.due_at,
            "supports": idea.support_count,
            "url": reverse("participation:idea", args=[idea.number]),
            "late": idea.due_at is not None and idea.due_at < at,
            "language": idea.language,
        }
        for idea in queries.waiting_for(departments)
    ]
    context = {"rows": rows, "at": at, "crumbs": crumbs((pgettext("participation", "Antworten"), ""))}
    return render(request, "participation/desk.html", context)


def _shown(request: Request, number: int) -> IdeaPage:
    page = queries.idea_by_number(number, request.viewer, request.at)
    if not page.idea.is_public:
        raise NotFound
    return page


def _around(page: IdeaPage, here: str, request: Request) -> dict[str, Any]:
    """The person's words stand beside whatever staff decide about them."""
    found = page.idea
    title = found.version.title if found.version else ""
    back = reverse("participation:idea", args=[found.number])
    return {
        "idea": found,
        "idea_title": title,
        "idea_url": back,
        "cancel_url": back,
        "office": office_name(found.department, request.viewer.language),
        "crumbs": crumbs((title, back), (here, "")),
        "example": found.is_example,
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, number: int) -> HttpResponse:
    page = _shown(request, number)
    rules.require_may_answer(page.idea, request.viewer)
    form = AnswerForm(request.POST or None, language=request.viewer.language)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            actions.answer_idea(
                actor=request.actor,
                idea_id=page.idea.pk,
                outcome=values["outcome"],
                text=values["text"],
                alternative=values["alternative"],
                ask_again_on=values["ask_again_on"],
                next_step={request.viewer.language: values["next_step"]} if values["next_step"] else None,
                due_on=values["due_on"],
                language=request.viewer.language,
                at=request.at,
            )
            messages.success(request, _("Die Antwort steht. Alle, die es angeht, bekommen Bescheid."))
            return redirect("participation:idea", number=number)
    context = {
        "title": _("Antwort der Stadt"),
        "submit": _("Antwort veröffentlichen"),
        **_around(page, pgettext("participation", "Antworten"), request),
    }
    return render_form(request, "participation/office_form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def next_step(request: Request, number: int) -> HttpResponse:
    page = _shown(request, number)
    rules.require_may_lead(page.idea, request.viewer, page.function)
    found = page.idea
    initial = {
        "next_step": found.next_step.get("de", ""),
        "next_step_en": found.next_step.get("en", ""),
        "department": found.department,
    }
    form = NextStepForm(request.POST or None, initial=initial, language=request.viewer.language)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            actions.set_next_step(
                actor=request.actor,
                idea_id=found.pk,
                texts={"de": values["next_step"], "en": values["next_step_en"]},
                due_on=values["due_on"],
                department=values["department"],
                at=request.at,
            )
            messages.success(request, _("Gespeichert. Alle, die es angeht, bekommen Bescheid."))
            return redirect("participation:idea", number=number)
    context = {
        "title": _("Nächster Schritt"),
        "submit": _("Speichern"),
        **_around(page, _("Nächster Schritt"), request),
    }
    return render_form(request, "participation/office_form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request: Request, number: int) -> HttpResponse:
    page = _shown(request, number)
    rules.require_may_lead(page.idea, request.viewer, page.function)
    rules.require_step("review", page.idea)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.take_up_idea(
                actor=request.actor, idea_id=page.idea.pk, reason=form.cleaned_data["reason"], at=request.at
            )
            messages.success(request, _("Die Idee ist in Bearbeitung."))
            return redirect("participation:idea", number=number)
    around = _around(page, _("In Bearbeitung nehmen"), request)
    context = {
        "title": _("In Bearbeitung nehmen"),
        "question": _("Das Amt prüft „%(title)s“ und antwortet in vier Wochen. Alle, die folgen, bekommen Bescheid.")
        % {"title": around["idea_title"]},
        "action": _("In Bearbeitung nehmen"),
        "cancel_url": around["idea_url"],
        "crumbs": around["crumbs"],
        "example": around["example"],
    }
    return render_form(request, "ui/confirm.html", form, context)
