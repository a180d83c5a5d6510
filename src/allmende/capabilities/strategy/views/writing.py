"""The team's pages: making a text, its facts, the next version, two editors on one paragraph, the steps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.strategy import actions, rules
from allmende.capabilities.strategy.forms.source import paragraphs_of
from allmende.capabilities.strategy.forms.texts import (
    SHAPES,
    AddForm,
    ParagraphForm,
    RivalForm,
    StepForm,
    TextForm,
    in_language,
    initial_of,
)
from allmende.capabilities.strategy.models import Text, Wording
from allmende.capabilities.strategy.queries import plan, texts
from allmende.capabilities.strategy.rules.words import difference, merge
from allmende.capabilities.strategy.views.pages import crumbs
from allmende.capabilities.strategy.views.texts import number_of, text_crumbs
from allmende.capabilities.strategy.workflow.texts import STEPS, State
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.forms import Form
from allmende.ui.forms.bilingual import both
from allmende.ui.pages import ours, said
from allmende.ui.views import render_form

FORM = "strategy/form.html"
NEW = "strategy/text_new.html"


def _data(form: TextForm, found: Text | None) -> actions.TextData:
    values = form.cleaned_data
    opens, closes = form.period()
    return actions.TextData(
        title=both(values, "title"),
        summary=both(values, "summary"),
        contract=form.contract(),
        language=found.language if found else "de",
        field_id=UUID(values["field"]) if values["field"] else None,
        department=values["department"],
        opens_at=opens,
        closes_at=closes,
    )


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def text_edit(request: Request, number: int | None = None) -> HttpResponse:
    """The facts of a text; without a number a new one with its paragraphs, typed or read from a file first."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = texts.text_by_number(number, request.viewer) if number is not None else None
    title = _("Angaben zum Text ändern") if found else _("Text anlegen")
    context: dict[str, Any] = {
        "title": title, "submit": _("Speichern"),
        "cancel_url": reverse("strategy:text", args=[number]) if found else reverse("strategy:overview"),
        "crumbs": text_crumbs(found, language, (title, "")) if found else crumbs((title, "")),
    }  # fmt: skip
    options: dict[str, Any] = {"text": found, "fields": plan.fields(), "language": language}
    if found is None and "read" in request.POST:
        return _file_read(request, context, options)
    form = TextForm(request.POST or None, initial=initial_of(found) if found else {}, **options)
    if form.is_bound and form.is_valid():
        with form.attempt():
            data = _data(form, found)
            if found is None:
                made = actions.make_text(
                    actor=request.actor, data=data, paragraphs=paragraphs_of(form.cleaned_data["paragraphs"]),
                    at=request.at,
                )  # fmt: skip
            else:
                made = actions.save_text(actor=request.actor, text_id=found.pk, data=data, at=request.at)
            messages.success(request, _("Gespeichert."))
            return redirect("strategy:text", number=made.number)
    return render_form(request, FORM if found else NEW, form, context)


def _file_read(request: Request, context: dict[str, Any], options: dict[str, Any]) -> HttpResponse:
    """The form of a new text with the paragraphs of a file in it, shown one by one above. Nothing is written."""
    form = TextForm(request.POST, request.FILES, reading=True, **options)
    if form.is_valid():
        with form.attempt():
            found = form.imported()
            names = {key: str(label) for key, label in SHAPES}
            context["imported"] = {
                "rows": [(names[one.shape], one.body) for one in found.paragraphs], "notes": found.notes,
            }  # fmt: skip
            form = TextForm(initial={**request.POST.dict(), "paragraphs": found.source}, **options)
    return render_form(request, NEW, form, context)


@ours
@require_safe
def write(request: Request, number: int) -> HttpResponse:
    """The next version, paragraph by paragraph, with what differs from the last one and what waits to be merged."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = texts.text_by_number(number, request.viewer)
    draft = texts.written(found)
    shown = draft or texts.shown_or_written(found)
    changed = {one.paragraph.pk for one in texts.changes(found, draft)} if draft and draft.number > 1 else set()
    names = {key: str(label) for key, label in SHAPES}
    context = {
        "text": found,
        "title": said(found.title, language),
        "draft": draft,
        "may_write": found.state not in {State.COUNCIL, State.ADOPTED},
        "rows": [
            {"number": one.paragraph.number, "shape": names[one.shape], "body": one.body,
             "changed": one.paragraph_id in changed}
            for one in texts.wordings(shown)
        ],
        "rivals": [(row, row.wording.paragraph.number) for row in texts.rivals(draft)] if draft else [],
        "crumbs": text_crumbs(found, language, (_("Nächste Fassung schreiben"), "")),
        "example": found.is_example,
    }  # fmt: skip
    return render(request, "strategy/write.html", context)


def _draft_words(found: Text, paragraph: int) -> Wording:
    """How a paragraph reads in the version that is being written, or would begin to."""
    return texts.wording(texts.written(found) or texts.shown_or_written(found), paragraph)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def paragraph_write(request: Request, number: int, paragraph: int) -> HttpResponse:
    """New words for a paragraph. Whoever was late is led to where both are put together."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = texts.text_by_number(number, request.viewer)
    words = _draft_words(found, paragraph)
    begins = words.revision if words.version.published_at is None else 1
    form = ParagraphForm(request.POST or None, initial={"shape": words.shape, "body": words.body, "revision": begins})
    in_language(form, "body", found.language)
    back = reverse("strategy:write", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            rival = actions.write_paragraph(
                actor=request.actor, text_id=found.pk, number=paragraph, body=values["body"], shape=values["shape"],
                revision=values["revision"], at=request.at,
            )  # fmt: skip
            if rival is not None:
                messages.warning(request, _("Jemand anderes war schneller. Ihr Text ist gesichert."))
                return redirect("strategy:rival", rival_id=rival.pk)
            messages.success(request, _("Absatz %(n)s ist gespeichert.") % {"n": paragraph})
            return redirect(f"{back}#absatz-{paragraph}")
    title = _("Absatz %(n)s schreiben") % {"n": paragraph}
    context = {
        "title": title, "submit": _("Speichern"), "cancel_url": back,
        "crumbs": text_crumbs(found, language, (_("Nächste Fassung schreiben"), back), (title, "")),
    }  # fmt: skip
    return render_form(request, FORM, form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def rival(request: Request, rival_id: UUID) -> HttpResponse:
    """Two editors on one paragraph: what each changed, and one text made of both."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = texts.rival(rival_id)
    if found is None:
        raise NotFound
    words = found.wording
    text, paragraph = words.version.text, words.paragraph.number
    base = texts.began_with(found)
    merged = merge(base, words.body, found.body)
    form = RivalForm(
        request.POST or None,
        initial={"body": words.body if merged.conflict else merged.text, "revision": words.revision},
    )
    in_language(form, "body", text.language)
    back = reverse("strategy:write", args=[text.number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            actions.settle_rival(
                actor=request.actor, rival_id=rival_id, body=values["body"], revision=values["revision"],
                at=request.at,
            )  # fmt: skip
            messages.success(request, _("Zusammengeführt. Beide Texte bleiben in der Geschichte des Absatzes."))
            return redirect(f"{back}#absatz-{paragraph}")
    title = _("Absatz %(n)s zusammenführen") % {"n": paragraph}
    context = {
        "title": title,
        "theirs": difference(base, words.body),
        "ours": difference(base, found.body),
        "late": found.body,
        "language": text.language,
        "conflict": merged.conflict,
        "settled": found.settled_at,
        "back": back,
        "crumbs": text_crumbs(text, language, (_("Nächste Fassung schreiben"), back), (title, "")),
        "example": text.is_example,
    }
    return render_form(request, "strategy/rival.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def paragraph_add(request: Request, number: int) -> HttpResponse:
    """A further paragraph, behind the one in `?nach=`."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = texts.text_by_number(number, request.viewer)
    after = number_of(request.GET.get("nach"))
    form = AddForm(request.POST or None, goals=list(plan.goals()), language=language)
    back = reverse("strategy:write", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            new = actions.NewParagraph(
                values["body"], values["shape"], UUID(values["goal"]) if values["goal"] else None
            )
            made = actions.add_paragraph(actor=request.actor, text_id=found.pk, after=after, new=new, at=request.at)
            messages.success(request, _("Absatz %(n)s ist eingefügt.") % {"n": made.number})
            return redirect(f"{back}#absatz-{made.number}")
    title = _("Absatz einfügen")
    context = {
        "title": title, "submit": _("Einfügen"), "cancel_url": back,
        "lead": _("Er steht nach Absatz %(n)s.") % {"n": after} if after else _("Er steht am Anfang des Textes."),
        "crumbs": text_crumbs(found, language, (_("Nächste Fassung schreiben"), back), (title, "")),
    }  # fmt: skip
    return render_form(request, FORM, form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def paragraph_leave_out(request: Request, number: int, paragraph: int) -> HttpResponse:
    """The next version does without it."""
    rules.require_may_edit(request.viewer)
    found = texts.text_by_number(number, request.viewer)
    _draft_words(found, paragraph)
    form = Form(request.POST if request.method == "POST" else None)
    back = reverse("strategy:write", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.leave_out(actor=request.actor, text_id=found.pk, number=paragraph, at=request.at)
            messages.success(request, _("Absatz %(n)s steht in der nächsten Fassung nicht mehr.") % {"n": paragraph})
            return redirect(back)
    title = _("Absatz %(n)s weglassen") % {"n": paragraph}
    context = {
        "title": title,
        "question": _("In früheren Fassungen bleibt er stehen, mit allem, was dazu gesagt wurde."),
        "action": _("Weglassen"), "cancel_url": back, "danger": True,
        "crumbs": text_crumbs(
            found, request.viewer.language, (_("Nächste Fassung schreiben"), back), (title, "")
        ),
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", form, context)


def step_names() -> dict[str, tuple[str, str]]:
    """Of each step: the button's verb, and what happens then."""
    return {
        "open": (_("Zur Diskussion stellen"), _("Alle können die Fassung lesen und zu jedem Absatz etwas sagen.")),
        "evaluate": (_("Auswerten"), _("Niemand kann mehr etwas sagen. Sie antworten auf jede Rückmeldung.")),
        "to_council": (_("An den Stadtrat geben"), _("Die Fassung wird veröffentlicht und liegt dem Stadtrat vor.")),
        "back": (_("Wieder überarbeiten"), _("Der Stadtrat gibt den Text zurück.")),
        "adopt": (_("Als beschlossen eintragen"), _("Danach ändert sich am Text nichts mehr.")),
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, number: int, verb: str) -> HttpResponse:
    """A step of the workflow, asked once more."""
    rules.require_may_edit(request.viewer)
    if verb not in STEPS:
        raise NotFound
    found = texts.text_by_number(number, request.viewer)
    form = StepForm(request.POST if request.method == "POST" else None, verb=verb)
    back = reverse("strategy:text", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            actions.move_text(
                actor=request.actor, text_id=found.pk, verb=verb, note=values.get("note", ""),
                decision=values.get("decision", ""), due_at=form.due_at(), at=request.at,
            )  # fmt: skip
            messages.success(request, _("Gespeichert. Wer dem Text folgt, bekommt Bescheid."))
            return redirect(back)
    name, question = step_names()[verb]
    context = {
        "title": name, "question": question, "action": name, "cancel_url": back,
        "crumbs": text_crumbs(found, request.viewer.language, (name, "")),
        "example": found.is_example,
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", form, context)
