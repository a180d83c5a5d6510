"""An OpenStreetMap extract (.osm.pbf). Tags as the OpenStreetMap wiki describes them: addr:*, highway, amenity …"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import osmium
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon, shape

from allmende.core.errors import Invalid
from allmende.engines.places.ports import AddressRow, DistrictRow, Extract, LandmarkRow, Position, StreetRow
from allmende.engines.places.queries.words import house_of

EVERY = 20_000
"""Objects between two words of progress."""
AROUND = 0.35
"""Degrees around the centre that are kept when the extract holds no boundary of the city itself."""
CITY_LEVELS = {"4", "6", "7", "8"}
DISTRICT_LEVELS = {"9", "10", "11"}
"""admin_level of parts of a German city."""
LANDMARKS: tuple[tuple[str, str, str], ...] = (
    ("amenity", "townhall|courthouse|police|fire_station|post_office|library", "administration"),
    ("amenity", "school|kindergarten|university|college|music_school", "education"),
    ("amenity", "theatre|cinema|arts_centre|community_centre|social_centre", "culture"),
    ("tourism", "museum|gallery|attraction|zoo", "culture"),
    ("historic", "castle|monument|memorial|city_gate", "culture"),
    ("amenity", "hospital|clinic|pharmacy|doctors", "health"),
    ("railway", "station|halt|tram_stop", "transport"),
    ("highway", "bus_stop", "transport"),
    ("amenity", "bus_station", "transport"),
    ("leisure", "park|garden|nature_reserve", "green"),
    ("leisure", "playground|sports_centre|stadium|swimming_pool|pitch", "sport"),
    ("amenity", "place_of_worship", "worship"),
    ("place", "square", "square"),
    ("man_made", "bridge", "square"),
    ("amenity", "marketplace", "shopping"),
    ("shop", "mall|supermarket|department_store", "shopping"),
)


def landmark_kind(tags: Mapping[str, str]) -> str | None:
    """Which of our kinds these tags are; None for what nobody names when saying where."""
    return next((kind for key, words, kind in LANDMARKS if re.fullmatch(words, tags.get(key) or "")), None)


class _Sieve:
    """Takes objects one by one. Areas come after the ways they are made of, so nothing is cut off before the end."""

    def __init__(self, near: Position, city: str) -> None:
        self.near, self.city = near, city.casefold()
        self.found = Extract()
        self.streets: dict[str, list[list[Position]]] = {}
        self.boundary: Any = None
        self.seen: set[tuple[str, int, int]] = set()
        self.ways = 0

    def near_enough(self, position: Position) -> bool:
        return abs(position[0] - self.near[0]) < AROUND and abs(position[1] - self.near[1]) < AROUND

    def thing(self, tags: Mapping[str, str], position: Position) -> None:
        """An address, a landmark, or both."""
        if not self.near_enough(position):
            return
        street, number = tags.get("addr:street"), tags.get("addr:housenumber")
        if street and number:
            numbers = [house_of(part) for part in re.split(r"[,;]", number)[:20]]
            for house in numbers:
                if house is None:
                    self.found.skipped["number"] += 1
                else:
                    code = (tags.get("addr:postcode") or "")[:10]
                    self.found.addresses.append(AddressRow(street[:200], *house, code, position))
        name, kind = tags.get("name"), landmark_kind(tags)
        if name and kind:
            key = (name, round(position[0] * 500), round(position[1] * 500))
            if key not in self.seen:  # the two platforms of one stop
                self.seen.add(key)
                self.found.landmarks.append(LandmarkRow(name[:200], kind, position))

    def way(self, way: Any) -> None:
        self.ways += 1
        line = [(round(node.lon, 7), round(node.lat, 7)) for node in way.nodes if node.location.valid()]
        tags = way.tags
        name = tags.get("name")
        if name and tags.get("highway") and len(line) > 1 and self.near_enough(line[0]):
            self.streets.setdefault(name[:200], []).append(line)
        elif line and not way.is_closed():
            self.thing(tags, line[len(line) // 2])

    def area(self, area: Any, geometry: Any) -> None:
        tags = area.tags
        if tags.get("boundary") == "administrative":
            name, level = tags.get("name") or "", tags.get("admin_level") or ""
            if level in CITY_LEVELS and name.casefold() == self.city:
                if self.boundary is None or geometry.area > self.boundary.area:
                    self.boundary = geometry
            elif level in DISTRICT_LEVELS and name:
                simple = geometry.simplify(0.00005)
                self.found.districts.append(DistrictRow(name[:200], "", rings(simple)))
        elif geometry.area:
            inner = geometry.representative_point()
            self.thing(tags, (round(inner.x, 7), round(inner.y, 7)))

    def result(self) -> Extract:
        """Everything inside the city's boundary, when the extract has it."""
        self.found.streets = [StreetRow(name, lines) for name, lines in self.streets.items()]
        if self.boundary is None:
            return self.found
        inside = self.boundary.buffer(0.0005)
        shapely.prepare(inside)

        def keep(position: Position) -> bool:
            return bool(shapely.contains_xy(inside, *position))

        found = self.found
        found.addresses = [row for row in found.addresses if keep(row.position)]
        found.landmarks = [row for row in found.landmarks if keep(row.position)]
        found.streets = [
            StreetRow(row.name, lines)
            for row in found.streets
            if (lines := [line for line in row.lines if keep(line[0])])
        ]
        found.districts = [row for row in found.districts if keep(inner_point(row.polygons))]
        return found


def rings(geometry: Any) -> list[Any]:
    """Coordinates of a GeoJSON MultiPolygon."""
    parts = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    return [
        [[(round(x, 6), round(y, 6)) for x, y in ring.coords] for ring in (part.exterior, *part.interiors)]
        for part in parts
        if isinstance(part, Polygon) and not part.is_empty
    ]


def inner_point(polygons: list[Any]) -> Position:
    """A position that surely lies inside the largest part."""
    largest = max((Polygon(part[0], part[1:]) for part in polygons), key=lambda part: part.area)
    point = largest.buffer(0).representative_point()
    return (point.x, point.y)


def _ends_whole(path: Path) -> bool:
    """Whether the file ends where a block ends (OpenStreetMap wiki, "PBF Format": length, BlobHeader, Blob).

    The library takes a file that breaks off within a length for one that is over.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        while (start := file.tell()) < size:
            length = int.from_bytes(file.read(4))
            if length > LARGEST_HEADER or start + 4 + length > size:
                return False
            body = _data_size(file.read(length))
            if body is None or start + 4 + length + body > size:
                return False
            file.seek(body, 1)
    return size > 0


LARGEST_HEADER = 64 * 1024


def _data_size(header: bytes) -> int | None:
    """Field 3 (datasize, a varint) of a BlobHeader; None for what is no protocol buffer."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = header[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 63:  # noqa: PLR2004 - seven bits each, at most 64
                return value

    try:
        while at < len(header):
            key = varint()
            if key == 3 << 3:
                return varint()
            if key & 7 == 2:  # noqa: PLR2004 - length-delimited
                length = varint()
                at += length
            elif key & 7 == 0:
                varint()
            else:
                return None
    except IndexError:
        return None
    return None


def read(path: Path, *, near: Position, city: str, progress: Callable[[str, int, int], object], shown: str) -> Extract:
    """Raises Invalid for a file that is cut short or no extract at all."""
    sieve = _Sieve(near, city)
    wanted = osmium.filter.KeyFilter(
        "addr:housenumber", "highway", "boundary", "amenity", "tourism", "historic", "railway", "leisure", "place",
        "man_made", "shop",
    )  # fmt: skip
    shapes = osmium.geom.GeoJSONFactory()
    broken = Invalid(
        _(
            "„%(name)s“ ist beschädigt oder nicht vollständig. Es wurde nichts geändert. "
            "Bitte laden Sie den Auszug noch einmal herunter."
        )
        % {"name": shown}
    )
    if not _ends_whole(path):
        raise broken
    try:
        file = osmium.io.File(str(path), "pbf")
        thing: Any
        for count, thing in enumerate(osmium.FileProcessor(file).with_areas(wanted).with_filter(wanted)):
            if count % EVERY == 0:
                progress("read", count, 0)
            if thing.is_node():
                sieve.thing(thing.tags, (round(thing.lon, 7), round(thing.lat, 7)))
            elif thing.is_way():
                sieve.way(thing)
            elif thing.is_area():
                _area(sieve, thing, shapes)
    except Invalid:
        raise
    except (RuntimeError, ValueError, MemoryError) as error:
        raise broken from error
    if not sieve.ways:  # points come first, so a file that breaks off between two blocks has no streets
        raise broken
    return sieve.result()


def _area(sieve: _Sieve, area: Any, shapes: Any) -> None:
    try:
        geometry = shape(json.loads(shapes.create_multipolygon(area))).buffer(0)
    except (RuntimeError, ValueError):
        sieve.found.skipped["broken"] += 1
        return
    sieve.area(area, geometry)
