"""Handing the single answers to the accompanying research: each time asked, each time on record."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.surveys.actions.results import require_computable
from allmende.capabilities.surveys.models import Survey
from allmende.capabilities.surveys.rules.research import require_may_research
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound

SHORTEST = 10


@action
def hand_out_answers(*, actor: Actor, survey_id: UUID, reason: str, at: datetime) -> Survey:
    """Says what for; the file follows. Raises Conflict while people still answer and when the answers are gone."""
    require_may_research(actor.viewer)
    try:
        survey = lock(Survey.objects.all(), pk=survey_id)
    except Survey.DoesNotExist:
        raise NotFound from None
    require_computable(survey)
    if len(reason.strip()) < SHORTEST:
        raise Invalid(fields={"reason": _("Bitte sagen Sie in einem Satz, wofür Sie die Antworten brauchen.")})
    audit.record(actor, "surveys.hand_out_answers", survey.ref, reason=f"{at:%Y-%m-%d}: {reason.strip()}")
    return survey
