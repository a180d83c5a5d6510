"""Every change of reports, one function each."""

from allmende.capabilities.reports.actions.asking import save_questions
from allmende.capabilities.reports.actions.following import name_area
from allmende.capabilities.reports.actions.handling import Correction, add_note, correct_report, show_report
from allmende.capabilities.reports.actions.merging import join_report, merge_reports, split_report
from allmende.capabilities.reports.actions.moving import answer_question, confirm_done, move_report, object_to_done
from allmende.capabilities.reports.actions.routing import RuleData, remove_rule, save_rule, watch_rules
from allmende.capabilities.reports.actions.setup import CategoryData, save_category
from allmende.capabilities.reports.actions.submitting import ReportData, submit_report

__all__ = [
    "CategoryData",
    "Correction",
    "ReportData",
    "RuleData",
    "add_note",
    "answer_question",
    "confirm_done",
    "correct_report",
    "join_report",
    "merge_reports",
    "move_report",
    "name_area",
    "object_to_done",
    "remove_rule",
    "save_category",
    "save_questions",
    "save_rule",
    "show_report",
    "split_report",
    "submit_report",
    "watch_rules",
]
