"""A report that came in is looked at once more: is it part of something larger? And an answer is carried to all."""

from allmende.capabilities.reports import actions
from allmende.core.actor import SYSTEM
from allmende.core.events import Stored


def group(event: Stored) -> None:
    actions.group_report(actor=SYSTEM, report_id=event.ref.id)


def carry(event: Stored) -> None:
    """Until nobody is left; a repeat goes on where it was."""
    while actions.carry_answer(actor=SYSTEM, answer_id=event.payload["answer_id"]):
        pass
