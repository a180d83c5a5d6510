"""What journeys and the interfaces of programs may call."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions import ReportData, submit_report
from allmende.capabilities.reports.models import Subtask
from allmende.capabilities.reports.queries import assets, reports, subtasks
from allmende.capabilities.reports.queries.areas import may_see as may_see_area
from allmende.capabilities.reports.queries.asking import answers_of, attributes
from allmende.capabilities.reports.queries.recordings import may_see as may_see_recording
from allmende.capabilities.reports.rules.asking import Attribute
from allmende.core.actor import Viewer
from allmende.core.refs import Ref

__all__ = [
    "Attribute",
    "ReportData",
    "answers_of",
    "assets_of",
    "attributes",
    "is_own_report",
    "may_see_area",
    "may_see_recording",
    "may_see_report",
    "may_see_rule",
    "may_see_subtask",
    "report_ref",
    "submit_report",
]


def assets_of(kind_id: UUID) -> list[Ref]:
    """The numbered things of a kind, for the index; also those that are no longer there."""
    return [Ref("reports", "asset", asset_id) for asset_id in assets.of_kind(kind_id)]


def report_ref(report_id: UUID) -> Ref:
    return Ref("reports", "report", report_id)


def may_see_report(report_id: UUID, viewer: Viewer, at: datetime) -> bool:  # noqa: ARG001 - shape of a gate
    """The gate of kind "report"."""
    found = reports.by_id(report_id)
    return found is not None and (rules.may_see(viewer, found) or subtasks.is_helped_by(report_id, viewer))


def may_see_subtask(subtask_id: UUID, viewer: Viewer, at: datetime) -> bool:  # noqa: ARG001 - shape of a gate
    """The gate of kind "subtask"."""
    found = Subtask.objects.select_related("report__category").filter(pk=subtask_id).first()
    return found is not None and rules.may_see_subtask(viewer, found)


def may_see_rule(rule_id: UUID, viewer: Viewer, at: datetime) -> bool:  # noqa: ARG001 - shape of a gate
    """The gate of kind "rule"."""
    return rules.is_desk(viewer)


def is_own_report(report_id: UUID, viewer: Viewer, at: datetime) -> bool:  # noqa: ARG001 - shape of a gate
    """The gate "own:report": nobody decides on a notice of what they reported themselves."""
    found = reports.by_id(report_id)
    return found is not None and rules.is_reporter(viewer, found)
