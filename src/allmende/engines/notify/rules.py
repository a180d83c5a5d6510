"""Who may follow, who carries out errands, and whether a code belongs to a receipt."""

import hashlib
import hmac
import re
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from allmende.core import manifest
from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotAllowed, NotFound, NotSignedIn
from allmende.core.refs import Ref

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Thirty-two signs that nobody mistakes for another: no I and O, no 0 and 1."""
CODE_LENGTH = 8


def require_may_follow(viewer: Viewer, ref: Ref, at: datetime) -> None:
    """Whoever is signed in and may see the thing. Raises NotFound before NotSignedIn, so that nothing is betrayed."""
    if not manifest.may_see(ref, viewer, at):
        raise NotFound
    if not viewer.is_signed_in:
        raise NotSignedIn(_("Bitte melden Sie sich an. Dann können Sie folgen."))


def errand_scopes(viewer: Viewer) -> frozenset[str] | None:
    """For whose letters and calls the viewer may see names and addresses: capabilities, or None for all of them.

    Administrators and the city's moderators carry out all errands; moderators of one capability only its own.
    """
    if viewer.has(Role.ADMINISTRATOR) or viewer.has(Role.MODERATOR):
        return None
    return frozenset(grant.scope for grant in viewer.grants if grant.role == Role.MODERATOR)


def require_errands(viewer: Viewer) -> None:
    """Raises NotSignedIn or NotAllowed for whoever carries out none."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    scopes = errand_scopes(viewer)
    if scopes is not None and not scopes:
        raise NotAllowed


def code_of(receipt_id: UUID) -> str:
    """The receipt's code: 40 bits of an HMAC (RFC 2104) of its id. A new SECRET_KEY ends all codes."""
    key = f"allmende.notify.receipt:{settings.SECRET_KEY}".encode()
    number = int.from_bytes(hmac.digest(key, receipt_id.bytes, hashlib.sha256)[:5], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(CODE_LENGTH))


def tidy_code(typed: str) -> str:
    """A code as people type it: small letters, blanks and dashes do not matter."""
    return re.sub(r"[\s\-–—]", "", typed).upper()


def is_code(receipt_id: UUID, typed: str) -> bool:
    """Whether this is the receipt's code, in constant time."""
    return hmac.compare_digest(code_of(receipt_id).encode(), tidy_code(typed).encode())


def serial_of(typed: str) -> tuple[int, int] | None:
    """Year and serial of a number as people type it („g 2026 123“), or None when it is none of ours."""
    found = re.fullmatch(r"([A-Z])[\s\-–—]*(\d{4})[\s\-–—]*(\d{1,9})", typed.strip().upper())
    if found is None or found[1] != settings.CITY_ID[0].upper():
        return None
    return int(found[2]), int(found[3])
