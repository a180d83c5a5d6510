"""What happened here."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SearchFound(DomainEvent):
    """Something new fits a saved search. `ref` is the search; what was found are its hits of this round."""

    name: ClassVar[str] = "notify.search_found"
    round: UUID
