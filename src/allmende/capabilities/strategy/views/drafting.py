"""A file that was written on elsewhere as the next version: what would change is shown before anything is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.strategy import actions, rules
from allmende.capabilities.strategy.forms.drafting import FileForm, TakeForm
from allmende.capabilities.strategy.forms.source import paragraphs_of
from allmende.capabilities.strategy.forms.texts import in_language
from allmende.capabilities.strategy.models import Text
from allmende.capabilities.strategy.queries import texts
from allmende.capabilities.strategy.rules.matching import matched
from allmende.capabilities.strategy.rules.words import Piece, difference
from allmende.capabilities.strategy.views.texts import text_crumbs
from allmende.capabilities.strategy.workflow.texts import State
from allmende.core.errors import Conflict
from allmende.core.http import Request
from allmende.ui.pages import ours, said
from allmende.ui.views import render_form

TEMPLATE = "strategy/draft_file.html"


@dataclass(frozen=True)
class Planned:
    """A paragraph of the file: which one it continues (0: a new one), and what changes in it."""

    number: int
    body: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Preview:
    """What the next version would be."""

    rows: list[Planned]
    left_out: list[tuple[int, str]]
    notes: Sequence[str]

    @property
    def kept(self) -> int:
        return sum(bool(row.number) and not row.pieces for row in self.rows)

    @property
    def changed(self) -> list[Planned]:
        return [row for row in self.rows if row.number and row.pieces]

    @property
    def new(self) -> list[Planned]:
        return [row for row in self.rows if not row.number]


def _preview(found: Text, source: str, notes: Sequence[str]) -> Preview:
    before = texts.wordings(texts.written(found) or texts.shown_or_written(found))
    bodies = [one.body for one in paragraphs_of(source)]
    places = matched([row.body for row in before], bodies)
    rows = []
    for body, place in zip(bodies, places, strict=True):
        old = before[place] if place is not None else None
        pieces = difference(old.body, body) if old is not None and old.body != body else []
        rows.append(Planned(old.paragraph.number if old is not None else 0, body, pieces))
    kept = {place for place in places if place is not None}
    left = [(row.paragraph.number, row.body) for place, row in enumerate(before) if place not in kept]
    return Preview(rows, left, notes)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def draft_file(request: Request, number: int) -> HttpResponse:
    """First the file, then what it changes, then the next version."""
    rules.require_may_edit(request.viewer)
    language = request.viewer.language
    found = texts.text_by_number(number, request.viewer)
    back = reverse("strategy:write", args=[number])
    if found.state in {State.COUNCIL, State.ADOPTED}:
        raise Conflict(_("Der Text liegt beim Stadtrat oder ist beschlossen. Daran wird nicht mehr geschrieben."))
    title = _("Nächste Fassung aus einer Datei")
    context: dict[str, Any] = {
        "text": found, "title": title, "about": said(found.title, language), "cancel_url": back,
        "crumbs": text_crumbs(found, language, (_("Nächste Fassung schreiben"), back), (title, "")),
        "example": found.is_example,
    }  # fmt: skip
    if "paragraphs" in request.POST:
        return _take(request, found, context)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with form.attempt():
            imported = form.imported()
            context["preview"] = _preview(found, imported.source, imported.notes)
            take = TakeForm(initial={"paragraphs": imported.source, "seen": texts.state_of(found)})
            return render_form(request, TEMPLATE, in_language(take, "paragraphs", found.language), context)
    return render_form(request, TEMPLATE, form, context)


def _take(request: Request, found: Text, context: dict[str, Any]) -> HttpResponse:
    """The second step. „Vorschau“ shows once more what was changed in the field; „Speichern“ saves."""
    form = in_language(TakeForm(request.POST), "paragraphs", found.language)
    if form.is_valid():
        source = form.cleaned_data["paragraphs"]
        if "look" in request.POST:
            form = in_language(
                TakeForm(initial={"paragraphs": source, "seen": texts.state_of(found)}), "paragraphs", found.language
            )
        else:
            with form.attempt():
                actions.replace_draft(
                    actor=request.actor, text_id=found.pk, paragraphs=paragraphs_of(source),
                    seen=form.cleaned_data["seen"], at=request.at,
                )  # fmt: skip
                messages.success(request, _("Die Fassung steht da. Veröffentlicht ist noch nichts."))
                return redirect("strategy:write", number=found.number)
        context["preview"] = _preview(found, source, ())
    return render_form(request, TEMPLATE, form, context)
