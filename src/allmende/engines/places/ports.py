"""What every reader of a file with places hands over, whatever the format."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text

type Position = tuple[float, float]
"""Longitude, latitude in degrees, WGS 84."""
type Polygon = list[list[Position]]
"""Outer ring, then holes; each closed."""

KINDS: dict[str, Text] = {
    "administration": _("Verwaltung"),
    "education": _("Schule und Kita"),
    "culture": _("Kultur"),
    "health": _("Gesundheit"),
    "transport": _("Bahn und Bus"),
    "green": _("Park und Natur"),
    "sport": _("Sport und Spiel"),
    "worship": _("Kirche und Gemeinde"),
    "square": _("Platz und Brücke"),
    "shopping": _("Einkaufen"),
    "other": _("Anderes"),
}
"""Kinds of landmarks, as people look for them."""


@dataclass(frozen=True, slots=True)
class DistrictRow:
    name: str
    slug: str
    polygons: list[Polygon]


@dataclass(frozen=True, slots=True)
class StreetRow:
    name: str
    lines: list[list[Position]]


@dataclass(frozen=True, slots=True)
class AddressRow:
    street: str
    number: int
    suffix: str
    postcode: str
    position: Position


@dataclass(frozen=True, slots=True)
class LandmarkRow:
    name: str
    kind: str
    position: Position
    text: str = ""
    url: str = ""


@dataclass
class Extract:
    """All that was read. `skipped` counts rows that could not be used, by reason."""

    districts: list[DistrictRow] = field(default_factory=list)
    streets: list[StreetRow] = field(default_factory=list)
    addresses: list[AddressRow] = field(default_factory=list)
    landmarks: list[LandmarkRow] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def add(self, others: "Iterable[Extract]") -> "Extract":
        """Joins what several files hold."""
        for other in others:
            self.districts += other.districts
            self.streets += other.streets
            self.addresses += other.addresses
            self.landmarks += other.landmarks
            self.skipped += other.skipped
        return self

    def __len__(self) -> int:
        return len(self.districts) + len(self.streets) + len(self.addresses) + len(self.landmarks)
