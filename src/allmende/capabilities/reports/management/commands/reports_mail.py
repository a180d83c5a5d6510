"""`allmende manage reports_mail`: mails become reports, from a pipe, a Maildir, a mailbox file or over IMAP."""

import mailbox
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from allmende.capabilities.reports.actions import letters
from allmende.engines.notify.interface import PostboxDown


class Command(BaseCommand):
    help = "Reads mails to the city about faults. Without options one message from standard input, as a pipe gives it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--maildir", type=Path, help="folder of a Maildir; what became a report is deleted")
        parser.add_argument("--mbox", type=Path, help="file of an mbox; it is left as it is")
        parser.add_argument("--imap", action="store_true", help="the mailbox of EMAIL_REPORTS_URL")

    def handle(self, *_args: Any, **options: Any) -> None:
        counts: Counter[str] = Counter()
        if options["imap"]:
            try:
                counts = letters.fetch(timezone.now())
            except (PostboxDown, ValueError) as error:
                raise CommandError(f"The mailbox cannot be read: {error}") from error
        elif options["maildir"] is not None:
            for path in sorted([*(options["maildir"] / "new").glob("*"), *(options["maildir"] / "cur").glob("*")]):
                with path.open("rb") as file:
                    found = letters.take_mail(file.read(letters.LARGEST), timezone.now())
                counts.update(found or {"left": 1})
                if found:
                    path.unlink()
        else:
            for raw in self._messages(options["mbox"]):
                counts.update(letters.take_mail(raw, timezone.now()) or {"left": 1})
        self.stdout.write(", ".join(f"{name}: {number}" for name, number in sorted(counts.items())) or "nothing")

    @staticmethod
    def _messages(mbox: Path | None) -> Iterator[bytes]:
        if mbox is not None:
            for key in (box := mailbox.mbox(mbox, create=False)).keys():  # noqa: SIM118 - iterating parses the messages
                yield box.get_bytes(key)
        else:
            yield sys.stdin.buffer.read(letters.LARGEST)
