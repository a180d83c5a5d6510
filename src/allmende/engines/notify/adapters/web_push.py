"""Web push: RFC 8030 (protocol), 8291 (encryption), 8292 (VAPID), by `pywebpush`.

The key pair of this installation is made at first need and lies with its other secrets. A browser names where it is
reached; since that address is anybody's word, only the makers' services that the city names are ever contacted, no
redirect is followed, and no proxy or machine of our own network can be named.
"""

import os
import secrets
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPusher

from allmende.engines.notify.ports import Pushed, Subscription
from allmende.engines.notify.queries import wishes

TTL = 24 * 3600
"""Seconds for which the service keeps a push for a browser that is off."""
SECONDS = 10
VALID = 12 * 3600
"""Seconds for which a VAPID signature holds; RFC 8292 allows 24 hours."""


class _Session(requests.Session):
    """Goes where it was told and nowhere else: no proxy from the environment, no redirect."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(*args, **{**kwargs, "allow_redirects": False})


class WebPushPusher:
    """The real thing; a service that has a question finds EMAIL_FROM in each signature."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.EMAIL_OUTBOX).parent / "secrets"
        self.session = _Session()

    def _key(self) -> Vapid02:
        """The installation's key pair; two processes that ask at once get the same."""
        path = self.folder / "vapid.pem"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = Vapid02()
            fresh.generate_keys()
            draft = self.folder / f".vapid.{os.getpid()}.{secrets.token_hex(4)}"
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
                file.write(fresh.private_pem())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return Vapid02.from_pem(path.read_bytes())

    def public_key(self) -> str:
        point = self._key().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).decode().rstrip("=")

    def send(self, subscription: Subscription, payload: bytes, *, urgent: bool) -> Pushed:
        if not is_allowed(subscription.endpoint):
            return Pushed.GONE
        parts = urlsplit(subscription.endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time()) + VALID,
            "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}",
        }
        try:
            pusher = WebPusher(
                {
                    "endpoint": subscription.endpoint,
                    "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
                },
                requests_session=self.session,
            )
            headers = {**self._key().sign(claims), "urgency": "high" if urgent else "normal"}
            answer = pusher.send(payload, headers, ttl=TTL, timeout=SECONDS)
        except requests.RequestException:
            return Pushed.LATER
        except (ValueError, TypeError):
            return Pushed.GONE  # keys that are none
        return _judged(answer.status_code)


def _judged(status: int) -> Pushed:
    if status in {404, 410}:  # RFC 8030, section 7.3: the subscription has ended
        return Pushed.GONE
    if status == 429 or status >= 500:  # noqa: PLR2004 - too many requests, and whatever is theirs
        return Pushed.LATER
    return Pushed.DONE if status < 300 else Pushed.REFUSED  # noqa: PLR2004 - and no redirect


def is_allowed(endpoint: str) -> bool:
    """Whether this address belongs to a service that the city named: https and one of its hosts, or a whole origin."""
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if not host or parts.username or parts.password:
        return False
    for allowed in wishes.push_hosts():
        if "://" in allowed and f"{parts.scheme}://{parts.netloc}" == allowed:
            return True
        named = host == allowed or (allowed.startswith("*.") and host.endswith(allowed[1:]))
        if named and parts.scheme == "https" and port in {None, 443}:
            return True
    return False
