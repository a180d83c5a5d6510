"""What happened in the election calendar."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ElectionPeriodSaved(DomainEvent):
    """A period of restraint was entered or changed."""

    name: ClassVar[str] = "portal.election_period_saved"


@dataclass(frozen=True, kw_only=True)
class ElectionPeriodRemoved(DomainEvent):
    """A period was taken out before it began."""

    name: ClassVar[str] = "portal.election_period_removed"
