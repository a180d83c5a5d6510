"""Many reports as one impulse: its page, and the office's form."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.patterns import draw_pattern, offer_pattern
from allmende.capabilities.reports.forms.patterns import OfferForm, PatternForm
from allmende.capabilities.reports.index import pattern_title
from allmende.capabilities.reports.queries import categories, patterns
from allmende.capabilities.reports.views.pages import crumbs, rows_of
from allmende.core.http import Request
from allmende.core.refs import Ref
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
        "may_offer": rules.is_desk(request.viewer) or rules.is_of_office(request.viewer, found.department),
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


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: Request, number: int) -> HttpResponse:
    """Puts it before a working group: chosen from what is collected now."""
    found = patterns.by_number(number)
    rules.require_may_handle_office(request.viewer, found.department)
    language = request.viewer.language
    offered = patterns.collecting(request.at, language)
    form = OfferForm(request.POST or None, offered=offered)
    if form.is_bound and form.is_valid():
        with form.attempt():
            target = Ref.parse(form.cleaned_data["target"])
            offer_pattern(actor=request.actor, pattern_id=found.pk, target=target, at=request.at)
            messages.success(request, _("Es liegt jetzt in der Sammlung. Wer die Gruppe leitet, bekommt Bescheid."))
            return redirect("reports:pattern", number=number)
    title, label = pattern_title(found, language), _("In einen Themenspeicher geben")
    context = {
        "label": label,
        "title": title,
        "offered": offered,
        "back": reverse("reports:pattern", args=[number]),
        "crumbs": crumbs((title, reverse("reports:pattern", args=[number])), (label, "")),
    }
    return render_form(request, "reports/pattern_offer.html", form, context)
