"""Interfaces on the administrators' desk: keys for programs of others."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from allmende.accounts import interface as accounts
from allmende.capabilities.reports.actions import exchange as actions
from allmende.capabilities.reports.forms.exchange import KeyForm
from allmende.capabilities.reports.queries import exchange
from allmende.capabilities.reports.rules.secrets import key_text
from allmende.capabilities.reports.views.pages import crumbs
from allmende.core.http import Request
from allmende.ui.pages import office_name, ours
from allmende.ui.views import render_form


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: Request) -> HttpResponse:
    """All keys, and a form for one more; a new one is shown on the answer to this very form and never again."""
    accounts.require_administrator(request.viewer)
    language = request.viewer.language
    form, made = KeyForm(request.POST or None, language=language), None
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            made = actions.issue_key(
                actor=request.actor, label=values["label"], department=values["department"],
                shows_words=values["shows_words"], hosts=values["hosts"].splitlines(), at=request.at,
            )  # fmt: skip
            form = KeyForm(language=language)
    context = {
        "rows": [
            {"key": one, "office": office_name(one.department, language) if one.department else ""}
            for one in exchange.every_key()
        ],
        "made": made,
        "secret": key_text(made.pk) if made else "",
        "endpoint": f"{settings.PUBLIC_URL.rstrip('/')}/open311/v2/",
        "crumbs": crumbs((_("Open311: Schlüssel für Programme"), "")),
    }
    return render_form(request, "reports/keys.html", form, context)


@ours
@require_POST
def key_end(request: Request, key_id: UUID) -> HttpResponse:
    """Ends a key at once."""
    actions.revoke_key(actor=request.actor, key_id=key_id, at=request.at)
    messages.success(request, _("Der Schlüssel gilt nicht mehr."))
    return redirect(reverse("reports:keys"))
