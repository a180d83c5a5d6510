"""Questionnaires as a whole: the list, a new one, the overview with its buttons, settings, translation."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.actions import builder as building
from allmende.capabilities.surveys.forms.builder import NewForm, SettingsForm, TranslationForm
from allmende.capabilities.surveys.forms.builder.kinds import language_name
from allmende.capabilities.surveys.forms.builder.starts import STARTS, definition
from allmende.capabilities.surveys.queries.builder import questionnaires as listed
from allmende.capabilities.surveys.views.builder.parts import (
    UNDO,
    blocks,
    builder_crumbs,
    faults_by_name,
    languages_of,
    opened,
)
from allmende.capabilities.surveys.views.pages import crumbs, ours
from allmende.core.errors import Conflict, NotFound
from allmende.core.http import Request
from allmende.engines.questions import interface as questions
from allmende.ui.views import render_form


@ours
@never_cache
@require_safe
def questionnaires(request: Request) -> HttpResponse:
    """All questionnaires, the newest first."""
    rules.require_may_edit(request.viewer)
    context = {"rows": listed(request.viewer.language), "crumbs": crumbs((_("Fragebögen"), ""))}
    return render(request, "surveys/builder/list.html", context)


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire_new(request: Request) -> HttpResponse:
    """A title, and what to start from."""
    rules.require_may_edit(request.viewer)
    form = NewForm(request.POST or None, starts=[(key, label) for key, (label, _sections) in STARTS.items()])
    if form.is_bound and form.is_valid():
        with form.attempt():
            data = definition(form.cleaned_data["start"], form.cleaned_data["title"])
            version = building.build_questionnaire(actor=request.actor, data=data, at=request.at)
            messages.success(request, _("Der Fragebogen ist angelegt. Sie können jetzt alles ändern."))
            return redirect("surveys:questionnaire", questionnaire_id=version.questionnaire_id)
    title = _("Neuer Fragebogen")
    context = {
        "title": title,
        "submit": _("Anlegen"),
        "cancel_url": reverse("surveys:questionnaires"),
        "crumbs": builder_crumbs(None, (title, "")),
    }
    return render_form(request, "surveys/builder/form.html", form, context)


@ours
@never_cache
@require_safe
def questionnaire(request: Request, questionnaire_id: UUID) -> HttpResponse:
    """The list of sections and questions, each with its buttons."""
    built = opened(request, questionnaire_id)
    faults = faults_by_name(built)
    waiting = request.session.get(UNDO)
    context = {
        "built": built,
        "blocks": blocks(built, faults),
        "faults": sum(len(found) for found in faults.values()),
        "whole_faults": faults.get("", []),
        "languages": languages_of(built),
        "removed": waiting if waiting and waiting.get("questionnaire") == str(questionnaire_id) else None,
        "asked": len(questions.numbers(built.definition)),
        "crumbs": builder_crumbs(built),
    }
    return render(request, "surveys/builder/overview.html", context)


@ours
@never_cache
@require_POST
def step(request: Request, questionnaire_id: UUID) -> HttpResponse:
    """Up, down, once more, away, and back again: one button each, by the name of what it is about."""
    built = opened(request, questionnaire_id)
    verb, name = request.POST.get("verb", ""), request.POST.get("name", "")
    anchor, said = name, ""
    try:
        match verb:
            case "up" | "down":
                by = -1 if verb == "up" else 1
                _keep(request, built.id, lambda data: questions.moved(data, name, by))
                said = _("Verschoben.")
            case "copy":
                names: list[str] = []

                def twice(data: questions.Data) -> questions.Data:
                    new, twin = questions.copied(data, name)
                    names[:] = [twin]
                    return new

                _keep(request, built.id, twice)
                anchor, said = names[0], _("Die Frage steht jetzt zweimal da.")
            case "delete":
                anchor = _deleted(request, built.id, name)
            case "undo":
                anchor, said = _restored(request, built.id), _("Alles steht wieder da.")
            case _:
                messages.warning(request, _("Das kennen wir nicht."))
    except (NotFound, Conflict) as error:
        messages.warning(request, str(error.message))
    if said:
        messages.success(request, said)
    target = reverse("surveys:questionnaire", args=[questionnaire_id])
    return HttpResponseRedirect(f"{target}#q-{anchor}" if anchor.replace("_", "").isalnum() else target)


def _keep(request: Request, questionnaire_id: UUID, change: questions.Change) -> None:
    building.change_questionnaire(actor=request.actor, questionnaire_id=questionnaire_id, change=change, at=request.at)


def _deleted(request: Request, questionnaire_id: UUID, name: str) -> str:
    """Takes it out; the session holds it until the next deletion. Returns where the page goes on: beside it."""
    taken: list[questions.Removed] = []
    beside: list[str] = []

    def change(data: questions.Data) -> questions.Data:
        if len(data["sections"]) == 1 and data["sections"][0]["name"] == name:
            raise Conflict(_("Ein Fragebogen hat mindestens einen Abschnitt."))
        new, removed = questions.without(data, name)
        taken[:] = [removed]
        left = new["sections"][min(removed.section, len(new["sections"]) - 1)]
        near = left["questions"][max(0, (removed.question or 0) - 1) :] if removed.question is not None else []
        beside[:] = [near[0]["name"] if near else left["name"]]
        return new

    _keep(request, questionnaire_id, change)
    request.session[UNDO] = {"questionnaire": str(questionnaire_id), **taken[0].as_json()}
    return beside[0]


def _restored(request: Request, questionnaire_id: UUID) -> str:
    kept = request.session.get(UNDO)
    if not kept or kept.get("questionnaire") != str(questionnaire_id):
        raise NotFound(_("Hier gibt es nichts mehr zurückzuholen."))
    removed = questions.Removed(kept["section"], kept["question"], kept["thing"], kept["section_name"])
    _keep(request, questionnaire_id, lambda data: questions.restored(data, removed))
    del request.session[UNDO]
    return str(removed.thing["name"])


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request, questionnaire_id: UUID) -> HttpResponse:
    """Title, introduction, languages, pages."""
    built = opened(request, questionnaire_id)
    form = SettingsForm(data=request.POST or None, before=built.data)
    if form.is_bound and form.is_valid():
        with form.attempt():
            _keep(request, built.id, form.changed_data_of)
            messages.success(request, _("Gespeichert."))
            return redirect("surveys:questionnaire", questionnaire_id=built.id)
    title = _("Titel und Sprachen")
    context = {
        "title": title, "about": built.title, "submit": _("Speichern"),
        "cancel_url": reverse("surveys:questionnaire", args=[built.id]), "crumbs": builder_crumbs(built, (title, "")),
    }  # fmt: skip
    return render_form(request, "surveys/builder/form.html", form, context)


@ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def translation(request: Request, questionnaire_id: UUID, language: str) -> HttpResponse:
    """Every text beside its translation; what is missing is marked."""
    built = opened(request, questionnaire_id)
    if language not in built.definition.languages[1:]:
        raise NotFound
    form = TranslationForm(request.POST or None, data_of=built.data, language=language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            lost: list[int] = []

            def change(data: questions.Data) -> questions.Data:
                new, gone = questions.translated(data, language, form.said())
                lost[:] = [gone]
                return new

            _keep(request, built.id, change)
            if lost[0]:
                message = _("Gespeichert. %(n)s Texte gibt es inzwischen nicht mehr, ihre Übersetzung entfällt.")
                messages.warning(request, message % {"n": lost[0]})
            else:
                messages.success(request, _("Gespeichert."))
            return redirect("surveys:questionnaire", questionnaire_id=built.id)
    title = _("Übersetzung: %(language)s") % {"language": language_name(language)}
    context = {
        "title": title, "built": built, "language": language, "language_name": language_name(language),
        "missing": questions.missing(built.data, language),
        "cancel_url": reverse("surveys:questionnaire", args=[built.id]), "crumbs": builder_crumbs(built, (title, "")),
    }  # fmt: skip
    return render_form(request, "surveys/builder/translation.html", form, context)
