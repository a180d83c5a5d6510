"""The door for pictures: whatever comes in, out come clean files in known formats, or a sentence that says why not."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from allmende.core import city
from allmende.core.errors import Invalid
from allmende.engines.media.actions import apart
from allmende.engines.media.actions.measuring import is_whole, size_of
from allmende.engines.media.actions.sniffing import FILMS, HEAD, OTHER_PICTURES, PICTURES, Sort, sniff, two_in_one

MAX_MEGABYTES = 15
MAX_MEGAPIXELS = 60
MEGABYTE = 1024 * 1024
TYPES = {"jpg": "image/jpeg", "png": "image/png"}


class Readable(Protocol):
    """An uploaded file, or any open file."""

    def read(self, n: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class File:
    """One finished file."""

    width: int
    height: int
    extension: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Picture:
    """A picture drawn anew, in pixels as it is seen upright; the last file is the largest and most widely readable."""

    width: int
    height: int
    files: tuple[File, ...]


class DrawnUpload(SimpleUploadedFile):
    """An upload that has come through this door: its content is the master, and nobody needs to draw it again."""

    def __init__(self, name: str, picture: Picture) -> None:
        master = picture.files[-1]
        super().__init__(f"{name}.{master.extension}", master.content, TYPES[master.extension])
        self.picture = picture


def limit() -> int:
    """Bytes that a picture may have, as the city decided."""
    return int(city.setting("media.image_mb", MAX_MEGABYTES)) * MEGABYTE


class TooBusy(Exception):
    """Only for who can wait: nobody had time to draw the picture."""


def draw(upload: Readable | bytes, *, patient: bool = False) -> Picture:
    """Decodes, turns upright, converts to sRGB, scales, encodes. Raises Invalid with a sentence for residents.

    The wider renditions are missing: `finer` makes them of the master. `patient`: a job, which gets TooBusy instead.
    """
    if isinstance(upload, DrawnUpload):
        return upload.picture
    content, sort = admitted(upload)
    megapixels = int(city.setting("media.image_megapixels", MAX_MEGAPIXELS))
    try:
        drawn = apart.ask("draw", content, sort=sort.value, pixels=megapixels * 1_000_000)
    except apart.Broken as broken:
        if patient and str(broken) == "busy":
            raise TooBusy from broken
        raise Invalid(_reason(str(broken), megapixels)) from broken
    return Picture(drawn.width, drawn.height, tuple(File(*file) for file in drawn.files))


def admitted(upload: Readable | bytes) -> tuple[bytes, Sort]:
    """The bytes of what says of itself that it is a picture, and its sort: all that is seen without decoding it.

    A few milliseconds. Raises Invalid with a sentence for residents: no picture, too large, not whole, too many pixels,
    something else as well.
    """
    most = limit()
    content = upload if isinstance(upload, bytes) else upload.read(most + 1)
    sort = sniff(content[:HEAD])
    if sort not in PICTURES:
        raise Invalid(_not_a_picture(sort))
    if len(content) > most:
        raise Invalid(
            _("Das Bild ist größer als %(size)s Megabyte. Bitte wählen Sie ein kleineres.") % {"size": most // MEGABYTE}
        )
    if two_in_one(content, sort):
        raise Invalid(_("In dieser Datei steckt noch etwas anderes als das Bild. Bitte speichern Sie das Bild neu."))
    megapixels = int(city.setting("media.image_megapixels", MAX_MEGAPIXELS))
    width, height = size_of(content, sort)
    if width * height > megapixels * 1_000_000:
        raise Invalid(_reason("pixels", megapixels))
    if not is_whole(content, sort):
        raise Invalid(_reason("broken", megapixels))
    return content, sort


def finer(master: bytes) -> tuple[tuple[File, ...], int | None]:
    """The renditions that a master still lacks, wide WebP and AVIF, and its fingerprint. Raises `apart.Broken`."""
    drawn = apart.ask("finer", master)
    return tuple(File(*file) for file in drawn.files), drawn.fingerprint


def _reason(code: str, megapixels: int) -> str:
    if code == "pixels":
        return _("Das Bild hat mehr als %(n)s Millionen Bildpunkte. Bitte verkleinern Sie es zuerst.") % {
            "n": megapixels
        }
    if code == "scans":
        return _("Dieses Bild ist ungewöhnlich aufgebaut. Bitte speichern Sie es neu als JPEG.")
    if code == "busy":
        return _("Gerade kommen sehr viele Bilder an. Bitte senden Sie Ihres in einer Minute noch einmal.")
    return _("Dieses Bild ist beschädigt oder nicht vollständig. Bitte speichern Sie es neu als JPEG.")


def _not_a_picture(sort: Sort) -> str:  # noqa: PLR0911 - one sentence each
    """What to do with a file that is no picture we take."""
    if sort == Sort.EMPTY:
        return _("Die Datei ist leer. Bitte wählen Sie ein anderes Bild.")
    if sort in OTHER_PICTURES:
        return _("Bilder im Format %(name)s nehmen wir nicht an. Bitte speichern Sie das Bild als JPEG oder PNG.") % {
            "name": sort.upper()
        }
    if sort == Sort.SVG:
        return _("Eine SVG-Datei kann Programme enthalten. Bitte speichern Sie die Zeichnung als PNG.")
    if sort in FILMS or sort == Sort.MOV:
        return _("Das ist ein Video. Bitte wählen Sie ein Bild.")
    if sort == Sort.PDF:
        return _("Das ist ein PDF. Bitte wählen Sie ein Bild oder machen Sie ein Foto von der Seite.")
    if sort == Sort.ZIP:
        return _("Das ist ein gepacktes Archiv. Bitte packen Sie es aus und wählen Sie ein Bild daraus.")
    return _("Diese Datei ist kein Bild, das wir lesen können. Möglich sind JPEG, PNG, WebP und HEIC.")
