"""The photo comes first: where it was taken is offered as the place, and forgotten when the next step is reached.

What the camera noted is read as the picture comes in and travels in hidden fields of the sender's own page, up to the
step that asks for the place. It is kept nowhere; only a place that somebody has accepted is theirs to send.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.engines.places import interface as places

FIELDS = ("photo_at", "photo_taken")
YES = "photo"
"""What the button says that takes the offer."""


@dataclass(frozen=True)
class Offer:
    """Where the photo was taken, in words, and the camera's own local time (None where it has none)."""

    place: places.Place
    taken: datetime | None


def read(request: Request, sent: dict[str, Any]) -> None:
    """Puts what a new photo says of place and time into the fields that travel; a photo that goes takes it along."""
    file = request.FILES.get("photo")
    if request.POST.get("photo_remove") or isinstance(file, UploadedFile):
        forget(sent)
    if isinstance(file, UploadedFile):
        found = media.noted(file)
        if found.place is not None:
            sent["photo_at"] = f"{found.place[0]},{found.place[1]}"
        if found.place is not None and found.taken is not None:
            sent["photo_taken"] = found.taken.isoformat()


def forget(sent: dict[str, Any]) -> None:
    for name in FIELDS:
        sent.pop(name, None)


def carried(sent: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same as hidden fields of the first page."""
    return [(name, str(sent[name])[:40]) for name in FIELDS if sent.get(name)]


def offer(sent: Mapping[str, Any]) -> Offer | None:
    """None where the photo says nothing readable, or was taken outside the city."""
    longitude, _comma, latitude = str(sent.get("photo_at", ""))[:40].partition(",")
    try:
        point = float(longitude), float(latitude)
    except ValueError:
        return None
    place = places.place_at(*point) if all(map(math.isfinite, point)) else None
    if place is None:
        return None
    try:
        taken = datetime.fromisoformat(str(sent.get("photo_taken", ""))[:40])
    except ValueError:
        return Offer(place, None)
    return Offer(place, taken.replace(tzinfo=None))


def accepted(data: QueryDict) -> QueryDict:
    """What was sent, with the photo's place for the one that was typed, when somebody has said that it is right."""
    found = offer(data) if data.get("go") == YES else None
    if found is None:
        return data
    taken = data.copy()
    taken["place"] = taken["place_for"] = found.place.text
    taken["place_at"] = found.place.token
    return taken
