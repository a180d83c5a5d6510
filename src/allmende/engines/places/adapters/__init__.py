"""Readers of files with places. Each takes a path and returns an `Extract`; what cannot be read becomes `Invalid`."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from allmende.core.errors import Invalid
from allmende.engines.places.adapters import geojson, osm, table
from allmende.engines.places.ports import Extract

type Progress = Callable[[str, int, int], object]
"""Called with the step, how many are done, and of how many (0: nobody knows)."""

LARGEST = {".geojson": 200, ".json": 200, ".csv": 200, ".txt": 200, ".pbf": 2000}
"""Endings that are read, with the greatest size in megabytes."""


def digest(paths: Sequence[Path]) -> str:
    """SHA-256 over names and bytes."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                found.update(piece)
    return found.hexdigest()


def read(path: Path, *, near: tuple[float, float], city: str, progress: Progress, shown: str = "") -> Extract:
    """All places of one file. `near` is the city's centre (longitude, latitude), `city` its name.

    Raises Invalid with a sentence that says what to do.
    """
    shown = shown or path.name
    ending = path.suffix.lower()
    if ending not in LARGEST:
        raise Invalid(
            _(
                "Diese Datei können wir nicht lesen. "
                "Bitte nehmen Sie GeoJSON (.geojson), eine Tabelle (.csv) oder .osm.pbf."
            )
        )
    if path.stat().st_size > LARGEST[ending] * 1024 * 1024:
        raise Invalid(
            _("Die Datei ist größer als %(size)s MB. Bitte schneiden Sie sie auf das Gebiet der Stadt zu.")
            % {"size": LARGEST[ending]}
        )
    if ending == ".pbf":
        found = osm.read(path, near=near, city=city, progress=progress, shown=shown)
    elif ending in {".csv", ".txt"}:
        found = table.read(path, progress=progress, shown=shown)
    else:
        found = geojson.read(path, progress=progress, shown=shown)
    if not len(found):
        raise Invalid(
            _("In der Datei „%(name)s“ haben wir keinen Ort gefunden, den wir verwenden können.") % {"name": shown}
        )
    geojson.require_near(found, near)
    return found
