"""`allmende manage urbandata_import FOLDER`: reads tables of counting sites into series; again, only what is new."""

from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from allmende.capabilities.urbandata import actions
from allmende.capabilities.urbandata.actions import Described, Reading, SeriesData
from allmende.capabilities.urbandata.models import Datastream
from allmende.capabilities.urbandata.rules import counters, flags, tables
from allmende.capabilities.urbandata.rules.counters import Counter, Site
from allmende.core import city
from allmende.core.actor import SYSTEM

STEP = 900
SHOWN = 20
AT_ONCE = 50_000


class Command(BaseCommand):
    help = "Imports CSV files of counting sites (time, total, directions, status columns) from a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--source", default="", help="whom the licence wants named")
        parser.add_argument("--licence", default="", help="address of the licence")

    def handle(self, *_args: Any, **options: Any) -> None:
        files = sorted(options["folder"].glob("*.csv")) if options["folder"].is_dir() else []
        if not files:
            raise CommandError("There are no CSV files in this folder.")
        self.faults = 0
        total = known = 0
        for path in files:
            added, before = self._read(path, options["source"], options["licence"])
            total, known = total + added, known + before
        if self.faults > SHOWN:
            self.stderr.write(f"… and {self.faults - SHOWN} more.")
        self.stdout.write(f"{len(files)} files: {total} values added, {known} known already, {self.faults} faults.")

    def _read(self, path: Path, source: str, licence: str) -> tuple[int, int]:
        try:
            table = tables.read_table(path.read_bytes())
        except tables.UnreadableTable as error:
            raise CommandError(f"{path.name}: no table ({error.problem}).") from None
        site = counters.site_of(table.columns)
        if site is None:
            raise CommandError(f"{path.name}: no heading like „100020113 (Wolbecker Straße)“.")
        times, faults = tables.instants(table, 0, city.current().zone)
        faults = [*table.faults, *faults]
        readings: list[Reading] = []
        made = _save(site, source, licence)
        for counter, stream in made.items():
            found, more = tables.series(table, times, counter.place, counter.status)
            faults += more
            readings += [
                Reading(stream.number, at, number, flags=flags.SOURCE if marked else 0)
                for at, number, marked in zip(found.times, found.numbers, found.marked, strict=True)
            ]
        for fault in faults:
            self.faults += 1
            if self.faults <= SHOWN:
                said = tables.FAULTS[fault.problem]
                self.stderr.write(f"{path.name}, line {fault.line}: {fault.column} {fault.cell!r} {said}.")
        added = known = 0
        for start in range(0, len(readings), AT_ONCE):
            done = actions.add_observations(
                actor=SYSTEM, readings=readings[start : start + AT_ONCE], source=path.name, only_new=True,
                at=timezone.now(),
            )  # fmt: skip
            added, known = added + len(done.ids), known + done.known
        return added, known


def _save(site: Site, source: str, licence: str) -> dict[Counter, Datastream]:
    """The site's series: the total first, its directions as parts of it."""
    names: dict[str, int] = defaultdict(int)
    found: dict[Counter, Datastream] = {}
    total: Datastream | None = None
    for counter in (site.total, *site.parts):
        names[counter.name] += 1
        whole = counter is site.total
        data = SeriesData(
            external_id=f"zaehler:{counter.code}",
            name=f"Fahrräder {site.total.name}" if whole else f"Fahrräder {site.total.name}, {counter.name}",
            description=(
                f"So viele Fahrräder zählt die Stelle {site.total.name} in einer Viertelstunde"
                f"{', alle Richtungen zusammen' if whole else f', Richtung {counter.name}'}."
            ),
            thing=Described(f"zaehlstelle:{site.total.code}", site.total.name, f"Zählstelle {site.total.name}"),
            sensor=Described("zaehlstelle:schleife", "Zählschleife", "Eine Schleife in der Fahrbahn"),
            observed_property=Described("fahrraeder", "Fahrräder", "Fahrräder, die eine Stelle passieren"),
            unit={"name": "Fahrräder", "symbol": "Räder", "definition": ""},
            is_amount=True,
            total=total,
            step=STEP,
            source=source,
            licence=licence,
        )
        stream = actions.save_series(actor=SYSTEM, data=data, at=timezone.now())
        total = total or stream
        found[counter] = stream
    return found
