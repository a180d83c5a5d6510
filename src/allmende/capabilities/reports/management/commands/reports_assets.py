"""`allmende manage reports_assets FILE`: numbered things of an office come in from a table or GeoJSON."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from allmende.capabilities.reports.actions.assets import KindData, import_assets
from allmende.capabilities.reports.adapters import asset_files
from allmende.core import city
from allmende.core.actor import SYSTEM
from allmende.core.errors import Invalid


class Command(BaseCommand):
    help = "Takes in lamp posts, benches, containers … and tells each row that it leaves out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", required=True, help="short name in addresses and QR codes: laterne")
        parser.add_argument("--name", required=True, help="what it is called: Laterne")
        parser.add_argument("--name-en", default="", help="the same in English")
        parser.add_argument("--keywords", default="", help="what else people call it, with commas")
        parser.add_argument("--category", default="", help="slug of the kind of fault that is proposed")
        parser.add_argument("--owner", default="", help="whose they are where the file does not say")
        parser.add_argument("--dry-run", action="store_true", help="only look at the file")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            sheet = asset_files.read(options["file"].read_bytes(), near=city.current().centre)
            for fault in sheet.faults:
                self.stderr.write(f"{fault.line}: {fault.words}")
            if not options["dry_run"]:
                kind = KindData(
                    options["kind"],
                    {"de": options["name"], "en": options["name_en"]},
                    options["keywords"].split(","),
                    options["category"],
                    options["owner"],
                )
                import_assets(actor=SYSTEM, kind=kind, rows=sheet.rows, at=timezone.now())
        except OSError as error:
            raise CommandError(f"The file cannot be read: {type(error).__name__}") from error
        except Invalid as error:
            raise CommandError("; ".join(map(str, error.fields.values())) or str(error.message)) from error
        self.stdout.write(f"taken: {len(sheet.rows)}, left out: {sheet.left_out}")
