"""How large a picture says it is and whether its end is there, read from its own marks without decoding anything.

What cannot be told this way is left to the process that draws: here nothing is refused that might be a picture.
"""

from allmende.engines.media.actions.sniffing import Sort

SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG frame (ITU T.81, table B.1), which name height and width."""
TAIL = 64 * 1024
"""Bytes from the end within which a JPEG's end-of-image marker stands; telephones write a little behind it."""


def size_of(content: bytes, sort: Sort) -> tuple[int, int]:
    """Width and height in pixels; zeros where that cannot be told so cheaply."""
    if sort == Sort.PNG:
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if sort == Sort.JPEG:
        return _jpeg_size(content)
    if sort == Sort.WEBP and content[12:16] == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    return 0, 0


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004 - the first byte of every marker
        marker = content[at + 1]
        if marker in SIZES:
            height, width = (int.from_bytes(content[at + place : at + place + 2], "big") for place in (5, 7))
            return width, height
        if marker == 0xFF:  # noqa: PLR2004 - a byte that fills
            at += 1
            continue
        at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
    return 0, 0


def is_whole(content: bytes, sort: Sort) -> bool:
    """False for what surely was cut off on its way."""
    if sort == Sort.JPEG:
        return b"\xff\xd9" in content[-TAIL:] or b"\xff\xd9" in content
    if sort == Sort.PNG:
        return b"IEND" in content[-TAIL:] or b"IEND" in content
    if sort == Sort.WEBP:
        return len(content) >= 8 + int.from_bytes(content[4:8], "little")
    return True
