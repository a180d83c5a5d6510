"""Every change."""

from allmende.capabilities.strategy.actions.answers import Answering, adopt_wording, answer_feedback
from allmende.capabilities.strategy.actions.drafts import replace_draft
from allmende.capabilities.strategy.actions.feedback import (
    Said,
    blank_name,
    give_feedback,
    hold_feedback,
    refuse_feedback,
    release_feedback,
    support_feedback,
    withdraw_feedback,
)
from allmende.capabilities.strategy.actions.plan import end_goal, save_field, save_goal, save_guideline
from allmende.capabilities.strategy.actions.reading import mark_read
from allmende.capabilities.strategy.actions.texts import (
    NewParagraph,
    TextData,
    add_paragraph,
    leave_out,
    make_text,
    move_text,
    save_text,
    settle_rival,
    write_paragraph,
)
from allmende.capabilities.strategy.actions.ties import order_impulses, set_aside, take_out

__all__ = [
    "Answering",
    "NewParagraph",
    "Said",
    "TextData",
    "add_paragraph",
    "adopt_wording",
    "answer_feedback",
    "blank_name",
    "end_goal",
    "give_feedback",
    "hold_feedback",
    "leave_out",
    "make_text",
    "mark_read",
    "move_text",
    "order_impulses",
    "refuse_feedback",
    "release_feedback",
    "replace_draft",
    "save_field",
    "save_goal",
    "save_guideline",
    "save_text",
    "set_aside",
    "settle_rival",
    "support_feedback",
    "take_out",
    "withdraw_feedback",
    "write_paragraph",
]
