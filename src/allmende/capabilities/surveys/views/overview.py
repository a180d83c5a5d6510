"""The list of surveys: what is open, what comes, what came out."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.surveys import queries, rules
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.views.opinion import conversation_cards
from allmende.capabilities.surveys.views.pages import ours, state_tag, until, word
from allmende.core.http import Request


@dataclass(frozen=True)
class SurveyCard:
    """A survey in a list."""

    title: str
    language: str
    url: str
    text: str
    tag: str
    tag_kind: str
    minutes: int
    when: datetime | None
    is_example: bool


def card(survey: Survey, language: str, at: datetime, when: datetime | None = None) -> SurveyCard:
    spoken = language if survey.title.get(language) else "de"
    tag, kind = state_tag(survey, language, at)
    return SurveyCard(
        word(survey.title, language), spoken, reverse("surveys:survey", args=[survey.number]),
        word(survey.summary, language), tag, kind, survey.minutes, when, survey.is_example,
    )  # fmt: skip


@ours
@require_safe
def surveys(request: Request) -> HttpResponse:
    """All surveys; editors also see drafts."""
    viewer, at = request.viewer, request.at
    found = queries.surveys_on(viewer, at)
    language = viewer.language
    context = {
        "open": [card(one, language, at, one.closes_at) for one in found.running],
        "coming": [card(one, language, at, one.opens_at) for one in found.coming],
        "ended": [card(one, language, at, one.closed_at or one.closes_at) for one in found.ended],
        "drafts": [card(one, language, at) for one in found.drafts],
        "may_edit": rules.may_edit(viewer),
        "maps": conversation_cards(request),
        "crumbs": [(_("Umfragen"), "")],
    }
    changes = [moment for one in (*found.running, *found.coming) for moment in (one.opens_at, one.closes_at)]
    return until(render(request, "surveys/surveys.html", context), *changes, at=at)
