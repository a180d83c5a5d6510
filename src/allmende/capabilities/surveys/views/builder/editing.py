"""One question or one section: made, changed, and not lost when somebody else was quicker."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.surveys.actions import builder as building
from allmende.capabilities.surveys.forms.builder import QuestionForm, SectionForm
from allmende.capabilities.surveys.forms.builder.kinds import GROUPS, KINDS
from allmende.capabilities.surveys.forms.builder.whole import section_seen
from allmende.capabilities.surveys.views.builder.parts import Built, builder_crumbs, faults_by_name, opened
from allmende.capabilities.surveys.views.pages import ours
from allmende.core.errors import Conflict, NotFound
from allmende.core.http import Request
from allmende.engines.questions import interface as questions
from allmende.ui.views import render_form

GONE = "gone"
"""Mark of a form whose question somebody deleted meanwhile: saved once more, it is made anew."""


def _back(built: Built, name: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('surveys:questionnaire', args=[built.id])}#q-{name}")


def _keep(request: Request, built: Built, change: questions.Change) -> None:
    building.change_questionnaire(actor=request.actor, questionnaire_id=built.id, change=change, at=request.at)


def _quicker(form: Any, now: str) -> Conflict:
    """Somebody changed it meanwhile: the form stays as it is, and may be sent once more."""
    form.data = form.data.copy()
    form.data["seen"] = now
    if now == GONE:
        return Conflict(
            _(
                "Das wurde inzwischen gelöscht. Ihre Eingaben stehen noch da. "
                "Wenn Sie noch einmal speichern, wird es neu angelegt."
            )
        )
    return Conflict(
        _("Inzwischen hat jemand anderes hier etwas geändert. Ihre Eingaben sind noch da. "
            "Wenn Sie noch einmal speichern, gelten Ihre.")
    )  # fmt: skip


@ours
@never_cache
@require_safe
def question_kind(request: Request, questionnaire_id: UUID, section: str) -> HttpResponse:
    """Which kind of question? Also for changing the kind of one that is there (`?frage=`)."""
    built = opened(request, questionnaire_id)
    questions.section_of(built.data, section)
    name = request.GET.get("frage", "")
    after = request.GET.get("nach", "")
    if name:
        questions.question_of(built.data, name)
        base = reverse("surveys:question", args=[built.id, name])
        link: Callable[[str], str] = lambda kind: f"{base}?art={kind}"  # noqa: E731 - one of two
    else:
        base = reverse("surveys:question_new", args=[built.id, section])
        link = lambda kind: f"{base}?art={kind}" + (f"&nach={after}" if after.replace("_", "").isalnum() else "")  # noqa: E731
    groups = [
        (label, [{"url": link(kind), "label": KINDS[kind][0], "text": KINDS[kind][1]} for kind in kinds])
        for label, kinds in GROUPS
    ]
    title = _("Was für eine Frage?")
    context = {"title": title, "groups": groups, "built": built, "crumbs": builder_crumbs(built, (title, ""))}
    return render(request, "surveys/builder/kinds.html", context)


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question_new(request: Request, questionnaire_id: UUID, section: str) -> HttpResponse:
    """A question of a kind, at the end of the section or behind another (`?nach=`)."""
    built = opened(request, questionnaire_id)
    if request.method != "POST":
        questions.section_of(built.data, section)
    kind = request.GET.get("art", "")
    if kind not in KINDS:
        return HttpResponseRedirect(reverse("surveys:question_kind", args=[built.id, section]))
    language = request.viewer.language
    form = QuestionForm(request.POST or None, kind=kind, definition=built.definition, before={}, language=language)
    if form.is_bound and not form.again and form.is_valid():
        with form.attempt():
            made: list[str] = []

            def change(data: questions.Data) -> questions.Data:
                question = form.question(data)
                made[:] = [question["name"]]
                homes = [one["name"] for one in data["sections"]]
                home = section if section in homes else homes[-1]  # somebody deleted it meanwhile
                return questions.with_question(data, home, question, after=request.GET.get("nach", ""))

            _keep(request, built, change)
            messages.success(request, _("Die Frage ist gespeichert."))
            return _back(built, made[0])
    title = _("Neue Frage: %(kind)s") % {"kind": KINDS[kind][0]}
    return _question_page(request, built, form, title=title)


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: Request, questionnaire_id: UUID, name: str) -> HttpResponse:
    """Changes a question. Who was slower is told, and loses nothing."""
    built = opened(request, questionnaire_id)
    before: dict[str, Any] = {}
    try:
        at, _number, before = questions.question_of(built.data, name)
        section = built.data["sections"][at]["name"]
    except NotFound:
        if request.method != "POST":
            raise
        section = built.data["sections"][-1]["name"]
    kind = request.GET.get("art") or request.POST.get("kind") or before.get("kind", "")
    if kind not in KINDS:
        raise NotFound
    form = QuestionForm(
        request.POST or None, kind=kind, definition=built.definition, before=before, language=request.viewer.language
    )
    theirs: dict[str, Any] = {}
    if form.is_bound and not form.again and form.is_valid():
        with form.attempt():
            made: list[str] = []

            def change(data: questions.Data) -> questions.Data:
                mark = form.cleaned_data["seen"]
                try:
                    _at, _place, now = questions.question_of(data, name)
                except NotFound:
                    if mark != GONE:
                        raise _quicker(form, GONE) from None
                    new = form.question(data)
                    made[:] = [new["name"]]
                    return questions.with_question(data, section, new)
                if mark != questions.seen(now):
                    theirs.update(now)
                    raise _quicker(form, questions.seen(now))
                new = form.question(data)
                made[:] = [new["name"]]
                return questions.with_changed(data, name, new)

            _keep(request, built, change)
            messages.success(request, _("Die Frage ist gespeichert."))
            return _back(built, made[0])
    numbers = questions.numbers(built.definition)
    title = (
        _("Frage %(n)s ändern") % {"n": numbers[name]} if name in numbers else _("Ändern: %(name)s") % {"name": name}
    )
    other_kind = f"{reverse('surveys:question_kind', args=[built.id, section])}?frage={name}"
    return _question_page(
        request, built, form, title=title, theirs=theirs, other_kind=other_kind,
        faults=faults_by_name(built).get(name, []), name=name,
    )  # fmt: skip


def _question_page(request: Request, built: Built, form: QuestionForm, *, title: str, **more: Any) -> HttpResponse:
    context = {
        "title": title, "built": built, "cancel_url": reverse("surveys:questionnaire", args=[built.id]),
        "crumbs": builder_crumbs(built, (title, "")), **more,
    }  # fmt: skip
    if form.again:
        form.is_valid()
        form.errors.clear()
    return render_form(
        request, "surveys/builder/question.html", form, context, status=HTTPStatus.OK if form.again else None
    )


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def section_new(request: Request, questionnaire_id: UUID) -> HttpResponse:
    """One more section at the end."""
    built = opened(request, questionnaire_id)
    form = SectionForm(request.POST or None, definition=built.definition, before={}, language=request.viewer.language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            made: list[str] = []

            def change(data: questions.Data) -> questions.Data:
                section = {**form.section(data), "questions": []}
                made[:] = [section["name"]]
                return questions.with_section(data, section)

            _keep(request, built, change)
            messages.success(request, _("Der Abschnitt ist gespeichert."))
            return _back(built, made[0])
    return _section_page(request, built, form, title=_("Neuer Abschnitt"))


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: Request, questionnaire_id: UUID, name: str) -> HttpResponse:
    """Changes a section's own words and its condition."""
    built = opened(request, questionnaire_id)
    try:
        _at, before = questions.section_of(built.data, name)
    except NotFound:
        if request.method != "POST":
            raise
        before = {"name": name, "title": {}}
    form = SectionForm(
        request.POST or None, definition=built.definition, before=before, language=request.viewer.language
    )
    if form.is_bound and form.is_valid():
        with form.attempt():

            def change(data: questions.Data) -> questions.Data:
                mark = form.cleaned_data["seen"]
                try:
                    _place, now = questions.section_of(data, name)
                except NotFound:
                    if mark != GONE:
                        raise _quicker(form, GONE) from None
                    return questions.with_section(data, {**form.section(data), "questions": []})
                if mark != section_seen(now):
                    raise _quicker(form, section_seen(now))
                return questions.with_changed(data, name, {**now, **form.section(data)})

            _keep(request, built, change)
            messages.success(request, _("Der Abschnitt ist gespeichert."))
            return _back(built, name)
    shown = questions.say(before["title"], built.first)[0]
    title = _("Abschnitt ändern: %(title)s") % {"title": shown or name}
    return _section_page(request, built, form, title=title, faults=faults_by_name(built).get(name, []))


def _section_page(request: Request, built: Built, form: SectionForm, *, title: str, **more: Any) -> HttpResponse:
    context = {
        "title": title, "built": built, "cancel_url": reverse("surveys:questionnaire", args=[built.id]),
        "crumbs": builder_crumbs(built, (title, "")), **more,
    }  # fmt: skip
    return render_form(request, "surveys/builder/section.html", form, context)
