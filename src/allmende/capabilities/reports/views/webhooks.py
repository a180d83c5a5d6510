"""Webhooks on the administrators' desk: to whom messages go, and what became of the last ones."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.accounts import interface as accounts
from allmende.capabilities.reports.actions import webhooks as actions
from allmende.capabilities.reports.forms.webhooks import TargetForm
from allmende.capabilities.reports.models import WebhookTarget
from allmende.capabilities.reports.queries import webhooks as queries
from allmende.capabilities.reports.rules.secrets import opened
from allmende.capabilities.reports.views.pages import crumbs
from allmende.capabilities.reports.views.partners import said
from allmende.core.http import Request
from allmende.ui.pages import ours
from allmende.ui.views import render_form


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: Request) -> HttpResponse:
    """All targets, and a form for one more; its secret is shown on the answer to this very form and never again."""
    accounts.require_administrator(request.viewer)
    form, made = TargetForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = actions.add_target(
                actor=request.actor, label=form.cleaned_data["label"], url=form.cleaned_data["url"], at=request.at
            )
            form = TargetForm()
    context = {
        "rows": [{"target": one, "problem": said(one.problem)} for one in queries.targets()],
        "made": made,
        "secret": opened(made.sealed_secret) if made else "",
        "crumbs": crumbs((_("Webhooks"), "")),
    }
    return render_form(request, "reports/webhooks.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def target(request: Request, target_id: UUID) -> HttpResponse:
    """One target with its log, and the buttons that switch it off, on, and remove it."""
    accounts.require_administrator(request.viewer)
    found = queries.target(target_id)
    if request.method == "POST":
        return _changed(request, found)
    log: list[dict[str, Any]] = [
        {"call": one.call, "number": one.number, "problem": said(one.call.problem)} for one in queries.log(target_id)
    ]
    trail = crumbs((_("Webhooks"), reverse("reports:webhooks")), (found.label, ""))
    context = {"target": found, "log": log, "problem": said(found.problem), "crumbs": trail}
    return render(request, "reports/webhook.html", context)


def _changed(request: Request, found: WebhookTarget) -> HttpResponse:
    wish = request.POST.get("wish", "")
    if wish == "remove":
        actions.remove_target(actor=request.actor, target_id=found.pk)
        messages.success(request, _("Entfernt."))
        return redirect("reports:webhooks")
    if wish in {"on", "off"}:
        actions.switch_target(actor=request.actor, target_id=found.pk, on=wish == "on", at=request.at)
        messages.success(request, _("Eingeschaltet.") if wish == "on" else _("Ausgeschaltet."))
    return redirect("reports:webhook", target_id=found.pk)
