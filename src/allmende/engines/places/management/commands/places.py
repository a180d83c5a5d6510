"""`allmende manage places import FILE…` reads files; `places find WORDS` and `places at LON LAT` try the geocoder."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from allmende.core.errors import DomainError
from allmende.engines.places import actions, queries


class Command(BaseCommand):
    help = (
        "import: reads files (GeoJSON, CSV, .osm.pbf). find: places for words. at: what is at longitude and latitude."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["import", "find", "at"])
        parser.add_argument("words", nargs="+")
        parser.add_argument(
            "--key", default="osm", help="short name of the source; importing it again replaces its places"
        )
        parser.add_argument("--name", default="OpenStreetMap")
        parser.add_argument("--licence", default="ODbL 1.0")
        parser.add_argument("--licence-url", default="https://opendatacommons.org/licenses/odbl/1-0/")
        parser.add_argument("--attribution", default="© OpenStreetMap-Mitwirkende")

    def handle(self, *_args: Any, **options: Any) -> None:
        words: list[str] = options["words"]
        if options["what"] == "find":
            for place in queries.find(" ".join(words)):
                self.stdout.write(f"{place.label}  {place.accuracy}  {place.longitude} {place.latitude}")
        elif options["what"] == "at":
            there = queries.place_at(float(words[0]), float(words[1]))
            self.stdout.write(there.label if there else "outside the city")
        else:
            self._import([Path(word) for word in words], options)

    def _import(self, paths: list[Path], options: dict[str, Any]) -> None:
        for path in paths:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
        data = actions.SourceData(
            key=options["key"],
            name=options["name"],
            licence=options["licence"],
            licence_url=options["licence_url"],
            attribution=options["attribution"],
        )
        try:
            source, skipped = actions.import_files(data, paths, progress=self._progress)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        counted = ", ".join(f"{count:,} {name}" for name, count in source.counts.items())
        self.stdout.write(f"{counted}; {skipped:,} rows could not be used.")

    told: tuple[str, float] = ("", 0.0)

    def _progress(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step == self.told[0] and now - self.told[1] < 1 and done != total:
            return
        self.told = (step, now)
        unit = "objects read" if step == "read" else step
        self.stdout.write(f"{done:,} of {total:,} {unit}" if total else f"{done:,} {unit}")
