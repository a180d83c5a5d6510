"""Drawing a picture anew: whatever comes in, out come clean files in known formats, or a sentence that says why not.

Everything hostile about a picture lives in its bytes, so the bytes are never kept. The decoder gets a short list of
formats, a limit on size before it reads a pixel, and may fail in any way it likes.
"""

import hashlib
import io
import math
import threading
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps

from allmende.core.errors import Invalid

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 60_000_000
MAX_SCANS = 100
"""A progressive JPEG has about ten scans; thousands of them in a small file keep a decoder busy for minutes."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
WIDTHS = (480, 960, 1600)
"""Pixels of the WebP renditions."""
MASTER_PIXELS = 2560 * 2560
LONGEST_EDGE = 16_000
"""Pixels; WebP ends at 16,383."""
WEBP_QUALITY = 80
JPEG_QUALITY = 86


_drawing = threading.Lock()
"""One picture at a time per process: sixty million pixels take a quarter of a gigabyte while they are turned."""


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


def draw(upload: Readable | bytes) -> Picture:
    """Decodes, turns upright, converts to sRGB, scales, encodes. Raises Invalid with a sentence for residents."""
    content = upload if isinstance(upload, bytes) else upload.read(MAX_BYTES + 1)
    if not content:
        raise Invalid(_("Die Datei ist leer. Bitte wählen Sie ein anderes Bild."))
    if len(content) > MAX_BYTES:
        raise Invalid(_("Das Bild ist größer als 15 Megabyte. Bitte wählen Sie ein kleineres."))
    if content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"}:
        raise Invalid(_("Bilder im Format HEIC können wir nicht lesen. Bitte senden Sie das Bild als JPEG."))
    try:
        with _drawing:
            image = _decode(content)
            return Picture(image.width, image.height, tuple(_encode(image)))
    except Invalid:
        raise
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise _too_large() from None
    except Exception as error:  # decoders of hostile bytes fail in every way there is
        raise Invalid(
            _("Diese Datei können wir nicht als Bild lesen. Möglich sind JPEG, PNG, WebP und GIF.")
        ) from error


def _too_large() -> Invalid:
    return Invalid(_("Das Bild hat mehr als 60 Millionen Bildpunkte. Bitte verkleinern Sie es zuerst."))


def _decode(content: bytes) -> Pillow.Image:
    """The picture upright, in sRGB, at most `MASTER_PIXELS` large, in a fresh image that carries nothing else."""
    with Pillow.open(io.BytesIO(content), formats=FORMATS) as source:
        if source.width * source.height > MAX_PIXELS:
            raise _too_large()
        if source.format in {"JPEG", "MPO"}:
            if content.count(b"\xff\xda") > MAX_SCANS:
                raise Invalid(_("Dieses Bild ist ungewöhnlich aufgebaut. Bitte speichern Sie es neu als JPEG."))
            source.draft(None, _fit(source.size))  # decodes no more pixels than are needed
        source.load()
        image = _to_srgb(_upright(source))
        size = _fit(image.size)
        if image.size != size:
            image = image.resize(size, Pillow.Resampling.LANCZOS, reducing_gap=3.0)
        clean = Pillow.new(image.mode, image.size)
        clean.paste(image)
        return clean


def _fit(size: tuple[int, int]) -> tuple[int, int]:
    """The size in pixels that is kept of a picture; its proportions stay."""
    width, height = size
    scale = min(1.0, math.sqrt(MASTER_PIXELS / (width * height)), LONGEST_EDGE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _upright(source: Pillow.Image) -> Pillow.Image:
    """Turned as the camera noted; a picture whose notes cannot be read stays as it is."""
    try:
        return ImageOps.exif_transpose(source)
    except Exception:  # noqa: BLE001 - EXIF is hostile bytes too, and no reason to refuse a picture
        return source


def _to_srgb(image: Pillow.Image) -> Pillow.Image:
    """RGB, or RGBA where something is transparent."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow's own conversion would clip them
        image, profile = image.point(lambda value: value / 256).convert("L"), None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        colours = _apply_profile(image.convert("RGB"), profile)
        colours.putalpha(image.getchannel("A"))
        return colours
    if image.mode not in {"RGB", "CMYK", "L"}:
        image = image.convert("RGB")
    return _apply_profile(image, profile)


def _apply_profile(image: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """The picture in sRGB; without a profile, or with one that is broken or for other colours, as if it were sRGB."""
    if profile:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _encode(image: Pillow.Image) -> list[File]:
    """WebP for screens, and one PNG (where something is transparent) or JPEG that everything can read."""
    files = []
    for width in sorted({min(width, image.width) for width in WIDTHS}):
        height = max(1, round(image.height * width / image.width))
        scaled = image if width == image.width else image.resize((width, height), Pillow.Resampling.LANCZOS)
        files.append(File(width, height, "webp", _saved(scaled, "WEBP", quality=WEBP_QUALITY, method=4)))
    if image.mode == "RGBA":
        master, extension = _saved(image, "PNG", optimize=False), "png"
    else:
        master, extension = _saved(image, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True), "jpg"
    return [*files, File(image.width, image.height, extension, master)]


def _saved(image: Pillow.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()
