"""One report on paper, for whoever goes there without a phone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.reports import workflow
from allmende.capabilities.reports.queries import inbox, reports
from allmende.capabilities.reports.views.handling import crumbs_of
from allmende.capabilities.reports.views.pages import timeline
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.ui.pages import district_name, office_name, ours


@ours
@require_safe
def sheet(request: Request, number: int) -> HttpResponse:
    """What is needed on the spot and lines to write on; neither contact nor notes of the offices."""
    found = inbox.by_number(number, request.viewer)
    language = request.viewer.language
    context = {
        "report": found,
        "title": found.title(language),
        "state": workflow.label(found.state, language),
        "facts": [
            (_("Art"), found.category.name(language)),
            (_("Wo"), ", ".join(part for part in (found.place, found.detail) if part)),
            (_("Stadtteil"), district_name(found.district)),
            (_("Koordinaten"), f"{found.latitude:.5f}, {found.longitude:.5f}" if found.point else ""),
            (_("Amt"), office_name(found.department, language)),
        ],
        "images": media.images_of([found.ref]).get(found.ref, []),
        "history": timeline(reports.history(found), language, own=False),
        "crumbs": crumbs_of(found, language, _("Blatt zum Ausdrucken")),
        "example": found.is_example,
    }
    response = render(request, "reports/sheet.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
