"""What a kind of fault asks besides: the desk writes the questions, puts them in order, takes them away."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.reports import actions, rules
from allmende.capabilities.reports.forms.asking import KINDS, QuestionForm
from allmende.capabilities.reports.models import Category
from allmende.capabilities.reports.queries import asking
from allmende.capabilities.reports.rules.asking import MOST_QUESTIONS, QuestionData
from allmende.capabilities.reports.views.pages import Crumbs, crumbs
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.ui.pages import ours, word
from allmende.ui.views import render_form


def _crumbs(category: Category, language: str, last: str, *, inner: bool) -> Crumbs:
    more = [(_("Fragen"), reverse("reports:questions", args=[category.slug]))] if inner else []
    return crumbs(
        (_("Eingang der Meldungen"), reverse("reports:inbox")),
        (_("Wer kümmert sich?"), reverse("reports:routing")),
        (category.name(language), reverse("reports:category", args=[category.slug])),
        *more,
        (last, ""),
    )


def _category(request: Request, slug: str) -> Category:
    rules.require_desk(request.viewer)
    found = asking.of_slug(slug)
    if found is None:
        raise NotFound
    return found


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: Request, slug: str) -> HttpResponse:
    """The questions in order, each with its buttons."""
    category = _category(request, slug)
    asked = asking.written(category.pk)
    if request.method == "POST":
        _moved(request, category, asked)
        return redirect("reports:questions", slug=slug)
    language = request.viewer.language
    kinds = dict(KINDS)
    context = {
        "name": category.name(language),
        "slug": slug,
        "rows": [
            {
                "name": one.name,
                "label": word(one.labels, language),
                "kind": kinds[one.kind],
                "options": ", ".join(word(option, language) for option in one.options),
                "required": one.required,
                "public": one.public,
            }
            for one in asked
        ],
        "full": len(asked) >= MOST_QUESTIONS,
        "most": MOST_QUESTIONS,
        "crumbs": _crumbs(category, language, _("Fragen"), inner=False),
    }
    return render(request, "reports/questions.html", context)


def _moved(request: Request, category: Category, asked: list[QuestionData]) -> None:
    """A button of the list: "up:name", "down:name", "remove:name"."""
    what, _sep, name = request.POST.get("do", "").partition(":")
    at = next((place for place, one in enumerate(asked) if one.name == name), None)
    if at is None or what not in {"up", "down", "remove"}:
        messages.info(request, _("Diese Frage gibt es nicht mehr."))
        return
    one = asked.pop(at)
    if what != "remove":
        asked.insert(max(0, at - 1) if what == "up" else at + 1, one)
    actions.save_questions(actor=request.actor, category_id=category.pk, asked=asked, at=request.at)
    said = _("Die Frage ist entfernt.") if what == "remove" else _("Die Frage ist verschoben.")
    messages.success(request, said)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    """A new question, or one that is there (`?frage=name`)."""
    category = _category(request, slug)
    asked = asking.written(category.pk)
    name = request.GET.get("frage", "")
    before = next((one for one in asked if one.name == name), None)
    if name and before is None:
        raise NotFound
    form: Any = QuestionForm(request.POST or None, before=before)
    if form.is_bound and form.is_valid():
        fresh = form.question()
        rows = [fresh if one.name == name else one for one in asked] if before else [*asked, fresh]
        with form.attempt(), _beside(form):
            actions.save_questions(actor=request.actor, category_id=category.pk, asked=rows, at=request.at)
            messages.success(request, _("Gespeichert. Ab jetzt wird so gefragt."))
            return redirect("reports:questions", slug=slug)
    language = request.viewer.language
    title = _("Frage ändern") if before else _("Neue Frage")
    context = {
        "title": title,
        "name": category.name(language),
        "back": reverse("reports:questions", args=[slug]),
        "crumbs": _crumbs(category, language, title, inner=True),
    }
    return render_form(request, "reports/question.html", form, context)


class _beside:  # noqa: N801 - reads as a sentence where it is used
    """Says what the action refuses beside the German field."""

    def __init__(self, form: QuestionForm) -> None:
        self.form = form

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, Invalid):
            error.fields = {{"label": "label_de", "options": "options_de"}.get(name, name): text
                            for name, text in error.fields.items()}  # fmt: skip
