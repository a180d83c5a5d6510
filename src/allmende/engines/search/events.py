"""What happens to the index itself."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class RebuildStarted(DomainEvent):
    """Somebody had the index computed anew; the worker does it."""

    name: ClassVar[str] = "search.rebuild_started"
