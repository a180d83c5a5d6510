"""A place as forms and pages hand it around."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.core.texts import Text


class Accuracy(StrEnum):
    """How exactly a place is known, best first."""

    ADDRESS = "address"
    NEARBY = "nearby"
    """The house next to the one that was named."""
    CORNER = "corner"
    LANDMARK = "landmark"
    POINT = "point"
    STREET = "street"
    DISTRICT = "district"


ACCURACY: dict[Accuracy, Text] = {
    Accuracy.ADDRESS: gettext_lazy("Adresse"),
    Accuracy.NEARBY: gettext_lazy("nächste bekannte Hausnummer"),
    Accuracy.CORNER: gettext_lazy("Straßenecke"),
    Accuracy.LANDMARK: gettext_lazy("Ort"),
    Accuracy.POINT: gettext_lazy("Stelle auf der Karte"),
    Accuracy.STREET: gettext_lazy("Straße"),
    Accuracy.DISTRICT: gettext_lazy("Stadtteil"),
}


@dataclass(frozen=True)
class Place:
    """Where something is. `district` is the slug that the whole platform uses, `token` finds the same place again.

    `text` is what people read („Heinrichstraße 12“); positions are degrees, WGS 84.
    """

    longitude: float
    latitude: float
    text: str
    accuracy: Accuracy
    district: str = ""
    district_name: str = ""
    token: str = ""
    sure: bool = False
    """Exactly what was asked for, and nothing else is: may be taken without asking back."""

    @property
    def point(self) -> tuple[float, float]:
        return (self.longitude, self.latitude)

    @property
    def label(self) -> str:
        """„Heinrichstraße 12, Stadtteil Stadtmitte“."""
        if not self.district_name or self.accuracy == Accuracy.DISTRICT:
            return self.text
        return _("%(place)s, Stadtteil %(district)s") % {"place": self.text, "district": self.district_name}

    @property
    def kind(self) -> str:
        return str(ACCURACY[self.accuracy])
