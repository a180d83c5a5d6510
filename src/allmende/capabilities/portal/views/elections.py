"""The election calendar: when the city holds back with what it publishes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.portal.actions import elections as actions
from allmende.capabilities.portal.forms.notices import ElectionForm
from allmende.capabilities.portal.models.elections import ElectionPeriod
from allmende.capabilities.portal.queries import elections as queries
from allmende.capabilities.portal.rules import elections as rules
from allmende.capabilities.portal.views.notices import ours, remap, word
from allmende.core import city
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.ui.forms import Form
from allmende.ui.views import render_form


@ours
@require_safe
def calendar(request: Request) -> HttpResponse:
    """What runs, what comes, what is over."""
    rules.require_may_plan(request.viewer)
    coming, over = queries.periods(request.at)
    context = {
        "running": queries.hold_at(request.at),
        "coming": [_row(one, request) for one in coming],
        "over": [_row(one, request) for one in over],
        "crumbs": [(_("Wahlkalender"), "")],
    }
    return render(request, "portal/elections/calendar.html", context)


def _row(period: ElectionPeriod, request: Request) -> dict[str, Any]:
    return {
        "period": period,
        "title": word(period.title, request.viewer.language),
        "runs": period.starts_at <= request.at < period.ends_at,
        "planned": request.at < period.starts_at,
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: Request, period_id: UUID | None = None) -> HttpResponse:
    """Enters a period, or changes one."""
    rules.require_may_plan(request.viewer)
    found = queries.period(period_id) if period_id else None
    form = ElectionForm(request.POST or None, zone=city.current().zone, period=found)
    if form.is_bound and form.is_valid():
        with form.attempt():
            try:
                actions.save_period(actor=request.actor, period_id=period_id, **form.fields_of_period())
            except Invalid as error:
                raise remap(error, form.FIELDS_OF_ACTION) from error
            messages.success(request, _("Gespeichert."))
            return redirect("portal:elections")
    title = _("Wahl ändern") if found else _("Wahl eintragen")
    back = reverse("portal:elections")
    context = {
        "title": title,
        "submit": _("Speichern"),
        "cancel_url": back,
        "crumbs": [(_("Wahlkalender"), back), (title, "")],
    }
    return render_form(request, "portal/elections/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Request, period_id: UUID) -> HttpResponse:
    """Takes a period out that has not begun."""
    rules.require_may_plan(request.viewer)
    found = queries.period(period_id)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.remove_period(actor=request.actor, period_id=found.pk, at=request.at)
            messages.success(request, _("Herausgenommen."))
            return redirect("portal:elections")
    back = reverse("portal:elections")
    context = {
        "title": _("Wahl herausnehmen"),
        "question": word(found.title, request.viewer.language),
        "action": _("Herausnehmen"),
        "cancel_url": back,
        "crumbs": [(_("Wahlkalender"), back), (_("Wahl herausnehmen"), "")],
    }
    return render_form(request, "ui/confirm.html", form, context)
