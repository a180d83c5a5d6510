"""The receipt of what a guest wrote or reported, shown on the page that says thank you."""

from uuid import UUID

from allmende.core.refs import Ref
from allmende.engines.notify import interface as notify


def receipt_of(ref: Ref, person_id: UUID | None) -> notify.Receipt | None:
    """The receipt that was issued in the action, if one was."""
    return notify.receipt_of(ref, person_id) if person_id is not None else None
