"""Delivery status notifications as mail servers write them (RFC 3464, RFC 6522), read without trusting a byte of them.

The standard library's own parser with headers as objects stumbles over hostile headers, so headers stay plain text here
and each is read by an expression. Nothing of a notification is shown to anybody or stored but three short codes.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.parser import BytesParser

from allmende.engines.notify.ports import Bounce

MAX_BYTES = 2_000_000
"""Servers send back headers or a whole mail; ours have at most a few kB."""
MAX_RECIPIENTS = 50
DEPTH = 6

_FIELD = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{1,40})[ \t]*:[ \t]*((?:[^\r\n]|\r?\n[ \t])*)", re.MULTILINE)
_BLOCK = re.compile(rb"\r?\n[ \t]*\r?\n")
_STATUS = re.compile(rb"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_MESSAGE_ID = re.compile(rb"^Message-ID[ \t]*:\s*(<[^<>\s]{1,200}>)", re.MULTILINE | re.IGNORECASE)
_ADDRESS = re.compile(rb"(?:rfc822|utf-8)?\s*;?\s*<?([^\s<>;]{1,320})>?\s*$", re.IGNORECASE)
_ACTIONS = {b"failed", b"delayed", b"delivered", b"relayed", b"expanded"}


def read(raw: bytes) -> list[Bounce]:
    """What a notification says of each recipient; empty for any other mail, however broken. Raises nothing."""
    if len(raw) > MAX_BYTES:
        raw = raw[:MAX_BYTES]
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw.lstrip(b"\r\n"))
        parts = list(_parts(message))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return []  # the parser's own limits
    reports = [part for kind, part in parts if kind == "message/delivery-status"]
    if not reports:
        return []
    returned = [part for kind, part in parts if kind in {"message/rfc822", "text/rfc822-headers", "message/global"}]
    message_id = next((found for part in returned if (found := _message_id(part))), "")
    bounces = [bounce for report in reports for bounce in _recipients(report, message_id)]
    return bounces[:MAX_RECIPIENTS]


def _parts(message: Message, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Every part with its type and its bytes, the transfer encoding undone."""
    kind = message.get_content_type()
    if kind.startswith("multipart/") and depth < DEPTH and isinstance(message.get_payload(), list):
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)
    else:
        yield kind, _body(message)


def _body(message: Message) -> bytes:
    """The part as bytes. The parser takes reports and returned mails apart, so they are put together again."""
    payload = message.get_payload()
    if isinstance(payload, list):
        raw = b"\n\n".join(_plain(part) for part in payload if isinstance(part, Message))
    else:
        raw = str(payload or "").encode("utf-8", "surrogateescape")
    encoding = str(message.get("Content-Transfer-Encoding", "")).strip().lower()
    try:
        if encoding == "base64":
            return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/=]", b"", raw) + b"==", validate=False)
        if encoding == "quoted-printable":
            return quopri.decodestring(raw)
    except (binascii.Error, ValueError):
        return raw
    return raw


def _plain(message: Message) -> bytes:
    """Headers as they came and a plain body. `as_bytes` would write them anew, and refuses to write damaged ones."""
    lines = [f"{name}: {value}" for name, value in message.raw_items()]
    payload = message.get_payload()
    body = payload if isinstance(payload, str) else ""
    return ("\n".join(lines) + "\n\n" + body).encode("utf-8", "surrogateescape")


def _message_id(part: bytes) -> str:
    found = _MESSAGE_ID.search(part[:200_000])
    return found[1].decode("ascii", "replace") if found else ""


def _recipients(report: bytes, message_id: str) -> Iterator[Bounce]:
    """The first block is about the whole message, each further one about a recipient (RFC 3464, section 2.1)."""
    for block in _BLOCK.split(report[:200_000]):
        fields: dict[bytes, bytes] = {}
        for name, value in _FIELD.findall(block):
            fields.setdefault(name.lower(), value.strip())
        action = fields.get(b"action", b"").split(b"(")[0].strip().lower()
        if action not in _ACTIONS:
            continue
        status = _STATUS.search(fields.get(b"status", b"")) or _STATUS.search(fields.get(b"diagnostic-code", b""))
        named = fields.get(b"original-recipient") or fields.get(b"final-recipient", b"")
        address = _ADDRESS.search(named)
        yield Bounce(
            message_id=message_id,
            action=action.decode(),
            status=status[0].decode() if status else "",
            recipient=address[1].decode("utf-8", "replace") if address else "",
        )
