"""Every change in this room."""

from allmende.capabilities.council.actions.documents import attach_document
from allmende.capabilities.council.actions.mirroring import (
    Step,
    ask_mirror,
    begin_reading,
    end_reading,
    save_mirror,
    take_page,
)
from allmende.capabilities.council.actions.records import Outcome, take_in
from allmende.capabilities.council.actions.votes import record_vote
from allmende.capabilities.council.actions.words import explain_paper, withdraw_thing

__all__ = [
    "Outcome",
    "Step",
    "ask_mirror",
    "attach_document",
    "begin_reading",
    "end_reading",
    "explain_paper",
    "record_vote",
    "save_mirror",
    "take_in",
    "take_page",
    "withdraw_thing",
]
