"""Many reports as one impulse: its page, and the office's form."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.patterns import draw_pattern
from allmende.capabilities.reports.forms.patterns import PatternForm
from allmende.capabilities.reports.index import pattern_title
from allmende.capabilities.reports.queries import categories, patterns
from allmende.capabilities.reports.views.pages import crumbs, rows_of
from allmende.core.http import Request
from allmende.engines.trace import interface as trace
from allmende.ui.pages import district_name, office_name, ours
from allmende.ui.views import render_form

SHOWN = 20


@ours
@require_safe
def pattern(request: Request, number: int) -> HttpResponse:
    """What an office sees in many reports, the newest of them, and what became of it."""
    language = request.viewer.language
    found = patterns.by_number(number)
    title = pattern_title(found, language)
    context = {
        "pattern": found,
        "title": title,
        "facts": [
            (_("Art"), found.category.name(language)),
            (_("Stadtteil"), district_name(found.district)),
            (_("Amt"), office_name(found.department, language)),
        ],
        "rows": rows_of(patterns.reports_of(found, most=SHOWN), language),
        "trace": trace.trace_of(found.ref, request.viewer, request.at),
        "crumbs": crumbs((title, "")),
        "example": found.is_example,
    }
    return render(request, "reports/pattern.html", context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The form: which reports, and what they say together."""
    rules.require_may_open_inbox(request.viewer)
    form = PatternForm(request.POST or None, offered=categories.active(), language=request.viewer.language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = draw_pattern(actor=request.actor, at=request.at, **form.cleaned_data)
            messages.success(request, _("Alle können es jetzt lesen. Es lässt sich in ein Ziel aufnehmen."))
            return redirect("reports:pattern", number=made.number)
    label = _("Viele Meldungen, ein Anstoß")
    context = {
        "label": label,
        "crumbs": crumbs((_("Eingang der Meldungen"), reverse("reports:inbox")), (label, "")),
    }
    return render_form(request, "reports/pattern_new.html", form, context)
