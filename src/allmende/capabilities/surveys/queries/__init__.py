"""Reads of surveys, with who may see what in the very query."""

from allmende.capabilities.surveys.queries.surveys import (
    may_see_survey,
    survey,
    survey_by_number,
    surveys_on,
)

__all__ = ["may_see_survey", "survey", "survey_by_number", "surveys_on"]
