"""Mail: to the server that EMAIL_URL names, else into a folder of readable files (the outbox)."""

import email.policy
import os
import re
import secrets
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage as Message
from email.utils import getaddresses, parsedate_to_datetime
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

READABLE = email.policy.default.clone(utf8=True, max_line_length=900, linesep="\n")
"""Umlauts as they are, in headers (RFC 6532) and text (8bit), so that anyone can read the file with anything."""


def message_id(key: str) -> str:
    """The Message-ID of what `key` names: repeating a mail gives the same one, so that mail programs show it once."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<{re.sub(r'[^A-Za-z0-9._-]', '-', key)}@{host}>"


def compose(
    to: str, subject: str, body: str, *, key: str, html: str | None = None, headers: dict[str, str] | None = None
) -> EmailMultiAlternatives:
    """A message ready to send. `key` names the mail, see `message_id`. Line breaks in the subject become blanks.

    Bounces go to EMAIL_BOUNCES where that is set (the envelope's sender); people see EMAIL_FROM.
    """
    message = EmailMultiAlternatives(
        " ".join(subject.split()),
        body,
        getattr(settings, "EMAIL_BOUNCES", "") or settings.DEFAULT_FROM_EMAIL,
        [to],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": message_id(key),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday reply, please
            **(headers or {}),
        },
    )
    if html:
        message.attach_alternative(html, "text/html")
    return message


class OutboxBackend(BaseEmailBackend):
    """Writes each message to a file of its own, named after its Message-ID; a repeat replaces it.

    A file appears only when it is complete.
    """

    def __init__(self, *, file_path: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(file_path)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            made = message.message(policy=READABLE)
            name = re.sub(r"[^A-Za-z0-9._-]", "-", str(made["Message-ID"]).strip("<>").partition("@")[0])[:120]
            draft = self.folder / f".{name}.{secrets.token_hex(4)}"
            with draft.open("xb") as file:
                file.write(made.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.folder / f"{name}.eml")
        return len(email_messages)


class Outcome(Enum):
    """What became of a message that was handed to the mail server (RFC 5321, section 4.2.1)."""

    SENT = "sent"
    LATER = "later"  # this message is to be tried again
    NO_SUCH_ADDRESS = "no such address"  # refused for its recipient, for good
    UNWANTED = "unwanted"  # refused for what it is, for good: the operator has to look
    SERVER_DOWN = "server down"  # nothing can be sent at present


@dataclass(frozen=True)
class Answer:
    """The outcome, and in few words what the server said: a code, never an address."""

    outcome: Outcome
    words: str = ""


GOOD_REASON = 500
"""Reply codes from here on are for good, those below pass."""
NOT_THE_ADDRESS = re.compile(r"\b5\.(2\.2|2\.3|3\.\d+|4\.\d+|6\.\d+|7\.\d+)\b")
"""Enhanced codes (RFC 3463) that refuse a recipient for another reason than that there is none, e.g. policy."""


class Postman:
    """Hands messages to the mail server over one connection, and says of each what became of it; it raises nothing.

    A connection that breaks in the middle of a message is opened anew for the next one; the message itself counts as
    not sent. Should the server have taken it all the same, its repeat has the same Message-ID.
    """

    def __init__(self) -> None:
        self.mailer: Any = mailers["default"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        with suppress(OSError):  # smtplib's exceptions are OSErrors too
            self.mailer.close()

    def send(self, message: EmailMessage) -> Answer:  # noqa: PLR0911 - one for each thing that a server may do
        """Hands one message over."""
        try:
            self.mailer.open()
        except OSError as error:
            self._close()
            return Answer(Outcome.SERVER_DOWN, _said(error))
        try:
            self.mailer.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return Answer(_judged(code, words, recipient=True), _said_code(code, words))
        except smtplib.SMTPServerDisconnected as error:
            self._close()
            return Answer(Outcome.LATER, _said(error))
        except smtplib.SMTPResponseException as error:
            return Answer(_judged(error.smtp_code, error.smtp_error, recipient=False), _said(error))
        except OSError as error:
            self._close()
            return Answer(Outcome.LATER, _said(error))
        except ValueError as error:  # an address that cannot be written into an envelope
            return Answer(Outcome.NO_SUCH_ADDRESS, type(error).__name__)
        return Answer(Outcome.SENT)


def _judged(code: int, words: bytes | str, *, recipient: bool) -> Outcome:
    if code < GOOD_REASON:
        return Outcome.LATER
    if recipient and not NOT_THE_ADDRESS.search(_text(words)):
        return Outcome.NO_SUCH_ADDRESS
    return Outcome.UNWANTED


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _said_code(code: int, words: bytes | str) -> str:
    found = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})\b", _text(words))
    return f"{code} {found[1]}" if found else str(code)


def _said(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said_code(error.smtp_code, error.smtp_error)
    return type(error).__name__


@dataclass(frozen=True)
class Letter:
    """A message of the outbox, as the demonstration shows it."""

    name: str
    to: frozenset[str]
    subject: str
    body: str
    sent_at: datetime | None


def outbox(limit: int = 200) -> list[Letter]:
    """The newest messages of the outbox first."""
    folder = Path(settings.EMAIL_OUTBOX)
    if not folder.is_dir():
        return []
    paths = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [_read(path) for path in paths[:limit]]


def _read(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes(), policy=READABLE)
    part = message.get_body(("plain",))
    return Letter(
        name=path.stem,
        to=_addresses(message),
        subject=str(message["Subject"] or ""),
        body=str(part.get_content()) if part is not None else "",
        sent_at=parsedate_to_datetime(str(message["Date"])) if message["Date"] else None,
    )


def _addresses(message: Message) -> frozenset[str]:
    return frozenset(
        address.lower() for _, address in getaddresses([str(value) for value in message.get_all("To", [])])
    )


def forget(addresses: set[str]) -> int:
    """Deletes what the outbox holds for these addresses; belongs to erasure. Returns how many files went."""
    found = [letter.name for letter in outbox(limit=1_000_000) if letter.to & addresses]
    for name in found:
        (Path(settings.EMAIL_OUTBOX) / f"{name}.eml").unlink(missing_ok=True)
    return len(found)
