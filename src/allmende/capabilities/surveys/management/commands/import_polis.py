"""`allmende manage import_polis FOLDER`: a conversation that was held with Polis, from its four files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from allmende.capabilities.surveys.actions.opinion import keep_map
from allmende.capabilities.surveys.actions.opinion_import import ImportData, import_conversation
from allmende.capabilities.surveys.queries import drawing, opinion
from allmende.capabilities.surveys.rules.opinion import polis
from allmende.core.actor import SYSTEM

CREDIT = "The Computational Democracy Project, data gathered using Polis (compdemocracy.org/polis), CC BY 4.0"


class Command(BaseCommand):
    help = "Takes in a conversation from Polis's files in a folder, draws its map and compares the groups."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="with comments.csv, votes.csv and perhaps the two others")
        parser.add_argument("--title", default="", help="the question; default: what summary.csv says")
        parser.add_argument("--source", default=CREDIT, help="whom to credit and under which licence")
        parser.add_argument("--language", default="de", choices=["de", "en"], help="of the statements")
        parser.add_argument("--example", action="store_true", help="mark it as an example")

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        found = {name: (folder / name).read_bytes() for name in polis.FILES if (folder / name).is_file()}
        read = polis.read_polis(found)
        for fault in (*read.faults, *read.skipped):
            self.stderr.write(f"{fault.file}, line {fault.line}: {fault.message}")
        if read.faults:
            raise CommandError("Nothing was taken in.")
        at = timezone.now()
        made = import_conversation(
            actor=SYSTEM,
            read=read,
            data=ImportData(options["title"], options["source"], options["language"], options["example"]),
            at=at,
        )
        drawn = drawing.draw(made)
        keep_map(actor=SYSTEM, conversation_id=made.pk, drawing=drawn, at=at)
        people, answers = drawn.result["people"], drawn.result["votes"]
        self.stdout.write(
            f"{len(read.comments)} statements, {people} people, {answers} answers"
            f" ({read.changed} were changed later, {read.skipped_rows} rows left out)."
        )
        self.stdout.write(f"{len(drawn.result['groups'])} groups at /umfragen/meinungen/{made.number}/")
        official = drawing.official_agreement(opinion.voices(made), drawn.labels, read)
        if official is not None:
            self.stdout.write(f"Agreement with the groups of the files (adjusted Rand index): {official:.3f}")
