"""Categories with their way through the city; reports with every step that was taken."""

from allmende.capabilities.reports.models.areas import Area
from allmende.capabilities.reports.models.asking import Answered, Asking
from allmende.capabilities.reports.models.assets import AboutAsset, Asset, AssetKind
from allmende.capabilities.reports.models.brought import Brought
from allmende.capabilities.reports.models.categories import Category, Duty, Route
from allmende.capabilities.reports.models.drafts import Draft
from allmende.capabilities.reports.models.exchange import ApiKey, Inbound, NamedPicture, SentUpdate
from allmende.capabilities.reports.models.handovers import Handover
from allmende.capabilities.reports.models.incidents import Answer, Incident, Member
from allmende.capabilities.reports.models.learning import LearnedWord, Lesson
from allmende.capabilities.reports.models.partners import Partner, PartnerService, Referral
from allmende.capabilities.reports.models.patterns import Pattern
from allmende.capabilities.reports.models.recordings import Recording
from allmende.capabilities.reports.models.reports import DETAIL_LIMIT, WORDS_LIMIT, Join, Report, Update
from allmende.capabilities.reports.models.routing import RoutingRule
from allmende.capabilities.reports.models.subtasks import Subtask
from allmende.capabilities.reports.models.webhooks import WebhookCall, WebhookTarget

__all__ = [
    "DETAIL_LIMIT",
    "WORDS_LIMIT",
    "AboutAsset",
    "Answer",
    "Answered",
    "ApiKey",
    "Area",
    "Asking",
    "Asset",
    "AssetKind",
    "Brought",
    "Category",
    "Draft",
    "Duty",
    "Handover",
    "Inbound",
    "Incident",
    "Join",
    "LearnedWord",
    "Lesson",
    "Member",
    "NamedPicture",
    "Partner",
    "PartnerService",
    "Pattern",
    "Recording",
    "Referral",
    "Report",
    "Route",
    "RoutingRule",
    "SentUpdate",
    "Subtask",
    "Update",
    "WebhookCall",
    "WebhookTarget",
]
