"""A mail that somebody writes to an office: words, sender, pictures. No byte of it is trusted, as in `reply`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser

from allmende.engines.notify.adapters.reply import (
    header_of,
    looks_automatic,
    new_words,
    parts_of,
    sender_of,
    text_in,
    text_of_page,
)

MAX_BYTES = 30 * 1024 * 1024
"""Of a mail that are read; behind that an attachment is cut off."""
MOST_PICTURES = 5
PICTURE_TYPES = ("image/", "application/octet-stream")
MIN_PICTURE = 4096
"""Bytes: smaller pictures inside of a page are signs of programs and signatures."""


@dataclass(frozen=True)
class Letter:
    """What somebody wrote. `digest` is the same for the same mail, however often it comes."""

    sender: str
    subject: str
    text: str
    pictures: Sequence[bytes]
    left_out: int
    """Attachments that are no pictures, or too many."""
    is_automatic: bool
    digest: bytes


def read_letter(raw: bytes) -> Letter | None:
    """A mail, however broken; None for what is none. Raises nothing."""
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw[:MAX_BYTES].lstrip(b"\r\n"))
        if not message.keys():
            return None
        plain, html, pictures, left_out = _contents(message)
        text = new_words(plain if plain.strip() else text_of_page(html))
        digest = hashlib.sha256(header_of(message, "message-id").strip().encode() + b"\0" + raw[-100_000:]).digest()
        return Letter(
            sender=sender_of(message),
            subject=_subject(message),
            text=text,
            pictures=pictures,
            left_out=left_out,
            is_automatic=looks_automatic(message),
            digest=digest,
        )
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return None  # the parser's own limits


def _subject(message: Message) -> str:
    raw = header_of(message, "subject")[:2000]
    try:
        found = str(make_header(decode_header(raw)))
    except (HeaderParseError, ValueError, LookupError):
        found = raw
    return " ".join("".join(sign if sign.isprintable() else " " for sign in found).split())[:200]


def _contents(message: Message) -> tuple[str, str, list[bytes], int]:
    """Plain text, HTML, pictures, and how many attachments are left out."""
    plain, html, left_out = "", "", 0
    pictures: list[bytes] = []
    for part in parts_of(message):
        kind = part.get_content_type()
        named = "attachment" in header_of(part, "content-disposition").lower()[:200]
        if kind == "text/plain" and not named and not plain:
            plain = text_in(part)
        elif kind == "text/html" and not named and not html:
            html = text_in(part)
        elif kind.startswith(PICTURE_TYPES) and len(pictures) < MOST_PICTURES:
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and (named or len(content) >= MIN_PICTURE):
                pictures.append(content)
        elif named or not kind.startswith(("text/", "multipart/")):
            left_out += 1
    return plain, html, pictures, left_out
