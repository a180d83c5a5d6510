"""Who of an office sees to which kinds of reports."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.reports import actions, rules
from allmende.capabilities.reports.forms.duties import DutiesForm
from allmende.capabilities.reports.queries import categories
from allmende.capabilities.reports.queries import duties as who
from allmende.capabilities.reports.views.pages import Crumbs, crumbs
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.pages import office_name, ours
from allmende.ui.views import render_form


def _crumbs(*more: tuple[str, str]) -> Crumbs:
    return crumbs(
        (_("Eingang der Meldungen"), reverse("reports:inbox")),
        (_("Wer kümmert sich?"), reverse("reports:routing")),
        (_("Menschen in den Ämtern"), reverse("reports:duties") if more else ""),
        *more,
    )


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """Every office with its people and their kinds."""
    rules.require_desk(request.viewer)
    language = request.viewer.language
    people, kinds = who.clerks(), categories.every()
    offices = [
        {
            "name": office_name(office, language),
            "people": [
                {
                    "name": one.name,
                    "url": reverse("reports:duty", args=[one.person_id]),
                    "kinds": [kind.name(language) for kind in kinds if kind.pk in one.kinds],
                }
                for one in there
            ],
        }
        for office, there in people.items()
    ]
    gaps = [
        _("%(office)s: %(kind)s") % {"office": office_name(office, language), "kind": kind.name(language)}
        for office, kind in who.uncovered(people, kinds)
    ]
    context = {
        "offices": sorted(offices, key=lambda one: str(one["name"])),
        "gaps": gaps,
        "crumbs": _crumbs(),
    }
    return render(request, "reports/duties.html", context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: Request, person_id: UUID) -> HttpResponse:
    """One person's kinds."""
    rules.require_desk(request.viewer)
    found = next((one for there in who.clerks().values() for one in there if one.person_id == person_id), None)
    if found is None:
        raise NotFound
    kinds = categories.every()
    initial = {"categories": [kind.slug for kind in kinds if kind.pk in found.kinds]}
    form = DutiesForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        offered=kinds,
        language=request.viewer.language,
    )
    if request.method == "POST" and form.is_valid():
        with form.attempt():
            actions.set_duties(
                actor=request.actor, person_id=person_id, categories=form.cleaned_data["categories"], at=request.at
            )
            messages.success(request, _("Gespeichert."))
            return redirect("reports:duties")
    return render_form(request, "reports/duty.html", form, {"name": found.name, "crumbs": _crumbs((found.name, ""))})
