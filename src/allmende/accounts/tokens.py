"""Secrets: derived for tokens, random for links, kept only as hashes."""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

PREFIX = "allmende_"
"""So that a token that got into a public place is recognised for what it is."""


def secret_of(token_id: UUID) -> str:
    """The text that a program sends. Derived from the id, so that a form sent twice shows the same one again.

    Only the hash is kept: a new SECRET_KEY changes what is derived, not what is valid.
    """
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"accounts.api-token:" + token_id.bytes, hashlib.sha256)
    return PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hashed(secret: str) -> bytes:
    """SHA-256; enough for secrets of 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    """Text for a link that works once."""
    return secrets.token_urlsafe(32)


def public_id(session_key: str) -> str:
    """Names a session on a page without giving its key away."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"accounts.session:{session_key}".encode(), hashlib.sha256).hex()[
        :24
    ]


def sealing() -> MultiFernet:
    """Seals secrets that have to be read again (those of apps with codes), with SECRET_KEY and its predecessors."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hmac.digest(str(key).encode(), b"accounts.second-factor", hashlib.sha256) for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
