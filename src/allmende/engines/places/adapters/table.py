"""Tables of addresses or landmarks as offices keep them: CSV with comma, semicolon or tab, UTF-8 or Windows-1252."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from allmende.core.errors import Invalid
from allmende.engines.places.adapters import geojson
from allmende.engines.places.ports import Extract

EVERY = 1000
EAST = ("longitude", "lon", "lng", "laenge", "länge", "geolaenge", "x", "ostwert", "rechtswert", "easting")
NORTH = ("latitude", "lat", "breite", "geobreite", "y", "nordwert", "hochwert", "northing")


def read(path: Path, *, progress: Callable[[str, int, int], object], shown: str) -> Extract:
    """The first line names the columns: `EAST`, `NORTH`, properties as in GeoJSON; `epsg` may name a system."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    head = text.partition("\n")[0]
    delimiter = max(";,\t|", key=head.count)
    rows = csv.DictReader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
    columns = {str(name).strip().casefold(): name for name in rows.fieldnames or [] if name}
    east = next((columns[name] for name in EAST if name in columns), None)
    north = next((columns[name] for name in NORTH if name in columns), None)
    if east is None or north is None:
        raise Invalid(
            _(
                "In der Tabelle fehlen die Spalten für Länge und Breite. "
                "Bitte nennen Sie sie in der ersten Zeile lon und lat."
            )
        )
    total, found = text.count("\n"), Extract()
    converts: dict[str, geojson.Convert] = {}
    try:
        for number, row in enumerate(rows):
            if number % EVERY == 0:
                progress("read", number, total)
            properties: dict[str, Any] = {name: row.get(column) for name, column in columns.items()}
            system = str(properties.get("epsg") or "").strip()
            if system not in converts:
                if len(converts) > 20:  # noqa: PLR2004 - nobody mixes that many
                    raise Invalid(_("Die Tabelle nennt zu viele Koordinatensysteme."))
                converts[system] = geojson.conversion(f"EPSG:{system}" if system else "")
            try:
                x, y = number_of(row.get(east)), number_of(row.get(north))
            except ValueError:
                found.skipped["position"] += 1
                continue
            geojson.point(properties, converts[system](x, y), found)
    except csv.Error as error:
        raise Invalid(_("Die Tabelle „%(name)s“ ist beschädigt.") % {"name": shown}) from error
    return found


def number_of(text: str | None) -> float:
    """12,0833 or 12.0833 or 1.234.567,8 as a number; raises ValueError."""
    word = (text or "").strip().replace("\xa0", "").replace(" ", "")
    if "," in word:
        word = word.replace(".", "").replace(",", ".")
    return float(word)
