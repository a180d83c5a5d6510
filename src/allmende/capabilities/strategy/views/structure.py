"""The team's forms for fields of action, goals and guidelines."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.strategy import actions, rules
from allmende.capabilities.strategy.forms.plan import FieldForm, GoalForm, GuidelineForm, ReasonForm
from allmende.capabilities.strategy.queries import plan
from allmende.capabilities.strategy.views.pages import crumbs
from allmende.core.http import Request
from allmende.ui.forms.bilingual import both, initial_texts
from allmende.ui.pages import ours, said
from allmende.ui.views import render_form

FORM = "strategy/form.html"


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def field_edit(request: Request, number: int | None = None) -> HttpResponse:
    """A field of action: new without a number."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = plan.field_by_number(number) if number is not None else None
    initial: dict[str, Any] = {"place": len(plan.fields()) + 1}
    if found is not None:
        initial = {**initial_texts(found, "title", "summary"), "place": found.place, "department": found.department}
    form = FieldForm(request.POST or None, initial=initial, language=language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            saved = actions.save_field(
                actor=request.actor,
                field_id=found.pk if found else None,
                title=both(values, "title"),
                summary=both(values, "summary"),
                place=values["place"],
                department=values["department"],
                at=request.at,
            )
            messages.success(request, _("Gespeichert."))
            return redirect("strategy:field", number=saved.number)
    back = reverse("strategy:field", args=[number]) if found else reverse("strategy:overview")
    title = _("Handlungsfeld ändern") if found else _("Handlungsfeld anlegen")
    here = (str(said(found.title, language)), back) if found else None
    context = {
        "title": title, "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs(*([here] if here else []), (title, "")),
    }  # fmt: skip
    return render_form(request, FORM, form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def guideline_edit(request: Request, number: int | None = None) -> HttpResponse:
    """A guideline of urban development: new without a number."""
    rules.require_may_edit(request.viewer)
    found = plan.guideline_by_number(number) if number is not None else None
    initial: dict[str, Any] = {"place": len(plan.guidelines()) + 1}
    if found is not None:
        initial = {**initial_texts(found, "title", "text"), "place": found.place}
    form = GuidelineForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            actions.save_guideline(
                actor=request.actor,
                guideline_id=found.pk if found else None,
                title=both(values, "title"),
                text=both(values, "text"),
                place=values["place"],
            )
            messages.success(request, _("Gespeichert."))
            return redirect("strategy:overview")
    title = _("Leitlinie ändern") if found else _("Leitlinie anlegen")
    context = {
        "title": title, "submit": _("Speichern"), "cancel_url": reverse("strategy:overview"),
        "crumbs": crumbs((title, "")),
    }  # fmt: skip
    return render_form(request, FORM, form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def goal_edit(request: Request, number: int | None = None) -> HttpResponse:
    """A goal: new without a number."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = plan.goal_by_number(number) if number is not None else None
    initial: dict[str, Any] = {}
    if found is not None:
        rows = [row.title for row in found.measures.all()]
        initial = {
            **initial_texts(found, "title", "summary"),
            "field": str(found.field_id),
            "measures": "\n".join(" | ".join(filter(None, (row.get("de"), row.get("en")))) for row in rows),
            "guidelines": [str(one.pk) for one in found.guidelines.all()],
        }
    form = GoalForm(
        request.POST or None, initial=initial, fields=plan.fields(), guidelines=plan.guidelines(), language=language
    )
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            saved = actions.save_goal(
                actor=request.actor,
                goal_id=found.pk if found else None,
                field_id=UUID(values["field"]),
                title=both(values, "title"),
                summary=both(values, "summary"),
                measures=form.lines(),
                guideline_ids=form.chosen_guidelines(),
                at=request.at,
            )
            messages.success(request, _("Gespeichert."))
            return redirect("strategy:goal", number=saved.number)
    back = reverse("strategy:goal", args=[number]) if found else reverse("strategy:overview")
    title = _("Ziel ändern") if found else _("Ziel anlegen")
    here = (f"{found.code} {said(found.title, language)}", back) if found else None
    context = {
        "title": title, "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs(*([here] if here else []), (title, "")),
    }  # fmt: skip
    return render_form(request, FORM, form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def goal_end(request: Request, number: int) -> HttpResponse:
    """Giving a goal up, with the reason that everybody reads."""
    rules.require_may_edit(request.viewer)
    found = plan.goal_by_number(number)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.end_goal(actor=request.actor, goal_id=found.pk, reason=form.cleaned_data["reason"], at=request.at)
            messages.success(request, _("Gespeichert. Wer dem Ziel folgt, bekommt Bescheid."))
            return redirect("strategy:goal", number=number)
    back = reverse("strategy:goal", args=[number])
    title = said(found.title, request.viewer.language)
    context = {
        "title": _("Ziel nicht mehr verfolgen"),
        "question": _("„%(title)s“ bleibt lesbar, mit dem Grund. Das lässt sich nicht zurücknehmen.")
        % {"title": title},
        "action": _("Nicht mehr verfolgen"), "cancel_url": back, "danger": True,
        "crumbs": crumbs((f"{found.code} {title}", back), (_("Nicht mehr verfolgen"), "")),
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", form, context)
