"""Saved searches: keep one, see them all, end one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.core.errors import DomainError, NotFound, NotSignedIn
from allmende.core.http import Request
from allmende.engines.notify import actions
from allmende.engines.notify.forms import SaveSearchForm
from allmende.engines.notify.queries.searches import searches_of
from allmende.ui.views import render_form


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Mitteilungen"), reverse("notify:notices")), *more]


@require_safe
def searches(request: Request) -> HttpResponse:
    """The signed-in person's own."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn(_("Ihre gespeicherten Suchen sehen Sie, sobald Sie angemeldet sind."))
    context = {"rows": searches_of(request.viewer), "crumbs": _crumbs((_("Gespeicherte Suchen"), ""))}
    return render(request, "notify/searches.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def save_search(request: Request) -> HttpResponse:
    """Behind „Suche speichern“: what is looked for can still be changed; a visitor is led to sign in."""
    here = request.GET.dict() if request.method != "POST" else request.POST.dict()
    asked = {key: value for key in ("q", "art", "stadtteil") if (value := here.get(key, ""))}
    form = SaveSearchForm(request.POST if request.method == "POST" else None, initial=asked)
    if request.method == "POST" and not request.viewer.is_signed_in:
        raise NotSignedIn(_("Bitte melden Sie sich an. Dann können Sie die Suche speichern."))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.save_search(
                actor=request.actor,
                words=given["q"],
                found_kind=given["art"],
                district=given["stadtteil"],
                language=request.viewer.language,
                at=request.at,
            )
        except DomainError as error:
            form.add_domain_error(error)
        else:
            messages.success(request, _("Gespeichert. Wir melden uns, sobald etwas Neues dazu kommt."))
            return redirect("notify:searches")
    context = {
        "asked": asked,
        "next_url": f"{request.path}?{urlencode(asked)}" if asked else request.path,
        "crumbs": _crumbs((_("Suche speichern"), "")),
    }
    return render_form(request, "notify/save_search.html", form, context)


@require_POST
def remove_search(request: Request) -> HttpResponse:
    """Ends the search `id`."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    try:
        actions.remove_search(actor=request.actor, search_id=UUID(request.POST.get("id", "")))
    except (ValueError, NotFound):
        messages.info(request, _("Diese Suche gibt es nicht mehr."))
    else:
        messages.success(request, _("Gelöscht. Zu dieser Suche melden wir uns nicht mehr."))
    return redirect("notify:searches")
