"""Mail: to the server that EMAIL_URL names, else into a folder of readable files (the outbox)."""

import email.policy
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage as Message
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
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
    """A message ready to send. `key` names the mail, see `message_id`. Line breaks in the subject become blanks."""
    message = EmailMultiAlternatives(
        " ".join(subject.split()),
        body,
        settings.DEFAULT_FROM_EMAIL,
        [to],
        headers={"Message-ID": message_id(key), "Auto-Submitted": "auto-generated", **(headers or {})},
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
