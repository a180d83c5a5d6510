"""`allmende manage bounces`: takes what mail servers send back, from a pipe, a Maildir, a mailbox file or over IMAP."""

import mailbox
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from allmende.engines.notify import actions
from allmende.engines.notify.adapters import dsn
from allmende.engines.notify.ports import PostboxDown


class Command(BaseCommand):
    help = (
        "Reads delivery status notifications (RFC 3464). Without options one message from standard input, as a mail "
        "server's pipe gives it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--maildir", type=Path, help="folder of a Maildir; messages that were read are deleted")
        parser.add_argument("--mbox", type=Path, help="file of an mbox; it is left as it is")
        parser.add_argument("--imap", action="store_true", help="the mailbox of EMAIL_BOUNCES_URL; bounces are deleted")

    def handle(self, *_args: Any, **options: Any) -> None:
        counts: Counter[str] = Counter()
        if options["imap"]:
            try:
                counts = actions.fetch(timezone.now())
            except (PostboxDown, ValueError) as error:
                raise CommandError(f"The mailbox cannot be read: {error}") from error
        else:
            for raw in self._messages(options["maildir"], options["mbox"]):
                counts.update(actions.take_mail(raw, timezone.now()) or {"no bounce": 1})
        self.stdout.write(", ".join(f"{name}: {number}" for name, number in sorted(counts.items())) or "nothing")

    @staticmethod
    def _messages(maildir: Path | None, mbox: Path | None) -> Iterator[bytes]:
        if maildir is not None:
            for path in sorted([*(maildir / "new").glob("*"), *(maildir / "cur").glob("*")]):
                with path.open("rb") as file:
                    yield file.read(dsn.MAX_BYTES)
                path.unlink()
        elif mbox is not None:
            for key in (box := mailbox.mbox(mbox, create=False)).keys():  # noqa: SIM118 - iterating parses the messages
                yield box.get_bytes(key)
        else:
            yield sys.stdin.buffer.read(dsn.MAX_BYTES)
