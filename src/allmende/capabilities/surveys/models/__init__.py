"""Surveys, who was invited, and what was said: three things that no key joins."""

from allmende.capabilities.surveys.models.answers import Response, WaitingResponse
from allmende.capabilities.surveys.models.invited import Invitation, ResidentMark
from allmende.capabilities.surveys.models.surveys import CONTRACT_FIELDS, ConsentText, QuotaCount, Survey

__all__ = [
    "CONTRACT_FIELDS",
    "ConsentText",
    "Invitation",
    "QuotaCount",
    "ResidentMark",
    "Response",
    "Survey",
    "WaitingResponse",
]
