"""What editors do with a survey: make it, change it, take its next step, see how it runs."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.surveys import actions, queries, rules, workflow
from allmende.capabilities.surveys.forms.editing import StepForm, SurveyForm
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.views.pages import crumbs, ours, survey_crumbs, titled, word
from allmende.capabilities.surveys.workflow import State
from allmende.core import city
from allmende.core.errors import Conflict, Invalid
from allmende.core.http import Request
from allmende.ui.views import render_form


def _form(request: Request, survey: Survey | None) -> SurveyForm:
    viewer = request.viewer
    return SurveyForm(
        request.POST or None,
        survey=survey,
        versions=queries.versions_to_choose(viewer.language, survey),
        waves=queries.earlier_waves(survey),
        language=viewer.language,
        zone=city.current().zone,
    )


def _saved(request: Request, form: SurveyForm, survey: Survey | None) -> Survey:
    try:
        return actions.save_survey(
            actor=request.actor, data=form.data_of_survey(), at=request.at, survey_id=survey.pk if survey else None
        )
    except Invalid as error:
        renamed = {form.FIELDS_OF_ACTION.get(name, name): text for name, text in error.fields.items()}
        raise Invalid(error.message, fields=renamed) from error


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey_new(request: Request) -> HttpResponse:
    """A draft. The questions come from a questionnaire that was built before."""
    rules.require_may_edit(request.viewer)
    form = _form(request, None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = _saved(request, form, None)
            messages.success(request, _("Der Entwurf ist gespeichert."))
            return redirect("surveys:survey", number=made.number)
    title = _("Umfrage anlegen")
    context = {"title": title, "cancel_url": reverse("surveys:surveys"), "crumbs": crumbs((title, ""))}
    return render_form(request, "surveys/edit.html", form, context)


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey_edit(request: Request, number: int) -> HttpResponse:
    """Changes a draft."""
    rules.require_may_edit(request.viewer)
    survey = queries.survey_by_number(number, request.viewer)
    if survey.state != State.DRAFT and request.method != "POST":
        return redirect("surveys:step", number=number)
    form = _form(request, survey)
    if form.is_bound and form.is_valid():
        with form.attempt():
            _saved(request, form, survey)
            messages.success(request, _("Der Entwurf ist gespeichert."))
            return redirect("surveys:survey", number=number)
    language = request.viewer.language
    title = _("Umfrage ändern")
    context = {
        "title": title,
        **titled(survey, language),
        "cancel_url": reverse("surveys:survey", args=[number]),
        "crumbs": survey_crumbs(survey, language, (title, "")),
    }
    return render_form(request, "surveys/edit.html", form, context)


STEPS = {
    "check": actions.check_survey,
    "return": actions.return_survey,
    "publish": actions.publish_results,
    "delete": actions.delete_raw_data,
}


def _offered(survey: Survey, request: Request) -> list[dict[str, Any]]:
    """Steps that can be taken now, with what follows from each."""
    found: list[dict[str, Any]] = []
    state = survey.state
    if state == State.DRAFT:
        mine = not rules.may_check(survey, request.actor.plain())
        found.append(
            {
                "verb": "check",
                "label": _("Prüfen und ankündigen"),
                "says": _("Danach steht die Umfrage öffentlich auf der Liste. Sie öffnet am ersten Tag von selbst."),
                "blocked": _("Sie haben die Umfrage angelegt. Prüfen muss sie eine zweite Person.") if mine else "",
            }
        )
    before = survey.opens_at is not None and request.at < survey.opens_at
    if state == State.CHECKED and before:
        says = _("Die Umfrage verschwindet von der Liste. Codes, die es schon gibt, gelten dann nicht mehr.")
        found.append({"verb": "return", "label": _("Zurück in den Entwurf"), "says": says})
    if state == State.CLOSED:
        says = _("Alle können die Ergebnisse lesen. Wer der Umfrage folgt, bekommt Bescheid.")
        found.append({"verb": "publish", "label": _("Ergebnisse veröffentlichen"), "says": says})
    if state == State.PUBLISHED and survey.raw_deleted_at is None:
        says = _("Die einzelnen Antworten werden gelöscht. Das lässt sich nicht zurücknehmen. Die Ergebnisse bleiben.")
        found.append({"verb": "delete", "label": _("Einzelne Antworten jetzt löschen"), "says": says})
    return found


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, number: int) -> HttpResponse:
    """The steps of a survey: each says what follows, and asks whether one is sure. Deleting shows its dry run."""
    rules.require_may_edit(request.viewer)
    survey = queries.survey_by_number(number, request.viewer)
    verb = request.POST.get("verb", "")
    form = StepForm(request.POST if verb else None)
    if verb in STEPS and form.is_valid():
        with form.attempt():
            try:
                STEPS[verb](actor=request.actor, survey_id=survey.pk, at=request.at)
            except Invalid as error:
                raise Conflict(_("Vorher fehlt noch etwas: %(what)s") % {"what": _missing(error)}) from error
            messages.success(request, _("Das ist erledigt."))
            return redirect("surveys:step", number=number)
    language = request.viewer.language
    context = {
        "survey": survey,
        **titled(survey, language),
        "state_label": workflow.label(survey.state, language),
        "meaning": word(workflow.STATES[State(survey.state)].meaning, language),
        "offered": _offered(survey, request),
        "verb": verb,
        "raw": queries.raw_count(survey),
        "cancel_url": reverse("surveys:survey", args=[number]),
        "crumbs": survey_crumbs(survey, language, (_("Nächster Schritt und Löschen"), "")),
    }
    return render_form(request, "surveys/step.html", form, context)


def _missing(error: Invalid) -> str:
    from allmende.capabilities.surveys.forms.editing import LABELS

    names = {"opens_at": _("Erster Tag"), "closes_at": _("Letzter Tag")}
    return ", ".join(str(LABELS.get(name, names.get(name, text))) for name, text in error.fields.items())


@ours
@never_cache
@require_safe
def progress(request: Request, number: int) -> HttpResponse:
    """How it runs: answers per day and channel, where people stop, how long it takes. Nobody's answers."""
    rules.require_may_edit(request.viewer)
    survey = queries.survey_by_number(number, request.viewer)
    language = request.viewer.language
    found = queries.progress(survey, language)
    most = max((day.total for day in found.days), default=0)
    context = {
        "survey": survey,
        **titled(survey, language),
        "found": found,
        "minutes": None if found.median_seconds is None else max(1, round(found.median_seconds / 60)),
        "most": most,
        "most_stops": max((stop.count for stop in found.stops), default=0),
        "quotas": queries.quota_rows(survey),
        "counts": queries.invited(survey),
        "cancel_url": reverse("surveys:survey", args=[number]),
        "crumbs": survey_crumbs(survey, language, (_("Wie die Umfrage läuft"), "")),
    }
    return render(request, "surveys/progress.html", context)
