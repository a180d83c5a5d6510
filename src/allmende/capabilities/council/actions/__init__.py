"""Every change in this room."""

from allmende.capabilities.council.actions.attendance import record_attendance
from allmende.capabilities.council.actions.documents import attach_document
from allmende.capabilities.council.actions.minutes import MinutesData, keep_minutes
from allmende.capabilities.council.actions.mirroring import (
    Step,
    ask_mirror,
    begin_reading,
    end_reading,
    save_mirror,
    take_page,
)
from allmende.capabilities.council.actions.records import Outcome, take_in
from allmende.capabilities.council.actions.texts import keep_file_text
from allmende.capabilities.council.actions.tracking import assign_task, change_task, remind_of_task, report_on_task
from allmende.capabilities.council.actions.votes import record_vote
from allmende.capabilities.council.actions.words import explain_paper, withdraw_thing

__all__ = [
    "MinutesData",
    "Outcome",
    "Step",
    "ask_mirror",
    "assign_task",
    "attach_document",
    "begin_reading",
    "change_task",
    "end_reading",
    "explain_paper",
    "keep_file_text",
    "keep_minutes",
    "record_attendance",
    "record_vote",
    "remind_of_task",
    "report_on_task",
    "save_mirror",
    "take_in",
    "take_page",
    "withdraw_thing",
]
