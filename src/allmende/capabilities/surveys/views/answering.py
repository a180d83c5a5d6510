"""Answering: the gate, the questions one page after the other, everything once more, thank you.

What is typed lies in a sitting of the engine, which knows nobody. The browser keeps its code, signed, in a cookie that
ends with the browser; the same code, written down, opens it on another device.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.surveys import actions, queries, rules
from allmende.capabilities.surveys.forms.answering import BeginForm, ResumeForm, SendForm
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.rules import answering
from allmende.capabilities.surveys.views.pages import ours, survey_crumbs, word
from allmende.capabilities.surveys.views.survey import anonymity, privacy_facts
from allmende.capabilities.surveys.workflow import Access, Phase
from allmende.core import city
from allmende.core.errors import Closed, NotAllowed, NotFound
from allmende.core.http import Request
from allmende.engines.questions import interface as questions
from allmende.engines.questions.interface import answering as asking
from allmende.ui.views import render_form

SALT = "allmende.surveys.sitting"
KEPT = timedelta(days=30)
AN_HOUR = timedelta(hours=1)
TRIES = 40
"""Codes that one connection may try in an hour."""
PER_HOUR = 60


@dataclass(frozen=True)
class Held:
    """What the browser holds of a survey: the sitting's code, and the letter's."""

    sitting: questions.Sitting
    resume_code: str
    code: str


def _cookie(survey: Survey) -> str:
    return f"{settings.CITY_ID}_survey_{survey.number}"


def _keep(response: HttpResponse, survey: Survey, resume_code: str, code: str) -> HttpResponse:
    value = signing.dumps([resume_code, code], salt=f"{SALT}.{survey.pk}")
    response.set_cookie(_cookie(survey), value, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True)
    return response


def _held(request: Request, survey: Survey) -> Held | None:
    """What was begun in this browser and is still there."""
    try:
        resume_code, code = signing.loads(
            request.COOKIES.get(_cookie(survey), ""), salt=f"{SALT}.{survey.pk}", max_age=KEPT
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    sitting = questions.resume_sitting(str(resume_code), at=request.at)
    if sitting is None or sitting.ref != survey.ref:
        return None
    return Held(sitting, str(resume_code), str(code))


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
        "survey_title": word(survey.title, language),
        "survey_url": reverse("surveys:survey", args=[survey.number]),
        "spoken": language if survey.title.get(language) else "de",
        "example": survey.is_example,
        "crumbs": survey_crumbs(survey, language, (here, "")),
    }


def _first_step(request: Request, survey: Survey, sitting: questions.Sitting) -> str:
    """Where one was last, else the first page."""
    definition = queries.definition_of(sitting.version_id)
    checked = questions.check(definition, sitting.answers, at=request.at)
    found = asking.steps(definition, checked)
    if not found:
        return _address(survey)(asking.REVIEW)
    names = [one.name for one in found]
    return _address(survey)(sitting.step if sitting.step in names else names[0])


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
        return redirect(_first_step(request, survey, held.sitting))
    if _is_full(survey, {}):
        return _enough(request, survey)
    language = request.viewer.language
    context = _context(request, survey, _("Antworten"))
    context |= {"anonymity": anonymity(survey), "privacy": privacy_facts(survey, language)}
    if survey.access == Access.VERIFIED:
        blocked = _not_a_resident(request, survey)
        if blocked:
            return render(request, "surveys/begin.html", context | {"blocked": blocked})
    needs_code = survey.access == Access.CODE
    consent = word(queries.consent_text(survey, request.at), language)
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
            made = str(sitting.code)
            return _keep(redirect(_first_step(request, survey, sitting)), survey, made, answering.tidy(code))
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
    if _is_full(survey, held.sitting.answers):
        return _enough(request, survey)
    context = _context(request, survey, _("Fragen"))
    return asking.ask(
        request,
        sitting=held.sitting,
        definition=queries.definition_of(held.sitting.version_id),
        step=step,
        address=_address(survey),
        template="surveys/ask.html",
        plain=request.GET.get("einfach") == "1",
        context=context | {"resume_code": held.resume_code},
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
    definition = queries.definition_of(held.sitting.version_id)
    found = asking.review(request, sitting=held.sitting, definition=definition, address=_address(survey))
    needs_code = survey.access == Access.CODE and not held.code
    form = SendForm(request.POST if request.method == "POST" else None, needs_code=needs_code)
    if form.is_bound and form.is_valid():
        with form.attempt():
            times = int(city.setting("surveys.responses_per_hour", PER_HOUR))
            proof = accounts.check_visitor(request, "surveys.send", times=times, per=AN_HOUR)
            is_resident = survey.access == Access.VERIFIED and queries.is_verified(request.viewer)
            sent = actions.Sent(
                answers={},
                sitting_id=held.sitting.pk,
                language=request.viewer.language,
                code=held.code or str(form.cleaned_data.get("code", "")),
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
            response.delete_cookie(_cookie(survey), samesite="Lax")
            return response
    context = _context(request, survey, _("Absenden"))
    context |= {"overview": found.pages, "complete": found.complete, "resume_code": held.resume_code}
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
                return _keep(redirect(_first_step(request, survey, sitting)), survey, code, "")
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
        "when_decided": word(survey.contract.get("when_decided"), language),
        "what_it_changes": word(survey.contract.get("what_it_changes"), language),
        "may_enter": rules.may_enter(request.viewer),
    }
    return render(request, "surveys/thanks.html", context)
