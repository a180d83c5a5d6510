"""Answering: the gate, the questions one page after the other, everything once more, thank you.

What is typed lies in a sitting of the engine, which knows nobody. The browser keeps its code, signed, in the engine's
cookie that ends with the browser, and beside it the code of the letter; the sitting's own code, written down, opens it
on another device.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.surveys import actions, queries, rules
from allmende.capabilities.surveys.forms.answering import BeginForm, ResumeForm, SendForm
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.rules import answering
from allmende.capabilities.surveys.views.pages import marked, ours, survey_crumbs, titled
from allmende.capabilities.surveys.views.survey import anonymity, privacy_facts
from allmende.capabilities.surveys.workflow import Access, Phase
from allmende.core import city
from allmende.core.errors import Closed, NotAllowed, NotFound
from allmende.core.http import Request
from allmende.engines.questions import interface as questions
from allmende.engines.questions.interface import answering as asking
from allmende.ui.views import render_form

AN_HOUR = timedelta(hours=1)
TRIES = 40
"""Codes that one connection may try in an hour."""
PER_HOUR = 60


def _held(request: Request, survey: Survey) -> questions.Sitting | None:
    """What was begun in this browser and is still there; its note is the code of the letter."""
    return asking.sitting_of(request, survey.ref)


def _address(survey: Survey) -> Callable[[str], str]:
    def address(step: str) -> str:
        if step == asking.REVIEW:
            return reverse("surveys:send", args=[survey.number])
        return reverse("surveys:ask", args=[survey.number, step])

    return address


def _context(request: Request, survey: Survey, here: str) -> dict[str, Any]:
    language = request.viewer.language
    return {
        "survey": survey,
        **titled(survey, language),
        "survey_url": reverse("surveys:survey", args=[survey.number]),
        "example": survey.is_example,
        "crumbs": survey_crumbs(survey, language, (here, "")),
    }


def _go_on(request: Request, survey: Survey, sitting: questions.Sitting) -> HttpResponse:
    """To the first page that is not answered yet; the page says so to whoever comes back."""
    step = asking.open_step(sitting, queries.definition_of(sitting.version_id), at=request.at)
    if sitting.answers and step is None:
        messages.info(request, _("Sie haben alle Seiten ausgefüllt. Es fehlt nur noch das Absenden."))
    elif sitting.answers and step is not None and step.total > 1:
        said = _("Hier geht es für Sie weiter: Seite %(n)s von %(of)s. Ihre Antworten davor sind gespeichert.")
        messages.info(request, said % {"n": step.number, "of": step.total})
    elif sitting.answers:
        messages.info(request, _("Hier geht es für Sie weiter. Ihre Antworten von vorhin sind gespeichert."))
    response = redirect(_address(survey)(asking.REVIEW if step is None else step.name))
    return asking.remember(response, sitting)


def _is_full(survey: Survey, answers: Any) -> bool:
    """Whether there are enough answers of this kind already: said at once, not after the last question."""
    if survey.quota is None and not survey.quotas:
        return False
    return bool(answering.full_places(survey, queries.quota_counts(survey.pk), answers))


def _enough(request: Request, survey: Survey) -> HttpResponse:
    return render(request, "surveys/full.html", _context(request, survey, _("Genug Antworten")))


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, number: int) -> HttpResponse:
    """The gate: what is asked of whom, what happens with it, then the first question."""
    survey = queries.survey_by_number(number, request.viewer)
    phase, posted, held = survey.phase(request.at), request.method == "POST", _held(request, survey)
    if not posted and (held is None or phase not in {Phase.RUNNING, Phase.GRACE}) and phase is not Phase.RUNNING:
        return redirect("surveys:survey", number=number)
    if held is not None and not posted:
        return _go_on(request, survey, held)
    if _is_full(survey, {}):
        return _enough(request, survey)
    language = request.viewer.language
    context = _context(request, survey, pgettext("surveys", "Antworten"))
    context |= {"anonymity": anonymity(survey), "privacy": privacy_facts(survey, language)}
    if survey.access == Access.VERIFIED:
        blocked = _not_a_resident(request, survey)
        if blocked:
            return render(request, "surveys/begin.html", context | {"blocked": blocked})
    needs_code = survey.access == Access.CODE
    consent = marked(queries.consent_text(survey, request.at), language)
    initial = {"code": request.GET.get("code", "")[:60]}
    form = BeginForm(request.POST if posted else None, needs_code=needs_code, consent=consent, initial=initial)
    if form.is_bound and form.is_valid():
        with form.attempt():
            code = str(form.cleaned_data.get("code", ""))
            _require_usable(request, survey, code)
            sitting = questions.begin_sitting(
                actor=actions.nameless(request.actor.without_key()), version_id=survey.version_id, ref=survey.ref,
                at=request.at,
            )  # fmt: skip
            sitting.note = answering.tidy(code)
            return _go_on(request, survey, sitting)
    return render_form(request, "surveys/begin.html", form, context)


def _not_a_resident(request: Request, survey: Survey) -> str:
    """What stands between this viewer and the questions: "sign-in", "verify", "answered", or nothing (empty)."""
    if request.viewer.person_id is None:
        return "sign-in"
    if not queries.is_verified(request.viewer):
        return "verify"
    return "answered" if queries.has_answered(survey, request.viewer.person_id) else ""


def _require_usable(request: Request, survey: Survey, code: str) -> None:
    """Raises Closed where nothing can begin, with a sentence about the code. Begins are limited per connection."""
    times = int(city.setting("surveys.responses_per_hour", PER_HOUR))
    accounts.limit(request, "surveys.begin", times=4 * times, per=AN_HOUR)
    if survey.phase(request.at) is not Phase.RUNNING:
        raise Closed(_("Die Umfrage ist beendet."))
    if survey.access != Access.CODE:
        return
    accounts.limit(request, "surveys.code", times=TRIES, per=AN_HOUR)
    if not queries.is_known_code(survey, code):
        raise Closed(_("Diesen Code gibt es nicht. Bitte prüfen Sie ihn noch einmal."))
    if queries.is_used_code(survey, code):
        raise Closed(_("Mit diesem Code ist schon geantwortet worden. Jeder Code zählt einmal."))


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Request, number: int, step: str) -> HttpResponse:
    """One page of questions, kept as one types."""
    survey = queries.survey_by_number(number, request.viewer)
    held = _held(request, survey)
    if held is None:
        return redirect("surveys:answer", number=number)
    if _is_full(survey, held.answers):
        return _enough(request, survey)
    context = _context(request, survey, pgettext("surveys", "Fragen"))
    return asking.ask(
        request,
        sitting=held,
        definition=queries.definition_of(held.version_id),
        step=step,
        address=_address(survey),
        template="surveys/ask.html",
        plain=request.GET.get("einfach") == "1",
        context=context | {"resume_code": held.code},
    )


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: Request, number: int) -> HttpResponse:
    """Everything once more, then sending. What is refused stays to be read and copied."""
    survey = queries.survey_by_number(number, request.viewer)
    held = _held(request, survey)
    if held is None:
        return redirect("surveys:answer", number=number)
    definition = queries.definition_of(held.version_id)
    found = asking.review(request, sitting=held, definition=definition, address=_address(survey))
    needs_code = survey.access == Access.CODE and not held.note
    form = SendForm(request.POST if request.method == "POST" else None, needs_code=needs_code)
    if form.is_bound and form.is_valid():
        with form.attempt():
            times = int(city.setting("surveys.responses_per_hour", PER_HOUR))
            proof = accounts.check_visitor(request, "surveys.send", times=times, per=AN_HOUR)
            is_resident = survey.access == Access.VERIFIED and queries.is_verified(request.viewer)
            sent = actions.Sent(
                answers={},
                sitting_id=held.pk,
                language=request.viewer.language,
                code=held.note or str(form.cleaned_data.get("code", "")),
                resident=request.viewer.person_id if is_resident else None,
                is_proven=proof == "proved",
                consents=True,  # a sitting begins only with consent
            )
            try:
                actions.submit_response(
                    actor=actions.nameless(request.actor), survey_id=survey.pk, sent=sent, at=request.at
                )
            except NotFound:
                messages.info(request, _("Diese Antworten sind schon abgesendet. Sie zählen ein Mal."))
                return redirect("surveys:thanks", number=number)
            except NotAllowed as error:
                raise Closed(error.message) from error
            except actions.Full:
                return _enough(request, survey)
            response = redirect("surveys:thanks", number=number)
            return asking.forget(response, survey.ref)
    context = _context(request, survey, _("Absenden"))
    context |= {"overview": found.pages, "complete": found.complete, "resume_code": held.code}
    return render_form(request, "surveys/send.html", form, context)


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: Request, number: int) -> HttpResponse:
    """Going on where one stopped, on this device or another."""
    survey = queries.survey_by_number(number, request.viewer)
    form = ResumeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            accounts.limit(request, "surveys.resume", times=TRIES, per=AN_HOUR)
            code = form.cleaned_data["code"]
            sitting = questions.resume_sitting(code, at=request.at)
            if sitting is None or sitting.ref != survey.ref:
                form.add_error("code", _("Unter diesem Code liegt nichts. Bitte prüfen Sie ihn noch einmal."))
            else:
                sitting.code = code
                return _go_on(request, survey, sitting)
    return render_form(request, "surveys/resume.html", form, _context(request, survey, _("Fortsetzen")))


@ours
@never_cache
@require_safe
def thanks(request: Request, number: int) -> HttpResponse:
    """Thank you, and what comes next."""
    survey = queries.survey_by_number(number, request.viewer)
    language = request.viewer.language
    context = _context(request, survey, _("Danke"))
    context |= {
        "when_decided": marked(survey.contract.get("when_decided"), language),
        "what_it_changes": marked(survey.contract.get("what_it_changes"), language),
        "may_enter": rules.may_enter(request.viewer),
    }
    return render(request, "surveys/thanks.html", context)
