"""The routing table: kinds of faults with office, target and what differs by district."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.reports import actions, rules
from allmende.capabilities.reports.forms.setup import CategoryForm
from allmende.capabilities.reports.queries import asking, categories
from allmende.capabilities.reports.views.pages import Crumbs, crumbs
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.pages import district_name, office_name, ours
from allmende.ui.views import render_form


def _crumbs(*more: tuple[str, str]) -> Crumbs:
    here = reverse("reports:routing") if more else ""
    return crumbs((_("Eingang der Meldungen"), reverse("reports:inbox")), (_("Wer kümmert sich?"), here), *more)


@ours
@require_safe
def routing(request: Request) -> HttpResponse:
    """All kinds, also those that no form shows."""
    rules.require_desk(request.viewer)
    language = request.viewer.language
    rows = [
        {
            "name": one.name(language),
            "url": reverse("reports:category", args=[one.slug]),
            "office": office_name(one.department, language) if not one.elsewhere else "",
            "differs": [
                (district_name(route.district), office_name(route.department, language)) for route in one.routes.all()
            ],
            "days": one.target_days,
            "elsewhere": bool(one.elsewhere),
            "active": one.is_active,
        }
        for one in categories.every()
    ]
    return render(request, "reports/routing.html", {"rows": rows, "crumbs": _crumbs()})


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: Request, slug: str) -> HttpResponse:
    """One kind, with an office for every district."""
    rules.require_desk(request.viewer)
    language = request.viewer.language
    found = next((one for one in categories.every() if one.slug == slug), None)
    if found is None:
        raise NotFound
    form = CategoryForm(request.POST or None, category=found, language=language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.save_category(
                actor=request.actor, category_id=found.pk, data=form.data_of_category(), at=request.at
            )
            messages.success(request, _("Gespeichert. Neue Meldungen gehen von jetzt an diesen Weg."))
            return redirect("reports:routing")
    context = {
        "name": found.name(language),
        "questions_url": reverse("reports:questions", args=[slug]),
        "questions_label": _("Fragen zu dieser Art (%(n)s)") % {"n": len(asking.written(found.pk))},
        "crumbs": _crumbs((found.name(language), "")),
    }
    return render_form(request, "reports/category.html", form, context)
