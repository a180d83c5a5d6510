"""Rows of participation. Texts of the city are JSON per language; people's words are plain text."""

from allmende.capabilities.participation.models.ages import StatedAge
from allmende.capabilities.participation.models.contest import (
    Contest,
    Criterion,
    Entry,
    Juror,
    JurorConflict,
    Place,
    Placing,
    PlenaryResult,
    Score,
    ScoreSheet,
)
from allmende.capabilities.participation.models.groups import GroupMember, Meeting, WorkingGroup
from allmende.capabilities.participation.models.history import OfficialAnswer, StatusChange
from allmende.capabilities.participation.models.ideas import (
    BODY_LIMIT,
    TITLE_LIMIT,
    Idea,
    IdeaDraft,
    IdeaVersion,
    Support,
)
from allmende.capabilities.participation.models.minutes import Attendance, Decision, Minutes, MinutesEdition
from allmende.capabilities.participation.models.needs import Offer, PartnerOffer
from allmende.capabilities.participation.models.people import Certificate, Handover
from allmende.capabilities.participation.models.projects import Module, Phase, Project
from allmende.capabilities.participation.models.stores import CONTRACT_FIELDS, Category, TopicStore
from allmende.capabilities.participation.models.themes import StoreDocument, Theme, ThemePlace, ThemeStep
from allmende.capabilities.participation.models.voting import Poll, Proposal
from allmende.capabilities.participation.models.work import Task

__all__ = [
    "BODY_LIMIT",
    "CONTRACT_FIELDS",
    "TITLE_LIMIT",
    "Attendance",
    "Category",
    "Certificate",
    "Contest",
    "Criterion",
    "Decision",
    "Entry",
    "GroupMember",
    "Handover",
    "Idea",
    "IdeaDraft",
    "IdeaVersion",
    "Juror",
    "JurorConflict",
    "Meeting",
    "Minutes",
    "MinutesEdition",
    "Module",
    "Offer",
    "OfficialAnswer",
    "PartnerOffer",
    "Phase",
    "Place",
    "Placing",
    "PlenaryResult",
    "Poll",
    "Project",
    "Proposal",
    "Score",
    "ScoreSheet",
    "StatedAge",
    "StatusChange",
    "StoreDocument",
    "Support",
    "Task",
    "Theme",
    "ThemePlace",
    "ThemeStep",
    "TopicStore",
    "WorkingGroup",
]
