"""Every change in this room."""

from allmende.capabilities.council.actions.documents import attach_document
from allmende.capabilities.council.actions.records import Outcome, take_in
from allmende.capabilities.council.actions.words import explain_paper, withdraw_thing

__all__ = ["Outcome", "attach_document", "explain_paper", "take_in", "withdraw_thing"]
