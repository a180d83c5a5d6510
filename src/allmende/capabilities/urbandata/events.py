"""What happened here. Values are no part of an event: handlers read them anew."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class SeriesSaved(DomainEvent):
    """A series was made, changed or taken away. `ref` is the series."""

    name: ClassVar[str] = "urbandata.series_saved"


@dataclass(frozen=True, kw_only=True)
class ObservationsAdded(DomainEvent):
    """Values came in, all of one batch at once. `ref` is the batch."""

    name: ClassVar[str] = "urbandata.observations_added"
    rows: int
