"""Surveys, who was invited, and what was said: three things that no key joins."""

from allmende.capabilities.surveys.models.answers import Response, WaitingResponse
from allmende.capabilities.surveys.models.invited import Invitation, ResidentMark
from allmende.capabilities.surveys.models.opinion import (
    STATEMENT_LIMIT,
    Conversation,
    DrawnMap,
    Statement,
    Voice,
)
from allmende.capabilities.surveys.models.results import Cut, Evaluation, Finding, Topic
from allmende.capabilities.surveys.models.surveys import CONTRACT_FIELDS, ConsentText, QuotaCount, Survey

__all__ = [
    "CONTRACT_FIELDS",
    "STATEMENT_LIMIT",
    "ConsentText",
    "Conversation",
    "Cut",
    "DrawnMap",
    "Evaluation",
    "Finding",
    "Invitation",
    "QuotaCount",
    "ResidentMark",
    "Response",
    "Statement",
    "Survey",
    "Topic",
    "Voice",
    "WaitingResponse",
]
