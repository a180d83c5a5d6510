"""What other rooms may ask of surveys: where a finding comes from, so that the Trace leads back to who was asked."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.surveys import queries
from allmende.capabilities.surveys.workflow import State
from allmende.core.refs import Ref

FINDING = "finding"
"""Kind of the reference under which a finding is cited."""


def survey_of(finding_id: UUID) -> tuple[Ref, datetime] | None:
    """The survey that a public finding came out of, and since when it can be read; None for anything else."""
    row = queries.finding(finding_id)
    if row is None or row.is_held or row.survey.state != State.PUBLISHED or row.survey.published_at is None:
        return None
    return row.survey.ref, row.survey.published_at
