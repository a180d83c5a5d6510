"""`allmende manage media_check`: are all files where they should be?"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from allmende.engines.media.actions.repair import YOUNG, find_faults, repair_files
from allmende.engines.media.ports import StoreDown


class Command(BaseCommand):
    help = "Compares disk and storage service with the database; --repair puts right what can be put right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="publish, withdraw and remove what is out of place")

    def handle(self, *, repair: bool, **_options: Any) -> None:
        before = time.time() - YOUNG
        try:
            findings = repair_files(before=before) if repair else find_faults(before=before)
        except StoreDown as down:
            raise CommandError(f"The storage service does not answer ({down}); try again later.") from None
        lines = {
            "missing, bring back from a backup": findings.missing,
            "changed, bring back from a backup": findings.changed,
            "public but not published": findings.unpublished,
            "published but not public": findings.exposed,
            "needed by nobody": findings.stray,
            "not yet at the storage service": findings.unstored,
        }
        for label, paths in lines.items():
            for path in paths:
                self.stdout.write(f"{label}: {path}")
        if not findings.fine:
            raise CommandError("Not every file is where it should be.")
        self.stdout.write("Every file is where it should be.")
