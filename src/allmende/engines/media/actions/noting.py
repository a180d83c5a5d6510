"""What a camera noted of place and time, read at the door for the person who sends the picture, and kept nowhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from allmende.engines.media.actions import apart, pictures
from allmende.engines.media.actions.sniffing import HEAD, PICTURES, Sort, sniff

JPEG_HEAD = 512 * 1024
"""Bytes; the notes of a JPEG stand before its pixels (segments APP1, at most 64 KiB each)."""


class Rewindable(Protocol):
    """An uploaded file, or any open file that can be read again."""

    def read(self, n: int = -1, /) -> bytes: ...

    def seek(self, offset: int, /) -> object: ...


@dataclass(frozen=True)
class Noted:
    """Longitude and latitude in degrees (WGS 84), and the camera's own local time; None for what it does not say."""

    place: tuple[float, float] | None = None
    taken: datetime | None = None

    def __bool__(self) -> bool:
        return self.place is not None or self.taken is not None


def noted(upload: Rewindable) -> Noted:
    """Reads the notes of an upload, as it came and before it is drawn anew; leaves the upload at its beginning.

    Never raises: broken notes, other files and a busy machine all say nothing.
    """
    upload.seek(0)
    content = upload.read(pictures.limit() + 1)
    upload.seek(0)
    sort = sniff(content[:HEAD])
    if sort not in PICTURES or len(content) > pictures.limit():
        return Noted()
    try:
        found = apart.ask("noted", content[:JPEG_HEAD] if sort == Sort.JPEG else content, sort=sort.value).noted
    except apart.Broken:
        return Noted()
    place, taken = found.get("place"), found.get("taken")
    return Noted((place[0], place[1]) if place else None, datetime.fromisoformat(taken) if taken else None)
