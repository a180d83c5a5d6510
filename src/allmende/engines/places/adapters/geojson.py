"""GeoJSON (RFC 7946), and the older form with a named reference system (GeoJSON 2008, section 3)."""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from allmende.core.errors import Invalid
from allmende.engines.places.ports import KINDS, AddressRow, DistrictRow, Extract, LandmarkRow, Position, StreetRow
from allmende.engines.places.queries.words import house_of

EVERY = 1000
"""Features between two words of progress."""
FAR = 1.0
"""Degrees from the city's centre beyond which nothing of the city lies."""
MOST = 200
"""Characters of a name."""

type Convert = Callable[[float, float], Position]


def read(path: Path, *, progress: Callable[[str, int, int], object], shown: str) -> Extract:
    """Polygons become districts, lines streets, points addresses (street and number) or landmarks (a name)."""
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Invalid(
            _("„%(name)s“ ist kein vollständiges GeoJSON. Vielleicht wurde die Datei nur zum Teil übertragen.")
            % {"name": shown}
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise Invalid(_("„%(name)s“ ist kein GeoJSON mit einer Liste von Orten (FeatureCollection).") % {"name": shown})
    convert = conversion(_named(document))
    found = Extract()
    features = document["features"]
    for number, feature in enumerate(features):
        if number % EVERY == 0:
            progress("read", number, len(features))
        try:
            _take(feature, convert, found)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError):
            found.skipped["broken"] += 1
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _named(document: dict[str, Any]) -> str:
    """Name of the reference system, empty for the one that RFC 7946 lays down."""
    crs = document.get("crs")
    if not crs:
        return ""
    try:
        return str(crs["properties"]["name"])[:200]
    except (KeyError, TypeError):
        return "?"


def conversion(name: str) -> Convert:
    """From the named system to degrees. Raises Invalid for a name that is none, and for positions that cannot be."""
    if not name or re.search(r"CRS:?:?84$|EPSG:+4326$", name):
        return _plausible
    code = re.search(r"EPSG:+(?:[\d.]*:)?(\d{4,6})$", name, re.IGNORECASE)
    try:
        system = CRS.from_epsg(int(code[1]) if code else -1)
        transformer = Transformer.from_crs(system, CRS.from_epsg(4326), always_xy=True)
    except CRSError as error:
        raise Invalid(
            _(
                "Das Koordinatensystem „%(name)s“ kennen wir nicht. "
                "Bitte speichern Sie die Datei in WGS 84 (EPSG:4326) oder ETRS89/UTM (EPSG:25832)."
            )
            % {"name": name[:80]}
        ) from error

    def convert(x: float, y: float) -> Position:
        return _plausible(*transformer.transform(x, y))

    return convert


def _plausible(x: float, y: float) -> Position:
    if not (math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90):  # noqa: PLR2004 - degrees
        raise Invalid(
            _(
                "Die Koordinaten sind keine Längen- und Breitengrade. "
                "Bitte speichern Sie die Datei in WGS 84 (EPSG:4326), "
                "oder nennen Sie das Koordinatensystem in der Datei (crs, zum Beispiel EPSG:25832)."
            )
        )
    return round(x, 7), round(y, 7)


def _points(rows: Iterable[Any], convert: Convert) -> list[Position]:
    return [convert(float(row[0]), float(row[1])) for row in rows]


def _take(feature: dict[str, Any], convert: Convert, found: Extract) -> None:
    geometry, properties = feature["geometry"], feature.get("properties") or {}
    kind, coordinates = geometry["type"], geometry["coordinates"]
    name = text_of(properties, "name", "bezeichnung", "title")
    if kind in {"Polygon", "MultiPolygon"} and name:
        polygons = [coordinates] if kind == "Polygon" else coordinates
        rings = [[_points(ring, convert) for ring in polygon] for polygon in polygons]
        if not rings or any(len(ring) < 4 for polygon in rings for ring in polygon):  # noqa: PLR2004 - RFC 7946, 3.1.6
            raise ValueError("ring")
        found.districts.append(DistrictRow(name, text_of(properties, "slug", "id")[:60], rings))
    elif kind in {"LineString", "MultiLineString"} and name:
        lines = [coordinates] if kind == "LineString" else coordinates
        found.streets.append(StreetRow(name, [_points(line, convert) for line in lines if len(line) > 1]))
    elif kind == "Point":
        point(properties, convert(float(coordinates[0]), float(coordinates[1])), found)
    else:
        found.skipped["unnamed"] += 1


def point(properties: dict[str, Any], position: Position, found: Extract) -> None:
    """An address when it has street and number, a landmark when it has a name."""
    street = text_of(properties, "street", "strasse", "straße", "addr:street")
    number = text_of(properties, "number", "housenumber", "hausnummer", "hnr", "addr:housenumber")
    if street and number:
        house = house_of(number + text_of(properties, "suffix", "zusatz", "hnr_zusatz"))
        if house is None:
            found.skipped["number"] += 1
            return
        code = text_of(properties, "postcode", "plz", "addr:postcode")[:10]
        found.addresses.append(AddressRow(street, *house, code, position))
        return
    name = text_of(properties, "name", "bezeichnung", "title")
    if not name:
        found.skipped["unnamed"] += 1
        return
    kind = text_of(properties, "kind", "art", "kategorie")
    url = text_of(properties, "url", "website")
    found.landmarks.append(
        LandmarkRow(
            name,
            kind if kind in KINDS else "other",
            position,
            text_of(properties, "text", "description", "beschreibung")[:300],
            url if re.match(r"https?://[^\s\"'<>]+$", url) else "",
        )
    )


def text_of(properties: dict[str, Any], *names: str) -> str:
    """The first of these properties that says something, as one line."""
    for name in names:
        value = properties.get(name)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            text = " ".join(str(value).replace("\0", "").split())
            if text:
                return text[:300] if name in {"text", "description", "beschreibung", "url", "website"} else text[:MOST]
    return ""


def positions(found: Extract) -> Iterator[Position]:
    for district in found.districts:
        for polygon in district.polygons:
            yield from polygon[0][:1]
    for street in found.streets:
        for line in street.lines:
            yield from line[:1]
    yield from (row.position for row in found.addresses)
    yield from (row.position for row in found.landmarks)


def require_near(found: Extract, near: Position) -> None:
    """Raises Invalid when most of it lies elsewhere: swapped axes, or another city's file."""
    there = list(positions(found))
    if not there:
        return

    def share(points: Iterable[Position]) -> float:
        return sum(abs(x - near[0]) < FAR and abs(y - near[1]) < FAR for x, y in points) / len(there)

    most = 0.5
    if share(there) >= most:
        return
    if share((y, x) for x, y in there) >= most:
        raise Invalid(_("Längen- und Breitengrad sind vertauscht. Bitte tauschen Sie die beiden Werte."))
    raise Invalid(_("Diese Orte liegen nicht in der Nähe der Stadt. Bitte prüfen Sie Datei und Koordinatensystem."))
