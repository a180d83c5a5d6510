"""What other rooms may ask of the council beside its events (`events`): what was decided on a part of a paper."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from allmende.capabilities.council.queries import parts as _parts
from allmende.core.refs import Ref

__all__ = ["PartFacts", "part"]


@dataclass(frozen=True)
class PartFacts:
    """A part of a public paper, as it stands now."""

    ref: Ref
    paper: Ref
    title: str
    text: str
    about: Ref | None
    decision: str
    """accepted, rejected, postponed; empty while nothing is decided."""
    decided_on: date | None


def part(part_id: UUID) -> PartFacts | None:
    """None for what not everybody may read."""
    found = _parts.public_part(part_id)
    if found is None:
        return None
    return PartFacts(
        found.ref, found.paper.ref, found.title, found.text, found.about_ref, found.decision, found.decided_on
    )
