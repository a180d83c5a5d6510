"""Drawing a picture anew, in a process of its own: `python -I drawing.py` reads pictures and writes finished files.

Everything hostile about a picture lives in its bytes, and its decoders are written in C. So they run where nothing is
to be had: no secrets, no database, no network of ours, a limit on memory, a limit on time. This file therefore imports
nothing of the platform; `pictures` speaks to it.

A question is a line of JSON (`size` in bytes, `job`, limits) and the bytes. The answer is "+" as soon as the question
was read, a line of JSON (`error`, or `width`, `height`, `files`) and the bytes of the files, one after the other.
"""

import contextlib
import io
import json
import math
import resource
import select
import signal
import sys
from datetime import datetime
from typing import Any

from PIL import ExifTags, ImageCms
from PIL import Image as Pillow

MEMORY = 1536 * 1024 * 1024
"""Bytes of address space."""
SECONDS = 20
"""Of processor time for one picture, so that a busy machine refuses nobody; then the process ends wherever it is."""
IDLE = 90
"""Seconds without work after which the process ends and gives its memory back."""
MAX_SCANS = 100
"""A progressive JPEG has about ten scans; thousands of them in a small file keep a decoder busy for minutes."""
FORMATS = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",), "heic": ("HEIF",)}
WIDTHS = (480, 960, 1600)
"""Pixels of the renditions for screens."""
AT_ONCE = 960
"""Pixels: renditions up to here are made while somebody waits, wider ones by the worker."""
AS_THEY_ARE = frozenset(("RGB", "L", "CMYK"))
"""Modes that are scaled first and converted afterwards, when there are fewer pixels to convert."""
MASTER_PIXELS = 2560 * 2560
LONGEST_EDGE = 16_000
"""Pixels; WebP ends at 16,383."""
WEBP_QUALITY = 80
JPEG_QUALITY = 86
AVIF_QUALITY = 60
AVIF_SPEED = 8
LEAST_CONTRAST = 24
"""Grey values between the lightest and the darkest part; below, a picture looks like any other (night, fog)."""

TURNS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}
"""What brings a picture upright, by the orientation in EXIF (CIPA DC-008, 4.6.5.1)."""

type File = tuple[int, int, str, bytes]
"""Width, height, extension, content."""


class Refused(Exception):
    """Why there is no picture: `pixels`, `scans`, or `broken`."""


def draw(content: bytes, sort: str, pixels: int) -> tuple[int, int, list[File]]:
    """Decodes, turns upright, converts to sRGB, scales, encodes: WebP for phones and one file that everything reads.

    `sort` is what the bytes are by their own word (a key of `FORMATS`), `pixels` the limit. Raises `Refused`.
    """
    try:
        image = _decode(content, sort, pixels)
        return image.width, image.height, [*_scaled(image, "webp", _widths(image, most=AT_ONCE)), _master(image)]
    except Refused:
        raise
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise Refused("pixels") from error
    except Exception as error:  # decoders of hostile bytes fail in every way there is
        raise Refused("broken") from error


def finer(content: bytes) -> tuple[int, int, list[File], int | None]:
    """What one of our own masters still lacks: wide WebP, and AVIF, which is smaller than WebP and slower to make.

    And its fingerprint.
    """
    with Pillow.open(io.BytesIO(content), formats=("JPEG", "PNG")) as source:
        source.load()
        image = source.convert("RGBA" if source.has_transparency_data else "RGB")
        widths = _widths(image)
        wide = [width for width in widths if width > AT_ONCE]
        made = [*_scaled(image, "webp", wide), *_scaled(image, "avif", widths)]
        return image.width, image.height, made, fingerprint(image)


def fingerprint(image: Pillow.Image) -> int | None:
    """64 bits that two pictures of the same view share nearly all of, however they were scaled and encoded.

    Where it grows lighter from left to right among nine by eight parts (difference hash: N. Krawetz, „Kind of Like
    That“, 2013). None for what has too little contrast.
    """
    grey = list(image.convert("L").resize((9, 8), Pillow.Resampling.BOX).tobytes())
    if max(grey) - min(grey) < LEAST_CONTRAST:
        return None
    pairs = ((row * 9 + column) for row in range(8) for column in range(8))
    return sum(1 << place for place, at in enumerate(pairs) if grey[at] < grey[at + 1])


def noted(content: bytes, sort: str) -> dict[str, Any]:
    """What the camera noted about place and time, for the person who sends it; empty where it says nothing readable.

    `place` is longitude and latitude in degrees (WGS 84), `taken` local time as the camera had it, ISO 8601 without
    zone (EXIF 2.32: GPS IFD 0x0001 to 0x0004, DateTimeOriginal 0x9003). Pixels are not decoded.
    """
    found: dict[str, Any] = {}
    try:
        if sort == "heic":
            import pillow_heif

            pillow_heif.register_heif_opener()
        with Pillow.open(io.BytesIO(content), formats=FORMATS[sort]) as source:
            exif = source.getexif()
            gps, camera = exif.get_ifd(ExifTags.IFD.GPSInfo), exif.get_ifd(ExifTags.IFD.Exif)
    except Exception:  # noqa: BLE001 - EXIF is hostile bytes, and what it says is only an offer
        return found
    with contextlib.suppress(Exception):  # as above
        place = [_degrees(gps[4], gps[3], "W", 180), _degrees(gps[2], gps[1], "S", 90)]
        if any(place):  # exactly 0, 0 is what cameras write who do not know
            found["place"] = place
    with contextlib.suppress(Exception):  # as above
        day, _space, time = str(camera[36867])[:19].partition(" ")
        found["taken"] = datetime.fromisoformat(f"{day.replace(':', '-')}T{time}").isoformat()
    return found


def _degrees(parts: Any, side: Any, negative: str, most: int) -> float:
    """Degrees, minutes and seconds as one number. Raises ValueError for what is no place on earth."""
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not 0 <= value <= most:  # also what is not a number
        raise ValueError
    return round(-value if str(side).strip("\0 ").upper() == negative else value, 6)


def _decode(content: bytes, sort: str, pixels: int) -> Pillow.Image:
    """The picture upright, in sRGB, at most `MASTER_PIXELS` large, in a fresh image that carries nothing else."""
    if sort == "heic":
        import pillow_heif

        pillow_heif.options.THUMBNAILS = pillow_heif.options.DEPTH_IMAGES = pillow_heif.options.AUX_IMAGES = False
        pillow_heif.register_heif_opener()
    with Pillow.open(io.BytesIO(content), formats=FORMATS[sort]) as source:
        if source.width * source.height > pixels:
            raise Refused("pixels")
        if sort == "jpeg":
            if content.count(b"\xff\xda") > MAX_SCANS:
                raise Refused("scans")
            source.draft(None, _fit(source.size))  # decodes no more pixels than are needed
        source.load()
        image: Pillow.Image = source
        if image.mode not in AS_THEY_ARE or image.has_transparency_data:
            image = _to_srgb(image)
        size = _fit(image.size)
        if image.size != size:
            image = image.resize(size, Pillow.Resampling.BICUBIC, reducing_gap=3.0)
        image = _to_srgb(_upright(source, image))
        clean = Pillow.new(image.mode, image.size)
        clean.paste(image)
        return clean


def _fit(size: tuple[int, int]) -> tuple[int, int]:
    """The size in pixels that is kept of a picture; its proportions stay."""
    width, height = size
    scale = min(1.0, math.sqrt(MASTER_PIXELS / (width * height)), LONGEST_EDGE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _upright(source: Pillow.Image, image: Pillow.Image) -> Pillow.Image:
    """`image` turned as the camera noted in `source`; one whose notes cannot be read stays as it is."""
    try:
        turn = TURNS.get(source.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - EXIF is hostile bytes too, and no reason to refuse a picture
        return image
    return image if turn is None else image.transpose(turn)


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
    return image if image.mode == "RGB" else image.convert("RGB")


def _widths(image: Pillow.Image, most: int = WIDTHS[-1]) -> list[int]:
    """In pixels: `WIDTHS` up to `most`, as far as the picture is that wide."""
    return sorted({min(width, image.width) for width in WIDTHS if width <= most})


def _scaled(image: Pillow.Image, extension: str, widths: list[int]) -> list[File]:
    """One file per width, each drawn from the next larger one; the narrowest first."""
    options: dict[str, Any] = {"quality": WEBP_QUALITY, "method": 2}
    if extension == "avif":
        options = {"quality": AVIF_QUALITY, "speed": AVIF_SPEED}
    files: list[File] = []
    larger = image
    for width in reversed(widths):
        height = max(1, round(image.height * width / image.width))
        if width != larger.width:
            larger = larger.resize((width, height), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
        files.append((width, height, extension, _saved(larger, extension.upper(), **options)))
    return files[::-1]


def _master(image: Pillow.Image) -> File:
    """PNG where something is transparent, else JPEG: the largest file, readable everywhere."""
    if image.mode == "RGBA":
        return image.width, image.height, "png", _saved(image, "PNG", optimize=False)
    content = _saved(image, "JPEG", quality=JPEG_QUALITY)
    return image.width, image.height, "jpg", content


def _saved(image: Pillow.Image, kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def serve() -> None:
    """Answers questions until nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while select.select([source], [], [], IDLE)[0]:
        question = source.readline()
        if not question:
            return
        target.write(b"+")
        target.flush()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        asked = json.loads(question)
        content = source.read(asked["size"])
        files: list[File] = []
        answer: dict[str, Any]
        try:
            answer = {}
            if asked["job"] == "noted":
                width, height, answer = 0, 0, {"noted": noted(content, asked["sort"])}
            elif asked["job"] == "finer":
                width, height, files, answer["fingerprint"] = finer(content)
            else:
                width, height, files = draw(content, asked["sort"], asked["pixels"])
            rows = [(w, h, extension, len(data)) for w, h, extension, data in files]
            answer |= {"width": width, "height": height, "files": rows}
        except (Refused, MemoryError) as refused:
            answer = {"error": str(refused) or "pixels"}
        except Exception:  # noqa: BLE001 - the master of a `finer` job cannot be read
            answer = {"error": "broken"}
        target.write(json.dumps(answer).encode() + b"\n")
        for *_rest, data in files:
            target.write(data)
        target.flush()
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    serve()
