"""`allmende manage retention`: deletes what is past its time; runs by itself every night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from allmende.accounts import retention


class Command(BaseCommand):
    help = "Deletes in every room what is past its retention. With --dry-run it only counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count and take everything back")

    def handle(self, *_args: Any, **options: Any) -> None:
        counts = retention.run(at=timezone.now(), dry_run=options["dry_run"])
        for kind, number in sorted(counts.items()):
            self.stdout.write(f"{kind}: {number}")
