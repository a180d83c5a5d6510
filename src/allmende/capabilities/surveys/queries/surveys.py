"""Surveys as their pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allmende.capabilities.surveys import rules
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.workflow import Phase, State
from allmende.core.actor import Viewer

MOST = 50
"""Surveys of each group on the list: more than a city runs in years."""


def survey(survey_id: UUID) -> Survey | None:
    """The row, whoever asks; for index, notices and gates."""
    return Survey.objects.filter(pk=survey_id).first()


def survey_by_number(number: int, viewer: Viewer) -> Survey:
    """One query. Raises NotFound for what is not there and what this viewer may not know of."""
    found = Survey.objects.filter(number=number).first() if 0 < number < 2**63 else None
    return rules.require_may_see(found, viewer)


def may_see_survey(survey_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of this room's kind."""
    found = survey(survey_id)
    return found is not None and rules.may_see(found, viewer)


@dataclass(frozen=True)
class SurveyList:
    """Surveys by what one can do with them, the nearest date first."""

    running: Sequence[Survey]
    coming: Sequence[Survey]
    ended: Sequence[Survey]
    drafts: Sequence[Survey]


def surveys_on(viewer: Viewer, at: datetime) -> SurveyList:
    """One query, or two for editors."""
    public = list(Survey.objects.exclude(state=State.DRAFT).order_by("-closes_at", "-number")[: 3 * MOST])
    by_phase = {one.pk: one.phase(at) for one in public}
    running = [one for one in public if by_phase[one.pk] in {Phase.RUNNING, Phase.GRACE}]
    coming = [one for one in public if by_phase[one.pk] is Phase.COMING]
    ended = [one for one in public if by_phase[one.pk] in {Phase.ENDED, Phase.RESULTS}]
    drafts = list(Survey.objects.filter(state=State.DRAFT).order_by("-number")[:MOST]) if rules.may_edit(viewer) else []
    return SurveyList(running[::-1], sorted(coming, key=lambda one: one.opens_at or at), ended[:MOST], drafts)
