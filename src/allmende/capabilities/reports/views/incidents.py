"""An incident on the desk: many reports as one thing, answered at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from allmende.capabilities.reports import actions, workflow
from allmende.capabilities.reports.forms.incidents import AnswerForm
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.models.incidents import Answer, Incident
from allmende.capabilities.reports.queries import incidents
from allmende.capabilities.reports.queries.incidents import Row
from allmende.capabilities.reports.views.pages import crumbs, shortened
from allmende.capabilities.reports.workflow import STATES, STEPS, State
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.pages import district_name, office_name, ours
from allmende.ui.views import render_form


def title_of(one: Incident, language: str) -> str:
    """„Ereignis 3: Bäume und Grünflächen“."""
    return _("Ereignis %(number)s: %(kind)s") % {"number": one.number, "kind": one.category.name(language)}


def in_words(row: Row, language: str) -> dict[str, Any]:
    """For the inbox."""
    one = row.incident
    first, last = timezone.localtime(one.first_at), timezone.localtime(one.last_at)
    day, hour = formats.date_format(first, "DATE_FORMAT"), f"{first:%H:%M}"
    values = {"day": day, "first": hour, "last": f"{last:%H:%M}", "office": office_name(one.department, language)}
    return {
        "title": title_of(one, language),
        "url": reverse("reports:incident", args=[one.number]),
        "label": ngettext("%(n)s Meldung", "%(n)s Meldungen", row.total) % {"n": row.total},
        "new": row.new,
        "new_label": _("davon neu: %(n)s") % {"n": row.new},
        "when": _("%(day)s, %(first)s bis %(last)s Uhr · %(office)s") % values,
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def incident(request: Request, number: int) -> HttpResponse:
    """What it is made of, and the form that answers all of it."""
    language = request.viewer.language
    row = incidents.by_number(number, request.viewer)
    one = row.incident
    form = AnswerForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.answer_incident(actor=request.actor, incident_id=one.pk, at=request.at, **form.cleaned_data)
            messages.success(request, _("Gespeichert. Alle, die es gemeldet haben, hören gleich davon."))
            return redirect("reports:incident", number=number)
    listed, further = incidents.members(one, after=_after(request))
    context = {
        "row": row,
        "incident": one,
        "title": title_of(one, language),
        "facts": [
            (_("Meldungen"), row.total),
            (_("davon noch offen"), row.open),
            (_("davon neu"), row.new),
            (_("Amt"), office_name(one.department, language)),
        ],
        "districts": [(district_name(slug) or _("nicht bekannt"), count) for slug, count in incidents.districts(one)],
        "members": [_member(found, language) for found in listed],
        "further": further,
        "answer": _answered(incidents.last_answer(one), language),
        "crumbs": crumbs((_("Eingang der Meldungen"), reverse("reports:inbox")), (title_of(one, language), "")),
        "example": one.is_example,
    }
    return render_form(request, "reports/incident.html", form, context)


def _after(request: Request) -> UUID | None:
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def _member(found: Report, language: str) -> dict[str, Any]:
    return {
        "id": found.pk,
        "title": found.title(language),
        "url": reverse("reports:handle", args=[found.number]),
        "text": shortened(found.words),
        "language": found.language,
        "state": workflow.label(found.state, language),
        "kind": STATES[State(found.state)].kind,
        "received_at": found.received_at,
        "district": district_name(found.district),
        "left": found.membership.left_at is not None,
    }


def _answered(found: Answer | None, language: str) -> dict[str, Any] | None:
    if found is None:
        return None
    deed = STEPS[found.verb].deed
    return {
        "text": deed.get(language) or deed["de"],
        "words": found.words,
        "language": found.language,
        "at": found.at,
        "told": found.told,
        "on_its_way": found.done_at is None,
    }


@ours
@require_POST
def member(request: Request, number: int) -> HttpResponse:
    """Takes one report out, or puts it back."""
    row = incidents.by_number(number, request.viewer)
    try:
        report_id = UUID(request.POST.get("report", ""))
    except ValueError:
        raise NotFound from None
    if request.POST.get("go") == "back":
        actions.return_to_incident(actor=request.actor, incident_id=row.incident.pk, report_id=report_id)
        messages.success(request, _("Die Meldung gehört wieder zum Ereignis."))
    else:
        actions.leave_incident(actor=request.actor, incident_id=row.incident.pk, report_id=report_id, at=request.at)
        messages.success(request, _("Herausgenommen. Die Meldung steht wieder für sich im Eingang."))
    return redirect("reports:incident", number=number)


@ours
@require_POST
def whole(request: Request, number: int) -> HttpResponse:
    """Takes the incident apart, or puts it together again."""
    row = incidents.by_number(number, request.viewer)
    if row.incident.ended_at is None:
        actions.end_incident(actor=request.actor, incident_id=row.incident.pk, at=request.at)
        messages.success(request, _("Aufgelöst. Jede Meldung steht wieder für sich im Eingang."))
    else:
        actions.restore_incident(actor=request.actor, incident_id=row.incident.pk)
        messages.success(request, _("Die Meldungen gehören wieder zusammen."))
    return redirect("reports:incident", number=number)
