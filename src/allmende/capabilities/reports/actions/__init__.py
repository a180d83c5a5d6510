"""Every change of reports, one function each."""

from allmende.capabilities.reports.actions.asking import save_questions
from allmende.capabilities.reports.actions.duties import set_duties
from allmende.capabilities.reports.actions.exporting import export_reports
from allmende.capabilities.reports.actions.following import name_area
from allmende.capabilities.reports.actions.handling import Correction, add_note, correct_report, show_report
from allmende.capabilities.reports.actions.handovers import (
    HandoverData,
    answer_handover,
    hand_over,
    lapse_handover,
    remind_party,
    take_back,
)
from allmende.capabilities.reports.actions.incidents import (
    answer_incident,
    bring_incident,
    carry_answer,
    end_incident,
    group_report,
    leave_incident,
    restore_incident,
    return_to_incident,
)
from allmende.capabilities.reports.actions.merging import join_report, merge_reports, split_report
from allmende.capabilities.reports.actions.moving import answer_question, confirm_done, move_report, object_to_done
from allmende.capabilities.reports.actions.pictures import replace_image
from allmende.capabilities.reports.actions.recording import transcribe_recording
from allmende.capabilities.reports.actions.routing import RuleData, remove_rule, save_rule, watch_rules
from allmende.capabilities.reports.actions.setup import CategoryData, save_category
from allmende.capabilities.reports.actions.submitting import ReportData, submit_report
from allmende.capabilities.reports.actions.subtasks import end_subtask, give_subtask
from allmende.capabilities.reports.actions.visiting import report_visit

__all__ = [
    "CategoryData",
    "Correction",
    "HandoverData",
    "ReportData",
    "RuleData",
    "add_note",
    "answer_handover",
    "answer_incident",
    "answer_question",
    "bring_incident",
    "carry_answer",
    "confirm_done",
    "correct_report",
    "end_incident",
    "end_subtask",
    "export_reports",
    "give_subtask",
    "group_report",
    "hand_over",
    "join_report",
    "lapse_handover",
    "leave_incident",
    "merge_reports",
    "move_report",
    "name_area",
    "object_to_done",
    "remind_party",
    "remove_rule",
    "replace_image",
    "report_visit",
    "restore_incident",
    "return_to_incident",
    "save_category",
    "save_questions",
    "save_rule",
    "set_duties",
    "show_report",
    "split_report",
    "submit_report",
    "take_back",
    "transcribe_recording",
    "watch_rules",
]
