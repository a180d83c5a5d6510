"""`allmende manage search rebuild` computes every entry anew; `search check` lists what does not fit together."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from allmende.engines.search import actions

EVERY = 250
"""Entries between two lines of progress."""


class Command(BaseCommand):
    help = "rebuild: computes every entry of the public index anew. check: lists orphans, exits 1 if there are any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["rebuild", "check"])

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["what"] == "rebuild":
            count = actions.rebuild(steps=self._progress)
            self.stdout.write(f"The public index is built: {count:,} entries.")
            return
        orphans = actions.check()
        for ref in orphans.without_thing:
            self.stdout.write(f"entry without thing: {ref}")
        for ref in orphans.without_entry:
            self.stdout.write(f"thing without entry: {ref}")
        for ref in orphans.without_words:
            self.stdout.write(f"entry that no word finds: {ref}")
        if orphans:
            raise CommandError(
                f"{orphans.count:,} do not fit together. `allmende manage search rebuild` puts them right."
            )
        self.stdout.write("Every public thing has its entry, every entry its thing.")

    def _progress(self, step: str, done: int, total: int) -> None:
        if done % EVERY == 0 or done == total:
            self.stdout.write(f"{step}: {done:,} of {total:,} entries")
