"""Keys and secrets of interfaces: derived and kept as hashes, or sealed where they have to be read again."""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PREFIX = "meldung_"
"""So that a key that got into a public place is recognised for what it is."""


def key_text(key_id: UUID) -> str:
    """What a program sends. Derived from the id, so that a form sent twice shows the same one again.

    Only the hash is kept: a new SECRET_KEY changes what is derived, not what is valid.
    """
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"reports.api-key:" + key_id.bytes, hashlib.sha256)
    return PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hashed(text: str) -> bytes:
    """SHA-256; enough for secrets of 256 bits."""
    return hashlib.sha256(text.encode()).digest()


def new_secret() -> str:
    """What signs messages to somebody: 256 random bits."""
    return secrets.token_urlsafe(32)


def _sealing() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hmac.digest(str(key).encode(), b"reports.partner", hashlib.sha256) for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def sealed(text: str) -> str:
    """A secret of somebody else as it lies in the database."""
    return _sealing().encrypt(text.encode()).decode() if text else ""


def opened(text: str) -> str:
    """The secret itself; empty for one that was sealed with a SECRET_KEY that is gone."""
    try:
        return _sealing().decrypt(text.encode()).decode() if text else ""
    except InvalidToken:
        return ""
