"""Visitors: from which address a request comes, how often, and whether their browser has worked for it."""

import hashlib
from datetime import datetime, timedelta
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal, cast

from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpRequest

from allmende.core import ratelimit
from allmende.core.http import Request
from allmende.ui.forms import Form

type Proof = Literal["proved", "unproved"]

CHALLENGE_FOR = timedelta(hours=1)
SALT = "allmende.ui.proof"
"""Salt of the challenges that `ui.forms.Form` signs."""
IPV6_HOME = 64
"""Bits that one household has in common; the rest changes by itself (RFC 6177)."""


@cache
def _trusted(proxies: tuple[str, ...]) -> tuple[frozenset[str], tuple[object, ...]]:
    names = frozenset(entry for entry in proxies if entry == "unix")
    return names, tuple(ip_network(entry, strict=False) for entry in proxies if entry != "unix")


def _is_proxy(address: str) -> bool:
    names, networks = _trusted(tuple(settings.TRUSTED_PROXIES))
    if not address:
        return bool(names)
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)  # type: ignore[operator]


def client_ip(request: HttpRequest) -> str:
    """The address of whoever asks. A header is believed only from a proxy that we trust, and only its own last word.

    Without any (a Unix socket, a test): "local".
    """
    address = str(request.META.get("REMOTE_ADDR") or "")
    said = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    while said and _is_proxy(address):
        address = said.pop()
    return address or "local"


def subject_of(request: HttpRequest) -> str:
    """Whose limit counts: the signed-in person, else the address; for IPv6 the household."""
    if request.user.is_authenticated:
        return str(request.user.pk)
    address = client_ip(request)
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{parsed}/{IPV6_HOME}", strict=False)) if parsed.version == 6 else str(parsed)  # noqa: PLR2004


IPV4_NETWORK, IPV6_NETWORK = 24, 48
"""Bits that addresses of one network have in common: a school's, a provider's; a flood changes the rest."""


def network_of(request: HttpRequest) -> str:
    """The network that a request comes from, for limits on floods; never kept but as a keyed hash of one day."""
    address = client_ip(request)
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return address
    bits = IPV6_NETWORK if parsed.version == 6 else IPV4_NETWORK  # noqa: PLR2004
    return str(ip_network(f"{parsed}/{bits}", strict=False))


def limit(request: HttpRequest, scope: str, *, times: int, per: timedelta, subject: str = "") -> None:
    """Counts this request; raises TooMany with the time from which it works again."""
    at = cast("Request", request).at
    ratelimit.take(scope, subject or subject_of(request), limit=times, per=per, at=at)


def check_visitor(request: HttpRequest, scope: str, *, times: int = 20, per: timedelta = timedelta(hours=1)) -> Proof:
    """For a valid form, before its action: counts it, and says whether the browser has worked for it.

    "unproved" is never an error: the post goes to moderation (practice.md 15). Signed-in people need no proof. A
    challenge counts once and for an hour. Raises TooMany above the limit.
    """
    limit(request, scope, times=times, per=per)
    if request.user.is_authenticated:
        return "proved"
    return "proved" if _proved(request) else "unproved"


def _proved(request: HttpRequest) -> bool:
    challenge = request.POST.get("_challenge", "")
    if not Form(request.POST).proven:
        return False
    try:
        signing.loads(challenge, salt=SALT, max_age=CHALLENGE_FOR)
    except signing.BadSignature:
        return False
    digest = hashlib.sha256(challenge.encode()).digest()
    return spend(digest, cast("Request", request).at + CHALLENGE_FOR)


def spend(digest: bytes, expires: datetime) -> bool:
    """Marks something that counts once as used, in all processes; False when it was used before.

    Two requests at once with the same proof or code: the row's key lets one of them in.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_spentchallenge (challenge_hash, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [digest, expires],
        )
        return bool(cursor.rowcount == 1)
