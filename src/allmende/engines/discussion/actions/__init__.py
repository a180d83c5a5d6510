"""Every change: comments, reports, claims, decisions, the roster."""

from allmende.engines.discussion.actions.comments import (
    accept_proven_comment,
    add_comment,
    blank_name_in_comment,
    blank_version,
    edit_comment,
    hold_comment,
    refuse_comment,
    release_comment,
    withdraw_comment,
)
from allmende.engines.discussion.actions.decisions import check_again, decide_case, decide_many, undo_decision
from allmende.engines.discussion.actions.duty import (
    add_absence,
    add_duty,
    change_rule,
    install_rules,
    remove_absence,
    remove_duty,
)
from allmende.engines.discussion.actions.queue import (
    claim_case,
    claim_list,
    escalate_case,
    hand_over_case,
    remind_overdue,
    return_case,
)
from allmende.engines.discussion.actions.reports import complain, object_to_decision, report_content

__all__ = [
    "accept_proven_comment",
    "add_absence",
    "add_comment",
    "add_duty",
    "blank_name_in_comment",
    "blank_version",
    "change_rule",
    "check_again",
    "claim_case",
    "claim_list",
    "complain",
    "decide_case",
    "decide_many",
    "edit_comment",
    "escalate_case",
    "hand_over_case",
    "hold_comment",
    "install_rules",
    "object_to_decision",
    "refuse_comment",
    "release_comment",
    "remind_overdue",
    "remove_absence",
    "remove_duty",
    "report_content",
    "return_case",
    "undo_decision",
    "withdraw_comment",
]
