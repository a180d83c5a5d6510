"""Who may follow, who carries out errands, and whether a code belongs to a receipt."""

import base64
import binascii
import hashlib
import hmac
import re
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from allmende.core import manifest
from allmende.core.actor import Role, Viewer
from allmende.core.errors import NotAllowed, NotFound, NotSignedIn
from allmende.core.refs import Ref
from allmende.core.texts import Text

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


# When and by which channel


OWN = "own"
"""The topic of everything that is about a person's own contributions."""
SEARCHES = "searches"
"""The topic of what saved searches find."""
COLLECT_AT = time(8)
"""When collected mails go out, in the city's zone."""


def topics() -> dict[str, Text]:
    """What people can choose channels for: their own contributions, and what they follow by room. Key → name."""
    rooms = manifest.registry()
    followed = [key for key in rooms if any(kind.kind in rooms[key].gates for kind in rooms[key].index)]
    capabilities = [key for key in followed if key not in TALK]
    names = {
        key: _("Dem ich folge: %(room)s") % {"room": rooms[key].followed or rooms[key].label} for key in capabilities
    }
    return {OWN: _("Antworten auf meine Beiträge"), SEARCHES: _("Neues zu meinen gespeicherten Suchen"), **names}


TALK = frozenset({"discussion"})
"""Rooms whose things hang on those of others; what is said there belongs to the other's topic."""


def topic_of(via: Ref, *, own: bool) -> str:
    """The topic of a notice by what it came through: a comment on an idea belongs to the ideas' room."""
    if (via.capability, via.kind) == ("notify", "search"):
        return SEARCHES
    return OWN if own else via.capability


def after_quiet(at: datetime, quiet: tuple[time, time] | None, zone: ZoneInfo) -> datetime:
    """The first instant from `at` on that is not within the quiet hours [from, until) of the city's clocks.

    Equal ends mean no quiet hours. In the night when clocks go back an hour passes twice, in the one when they go
    forward it is missing: the end is the first instant after `at` at which the clocks show `until` or later.
    """
    if quiet is None or quiet[0] == quiet[1]:
        return at
    begins, ends = quiet
    local = at.astimezone(zone)
    clock = local.time().replace(fold=0)
    over_night = begins > ends
    is_quiet = clock >= begins or clock < ends if over_night else begins <= clock < ends
    if not is_quiet:
        return at
    day = local.date() + timedelta(days=1) if over_night and clock >= begins else local.date()
    return _instant(day, ends, zone, not_before=at)


def next_collection(at: datetime, weekday: int | None, zone: ZoneInfo) -> datetime:
    """When the next collected mail goes out after `at`: at 8 every day, or on the weekday (0 is Monday)."""
    day = at.astimezone(zone).date()
    while True:
        if weekday is None or day.weekday() == weekday:
            found = _instant(day, COLLECT_AT, zone)
            if found > at:
                return found
        day += timedelta(days=1)


def _instant(day: date, clock: time, zone: ZoneInfo, not_before: datetime | None = None) -> datetime:
    """The instant at which the clocks show this; of two, the first that is not before `not_before`."""
    for fold in (0, 1):
        found = datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC)
        if not_before is None or found >= not_before:
            return found
    return found


RETRY_AFTER = (1, 2, 5, 10, 20, 30, 60, 60, 120, 180)
"""Minutes until the next try after the n-th one failed; from then on every four hours."""
GIVE_UP_AFTER = timedelta(days=5)
"""RFC 5321, section 4.5.4.1: the give-up time generally needs to be at least 4-5 days."""


def pause_after(attempts: int) -> timedelta:
    """How long to wait after that many tries failed."""
    minutes = RETRY_AFTER[attempts - 1] if attempts <= len(RETRY_AFTER) else 240
    return timedelta(minutes=minutes)


def address_hash(address: str) -> bytes:
    """A keyed hash of an address or a postal address, to know it again without keeping it."""
    key = f"allmende.notify.address:{settings.SECRET_KEY}".encode()
    return hmac.digest(key, " ".join(address.lower().split()).encode(), hashlib.sha256)


def feed_token(feed: UUID) -> str:
    """What stands in the secret address of a feed; derived, so that the table alone opens none."""
    key = f"allmende.notify.feed:{settings.SECRET_KEY}".encode()
    seal = hmac.digest(key, feed.bytes, hashlib.sha256)[:16]
    return base64.urlsafe_b64encode(feed.bytes + seal).decode().rstrip("=")


def feed_of(token: str) -> UUID | None:
    """The feed that a token opens, or None for one that we did not make."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        return None
    if len(raw) != 32:  # noqa: PLR2004 - 16 bytes each
        return None
    feed = UUID(bytes=raw[:16])
    return feed if hmac.compare_digest(feed_token(feed), token) else None


def require_postmaster(viewer: Viewer) -> None:
    """Whoever looks after mail that is on its way: administrators. Raises NotSignedIn or NotAllowed."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not viewer.has(Role.ADMINISTRATOR):
        raise NotAllowed


REPLY_FOR = timedelta(days=30)
"""So long after a notice its mail can be answered."""


def replies() -> manifest.Replies | None:
    """The room that takes answers to mails; None where none does."""
    return next((room.replies for room in manifest.registry().values() if room.replies is not None), None)


def reply_box() -> tuple[str, str]:
    """Local part and domain of the address that takes answers (EMAIL_REPLIES); both empty without one."""
    local, _at, domain = settings.EMAIL_REPLIES.strip().rpartition("@")
    return (local, domain) if local and domain else ("", "")


def _reply_mac(notice_id: UUID) -> bytes:
    key = f"allmende.notify.reply:{settings.SECRET_KEY}".encode()
    return hmac.digest(key, notice_id.bytes, hashlib.sha256)[:10]


def reply_address(notice_id: UUID) -> str:
    """Where an answer to the mail of this notice goes: `answer+TOKEN@city.example`, or nothing where none are taken.

    The token is the notice's id and 80 bits of an HMAC, in base32: mail servers do not keep the case of letters, and a
    local part has at most 64 signs (RFC 5321, 4.5.3.1.1).
    """
    local, domain = reply_box()
    if not local:
        return ""
    token = base64.b32encode(notice_id.bytes + _reply_mac(notice_id)).decode().rstrip("=").lower()
    return f"{local}+{token}@{domain}"


def notice_of(token: str) -> UUID | None:
    """The notice that a token of ours belongs to; None for any other text."""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 26:  # noqa: PLR2004 - 16 bytes of the id, 10 of the MAC
        return None
    notice_id = UUID(bytes=raw[:16])
    return notice_id if hmac.compare_digest(raw[16:], _reply_mac(notice_id)) else None
