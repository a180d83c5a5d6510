"""`allmende manage media_check`: are all pictures where they should be?"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from allmende.engines.media.actions.repair import YOUNG, find_faults, repair_files


class Command(BaseCommand):
    help = "Compares the stored pictures with the database; --repair puts right what can be put right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="publish, withdraw and remove what is out of place")

    def handle(self, *, repair: bool, **_options: Any) -> None:
        before = time.time() - YOUNG
        findings = repair_files(before=before) if repair else find_faults(before=before)
        lines = {
            "missing, bring back from a backup": findings.missing,
            "changed, bring back from a backup": findings.changed,
            "public but not published": findings.unpublished,
            "published but not public": findings.exposed,
            "needed by nobody": findings.stray,
        }
        for label, paths in lines.items():
            for path in paths:
                self.stdout.write(f"{label}: {path}")
        if not findings.fine:
            raise CommandError("Not every picture is where it should be.")
        self.stdout.write("Every picture is where it should be.")
