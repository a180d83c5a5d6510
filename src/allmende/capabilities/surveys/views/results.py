"""Results that anyone can read: each question with its sentence, its chart and its table; one question by groups."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.surveys import queries
from allmende.capabilities.surveys.index.results import LAYER
from allmende.capabilities.surveys.models import Cut, Finding
from allmende.capabilities.surveys.queries.results import Results
from allmende.capabilities.surveys.rules.variables import Form
from allmende.capabilities.surveys.views import blocks, figures, waves
from allmende.capabilities.surveys.views.downloads import FILES
from allmende.capabilities.surveys.views.geojson import has_places
from allmende.capabilities.surveys.views.pages import ours, survey_crumbs, until, word
from allmende.capabilities.surveys.workflow import State
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.trace import interface as trace

MOST = 64
"""Pages that a process keeps, some 300 kB each for sixty questions."""
_kept: dict[tuple[Hashable, ...], "Body"] = {}
_making = Lock()


@dataclass(frozen=True)
class Body:
    """What a results page says, but for what depends on who asks: the same for everybody until something changes."""

    findings: Sequence[SafeString]
    links: Sequence[tuple[str, str, bool]]
    striking: Sequence[dict[str, str]]
    changed: dict[str, Any] | None
    has_places: bool

    @property
    def chosen(self) -> str:
        """By which group it tells apart, in words; "" for all together."""
        return next((text for place, (text, _url, here) in enumerate(self.links) if here and place), "")


def body(found: Results, chosen: str, language: str) -> Body:
    """Made by whoever asks first after a change, while others wait for it; then at hand in this process."""
    key = (found.survey.pk, found.edition, chosen, language, get_language())
    if key in _kept:
        return _kept[key]
    with _making:
        if key not in _kept:
            made = _body(found, chosen, language)
            if len(_kept) >= MOST:
                _kept.clear()
            _kept[key] = made
        return _kept[key]


def _body(found: Results, chosen: str, language: str) -> Body:
    survey, number = found.survey, found.survey.number
    rows = queries.shown_findings(survey) if found.evaluation.prepared_at is not None else []
    cuts = queries.cuts_by(survey, chosen) if chosen else {}
    return Body(
        findings=[
            blocks.part(row, found.evaluation, number, language, cuts.get(row.pk))
            for row in rows
            if not chosen or row.pk in cuts
        ],
        links=group_links(found, rows, chosen, language),
        striking=[] if chosen else striking_links(queries.striking(survey), number, language),
        changed=None if chosen else waves.summary(survey, rows, language),
        has_places=has_places(rows),
    )


def group_links(found: Results, rows: Sequence[Finding], chosen: str, language: str) -> list[tuple[str, str, bool]]:
    """All together, and by each group."""
    titles = {row.variable: word(row.title, language) for row in rows}
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
    found = queries.results_head(number, request.viewer)
    chosen = request.GET.get("nach", "")
    if chosen and chosen not in found.evaluation.groups:
        raise NotFound
    survey, made = found.survey, body(found, chosen, language)
    context = {
        "survey": survey,
        "title": word(survey.title, language),
        "title_language": figures.spoken(survey.title, language),
        "summary": word(survey.summary, language),
        "answers": figures.people(found.evaluation.answers),
        "findings": made.findings,
        "links": made.links,
        "chosen": made.chosen,
        "striking": made.striking,
        "changed": made.changed,
        "weighting": figures.weighting_facts(found.evaluation, language),
        "least": found.evaluation.least,
        "files": [
            (label, reverse("surveys:results_file", args=[number, key]))
            for key, label in FILES.items()
            if key != "geojson" or made.has_places
        ],
        "is_published": survey.state == State.PUBLISHED,
        "is_prepared": found.evaluation.prepared_at is not None,
        "is_stuck": bool(found.evaluation.fault),
        "is_renewed": found.evaluation.prepared_at is not None and found.evaluation.wanted_at is not None,
        "edit_url": reverse("surveys:evaluate", args=[number]) if found.may_edit else "",
        "crumbs": survey_crumbs(survey, language, (_("Ergebnisse"), "")),
    }
    return until(render(request, "surveys/results.html", context), at=request.at)


def _on_map(row: Finding) -> str:
    """The city map with what surveys know of places, where most people named something; "" for other questions."""
    fields = row.table.get("fields") if row.table.get("form") == Form.MAP else None
    if not fields:
        return ""
    longitude, latitude = fields[0]["centre"]
    return f"{reverse('places:map')}?{urlencode({'ebene': LAYER, 'karte': f'14/{latitude:.4f}/{longitude:.4f}'})}"


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
        "survey_url": reverse("surveys:survey", args=[number]),
        "map_url": _on_map(row) if found.survey.state == State.PUBLISHED else "",
        "finding": blocks.block(row, found.evaluation, number, language),
        "cuts": [(cut.group, blocks.block(row, found.evaluation, number, language, cut)) for cut in cuts],
        "permanent": request.build_absolute_uri(f"/r/{row.ref}"),
        "trace": trace.trace_of(row.ref, request.viewer, request.at),
        "link_url": reverse("trace:link", args=["surveys", "finding", row.pk]) if request.viewer.is_staff else "",
        "is_published": found.survey.state == State.PUBLISHED,
        "crumbs": survey_crumbs(
            found.survey, language, (_("Ergebnisse"), reverse("surveys:results", args=[number])), (title, "")
        ),
    }
    return until(render(request, "surveys/finding.html", context), at=request.at)
