"""What a file is, told by its bytes. Names and headers that came with it are never asked."""

import re
import zlib
from enum import StrEnum

HEAD = 4096
"""Bytes that `sniff` wants to see."""
LONGEST_NOTE = 65_557
"""Bytes from the end within which a ZIP's directory must begin its last record (its comment may have 65,535)."""


class Sort(StrEnum):
    """What the bytes are. Only some of them come in; the others are told apart so that the refusal can help."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    AVIF = "avif"
    GIF = "gif"
    TIFF = "tiff"
    BMP = "bmp"
    SVG = "svg"
    HTML = "html"
    PDF = "pdf"
    MP4 = "mp4"
    MOV = "mov"
    WEBM = "webm"
    MATROSKA = "matroska"
    ZIP = "zip"
    OFFICE = "office"
    PROGRAM = "program"
    EMPTY = "empty"
    UNKNOWN = "unknown"


PICTURES = frozenset((Sort.JPEG, Sort.PNG, Sort.WEBP, Sort.HEIC))
FILMS = frozenset((Sort.MP4, Sort.WEBM))
OTHER_PICTURES = frozenset((Sort.AVIF, Sort.GIF, Sort.TIFF, Sort.BMP))
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
AVIF_BRANDS = frozenset((b"avif", b"avis"))
MP4_BRANDS = frozenset(
    (b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1",
     b"M4V ", b"MSNV", b"mp71", b"dash", b"3gp4", b"3gp5", b"3gp6", b"f4v ")
)  # fmt: skip
START, END = 0xFF, 0xD9
BARE = {0x00, 0x01, 0xFF, *range(0xD0, 0xD8)}
"""JPEG: what a marker begins with, the end of the image, and markers without a length."""
MARKUP = re.compile(rb"<\s*(script|html|body|iframe|svg|\?php|!doctype)", re.IGNORECASE)


def sniff(head: bytes) -> Sort:  # noqa: C901, PLR0911, PLR0912 - a table of signatures reads best as one
    """The sort of a file whose first `HEAD` bytes these are."""
    if not head:
        return Sort.EMPTY
    if head.startswith(b"\xff\xd8\xff"):
        return Sort.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Sort.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sort.WEBP
    if head[4:8] == b"ftyp":
        return _brand(head)
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Sort.GIF
    if head.startswith((b"II*\0", b"MM\0*")):
        return Sort.TIFF
    if head.startswith(b"BM"):
        return Sort.BMP
    if head.startswith(b"%PDF-"):
        return Sort.PDF
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Sort.WEBM if b"webm" in head[:128] else Sort.MATROSKA
    if head.startswith(b"PK\x03\x04") and any(name in head for name in (b"word/", b"xl/", b"ppt/", b"mimetypeapp")):
        return Sort.OFFICE
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Sort.OFFICE
    if head.startswith(ARCHIVES):
        return Sort.ZIP
    if head.startswith(PROGRAMS):
        return Sort.PROGRAM
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<?xml", b"<svg", b"<!--")) and b"<svg" in text:
        return Sort.SVG
    if MARKUP.match(text):
        return Sort.HTML
    return Sort.UNKNOWN


def _brand(head: bytes) -> Sort:
    """ISO base media files: pictures and films share the container; the brands say which it is."""
    length = int.from_bytes(head[:4], "big")
    box = head[8 : max(16, min(length, 256))]
    brands = [box[:4], *(box[at : at + 4] for at in range(8, len(box) - 3, 4))]
    if brands[0] == b"qt  ":
        return Sort.MOV
    for brand in brands:
        if brand in AVIF_BRANDS:
            return Sort.AVIF
        if brand in HEIC_BRANDS:
            return Sort.HEIC
    return Sort.MP4 if any(brand in MP4_BRANDS for brand in brands) else Sort.UNKNOWN


def two_in_one(content: bytes, sort: Sort) -> bool:
    """Whether a picture is something else as well: a document, an archive or a page that a careless program would open.

    What a telephone puts behind a picture (a second view, a short film) is no reason to refuse; it is dropped.
    """
    if b"%PDF-" in content[:1024]:
        return True
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - LONGEST_NOTE))
    if at >= 0 and at + 22 + int.from_bytes(content[at + 20 : at + 22], "little") == len(content):
        return True
    return MARKUP.search(content, _end(content, sort)) is not None


def _end(content: bytes, sort: Sort) -> int:
    """Where the picture ends, as its own format counts; the end of the file when that cannot be told."""
    if sort == Sort.PNG:
        return _png_end(content)
    if sort == Sort.WEBP:
        return min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    if sort == Sort.JPEG:
        return _jpeg_end(content)
    return len(content)


def _png_end(content: bytes) -> int:
    at = 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND":
            return min(at, len(content))
    return len(content)


def _jpeg_end(content: bytes) -> int:
    """After the first end-of-image marker: segments are stepped over, coded data holds none (ITU T.81, B.1.1.5)."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != START:  # coded data: on to the next marker
            at = content.find(b"\xff", at)
            if at < 0:
                break
            continue
        marker = content[at + 1]
        if marker == END:
            return at + 2
        if marker in BARE:
            at += 1 if marker == START else 2
        else:
            at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
    return len(content)


def inflated(data: bytes, limit: int) -> bytes | None:
    """The content of a deflated stream; None when it is none, and when it is longer than `limit` bytes."""
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(data, limit + 1)
    except zlib.error:
        return None
    return content if len(content) <= limit else None
