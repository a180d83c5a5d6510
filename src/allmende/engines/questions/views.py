"""The steps of answering, for a room's own views: it owns the address, the page around, and what happens at the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from allmende.accounts import visitors
from allmende.core.errors import Invalid, TooMany
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.questions import actions, queries
from allmende.engines.questions.forms import ResumeForm, StepForm
from allmende.engines.questions.forms.live import told
from allmende.engines.questions.models import Sitting
from allmende.engines.questions.rules.checking import Checked, check
from allmende.engines.questions.rules.definition import Definition, Section, say
from allmende.engines.questions.rules.steps import Line, Step, describe, overview, steps
from allmende.engines.questions.rules.steps import open_step as first_open
from allmende.ui.context import cookie_name
from allmende.ui.views import render_form

ATTEMPTS = 20
"""Codes that one address may try in an hour."""
REVIEW = "review"
"""Name of the last step, where everything is read once more before it is sent."""


SALT = "questions.sitting"


def _cookie(ref: Ref) -> str:
    return cookie_name(f"sitting-{str(ref.id).replace('-', '')[-12:]}")


def sitting_of(request: Request, ref: Ref) -> Sitting | None:
    """The answers that this browser is in the middle of giving to a thing; with `code`, to show it, and with what the
    room has noted beside it. None: none.
    """
    kept = str(request.get_signed_cookie(_cookie(ref), default="", salt=SALT, max_age=actions.KEPT) or "")
    code, _space, note = kept.partition(" ")
    sitting = queries.resume_sitting(code, at=request.at)
    if sitting is None or sitting.ref != ref:
        return None
    sitting.code, sitting.note = code, note
    return sitting


def open_step(sitting: Sitting, definition: Definition, *, at: datetime) -> Step | None:
    """The first page that is not answered yet, for whoever comes back; None when all are."""
    checked = check(definition, sitting.answers, at=at)
    done = {name for name in sitting.revisions if sitting.revisions.get(f"{name}!")}
    return first_open(steps(definition, checked), checked, done)


def remember[R: HttpResponseBase](response: R, sitting: Sitting) -> R:
    """Lets this browser find its answers again until it is closed; later and elsewhere the code does.

    `sitting.note` goes along: a word of the room's own, signed and not secret, for whoever holds the browser.
    """
    response.set_signed_cookie(
        _cookie(sitting.ref), f"{sitting.code} {sitting.note}".strip(), salt=SALT, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def forget[R: HttpResponseBase](response: R, ref: Ref) -> R:
    """After the answers were sent or thrown away."""
    response.delete_cookie(_cookie(ref), samesite="Lax")
    return response


def resumed(request: Request, form: ResumeForm) -> Sitting | None:
    """The sitting that a sent code leads to; None, with an error in the form, for none. Few attempts an hour."""
    found: list[Sitting] = []
    if form.is_valid():
        with form.attempt():
            visitors.limit(request, "questions.resume", times=ATTEMPTS, per=timedelta(hours=1))
            code = str(form.cleaned_data["code"])
            sitting = queries.resume_sitting(code, at=request.at)
            if sitting is None:
                message = _("Zu diesem Code gibt es keine Antworten, oder sie sind schon abgesendet.")
                raise Invalid(fields={"code": message})
            sitting.code = code
            found.append(sitting)
    return found[0] if found else None


def ask(
    request: Request,
    *,
    sitting: Sitting,
    definition: Definition,
    step: str,
    address: Callable[[str], str],
    template: str,
    plain: bool = False,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Shows and takes one step of a sitting.

    `address` gives the path of a step by its name, `REVIEW` for the page before sending; an unknown step leads to the
    nearest. `template` extends the frame and includes `questions/parts/ask.html`; scripts and styles are
    `{{ form.media_all }}`. Its context: `form`, `step`, `plain`, and what `context` adds.

    Buttons: „Weiter“ (next), „Zurück“ (back, keeps what was typed), „again“ (shows the page again). The header
    `X-Draft: 1` keeps what was typed and answers with JSON: which questions are asked now.
    """
    flow = _Flow(request, sitting, definition, step, plain)
    if flow.step is None:
        return redirect(address(REVIEW))
    if flow.step.name != step:
        return redirect(address(flow.step.name))
    if request.method == "POST":
        return flow.post(address, template, context)
    return flow.page(template, flow.form(), context)


class _Flow:
    def __init__(self, request: Request, sitting: Sitting, definition: Definition, step: str, plain: bool) -> None:  # noqa: FBT001
        self.request, self.sitting, self.definition, self.plain = request, sitting, definition, plain
        self.language = request.viewer.language
        self.checked = check(definition, sitting.answers, at=request.at, language=self.language)
        self.steps = steps(definition, self.checked)
        self.step: Step | None = next((one for one in self.steps if one.name == step), None) or next(
            iter(self.steps), None
        )

    def form(self, data: Any = None, files: Any = None, seen: int | None = None) -> StepForm:
        assert self.step is not None
        return StepForm(
            self.definition,
            self.step,
            self.sitting.answers,
            at=self.request.at,
            language=self.language,
            plain=self.plain,
            seen=int(self.sitting.revisions.get(self.step.name, 0)) if seen is None else seen,
            data=data,
            files=files,
        )

    def page(
        self, template: str, form: StepForm, context: Mapping[str, Any] | None, *, status: int | None = None
    ) -> HttpResponse:
        found = {"step": self.step, "plain": self.plain, "sitting": self.sitting, **(context or {})}
        return render_form(self.request, template, form, found, status=status)

    def post(self, address: Callable[[str], str], template: str, context: Mapping[str, Any] | None) -> HttpResponse:
        assert self.step is not None
        request = self.request
        form = self.form(request.POST, request.FILES)
        form.is_valid()
        draft = request.headers.get("X-Draft") == "1"
        try:
            files = {} if draft else form.stored_files(request.actor.without_key())
            self.keep(form, files, draft=draft)
        except actions.Elsewhere as error:
            return self.elsewhere(form, error, template, context, draft=draft)
        except (Invalid, TooMany) as error:
            form.add_domain_error(error)
        if draft:
            return JsonResponse(told(form, int(self.sitting.revisions.get(form.step.name, 0))))
        if "back" in request.POST:
            return redirect(address(self.before()))
        return self.shown_again(form, template, context) or redirect(address(self.after(form.checked)))

    def shown_again(self, form: StepForm, template: str, context: Mapping[str, Any] | None) -> HttpResponse | None:
        """The page once more: after a button within it, for questions that came up, for what is wrong; else None."""
        if form.again or _searched(form):
            return self.page(template, self.anew(form), context, status=HTTPStatus.OK)
        if form.more:
            return self.page(template, self.form(), {**(context or {}), "more": True}, status=HTTPStatus.OK)
        form.seen = int(self.sitting.revisions.get(form.step.name, 0))
        return self.page(template, form, context) if form.errors else None

    def goes_on(self, form: StepForm) -> bool:
        """Whether „Weiter“ was pressed and nothing holds the person here."""
        return not (form.errors or form.again or form.more or _searched(form) or "back" in self.request.POST)

    def keep(self, form: StepForm, files: Mapping[str, Any], *, draft: bool) -> None:
        assert self.step is not None
        sent = str(self.request.POST.get("seen") or "")
        code, note = self.sitting.code, self.sitting.note
        self.sitting = actions.save_sitting(
            actor=self.request.actor.without_key(),
            sitting_id=self.sitting.pk,
            step=self.step.name,
            answers=form.changes,
            at=self.request.at,
            seen=int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else None,  # noqa: PLR2004
            window=str(self.request.POST.get("window") or "")[:32],
            files=files,
            done=not draft and self.goes_on(form),
        )
        self.sitting.code, self.sitting.note = code, note

    def anew(self, form: StepForm) -> StepForm:
        """The page after a button within it: as it was typed, with what the button did, without errors."""
        if _searched(form):
            form.errors.clear()
            form.seen = int(self.sitting.revisions.get(form.step.name, 0))
            return form
        places = form.moved()
        if places is None:
            return self.form()
        data = self.request.POST.copy()
        data.pop("again", None)
        for name, place in places.items():
            data[name] = place
        shown = self.form(data)
        shown.is_valid()
        shown.errors.clear()
        return shown

    def elsewhere(
        self,
        form: StepForm,
        error: actions.Elsewhere,
        template: str,
        context: Mapping[str, Any] | None,
        *,
        draft: bool,
    ) -> HttpResponse:
        """Another window was quicker: what was typed here stays, what stands there is said beside it."""
        if draft:
            return JsonResponse({"message": str(error.message)}, status=HTTPStatus.CONFLICT)
        form.errors.clear()
        form.add_error(None, str(error.message))
        for name in error.answers:
            question = self.definition.by_name.get(name)
            if question is not None and name in form.fields:
                there = describe(question, self.sitting_answers(), self.language) or _("keine Antwort")
                sentence = _("Im anderen Fenster steht: %(there)s. Es gilt, was Sie hier stehen lassen.")
                form.add_error(name, sentence % {"there": there})
        form.seen = error.revision
        return self.page(template, form, context, status=HTTPStatus.CONFLICT)

    def sitting_answers(self) -> dict[str, Any]:
        found = Sitting.objects.filter(pk=self.sitting.pk).values_list("answers", flat=True).first()
        return found or {}

    def before(self) -> str:
        names = [one.name for one in self.steps]
        assert self.step is not None
        return names[max(0, names.index(self.step.name) - 1)]

    def after(self, checked: Checked) -> str:
        """The step after this one, as things stand now."""
        assert self.step is not None
        order = [section.name for section in self.definition.sections]
        now = order.index(self.step.name) if self.step.name in order else len(order)
        later = [one.name for one in steps(self.definition, checked) if one.name in order]
        return next((name for name in later if order.index(name) > now), REVIEW)


def _searched(form: StepForm) -> bool:
    """Whether somebody without script pressed „Ort suchen“."""
    return any(str(name).startswith("q-") and str(name).endswith("_search") for name in form.data)


@dataclass(frozen=True)
class Review:
    """Everything once more before it is sent: `pages` for `questions/parts/review.html`, `checked` for the action."""

    checked: Checked
    pages: list[tuple[Step, str, list[tuple[Section, str, str, list[Line]]]]]

    @property
    def complete(self) -> bool:
        return not self.checked.faults


def review(request: Request, *, sitting: Sitting, definition: Definition, address: Callable[[str], str]) -> Review:
    """What was answered, page by page, with what is still wrong, for `questions/parts/review.html` (`overview`)."""
    language = request.viewer.language
    checked = check(definition, sitting.answers, at=request.at, language=language)
    pages = [
        (step, address(step.name), [(one, *say(one.title, language), lines) for one, lines in sections])
        for step, sections in overview(definition, checked, sitting.answers, language)
    ]
    return Review(checked, pages)
