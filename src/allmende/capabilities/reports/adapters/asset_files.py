"""Files of numbered things as offices keep them: GeoJSON points, or tables (CSV) with a number and a position.

Every row that cannot be used is told with its line; a file that cannot be read becomes one sentence. Nothing of it is
kept here.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from allmende.capabilities.reports.rules.assets import LONGEST, plain
from allmende.core.errors import Invalid
from allmende.engines.places import interface as places

MEGABYTES = 20
MOST_ROWS = 200_000
MOST_FAULTS = 200
FAR = 1.0
"""Degrees from the city's centre beyond which nothing of the city lies."""
NUMBER = ("nummer", "number", "nr", "id", "kennung", "mast", "ref", "name")
PLACE = ("ort", "place", "adresse", "address", "strasse", "straße", "street", "lage")
OWNER = ("eigentuemer", "eigentümer", "owner", "betreiber", "operator", "zustaendig", "zuständig")
EAST = ("longitude", "lon", "lng", "laenge", "länge", "x", "ostwert", "rechtswert", "easting")
NORTH = ("latitude", "lat", "breite", "y", "nordwert", "hochwert", "northing")

type Convert = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True)
class AssetRow:
    number: str
    longitude: float
    latitude: float
    place: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Fault:
    """Why a row is left out; `line` counts from the file's first one, or from the first thing of a GeoJSON file."""

    line: int
    words: str


@dataclass
class Sheet:
    """What a file holds. `left_out` counts all faulty rows, `faults` tells of the first ones."""

    rows: list[AssetRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: int = 0

    def fault(self, line: int, words: str) -> None:
        self.left_out += 1
        self.require_few()
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, words))

    def require_few(self) -> None:
        if len(self.rows) + self.left_out > MOST_ROWS:
            raise Invalid(_("Das sind mehr als 200.000 Zeilen. Bitte teilen Sie die Datei auf."))


def read(content: bytes, *, near: tuple[float, float]) -> Sheet:
    """The rows of a file; what it is, its first sign says. Raises Invalid with a sentence that says what to do."""
    if len(content) > MEGABYTES * 1024 * 1024:
        raise Invalid(_("Die Datei ist größer als %(size)s MB. Bitte teilen Sie sie auf.") % {"size": MEGABYTES})
    if b"\0" in content[:1000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid(_("Das ist keine Tabelle und kein GeoJSON. Bitte speichern Sie die Datei als CSV oder GeoJSON."))
    text = _decoded(content)
    if not text.strip():
        raise Invalid(_("Die Datei ist leer."))
    sheet, seen = Sheet(), set[str]()
    for line, properties, position in _geojson(text, sheet) if text.lstrip().startswith("{") else _table(text, sheet):
        number = _word(properties, NUMBER)
        key = plain(number)
        if not key or len(number) > LONGEST:
            sheet.fault(line, _("Es fehlt eine Nummer."))
        elif key in seen:
            sheet.fault(line, _("Die Nummer %(number)s kommt zweimal vor.") % {"number": number})
        elif abs(position[0] - near[0]) > FAR or abs(position[1] - near[1]) > FAR:
            sheet.fault(line, _("Die Stelle liegt nicht in der Nähe der Stadt."))
        else:
            seen.add(key)
            place, owner = _word(properties, PLACE), _word(properties, OWNER)
            sheet.rows.append(AssetRow(number, *position, place[:200], owner[:80]))
        sheet.require_few()
    if not sheet.rows and not sheet.left_out:
        raise Invalid(_("In der Datei haben wir nichts gefunden, das Nummer und Stelle hat."))
    return sheet


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise Invalid(_("Die Schrift der Datei können wir nicht lesen. Bitte speichern Sie sie in UTF-8."))


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


type Found = tuple[int, Mapping[str, Any], tuple[float, float]]


def _geojson(text: str, sheet: Sheet) -> Iterator[Found]:
    try:
        document = json.loads(text, parse_constant=_no_number)
        features = document["features"]
        named = document.get("crs") or {}
        name = str(named["properties"]["name"])[:200] if named else ""
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(
            _("Das ist kein vollständiges GeoJSON. Vielleicht wurde die Datei nur zum Teil übertragen.")
        ) from error
    if not isinstance(features, list):
        raise Invalid(_("Das ist kein GeoJSON mit einer Liste von Dingen (FeatureCollection)."))
    convert = places.conversion(name)
    for line, feature in enumerate(features, start=1):
        try:
            kind, at = feature["geometry"]["type"], feature["geometry"]["coordinates"]
            properties = {
                str(key).strip().casefold(): value for key, value in (feature.get("properties") or {}).items()
            }
            position = convert(*(float(one) for one in at[:2])) if kind == "Point" else None
        except Invalid as error:
            sheet.fault(line, str(error.message))
            continue
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
            sheet.fault(line, _("Das ist kein Punkt mit zwei Koordinaten."))
            continue
        if position is None:
            sheet.fault(line, _("Das ist kein Punkt mit zwei Koordinaten."))
            continue
        properties.setdefault("id", feature.get("id"))
        yield line, properties, position


def _table(text: str, sheet: Sheet) -> Iterator[Found]:
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=max(";,\t|", key=head.count))
    try:
        columns = {str(name).strip().casefold(): name for name in rows.fieldnames or [] if name}
        east = next((columns[name] for name in EAST if name in columns), None)
        north = next((columns[name] for name in NORTH if name in columns), None)
        if east is None or north is None or not any(name in columns for name in NUMBER):
            raise Invalid(_("In der ersten Zeile müssen die Spalten nummer, lon und lat stehen."))
        converts: dict[str, Convert] = {}
        for row in rows:
            properties = {name: row.get(column) for name, column in columns.items()}
            try:
                system = str(properties.get("epsg") or "").strip()[:12]
                if system not in converts and len(converts) < 20:  # noqa: PLR2004 - nobody mixes that many
                    converts[system] = places.conversion(f"EPSG:{system}" if system else "")
                x, y = places.number_of(row.get(east)), places.number_of(row.get(north))
                position = converts[system](x, y)  # refuses what is no position, infinite numbers among it
            except Invalid as error:
                sheet.fault(rows.line_num, str(error.message))
                continue
            except (ValueError, KeyError, OverflowError):
                sheet.fault(rows.line_num, _("Länge oder Breite ist keine Zahl."))
                continue
            yield rows.line_num, properties, position
    except csv.Error as error:
        raise Invalid(_("Die Tabelle ist beschädigt. Bitte speichern Sie sie neu als CSV.")) from error


def _word(properties: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = properties.get(name)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            text = " ".join(str(value).split())
            if text:
                return text[:400]
    return ""
