"""„Das sehe ich auch“: one tap for whoever is signed in, one page for everybody else."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.accounts import interface as accounts
from allmende.capabilities.reports import actions, rules
from allmende.capabilities.reports.forms.joining import JoinForm
from allmende.capabilities.reports.queries import reports
from allmende.capabilities.reports.views.pages import crumbs
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.pages import ours
from allmende.ui.views import render_form

DAY = timedelta(days=1)
ONCE_A_DAY = 3
"""So often may one household say of one report that they see it too."""


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Request, number: int) -> HttpResponse:
    """Counts the person once, and tells them of every step if they leave an address or have an account."""
    found = reports.by_number(number, request.viewer)
    if not found.is_public:
        raise NotFound
    language = request.viewer.language
    form = JoinForm(request.POST or None)
    if request.viewer.is_signed_in:
        del form.fields["email"]
    if request.method == "POST" and (not form.fields or form.is_valid()):
        with form.attempt():
            accounts.check_visitor(request, "reports.joins", times=30)
            accounts.limit(request, f"reports.join.{found.number}", times=ONCE_A_DAY, per=DAY)
            actions.join_report(
                actor=request.actor, report_id=found.pk, contact=_contact(form, language), at=request.at
            )
            messages.success(request, _("Danke. Sie sind mitgezählt."))
            return redirect("reports:report", number=number)
    title = found.title(language)
    context: dict[str, Any] = {
        "report": found,
        "title": title,
        "open": rules.may_join(found),
        "crumbs": crumbs((title, reverse("reports:report", args=[number])), (_("Das sehe ich auch"), "")),
        "example": found.is_example,
    }
    return render_form(request, "reports/join.html", form, context)


def _contact(form: forms.Form, language: str) -> dict[str, Any] | None:
    """None for whoever is signed in."""
    if "email" not in form.fields:
        return None
    email = form.cleaned_data["email"]
    return {"contact_kind": "email" if email else "none", "email": email, "language": language}
