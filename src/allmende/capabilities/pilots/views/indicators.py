"""An indicator's page; recording a value; making an indicator."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.pilots import actions, rules
from allmende.capabilities.pilots.forms.indicators import IndicatorForm, ValueForm
from allmende.capabilities.pilots.models import Indicator, Pilot, Value
from allmende.capabilities.pilots.queries import indicators, origins, portfolio
from allmende.capabilities.pilots.views.cards import card_of
from allmende.capabilities.pilots.views.figures import with_unit
from allmende.capabilities.pilots.views.pages import crumbs
from allmende.core import manifest
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.forms.bilingual import initial_texts
from allmende.ui.pages import Said, ours, remap, said, until, word
from allmende.ui.views import render_form

FORM = "pilots/form.html"


@ours
@require_safe
def indicator(request: Request, number: int) -> HttpResponse:
    """Sentence, chart, table; how it is computed; what was corrected; what it measures."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = indicators.by_number(number, viewer)
    unit = word(found.unit, language)
    history = indicators.history(found)
    documents = media.documents_of([one.ref for one in history])
    title, pilot_title = said(found.title, language), said(found.pilot.title, language)
    goals = manifest.lookup().resolve(indicators.goals_of([found.pk]).get(found.pk, []), viewer, at)
    context = {
        "indicator": found,
        "card": card_of(found, language),
        "title": title,
        "unit": unit,
        "higher": found.direction == "higher",
        "formula": said(found.formula, language),
        "source": said(found.source, language),
        "values": [
            {
                "value": with_unit(one.value, unit),
                "measured_on": one.measured_on,
                "recorded_at": one.recorded_at,
                "evidence": Said(one.evidence, one.language),
                "evidence_url": one.evidence_url,
                "documents": documents.get(one.ref, []),
                "replaced": one.replaced_at,
                "reason": _why(one),
            }
            for one in history
        ],
        "goals": [
            (Said(one.title(language), one.title_language(language)), one.path(language)) for one in goals.values()
        ],
        "follow": notify.follow_box(request, found.ref, about=str(title)) if found.pilot.is_public else None,
        "trace": trace.trace_of(found.ref, viewer, at),
        "may_maintain": rules.may_maintain(viewer, found.pilot),
        "crumbs": crumbs((str(pilot_title), reverse("pilots:pilot", args=[found.pilot.number])), (str(title), "")),
        "example": found.is_example,
    }
    return until(render(request, "pilots/indicator.html", context), at=at)


def _why(value: Value) -> Said:
    """Why another took its place."""
    after = getattr(value, "replaced_by", None) if value.replaced_at else None
    return Said(after.reason, after.language) if after is not None else Said("", "de")


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def indicator_new(request: Request, number: int) -> HttpResponse:
    """A new indicator of a pilot."""
    return _edit(request, portfolio.by_number(number, request.viewer), None)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def indicator_edit(request: Request, number: int) -> HttpResponse:
    """The facts of an indicator."""
    found = indicators.by_number(number, request.viewer)
    return _edit(request, found.pilot, found)


def _edit(request: Request, of: Pilot, found: Indicator | None) -> HttpResponse:
    rules.require_may_maintain(request.viewer, of)
    language = request.viewer.language
    initial: dict[str, Any] = {"direction": "higher"}
    if found is not None:
        chosen = indicators.goals_of([found.pk]).get(found.pk, [])
        facts = ("direction", "baseline", "baseline_on", "target", "target_on", "series")
        initial = {
            **initial_texts(found, "title", "unit", "formula", "source"),
            **{name: getattr(found, name) for name in facts},
            "goals": [str(ref) for ref in chosen],
        }
    form = IndicatorForm(request.POST or None, initial=initial, goals=origins.goals(request.at), language=language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            saved = actions.save_indicator(
                actor=request.actor,
                indicator_id=found.pk if found else None,
                pilot_id=of.pk,
                data=form.facts(),
                at=request.at,
            )
            messages.success(request, _("Gespeichert."))
            return redirect("pilots:indicator", number=saved.number)
    title = _("Kennzahl ändern") if found else _("Kennzahl anlegen")
    of_title = str(said(of.title, language))
    back = reverse("pilots:indicator", args=[found.number]) if found else reverse("pilots:pilot", args=[of.number])
    context = {
        "title": title, "lead": of_title, "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs((of_title, reverse("pilots:pilot", args=[of.number])), (title, "")),
    }  # fmt: skip
    return render_form(request, FORM, form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def value_new(request: Request, number: int) -> HttpResponse:
    """A value with its evidence; for a day that has one, the reason why this one is better."""
    found = indicators.by_number(number, request.viewer)
    rules.require_may_maintain(request.viewer, found.pilot)
    language = request.viewer.language
    unit = word(found.unit, language)
    initial = {"measured_on": portfolio.day_of(request.at)}
    form = ValueForm(request.POST or None, request.FILES or None, initial=initial, unit=unit)
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            document_id = _document(request, form)
            actions.record_value(
                actor=request.actor,
                indicator_id=found.pk,
                measured_on=values["measured_on"],
                value=values["value"],
                evidence=actions.Evidence(
                    values["evidence"], values["evidence_url"], document_id, request.viewer.language
                ),
                reason=values["reason"],
                at=request.at,
            )
            messages.success(request, _("Gespeichert. Wer dem Piloten folgt, bekommt Bescheid."))
            return redirect("pilots:indicator", number=number)
    back = reverse("pilots:indicator", args=[number])
    title = str(said(found.title, language))
    context = {
        "title": _("Wert eintragen"), "lead": title, "submit": _("Wert eintragen"), "cancel_url": back, "files": True,
        "crumbs": crumbs((title, back), (_("Wert eintragen"), "")),
    }  # fmt: skip
    return render_form(request, FORM, form, context)


def _document(request: Request, form: ValueForm) -> UUID | None:
    """Keeps the PDF that came with it, private; before the action. Raises Invalid beside the form's fields."""
    file = form.cleaned_data.get("document")
    if not file:
        return None
    summary = form.cleaned_data["document_summary"]
    words = media.Words(title=str(file.name)[:200], summary=summary, language=request.viewer.language)
    try:
        return media.take_document(file, words=words, actor=request.actor, at=request.at, field="document").pk
    except Invalid as error:
        raise remap(error, {"summary": "document_summary", "title": "document"}) from error
