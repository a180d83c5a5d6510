"""What lies outside: messages that mail servers send back, and the services that bring pushes to browsers."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True)
class Bounce:
    """One recipient of one mail, as a delivery status notification tells of them (RFC 3464)."""

    message_id: str
    """Message-ID of the mail that it is about, with or without angle brackets; empty when it does not say."""
    action: str
    """failed, delayed, delivered, relayed or expanded, in small letters."""
    status: str
    """Enhanced status code (RFC 3463) such as 5.1.1; empty when it gives none."""
    recipient: str = ""


class PostboxDown(Exception):
    """The mailbox of bounces cannot be read at present; says which error, never an address or a password."""


class Pushed(Enum):
    """What became of a push (RFC 8030, sections 5 and 7.3)."""

    DONE = "done"
    GONE = "gone"  # that browser wants none any more: forget it
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Subscription:
    """Where a browser is reached, and the keys with which only that browser reads what is said (RFC 8291)."""

    endpoint: str
    p256dh: str
    auth: str


class Pusher(Protocol):
    """Brings a short message to a browser."""

    def public_key(self) -> str:
        """The key that a browser is given when it subscribes (RFC 8292): uncompressed point, base64url."""
        ...

    def send(self, subscription: Subscription, payload: bytes, *, urgent: bool) -> Pushed:
        """Hands it to the service behind the browser. Raises nothing."""
        ...
