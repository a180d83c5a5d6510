"""`allmende manage reports_import FILE`: reports of an old system, from a table or an Open311 export."""

from itertools import batched
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from allmende.capabilities.reports.actions.bringing import BATCH, bring_reports
from allmende.capabilities.reports.adapters import old_reports
from allmende.capabilities.reports.models import Category
from allmende.core import city
from allmende.core.actor import SYSTEM


class Command(BaseCommand):
    help = (
        "Brings reports of an old system: CSV (with --map), or an Open311 export in JSON or XML. Rows that were "
        "brought before are passed over, so an interrupted import goes on where it was; each faulty row is told."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="name of the old system; the same for each of its files")
        parser.add_argument("--map", action="append", default=[], metavar="FIELD=COLUMN", help="e.g. description=Text")
        parser.add_argument("--kind", action="append", default=[], metavar="WORD=SLUG", help="e.g. Laternen=licht")
        parser.add_argument("--other", default="sonstiges", metavar="SLUG", help="kind of everything else")
        parser.add_argument("--closed", action="append", default=[], metavar="WORD", help="e.g. erledigt")
        parser.add_argument("--public", action="store_true", help="they were public there: everybody reads them here")
        parser.add_argument("--dry-run", action="store_true", help="only look at the file")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            old = old_reports.read(
                options["file"].read_bytes(),
                zone=city.current().zone,
                mapping=_pairs(options["map"]),
                closed=frozenset(options["closed"]),
            )
        except OSError as error:
            raise CommandError(f"The file cannot be read: {type(error).__name__}") from error
        except old_reports.NotReadable as error:
            raise CommandError(str(error)) from error
        for fault in old.faults:
            self.stderr.write(f"{fault.line}: {fault.words}")
        kinds = _kinds(_pairs(options["kind"]), options["other"])
        new = 0
        if not options["dry_run"]:
            for rows in batched(old.rows, BATCH, strict=False):
                new += len(
                    bring_reports(
                        actor=SYSTEM, source=options["source"], rows=rows, kinds=kinds, publish=options["public"],
                        at=timezone.now(),
                    )
                )  # fmt: skip
        self.stdout.write(f"new: {new}, there before: {len(old.rows) - new}, left out: {old.left_out}")


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if any(not sign for _name, sign, _value in pairs):
        raise CommandError("Please write NAME=VALUE.")
    return {name.strip(): value.strip() for name, _sign, value in pairs}


def _kinds(named: dict[str, str], other: str) -> dict[str, Category]:
    """The old system's words → our kinds; ours by their own slugs and names, and "" for everything else."""
    ours = {one.slug: one for one in Category.objects.all()}
    unknown = [slug for slug in [*named.values(), other] if slug not in ours]
    if unknown:
        raise CommandError(f"There is no kind {unknown[0]}.")
    found = {one.name(language).casefold(): one for one in ours.values() for language in ("de", "en")}
    found |= ours
    return found | {word.casefold(): ours[slug] for word, slug in named.items()} | {"": ours[other]}
