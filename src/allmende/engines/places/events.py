"""What happened to places."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PlacesImported(DomainEvent):
    """A source's places were replaced by what its file holds now. `ref` is the source."""

    name: ClassVar[str] = "places.places_imported"
    districts: int
    streets: int
    addresses: int
    landmarks: int
