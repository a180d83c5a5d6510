"""Every change in participation: rule, transaction, audit entry and event in one visible body each.

Row locks are taken in this order: store, idea, support, then the engines' own rows (case, image, receipt).
"""

from allmende.capabilities.participation.actions.ages import state_age
from allmende.capabilities.participation.actions.budget import ProposalData, check_proposal
from allmende.capabilities.participation.actions.contest import (
    ContestData,
    CriterionData,
    EntryData,
    PlaceData,
    appoint_juror,
    check_entrant,
    declare_conflict,
    dismiss_juror,
    publish_entries,
    publish_placing,
    record_plenary,
    save_contest,
    score_entry,
    withdraw_conflict,
)
from allmende.capabilities.participation.actions.documents import publish_document
from allmende.capabilities.participation.actions.drafts import discard_draft, save_draft
from allmende.capabilities.participation.actions.groups import (
    appoint_member,
    ensure_group,
    join_group,
    leave_group,
    save_group,
)
from allmende.capabilities.participation.actions.ideas import accept_proven_idea, edit_idea, submit_idea, withdraw_idea
from allmende.capabilities.participation.actions.meetings import cancel_meeting, change_meeting, plan_meeting
from allmende.capabilities.participation.actions.minutes import (
    AHEAD,
    There,
    name_oneself,
    publish_minutes,
    record_attendance,
    save_agenda,
    save_minutes,
    submit_minutes,
    understood,
)
from allmende.capabilities.participation.actions.moderation import (
    blank_name,
    hold_idea,
    refuse_idea,
    release_idea,
)
from allmende.capabilities.participation.actions.needs import (
    OfferData,
    answer_needs,
    follow_order,
    offer_as_partner,
    reply_to_partner,
)
from allmende.capabilities.participation.actions.office import (
    answer_idea,
    remind_of_idea,
    remind_of_store,
    set_next_step,
    take_up_idea,
)
from allmende.capabilities.participation.actions.parts import place_part, take_impulse
from allmende.capabilities.participation.actions.people import (
    decline_certificate,
    end_handover,
    issue_certificate,
    propose_handover,
    request_certificate,
)
from allmende.capabilities.participation.actions.projects import (
    PhaseData,
    ProjectData,
    create_project,
    note_turn,
    save_phases,
    save_project,
    tell_heard,
)
from allmende.capabilities.participation.actions.stores import StoreData, close_store, note_period, save_store
from allmende.capabilities.participation.actions.support import count_comments, support_idea, unsupport_idea
from allmende.capabilities.participation.actions.themes import merge_themes, order_ideas, save_theme, undo_step
from allmende.capabilities.participation.actions.voting import PollData, open_poll
from allmende.capabilities.participation.actions.work import (
    CHAIR_AFTER,
    add_task,
    change_task,
    drop_task,
    finish_task,
    remind_of_task,
)

__all__ = [
    "AHEAD",
    "CHAIR_AFTER",
    "ContestData",
    "CriterionData",
    "EntryData",
    "OfferData",
    "PhaseData",
    "PlaceData",
    "PollData",
    "ProjectData",
    "ProposalData",
    "StoreData",
    "There",
    "accept_proven_idea",
    "add_task",
    "answer_idea",
    "answer_needs",
    "appoint_juror",
    "appoint_member",
    "blank_name",
    "cancel_meeting",
    "change_meeting",
    "change_task",
    "check_entrant",
    "check_proposal",
    "close_store",
    "count_comments",
    "create_project",
    "declare_conflict",
    "decline_certificate",
    "discard_draft",
    "dismiss_juror",
    "drop_task",
    "edit_idea",
    "end_handover",
    "ensure_group",
    "finish_task",
    "follow_order",
    "hold_idea",
    "issue_certificate",
    "join_group",
    "leave_group",
    "merge_themes",
    "name_oneself",
    "note_period",
    "note_turn",
    "offer_as_partner",
    "open_poll",
    "order_ideas",
    "place_part",
    "plan_meeting",
    "propose_handover",
    "publish_document",
    "publish_entries",
    "publish_minutes",
    "publish_placing",
    "record_attendance",
    "record_plenary",
    "refuse_idea",
    "release_idea",
    "remind_of_idea",
    "remind_of_store",
    "remind_of_task",
    "reply_to_partner",
    "request_certificate",
    "save_agenda",
    "save_contest",
    "save_draft",
    "save_group",
    "save_minutes",
    "save_phases",
    "save_project",
    "save_store",
    "save_theme",
    "score_entry",
    "set_next_step",
    "state_age",
    "submit_idea",
    "submit_minutes",
    "support_idea",
    "take_impulse",
    "take_up_idea",
    "tell_heard",
    "understood",
    "undo_step",
    "unsupport_idea",
    "withdraw_conflict",
    "withdraw_idea",
]
