"""What organisers say of an event, checked, and put on the map."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from allmende.capabilities.portal.workflow.calendar import ACCESS, AIDS, KINDS, LANGUAGES, Kind, Texts
from allmende.core import city
from allmende.core.errors import Invalid
from allmende.core.refs import Ref
from allmende.engines.places import interface as places

LONGEST_EVENT = timedelta(days=62)
TITLE_LIMIT = 160
EXACT = frozenset({places.Accuracy.ADDRESS, places.Accuracy.CORNER, places.Accuracy.LANDMARK})
"""A street or a district alone is no place to go to."""


@dataclass(frozen=True)
class EventData:
    """Everything that organisers say of an event. Texts per language; `about` are the things it is about."""

    title: Texts
    starts_at: datetime
    ends_at: datetime
    department: str
    kind: str = Kind.OTHER.value
    all_day: bool = False
    summary: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    place: Texts = field(default_factory=dict)
    address: str = ""
    district: str = ""
    longitude: float | None = None
    latitude: float | None = None
    access: Sequence[str] = ()
    access_note: Texts = field(default_factory=dict)
    online_url: str = ""
    organiser: Texts = field(default_factory=dict)
    languages: Sequence[str] = ("de",)
    aids: Sequence[str] = ()
    aids_on_request: Sequence[str] = ()
    aids_until: datetime | None = None
    costs: Texts = field(default_factory=dict)
    link: str = ""
    registration: bool = False
    capacity: int | None = None
    registration_until: datetime | None = None
    about: Sequence[Ref] = ()

    def columns(self) -> dict[str, Any]:
        """As the table keeps them; texts without the empty ones."""
        values: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "about":
                continue
            if isinstance(value, Mapping):
                value = {key: str(text).strip() for key, text in value.items() if str(text).strip()}
            elif isinstance(value, (list, tuple)):
                value = list(value)
            values[one.name] = value
        return values


def check(data: EventData) -> None:
    """Raises Invalid with a sentence for each field."""
    wrong = _wrong_words(data) | _wrong_choices(data)
    if wrong:
        raise Invalid(fields=wrong)


def _wrong_words(data: EventData) -> dict[str, str]:
    """Name, time, place and addresses on the web."""
    wrong: dict[str, str] = {}
    title = data.title.get("de", "").strip()
    if not title:
        wrong["title"] = _("Bitte geben Sie dem Termin einen Namen.")
    elif max(len(text) for text in data.title.values()) > TITLE_LIMIT:
        wrong["title"] = _("Bitte kürzen Sie den Namen auf %(n)s Zeichen.") % {"n": TITLE_LIMIT}
    if data.ends_at <= data.starts_at:
        wrong["ends_at"] = _("Das Ende liegt vor dem Anfang.")
    elif data.ends_at - data.starts_at > LONGEST_EVENT:
        wrong["ends_at"] = _("Ein Termin dauert höchstens zwei Monate. Planen Sie mehrere.")
    if not data.place.get("de", "").strip() and not data.address.strip() and not data.online_url:
        wrong["place"] = _("Bitte sagen Sie, wo: ein Ort oder eine Adresse im Netz.")
    for name in ("online_url", "link"):
        if getattr(data, name) and not getattr(data, name).startswith(("https://", "http://")):
            wrong[name] = _("Bitte geben Sie eine Adresse an, die mit https:// beginnt.")
    return wrong


def _wrong_choices(data: EventData) -> dict[str, str]:
    """What is chosen from lists, numbers and deadlines."""
    wrong: dict[str, str] = {}
    if city.current().department(data.department) is None:
        wrong["department"] = _("Dieses Amt gibt es nicht. Bitte wählen Sie eines aus der Liste.")
    if data.district and data.district not in city.current().districts:
        wrong["district"] = _("Diesen Stadtteil kennen wir nicht. Bitte wählen Sie einen aus der Liste.")
    if data.capacity is not None and data.capacity < 1:
        wrong["capacity"] = _("Bitte geben Sie mindestens einen Platz an, oder lassen Sie das Feld leer.")
    for name in ("aids_until", "registration_until"):
        instant = getattr(data, name)
        if instant is not None and instant > data.starts_at:
            wrong[name] = _("Diese Frist liegt nach dem Beginn.")
    known: dict[str, tuple[Iterable[str], Iterable[str]]] = {
        "kind": ({data.kind}, KINDS), "access": (data.access, ACCESS), "languages": (data.languages, LANGUAGES),
        "aids": (data.aids, AIDS), "aids_on_request": (data.aids_on_request, AIDS),
    }  # fmt: skip
    for name, (given, words) in known.items():
        if set(given) - {str(key) for key in words}:
            wrong[name] = _("Bitte wählen Sie aus der Liste.")
    return wrong


def located(data: EventData) -> EventData:
    """With position and district, where the address or the place names one spot of the city beyond doubt."""
    if data.longitude is not None:
        return data
    found = (places.likely(words) for words in (data.address, data.place.get("de", "")) if words.strip())
    place = next((place for place in found if place is not None and place.accuracy in EXACT), None)
    if place is None:
        return data
    return replace(data, longitude=place.longitude, latitude=place.latitude, district=data.district or place.district)
