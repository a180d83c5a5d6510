"""Every change in this room."""

from allmende.capabilities.council.actions.agendas import (
    add_point,
    announce_meeting,
    change_meeting,
    change_point,
    keep_standing_orders,
    make_meeting,
    move_point,
    remove_point,
)
from allmende.capabilities.council.actions.attendance import record_attendance
from allmende.capabilities.council.actions.documents import attach_document
from allmende.capabilities.council.actions.drafts import (
    begin_draft,
    change_draft,
    refuse_draft,
    return_draft,
    send_draft,
    sign_draft,
    submit_draft,
    withdraw_draft,
)
from allmende.capabilities.council.actions.invitations import invite_members
from allmende.capabilities.council.actions.minutes import MinutesData, keep_minutes
from allmende.capabilities.council.actions.mirroring import (
    Step,
    ask_mirror,
    begin_reading,
    end_reading,
    save_mirror,
    take_page,
)
from allmende.capabilities.council.actions.parts import decide_parts, tell_decisions, write_parts
from allmende.capabilities.council.actions.records import Outcome, take_in
from allmende.capabilities.council.actions.register import keep_entry, remove_entry
from allmende.capabilities.council.actions.texts import keep_file_text
from allmende.capabilities.council.actions.tracking import assign_task, change_task, remind_of_task, report_on_task
from allmende.capabilities.council.actions.votes import record_vote
from allmende.capabilities.council.actions.words import explain_paper, withdraw_thing

__all__ = [
    "MinutesData",
    "Outcome",
    "Step",
    "add_point",
    "announce_meeting",
    "ask_mirror",
    "assign_task",
    "attach_document",
    "begin_draft",
    "begin_reading",
    "change_draft",
    "change_meeting",
    "change_point",
    "change_task",
    "decide_parts",
    "end_reading",
    "explain_paper",
    "invite_members",
    "keep_entry",
    "keep_file_text",
    "keep_minutes",
    "keep_standing_orders",
    "make_meeting",
    "move_point",
    "record_attendance",
    "record_vote",
    "refuse_draft",
    "remind_of_task",
    "remove_entry",
    "remove_point",
    "report_on_task",
    "return_draft",
    "save_mirror",
    "send_draft",
    "sign_draft",
    "submit_draft",
    "take_in",
    "take_page",
    "tell_decisions",
    "withdraw_draft",
    "withdraw_thing",
    "write_parts",
]
