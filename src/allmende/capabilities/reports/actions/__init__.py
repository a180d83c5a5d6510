"""Every change of reports, one function each."""

from allmende.capabilities.reports.actions.moving import answer_question, confirm_done, move_report, object_to_done
from allmende.capabilities.reports.actions.submitting import ReportData, submit_report

__all__ = [
    "ReportData",
    "answer_question",
    "confirm_done",
    "move_report",
    "object_to_done",
    "submit_report",
]
