"""Results follow the survey: computed at its close, in the index when they are published, alone when answers go."""

from allmende.capabilities.surveys import queries
from allmende.capabilities.surveys.actions import results as actions
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored
from allmende.engines.questions import interface as questions

COMPARED = frozenset({"surveys.results_prepared", "surveys.results_published", "surveys.finding_judged"})
"""After each of these a survey's public tables may be others."""


def prepare(event: Stored) -> None:
    """Computes and draws outside of any transaction, then keeps all of it at once. Whatever it comes to nothing for,
    the editors read; then it is tried again as every handler is.
    """
    survey = queries.survey(event.ref.id)
    evaluation = None if survey is None else queries.evaluation_of(survey)
    if survey is None or evaluation is None or survey.raw_deleted_at is not None:
        return
    try:
        prepared = queries.prepare(survey, evaluation, questions.definition(survey.version_id))
        queries.draw(prepared)
    except Exception as error:
        actions.note_fault(actor=SYSTEM, survey_id=survey.pk, fault=type(error).__name__)
        raise
    actions.keep_results(actor=SYSTEM, survey_id=survey.pk, prepared=prepared, at=event.at)


def compute(event: Stored) -> None:
    """The survey is over. A repeat computes anew, with the same outcome."""
    survey = queries.survey(event.ref.id)
    if survey is not None and survey.raw_deleted_at is None:
        actions.ask_results(actor=SYSTEM, survey_id=survey.pk, at=event.at)


def announce(event: Stored) -> None:
    """The results are public. Where nobody has had them computed yet, that begins at once; the page says so."""
    survey = queries.survey(event.ref.id)
    evaluation = None if survey is None else queries.evaluation_of(survey)
    is_asked = evaluation is not None and (evaluation.prepared_at or evaluation.wanted_at)
    if survey is not None and survey.raw_deleted_at is None and not is_asked:
        actions.ask_results(actor=SYSTEM, survey_id=survey.pk, at=event.at)
    actions.announce_findings(actor=SYSTEM, survey_id=event.ref.id)


def forget(event: Stored) -> None:
    actions.forget_answers(actor=SYSTEM, survey_id=event.ref.id)


def compare(event: Stored) -> None:
    """What surveys that asked the same later say of the difference follows what this one says now."""
    for survey_id in queries.later_waves(event.ref.id):
        actions.compare_waves(actor=SYSTEM, survey_id=survey_id)
