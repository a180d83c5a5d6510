"""Results that anyone can read: each question with its sentence, its chart and its table; one question by groups."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.surveys import queries
from allmende.capabilities.surveys.models import Cut, Evaluation, Finding
from allmende.capabilities.surveys.queries.results import Results
from allmende.capabilities.surveys.views import figures
from allmende.capabilities.surveys.views.downloads import FILES
from allmende.capabilities.surveys.views.pages import ours, survey_crumbs, until, word
from allmende.capabilities.surveys.workflow import State
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.trace import interface as trace


def block(row: Finding, evaluation: Evaluation, number: int, language: str, cut: Cut | None = None) -> dict[str, Any]:
    """Context of surveys/parts/finding.html."""
    title = figures.titled(row, language)
    shown: dict[str, Any] = {
        "id": f"frage-{row.place}",
        "title": title,
        "title_language": figures.spoken(row.title, language),
        "url": reverse("surveys:finding", args=[number, row.place]),
        "sentence": figures.sentence(row.table, language),
        "note": word(row.note, language),
        "note_language": figures.spoken(row.note, language),
    }
    if cut is not None:
        group = word(cut.group_title, language)
        return shown | {
            "id": f"frage-{row.place}-{cut.pk}",
            "group": group,
            "sentence": figures.chance(cut.table) or _("Die Gruppen nebeneinander."),
            "chart": figures.drawing(cut.charts, language),
            "table": figures.cut_rows(cut.table, language),
            "answers": figures.people(cut.table["answers"]),
            "method": _hidden(cut, evaluation),
        }
    return shown | {
        "chart": figures.drawing(row.charts, language),
        "table": figures.rows_of(row.table, language),
        "answers": figures.people(row.table.get("answers")) if row.table.get("state") != "empty" else "",
        "method": figures.method(row.table, evaluation),
        "waves": figures.waves_rows(row, language),
    }


def _hidden(cut: Cut, evaluation: Evaluation) -> str:
    said = (
        _("Anteile an der Gruppe, ohne Gewicht. In Klammern: wie viele Menschen das sind.") if cut.table["rows"] else ""
    )
    if cut.table.get("hidden"):
        said += " " + _(
            "„zu wenige“ steht, wo es weniger als %(n)s Menschen sind, und an so vielen weiteren Stellen, "
            "dass man keine davon ausrechnen kann."
        ) % {"n": evaluation.least}
    return said.strip()


def group_links(found: Results, chosen: str, language: str) -> list[tuple[str, str, bool]]:
    """All together, and by each group."""
    titles = {row.variable: word(row.title, language) for row in found.findings}
    here = reverse("surveys:results", args=[found.survey.number])
    links = [(_("Alle zusammen"), here, not chosen)]
    return links + [
        (titles[name], f"{here}?nach={name}", name == chosen) for name in found.evaluation.groups if name in titles
    ]


def striking_links(cuts: Sequence[Cut], number: int, language: str) -> list[dict[str, str]]:
    return [
        {
            "text": _("„%(question)s“ nach „%(group)s“") % {
                "question": figures.titled(one.finding, language), "group": word(one.group_title, language),
            },
            "says": figures.chance(one.table),
            "url": f"{reverse('surveys:finding', args=[number, one.finding.place])}#nach-{one.group}",
        }
        for one in figures.most_striking(cuts)
    ]  # fmt: skip


@ours
@require_safe
def results(request: Request, number: int) -> HttpResponse:
    """All questions. `?nach=` tells them apart by a group."""
    language = request.viewer.language
    found = queries.results_of(number, request.viewer)
    chosen = request.GET.get("nach", "")
    if chosen and chosen not in found.evaluation.groups:
        raise NotFound
    cuts = queries.cuts_by(found.survey, chosen) if chosen else {}
    blocks = [
        block(row, found.evaluation, number, language, cuts.get(row.pk))
        for row in found.findings
        if not chosen or row.pk in cuts
    ]
    survey = found.survey
    context = {
        "survey": survey,
        "title": word(survey.title, language),
        "title_language": figures.spoken(survey.title, language),
        "summary": word(survey.summary, language),
        "answers": figures.people(found.evaluation.answers),
        "findings": blocks,
        "links": group_links(found, chosen, language),
        "chosen": next(
            (text for text, _url, current in group_links(found, chosen, language) if current and chosen), ""
        ),
        "striking": [] if chosen else striking_links(queries.striking(survey), number, language),
        "weighting": figures.weighting_facts(found.evaluation, language),
        "least": found.evaluation.least,
        "files": [(label, reverse("surveys:results_file", args=[number, key])) for key, label in FILES.items()],
        "is_published": survey.state == State.PUBLISHED,
        "is_prepared": found.evaluation.prepared_at is not None,
        "edit_url": reverse("surveys:evaluate", args=[number]) if found.may_edit else "",
        "crumbs": survey_crumbs(survey, language, (_("Ergebnisse"), "")),
    }
    return until(render(request, "surveys/results.html", context), at=request.at)


@ours
@require_safe
def finding(request: Request, number: int, place: int) -> HttpResponse:
    """One question under an address that can be cited: in total, by each group, and what it led to."""
    language = request.viewer.language
    found = queries.results_of(number, request.viewer)
    row = next((one for one in found.findings if one.place == place), None)
    if row is None:
        raise NotFound
    cuts = queries.cuts_of(row)
    title = figures.titled(row, language)
    context = {
        "survey": found.survey,
        "title": title,
        "title_language": figures.spoken(row.title, language),
        "survey_title": word(found.survey.title, language),
        "finding": block(row, found.evaluation, number, language),
        "cuts": [(cut.group, block(row, found.evaluation, number, language, cut)) for cut in cuts],
        "permanent": request.build_absolute_uri(f"/r/{row.ref}"),
        "trace": trace.trace_of(row.ref, request.viewer, request.at),
        "link_url": reverse("trace:link", args=["surveys", "finding", row.pk]) if request.viewer.is_staff else "",
        "is_published": found.survey.state == State.PUBLISHED,
        "crumbs": survey_crumbs(
            found.survey, language, (_("Ergebnisse"), reverse("surveys:results", args=[number])), (title, "")
        ),
    }
    return until(render(request, "surveys/finding.html", context), at=request.at)
