"""The single answers as one flat table, for the accompanying research only."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.surveys import actions, queries
from allmende.capabilities.surveys.forms.research import ResearchForm
from allmende.capabilities.surveys.models import Response, Survey
from allmende.capabilities.surveys.rules.research import require_may_research
from allmende.capabilities.surveys.views import figures
from allmende.capabilities.surveys.views.downloads import safe_cell
from allmende.capabilities.surveys.views.pages import ours, survey_crumbs, word
from allmende.core.http import Request
from allmende.engines.questions import interface as questions
from allmende.ui.views import render_form

AT_ONCE = 2_000


def lines(survey: Survey) -> Iterator[bytes]:
    """CSV in pieces: channel, language and day of each answer, and all that was said, in the order of random ids."""
    definition = questions.definition(survey.version_id)
    names = [column.name for column in questions.columns(definition)]
    yield b"\xef\xbb\xbf" + _line(["channel", "language", "day", *names])
    rows = Response.objects.filter(survey=survey).order_by("id")
    for answers, channel, language, day in rows.values_list("answers", "channel", "language", "day").iterator(AT_ONCE):
        flat = questions.flatten(definition, answers)
        yield _line([channel, language, day.isoformat(), *(_cell(flat.get(name)) for name in names)])


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, list | dict) else safe_cell(value)


def _line(cells: list[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def research(request: Request, number: int) -> HttpResponseBase:
    """Asks what for, then sends the file."""
    require_may_research(request.viewer)
    survey = queries.survey_by_number(number, request.viewer)
    language = request.viewer.language
    form = ResearchForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.hand_out_answers(
                actor=request.actor, survey_id=survey.pk, reason=form.cleaned_data["reason"], at=request.at
            )
            response = StreamingHttpResponse(lines(survey), content_type="text/csv; charset=utf-8")
            response["Content-Disposition"] = f'attachment; filename="umfrage-{number}-antworten.csv"'
            response["Cache-Control"] = "private, no-store"
            return response
    context = {
        "title": word(survey.title, language),
        "title_language": figures.spoken(survey.title, language),
        "back_url": reverse("surveys:survey", args=[number]),
        "crumbs": survey_crumbs(survey, language, (_("Einzelne Antworten"), "")),
    }
    return render_form(request, "surveys/research.html", form, context)
