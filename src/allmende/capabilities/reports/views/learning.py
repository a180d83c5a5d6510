"""What the proposals have learned, how well they guess, and words taken out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.learning import learn_words, strike_words
from allmende.capabilities.reports.forms.learning import StrikeForm
from allmende.capabilities.reports.models import LearnedWord
from allmende.capabilities.reports.queries import categories, learning
from allmende.capabilities.reports.rules.learning import LEAST_REPORTS, MOST_WORDS
from allmende.capabilities.reports.views.pages import Crumbs, crumbs
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.pages import ours
from allmende.ui.views import render_form

SHOWN = 12


def _crumbs(*more: tuple[str, str]) -> Crumbs:
    return crumbs(
        (_("Eingang der Meldungen"), reverse("reports:inbox")),
        (_("Wer kümmert sich?"), reverse("reports:routing")),
        (_("Gelernte Wörter"), reverse("reports:words") if more else ""),
        *more,
    )


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: Request) -> HttpResponse:
    """Every kind with its strongest words; a button learns anew."""
    rules.require_desk(request.viewer)
    if request.method == "POST":
        learn_words(actor=request.actor, at=request.at)
        messages.success(request, _("Neu gelernt."))
        return redirect("reports:words")
    language, lesson = request.viewer.language, learning.lesson()
    found = {kind.pk: rows for kind, rows in learning.by_kind().items()}
    context = {
        "lesson": lesson,
        "least": LEAST_REPORTS,
        "rows": [
            {
                "name": kind.name(language),
                "url": reverse("reports:words_of", args=[kind.slug]),
                "words": [str(row) for row in found.get(kind.pk, ()) if not row.is_struck][:SHOWN],
                "struck": [str(row) for row in found.get(kind.pk, ()) if row.is_struck],
            }
            for kind in categories.every()
            if not kind.elsewhere
        ],
        "crumbs": _crumbs(),
    }
    return render(request, "reports/words.html", context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def words_of(request: Request, slug: str) -> HttpResponse:
    """One kind: which of its words mislead."""
    rules.require_desk(request.viewer)
    kind = next((one for one in categories.every() if one.slug == slug), None)
    if kind is None:
        raise NotFound
    rows = list(LearnedWord.objects.filter(category=kind)[: 4 * MOST_WORDS])
    form = StrikeForm(request.POST if request.method == "POST" else None, rows=rows)
    if form.is_bound and form.is_valid():
        with form.attempt():
            chosen = {str(one) for one in form.cleaned_data["words"]}
            ids = [row.pk for row in rows if str(row.pk) in chosen]
            strike_words(actor=request.actor, category_id=kind.pk, word_ids=ids, at=request.at)
            messages.success(request, _("Gespeichert. Das gilt auch, wenn neu gelernt wird."))
            return redirect("reports:words")
    name = kind.name(request.viewer.language)
    context = {"name": name, "rows": rows, "crumbs": _crumbs((name, ""))}
    return render_form(request, "reports/words_of.html", form, context)
