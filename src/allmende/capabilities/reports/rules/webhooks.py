"""How messages to others are signed, and how long they are tried. Pure."""

import hashlib
import hmac
from datetime import datetime, timedelta

GIVEN_UP_AFTER = timedelta(days=3)
KEPT = timedelta(days=30)
"""The log; then it is forgotten."""
SIGNATURE = "Allmende-Signature"


def signature(secret: str, body: bytes, at: datetime) -> str:
    """HMAC-SHA256 (RFC 2104) over the instant, a dot and the body: `t=1767268800,v1=…` in hexadecimal.

    Whoever checks it also looks whether `t` is at most five minutes away: else an old message could be sent again.
    """
    instant = int(at.timestamp())
    digest = hmac.digest(secret.encode(), f"{instant}.".encode() + body, hashlib.sha256)
    return f"t={instant},v1={digest.hex()}"


def is_genuine(
    secret: str, body: bytes, header: str, at: datetime, *, within: timedelta = timedelta(minutes=5)
) -> bool:
    """How a receiver checks it; here for tests, and as an example that is tested itself."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    if not parts.get("t", "").isdigit() or abs(int(at.timestamp()) - int(parts["t"])) > within.total_seconds():
        return False
    digest = hmac.digest(secret.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256)
    return hmac.compare_digest(digest.hex(), parts.get("v1", ""))
