"""Parts of reports: given by whoever sees to the report, done by another office."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.reports import actions, rules
from allmende.capabilities.reports.forms.subtasks import EndForm, SubtaskForm
from allmende.capabilities.reports.queries import inbox, subtasks
from allmende.capabilities.reports.views.handling import crumbs_of
from allmende.capabilities.reports.views.pages import Crumbs, crumbs
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.ui.pages import office_name, ours
from allmende.ui.views import render_form


def _crumbs(*more: tuple[str, str]) -> Crumbs:
    here = reverse("reports:subtasks") if more else ""
    return crumbs((_("Eingang der Meldungen"), reverse("reports:inbox")), (_("Teilaufgaben"), here), *more)


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """What waits for the viewer's offices."""
    rules.require_may_open_inbox(request.viewer)
    language = request.viewer.language
    rows = [
        {
            "url": reverse("reports:subtask", args=[one.pk]),
            "title": one.report.title(language),
            "words": one.words,
            "office": office_name(one.department, language),
            "given_at": one.given_at,
        }
        for one in subtasks.theirs(request.viewer)
    ]
    return render(request, "reports/subtasks.html", {"rows": rows, "crumbs": _crumbs()})


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: Request, number: int) -> HttpResponse:
    """A new part for another office."""
    found = inbox.by_number(number, request.viewer)
    language = request.viewer.language
    form = SubtaskForm(request.POST or None, language=language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.give_subtask(actor=request.actor, report_id=found.pk, at=request.at, **form.cleaned_data)
            messages.success(request, _("Die Teilaufgabe liegt beim Amt."))
            return redirect("reports:handle", number=number)
    label = _("Teilaufgabe vergeben")
    context = {
        "report": found,
        "title": found.title(language),
        "label": label,
        "submit": label,
        "crumbs": crumbs_of(found, language, label),
        "example": found.is_example,
    }
    return render_form(request, "reports/step.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def subtask(request: Request, subtask_id: UUID) -> HttpResponse:
    """One part with all of the report that its office needs to do it."""
    found = subtasks.by_id(subtask_id, request.viewer)
    report, language = found.report, request.viewer.language
    form = EndForm(request.POST or None) if found.is_open else None
    if form is not None and form.is_bound and form.is_valid():
        with form.attempt():
            is_done = request.POST.get("go") != "drop"
            actions.end_subtask(
                actor=request.actor, subtask_id=found.pk, words=form.cleaned_data["words"], is_done=is_done,
                at=request.at,
            )  # fmt: skip
            messages.success(request, _("Gespeichert."))
            return redirect("reports:subtasks")
    handles = rules.may_handle(request.viewer, report)
    context = {
        "found": found,
        "report": report,
        "title": report.title(language),
        "images": media.images_of([report.ref]).get(report.ref, []),
        "facts": [
            (_("Art"), report.category.name(language)),
            (_("Wo"), ", ".join(part for part in (report.place, report.detail) if part)),
            (_("Amt"), office_name(found.department, language)),
        ],
        "does": rules.may_do_subtask(request.viewer, found),
        "handles": handles,
        "crumbs": _crumbs((report.title(language), "")),
        "example": report.is_example,
    }
    return render_form(request, "reports/subtask.html", form, context)
