"""The mailbox to which mail servers send back what they could not deliver, read over IMAP (RFC 3501, RFC 4315).

What is a notification is deleted once it was counted; everything else is left for people and only marked as read.
Reading is safe to repeat: a connection that breaks between counting and deleting shows the same notification again, and
a notification counts once.
"""

import imaplib
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from allmende.engines.notify.ports import PostboxDown

SECONDS = 20
"""How long the server may take for each step."""
AT_ONCE = 2000
"""Messages of one reading; the next one goes on."""
TOGETHER = 50
"""Messages marked with one command, so that a thousand do not take a thousand."""
PORTS = {"imap": 143, "imaps": 993, "imap+plain": 143}

type Conversation = imaplib.IMAP4


@dataclass(frozen=True)
class Postbox:
    """Where the mailbox is. `imaps` speaks TLS from the start, `imap` by STARTTLS or not at all, `imap+plain` none."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @classmethod
    def at(cls, url: str, *, setting: str = "EMAIL_BOUNCES_URL") -> "Postbox":
        """From `imaps://user:password@host/FOLDER`. Raises ValueError for an address that cannot be."""
        parts = urlsplit(url)
        folder = unquote(parts.path.strip("/")) or "INBOX"
        plain = folder.isascii() and folder.isprintable() and not set('"\\') & set(folder)
        if parts.scheme not in PORTS or not parts.hostname or not parts.username or not plain:
            raise ValueError(f"{setting} must look like imaps://user:password@mail.example/INBOX.")
        return cls(
            parts.scheme,
            parts.hostname,
            parts.port or PORTS[parts.scheme],
            unquote(parts.username),
            unquote(parts.password or ""),
            folder,
        )

    def read(self, take: Callable[[bytes], Counter[str]], *, largest: int) -> Counter[str]:
        """Gives every unread message to `take`, cut off after `largest` bytes; returns the sum of what it says.

        `take` returns nothing for a message that is no notification. Raises PostboxDown when the server cannot be
        reached, refuses, or breaks off; what was taken by then stays taken.
        """
        counts: Counter[str] = Counter()
        try:
            server = self._open()
            try:
                self._enter(server)
                waiting = _said(server.uid("SEARCH", "UNSEEN", "UNDELETED"))
                numbers = [number for line in waiting if isinstance(line, bytes) for number in line.split()][:AT_ONCE]
                for start in range(0, len(numbers), TOGETHER):
                    self._read_some(server, numbers[start : start + TOGETHER], take, counts, largest)
                _said(server.expunge())
            finally:
                _leave(server)
        except (OSError, imaplib.IMAP4.error, ValueError, IndexError) as error:
            raise PostboxDown(type(error).__name__) from error  # a server may quote what it was sent: no words of it
        return counts

    def _open(self) -> Conversation:
        if self.scheme == "imaps":
            return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=ssl.create_default_context(), timeout=SECONDS)
        return imaplib.IMAP4(self.host, self.port, timeout=SECONDS)

    def _enter(self, server: Conversation) -> None:
        if self.scheme == "imap":
            server.starttls(ssl_context=ssl.create_default_context())
        if (self.user + self.password).isascii():
            server.login(self.user, self.password)
        else:
            server.authenticate("PLAIN", lambda _challenge: f"\0{self.user}\0{self.password}".encode())
        _said(server.select(f'"{self.folder}"'))

    @staticmethod
    def _read_some(
        server: Conversation,
        numbers: list[bytes],
        take: Callable[[bytes], Counter[str]],
        counts: Counter[str],
        largest: int,
    ) -> None:
        done: list[bytes] = []
        others: list[bytes] = []
        try:
            for number in numbers:
                raw = _message(_said(server.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{largest}>)")))
                found = take(raw)
                counts.update(found or {"no bounce": 1})
                (done if found else others).append(number)
        finally:
            for flags, which in ((r"(\Seen \Deleted)", done), (r"(\Seen)", others)):
                if which:
                    _said(server.uid("STORE", b",".join(which).decode(), "+FLAGS.SILENT", flags))


def _leave(server: Conversation) -> None:
    """Ends the conversation, also where the other side has ended it already."""
    with suppress(OSError, imaplib.IMAP4.error):
        server.logout()
    with suppress(OSError):
        server.shutdown()


def _said(answer: tuple[str, list[Any]]) -> list[Any]:
    """The data of an answer. Raises `imaplib.IMAP4.error` for anything but OK."""
    state, data = answer
    if state != "OK":
        raise imaplib.IMAP4.error("refused")
    return data


def _message(data: list[Any]) -> bytes:
    """The bytes of a message among everything that a server may say meanwhile; empty for one that has gone."""
    return next((part[1] for part in data if isinstance(part, tuple) and isinstance(part[1], bytes)), b"")
