"""The door for videos: MP4 and WebM that browsers play, whole, without notes of the camera about place and device.

Videos are not drawn anew (no encoder runs here): their boxes are walked through in the file, which may have gigabytes,
and those that hold notes are blanked where they stand, so that nothing moves.
Formats: ISO/IEC 14496-12, RFC 8794, RFC 9559.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from allmende.core import city
from allmende.core.errors import Invalid
from allmende.engines.media.actions.pictures import MEGABYTE
from allmende.engines.media.actions.sniffing import HEAD, OTHER_PICTURES, PICTURES, Sort, sniff

MAX_MEGABYTES = 500
MAX_BOXES = 100_000
"""A film in fragments has two per fragment of some seconds."""
MAX_PIXELS = 8192
PIECE = 1024 * 1024
NOTES = frozenset((b"udta", b"meta", b"uuid"))
"""Boxes in which cameras write place, device, owner."""
INSIDE = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl"))
CODECS = frozenset((b"avc1", b"avc3", b"av01", b"vp08", b"vp09"))
WEBM_CODECS = frozenset((b"V_VP8", b"V_VP9", b"V_AV1"))
SOUND_CODECS = frozenset((b"mp4a", b"A_OPUS", b"A_VORBIS"))
"""What browsers play where nothing is to be seen: a voice note."""
TRUNCATED = "truncated"
UNSUITED = "unsuited"


class Unreadable(Exception):
    """Why a film cannot be taken: `truncated` or `unsuited`."""


@dataclass
class Film:
    """What a film says of itself. Size in pixels as it is shown, length in seconds (0: not told)."""

    extension: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    codec: bytes = b""
    sound: bytes = b""


def limit() -> int:
    """Bytes that a video may have, as the city decided."""
    return int(city.setting("media.video_mb", MAX_MEGABYTES)) * MEGABYTE


def take_film(path: Path, *, sound: bool = False) -> Film:
    """Looks through a film and blanks the camera's notes in it. Raises Invalid with a sentence that says what to do.

    With `sound` something that is only heard is taken as well; its size is 0 × 0.
    """
    with path.open("rb+") as file:
        sort = sniff(file.read(HEAD))
        size = path.stat().st_size
        if size > limit():
            raise Invalid(
                _("Das Video ist größer als %(size)s Megabyte. Bitte speichern Sie es kleiner.")
                % {"size": limit() // MEGABYTE}
            )
        try:
            if sort == Sort.MP4:
                return _mp4(file, size, sound=sound)
            if sort == Sort.WEBM:
                return _webm(file, size, sound=sound)
        except Unreadable as error:
            if str(error) == UNSUITED:
                raise Invalid(
                    _("Dieses Video können nicht alle Browser zeigen. Bitte speichern Sie es als MP4 mit H.264.")
                ) from error
            raise Invalid(
                _("Das Video ist beschädigt oder nicht vollständig. Bitte laden Sie es noch einmal hoch.")
            ) from error
    raise Invalid(_no_film(sort))


def _no_film(sort: Sort) -> str:
    if sort == Sort.EMPTY:
        return _("Die Datei ist leer. Bitte wählen Sie eine andere.")
    if sort in {Sort.MOV, Sort.MATROSKA}:
        return _("Dieses Video können nicht alle Browser zeigen. Bitte speichern Sie es als MP4 mit H.264.")
    if sort in PICTURES | OTHER_PICTURES:
        return _("Das ist ein Bild. Bitte laden Sie es bei den Bildern hoch.")
    return _("Diese Datei ist kein Video, das wir zeigen können. Möglich sind MP4 und WebM.")


# MP4


def _mp4(file: BinaryIO, size: int, *, sound: bool) -> Film:
    film, seen = Film("mp4"), set()
    counter = [0]
    for kind, at, head, length in _boxes(file, 0, size, counter):
        seen.add(kind)
        if kind == b"moov":
            _moov(file, at + head, at + length, film, counter)
        elif kind in NOTES:
            _blank(file, at, head, length)
    if b"moov" not in seen or not seen & {b"mdat", b"moof"}:
        raise Unreadable(TRUNCATED)
    if film.codec not in CODECS and not (sound and not film.codec and film.sound in SOUND_CODECS):
        raise Unreadable(UNSUITED)
    return film


def _boxes(file: BinaryIO, start: int, end: int, counter: list[int]) -> Iterator[tuple[bytes, int, int, int]]:
    """(kind, where, length of its head, length) of the boxes between two places; together they must fill the room."""
    at = start
    while at < end:
        counter[0] += 1
        file.seek(at)
        head = file.read(16)
        if len(head) < 8 or counter[0] > MAX_BOXES:  # noqa: PLR2004 - length and kind
            raise Unreadable(TRUNCATED)
        length, kind, skip = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, skip = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = end - at
        if length < skip or at + length > end:
            raise Unreadable(TRUNCATED)
        yield kind, at, skip, length
        at += length


def _moov(file: BinaryIO, start: int, end: int, film: Film, counter: list[int]) -> None:
    for kind, at, head, length in _boxes(file, start, end, counter):
        if kind == b"mvhd":
            film.seconds = _duration(_content(file, at + head, length - head))
        elif kind == b"trak":
            _track(file, at, head, length, film, counter)
        elif kind in NOTES:
            _blank(file, at, head, length)


def _track(file: BinaryIO, at: int, head: int, length: int, film: Film, counter: list[int]) -> None:
    """One track; a track of measurements (place, movement) is taken out of the film."""
    sort, codec, size = b"", b"", (0, 0)
    stack = [(at + head, at + length)]
    while stack:
        for kind, inner, skip, long in _boxes(file, *stack.pop(), counter):
            content = inner + skip, inner + long
            if kind in NOTES:
                _blank(file, inner, skip, long)
            elif kind in INSIDE:
                stack.append(content)
            elif kind == b"hdlr" and not sort:
                sort = _content(file, content[0], long - skip)[8:12]
            elif kind == b"tkhd":
                size = _shown_size(_content(file, content[0], long - skip))
            elif kind == b"stsd":
                codec = _content(file, content[0], long - skip)[12:16]
    if sort in {b"meta", b"mdta", b"camm"}:
        _blank(file, at, head, length)
    _note(film, sort, codec, size)


def _note(film: Film, sort: bytes, codec: bytes, size: tuple[int, int]) -> None:
    """The first track to see and the first to hear are the film's."""
    if sort == b"vide" and not film.codec:
        film.codec, (film.width, film.height) = codec, size
    elif sort == b"soun" and not film.sound:
        film.sound = codec


def _content(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(min(length, 4096))


def _duration(box: bytes) -> float:
    try:
        scale, length = struct.unpack(">IQ", box[20:32]) if box[0] else struct.unpack(">II", box[12:20])
    except (struct.error, IndexError):
        raise Unreadable(TRUNCATED) from None
    return min(length / scale, 1e6) if scale and length < 2**63 else 0.0


def _shown_size(box: bytes) -> tuple[int, int]:
    """Width and height of `tkhd`, turned when the film is shown turned by a quarter."""
    if len(box) < 84:  # noqa: PLR2004 - the shorter version
        raise Unreadable(TRUNCATED)
    more = 12 if box[0] else 0
    width, height = (int.from_bytes(box[at : at + 2], "big") for at in (76 + more, 80 + more))
    matrix = box[40 + more : 44 + more]
    if matrix == b"\0\0\0\0":
        width, height = height, width
    return min(width, MAX_PIXELS), min(height, MAX_PIXELS)


def _blank(file: BinaryIO, at: int, head: int, length: int) -> None:
    """Turns a box into an empty one of the same length."""
    file.seek(at + 4)
    file.write(b"free")
    _zeros(file, at + head, length - head)


def _zeros(file: BinaryIO, at: int, length: int) -> None:
    file.seek(at)
    while length > 0:
        piece = min(length, PIECE)
        file.write(bytes(piece))
        length -= piece


# WebM

SEGMENT, INFO, TRACKS, TRACK, VIDEO = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0
CLUSTER, TAGS, ATTACHMENTS = 0x1F43B675, 0x1254C367, 0x1941A469
SCALE, DURATION, CODEC, WIDTH, HEIGHT, TITLE = 0x2AD7B1, 0x4489, 0x86, 0xB0, 0xBA, 0x7BA9
MASTERS = {SEGMENT, INFO, TRACKS, TRACK, VIDEO}


def _webm(file: BinaryIO, size: int, *, sound: bool) -> Film:
    film, clusters = Film("webm"), 0
    values: dict[int, list[bytes]] = {}
    at, counter = 0, 0
    while at < size:
        counter += 1
        if counter > MAX_BOXES * 10:
            raise Unreadable(TRUNCATED)
        kind, head, length = _element(file, at)
        if length is not None and at + head + length > size:
            raise Unreadable(TRUNCATED)
        clusters += kind == CLUSTER
        if kind in MASTERS or length is None:
            at += head  # a cluster of unknown length is stepped through
            continue
        if kind in {TAGS, ATTACHMENTS, TITLE}:
            _void(file, at, head + length)
        elif kind in {SCALE, DURATION, CODEC, WIDTH, HEIGHT}:
            values.setdefault(kind, []).append(_content(file, at + head, length))
        at += head + length
    codecs = [codec for codec in values.get(CODEC, ()) if codec.startswith(b"V_")]
    heard = [codec for codec in values.get(CODEC, ()) if codec in SOUND_CODECS] if sound and not codecs else []
    if not clusters or not (codecs or heard):
        raise Unreadable(TRUNCATED)
    if not set(codecs) <= WEBM_CODECS:
        raise Unreadable(UNSUITED)
    film.codec, film.sound = next(iter(codecs), b""), next(iter(heard), b"")
    film.width, film.height = (min(_number(values.get(name)), MAX_PIXELS) for name in (WIDTH, HEIGHT))
    scale = _number(values.get(SCALE)) or 1_000_000
    film.seconds = min(max(_real(values.get(DURATION)) * scale / 1e9, 0.0), 1e6)
    return film


def _element(file: BinaryIO, at: int) -> tuple[int, int, int | None]:
    """(identity, length of its head, length of its content or None) of the element at a place."""
    file.seek(at)
    head = file.read(12)
    wide = _wide(head[:1], 4)
    identity = int.from_bytes(head[:wide], "big")
    long = _wide(head[wide : wide + 1], 8)
    if len(head) < wide + long:
        raise Unreadable(TRUNCATED)
    value = int.from_bytes(head[wide : wide + long], "big") & ((1 << 7 * long) - 1)
    unknown = value == (1 << 7 * long) - 1
    return identity, wide + long, None if unknown else value


def _wide(first: bytes, most: int) -> int:
    """Bytes of a number that begins so (RFC 8794, 4)."""
    wide = 9 - first[0].bit_length() if first and first[0] else 99
    if wide > most:
        raise Unreadable(TRUNCATED)
    return wide


def _void(file: BinaryIO, at: int, length: int) -> None:
    """Turns an element into an empty one of the same length (RFC 8794, 11.3.2)."""
    if length < 10:  # noqa: PLR2004 - too short to hold anything personal and for a long length
        return
    file.seek(at)
    file.write(b"\xec" + (length - 9 | 1 << 56).to_bytes(8, "big"))
    _zeros(file, at + 9, length - 9)


def _number(found: list[bytes] | None) -> int:
    return int.from_bytes(found[0][:8], "big") if found else 0


def _real(found: list[bytes] | None) -> float:
    if not found or len(found[0]) not in {4, 8}:
        return 0.0
    value: float = struct.unpack(">f" if len(found[0]) == 4 else ">d", found[0])[0]  # noqa: PLR2004
    return value if value == value and abs(value) < 1e15 else 0.0  # noqa: PLR0124, PLR2004 - NaN and nonsense
