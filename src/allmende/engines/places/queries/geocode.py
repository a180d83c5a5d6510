"""From words to places and from a point to words, at most two queries each."""

import dataclasses
import json
import math
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import shapely
from django.db import connection
from django.utils.translation import gettext as _
from shapely.geometry import MultiLineString, MultiPoint, MultiPolygon, Polygon

from allmende.core import city
from allmende.engines.places.queries import plane, words
from allmende.engines.places.queries.place import Accuracy, Place
from allmende.engines.places.queries.words import Asked, ask, squeezed

LIMIT = 8
"""Places offered at once: more is not a choice any more."""
BESIDE = 35.0
"""Metres within which a point is at an address or landmark; up to `NEAR` it is near it."""
NEAR = 200.0
MARGIN = 0.02
"""Degrees around the districts (about 2 km) within which a point still belongs to the city."""
AROUND = 0.5
"""Degrees around the centre, where no districts are known."""
CLOSE = 0.002
"""Degrees (about 150 m) within which two streets count as meeting where no lines are known."""

SPELT = """
  SELECT id FROM places_street WHERE replace(plain, ' ', '') = %(squeezed)s
   UNION ALL SELECT id FROM places_landmark WHERE replace(plain, ' ', '') = %(squeezed)s
   UNION ALL SELECT id FROM places_district WHERE replace(plain, ' ', '') = %(squeezed)s
"""
"""Exactly so, but for spaces: cheap, and what most people type."""
ALIKE = "SELECT id FROM places_alike(%(name)s)"
"""Alike by trigrams: whole names, or words within them. The function (migration 0002) asks the trigram index alone."""
FIND = """
WITH wanted AS MATERIALIZED ({wanted}), hits AS (
  SELECT kind, id, name, plain, district_id, longitude, latitude,
         greatest(similarity(plain, %(name)s), 0.9 * word_similarity(%(name)s, plain)) AS score
    FROM (
      SELECT 'street' AS kind, id, name, plain, district_id, longitude, latitude FROM places_street
       WHERE id IN (SELECT id FROM wanted)
      UNION ALL
      SELECT 'landmark', id, name, plain, district_id, longitude, latitude FROM places_landmark
       WHERE id IN (SELECT id FROM wanted)
      UNION ALL
      SELECT 'district', id, name, plain, id, longitude, latitude FROM places_district
       WHERE id IN (SELECT id FROM wanted)
    ) AS found
   ORDER BY (replace(plain, ' ', '') = %(squeezed)s) DESC, (plain LIKE %(prefix)s) DESC,
            greatest(similarity(plain, %(name)s), 0.9 * word_similarity(%(name)s, plain))
            + CASE WHEN kind = 'street' AND %(number)s::int IS NOT NULL THEN 0.15 ELSE 0 END DESC,
            length(plain), id
   LIMIT 16
)
SELECT hits.kind, hits.id, hits.name, hits.plain, hits.score,
       coalesce(house.longitude, hits.longitude), coalesce(house.latitude, hits.latitude),
       house.id, house.number, house.suffix, district.slug, district.name,
       coalesce(similarity(district.plain, %(context)s), 0)
  FROM hits
  LEFT JOIN LATERAL (
    SELECT a.id, a.number, a.suffix, a.longitude, a.latitude, a.district_id FROM places_address AS a
      LEFT JOIN places_district AS home ON home.id = a.district_id AND %(context)s <> ''
     WHERE hits.kind = 'street' AND %(number)s::int IS NOT NULL AND a.street_id = hits.id
       AND a.number = ANY (ARRAY[
             %(number)s::int,
             (SELECT max(b.number) FROM places_address AS b WHERE b.street_id = hits.id AND b.number < %(number)s::int),
             (SELECT min(b.number) FROM places_address AS b WHERE b.street_id = hits.id AND b.number > %(number)s::int)
           ])
     ORDER BY abs(a.number - %(number)s::int),
              CASE WHEN a.number <> %(number)s::int THEN 0 ELSE (a.suffix <> %(suffix)s)::int END,
              (a.postcode <> %(postcode)s), coalesce(similarity(home.plain, %(context)s), 0) DESC, a.suffix, a.id
     LIMIT 1
  ) AS house ON true
  LEFT JOIN places_district AS district ON district.id = coalesce(house.district_id, hits.district_id)
"""
"""With the house that was meant, else its neighbour: only the numbers next to it are looked at."""
FIND_SPELT, FIND_ALIKE = FIND.replace("{wanted}", SPELT), FIND.replace("{wanted}", ALIKE)

CORNER = """
WITH a AS (
  SELECT id, name, similarity(plain, %(a)s) + (plain = %(a)s)::int AS score FROM places_street
   WHERE id IN (SELECT id FROM places_alike(%(a)s)) ORDER BY score DESC, length(plain), id LIMIT 1
), b AS (
  SELECT id, name, similarity(plain, %(b)s) + (plain = %(b)s)::int AS score FROM places_street
   WHERE id IN (SELECT id FROM places_alike(%(b)s)) AND id NOT IN (SELECT id FROM a)
   ORDER BY score DESC, length(plain), id LIMIT 1
)
SELECT picked.id, picked.name, s.lines, s.longitude, s.latitude,
       (SELECT jsonb_agg(jsonb_build_array(h.longitude, h.latitude)) FROM places_address AS h WHERE h.street_id = s.id)
  FROM (SELECT id, name, 1 AS place FROM a UNION ALL SELECT id, name, 2 FROM b) AS picked
  JOIN places_street AS s ON s.id = picked.id ORDER BY picked.place
"""

NEAREST = """
(SELECT 'address' AS kind, a.id, s.name || ' ' || a.number || a.suffix, a.longitude, a.latitude
   FROM places_address AS a JOIN places_street AS s ON s.id = a.street_id
  ORDER BY point(a.x, a.y) <-> point(%(x)s, %(y)s) LIMIT 1)
UNION ALL
(SELECT 'landmark', id, name, longitude, latitude FROM places_landmark
  ORDER BY point(x, y) <-> point(%(x)s, %(y)s) LIMIT 1)
"""

DISTRICTS = """
SELECT slug, name, polygons, west, south, east, north FROM places_district
 WHERE %(x)s BETWEEN west AND east AND %(y)s BETWEEN south AND north
UNION ALL
SELECT NULL, NULL, NULL, min(west), min(south), max(east), max(north) FROM places_district
"""


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def find(text: str, *, limit: int = LIMIT) -> list[Place]:
    """Addresses, streets, landmarks, districts and corners that these words mean, best first. One or two queries.

    The first is `sure` when it is exactly what was typed and nothing else is.
    """
    here = city.current()
    asked = ask(text, here.name)
    if len(squeezed(asked.name)) < 2:  # noqa: PLR2004 - one letter means nothing
        return []
    if asked.corner:
        corner = _corner(asked.corner)
        if corner is not None:
            return [corner]
    values = {
        "name": asked.name,
        "squeezed": squeezed(asked.name),
        "prefix": asked.name + "%",
        "number": asked.number,
        "suffix": asked.suffix,
        "context": asked.context,
        "postcode": asked.postcode,
    }
    places = _ranked(_rows(FIND_SPELT, values), asked) if not asked.corner else []
    if places and places[0].sure:
        return places[:limit]
    return _ranked(_rows(FIND_ALIKE, values), asked)[:limit]


def _ranked(rows: Sequence[tuple[Any, ...]], asked: Asked) -> list[Place]:
    """Best first; what is far worse than the best is left out."""
    found: list[tuple[float, bool, Place]] = []
    for kind, key, name, folded, score, longitude, latitude, house, number, suffix, slug, home, context in rows:
        exact = squeezed(folded) == squeezed(asked.name)
        worth = score + exact + 0.2 * folded.startswith(asked.name) + 0.3 * context
        accuracy, token, shown = Accuracy(kind), f"{kind[0]}:{key}", name
        if kind == "street" and house is not None:
            same = number == asked.number and (suffix == asked.suffix or not asked.suffix)
            accuracy = Accuracy.ADDRESS if same else Accuracy.NEARBY
            token, shown = f"a:{house}", f"{name} {number}{suffix}"
            worth += 0.1 + 0.1 * same + 0.05 * (same and suffix == asked.suffix)
            exact = exact and number == asked.number and suffix == asked.suffix
        elif asked.number is not None:
            exact = exact and kind != "street"
        place = Place(longitude, latitude, shown, accuracy, slug or "", home or "", token)
        found.append((worth, exact, place))
    found.sort(key=lambda row: -row[0])
    best = found[0][0] if found else 0
    kept = [row for row in found if row[0] >= 0.55 * best]
    same_words = [place for _worth, same, place in kept if same]
    places = [place for _worth, _same, place in kept]
    if len(same_words) == 1 and same_words[0] is places[0]:
        places[0] = dataclasses.replace(places[0], sure=True)
    return places


def _corner(names: tuple[str, str]) -> Place | None:
    """Where two streets meet: of their lines, else the middle between their nearest houses."""
    rows = _rows(CORNER, {"a": names[0], "b": names[1]})
    if len(rows) < 2:  # noqa: PLR2004 - it takes two
        return None
    shapes, lines = [], []
    for _id, _name, drawn, longitude, latitude, houses in rows:
        line = json.loads(drawn) if isinstance(drawn, str) else drawn
        there = json.loads(houses) if isinstance(houses, str) else houses
        lines.append(bool(line))
        shapes.append(MultiLineString(line) if line else MultiPoint(there or [(longitude, latitude)]))
    gap = shapes[0].distance(shapes[1])
    if gap > (CLOSE / 4 if all(lines) else CLOSE):
        return None
    link = shapely.shortest_line(shapes[0], shapes[1])
    middle = link.interpolate(0.5, normalized=True)
    point = (round(middle.x, 6), round(middle.y, 6))
    slug, home = _district(*point)[:2]
    shown = _("%(a)s, Ecke %(b)s") % {"a": rows[0][1], "b": rows[1][1]}
    return Place(*point, shown, Accuracy.CORNER, slug, home, f"c:{rows[0][0]}:{rows[1][0]}", sure=False)


def _district(longitude: float, latitude: float) -> tuple[str, str, bool]:
    """Slug and name of the district that holds the point, and whether the point is in the city at all. One query."""
    inside, known = ("", ""), None
    point = shapely.Point(longitude, latitude)
    for slug, name, polygons, *extent in _rows(DISTRICTS, {"x": longitude, "y": latitude}):
        if slug is None:
            known = extent if extent[0] is not None else None
            continue
        parts = json.loads(polygons) if isinstance(polygons, str) else polygons
        shape = MultiPolygon([Polygon(part[0], part[1:]) for part in parts])
        if shape.is_valid and shape.covers(point):
            inside = (slug, name)
    if known is None:
        centre = city.current().centre
        near = abs(longitude - centre[0]) < AROUND and abs(latitude - centre[1]) < AROUND
    else:
        west, south, east, north = known
        near = west - MARGIN <= longitude <= east + MARGIN and south - MARGIN <= latitude <= north + MARGIN
    return (*inside, near)


def place_at(longitude: float, latitude: float) -> Place | None:
    """What is at this point, in words: the address or landmark there, else near which, else the district. Two queries.

    None for a point outside the city.
    """
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        return None
    longitude, latitude = round(longitude, 6), round(latitude, 6)
    slug, home, near = _district(longitude, latitude)
    if not near:
        return None
    x, y = plane.metres(longitude, latitude)
    rows = [
        (plane.distance((longitude, latitude), (lon, lat)), kind, name)
        for kind, _id, name, lon, lat in _rows(NEAREST, {"x": x, "y": y})
    ]
    gap, _kind, name = min(rows, default=(math.inf, "", ""))
    if gap <= BESIDE:
        text = name
    elif gap <= NEAR:
        text = _("bei %(place)s") % {"place": name}
    else:
        text = _("Stelle in %(district)s") % {"district": home} if home else _("Stelle auf der Karte")
    return Place(longitude, latitude, text, Accuracy.POINT, slug, home, f"p:{longitude:.6f},{latitude:.6f}", sure=True)


RESOLVE = {
    "a": """SELECT s.name || ' ' || a.number || a.suffix, a.longitude, a.latitude, d.slug, d.name
              FROM places_address AS a JOIN places_street AS s ON s.id = a.street_id
              LEFT JOIN places_district AS d ON d.id = a.district_id WHERE a.id = %(id)s""",
    "s": """SELECT t.name, t.longitude, t.latitude, d.slug, d.name FROM places_street AS t
            LEFT JOIN places_district AS d ON d.id = t.district_id WHERE t.id = %(id)s""",
    "l": """SELECT t.name, t.longitude, t.latitude, d.slug, d.name FROM places_landmark AS t
            LEFT JOIN places_district AS d ON d.id = t.district_id WHERE t.id = %(id)s""",
    "d": "SELECT name, longitude, latitude, slug, name FROM places_district WHERE id = %(id)s",
}
ACCURACIES = {"a": Accuracy.ADDRESS, "s": Accuracy.STREET, "l": Accuracy.LANDMARK, "d": Accuracy.DISTRICT}


def resolve(token: str) -> Place | None:
    """The place behind a token that a form sent back, looked up anew; None for what is none of ours."""
    kind, _colon, rest = token[: words.LONGEST].partition(":")
    if kind == "p":
        found = re.fullmatch(r"(-?\d{1,3}(?:\.\d{1,9})?),(-?\d{1,2}(?:\.\d{1,9})?)", rest)
        return place_at(float(found[1]), float(found[2])) if found else None
    try:
        ids = [UUID(part) for part in rest.split(":")]
    except ValueError:
        return None
    if kind == "c" and len(ids) == 2:  # noqa: PLR2004 - two streets
        return _corner_of(ids[0], ids[1])
    if kind not in RESOLVE or len(ids) != 1:
        return None
    rows = _rows(RESOLVE[kind], {"id": ids[0]})
    if not rows:
        return None
    name, longitude, latitude, slug, home = rows[0]
    return Place(longitude, latitude, name, ACCURACIES[kind], slug or "", home or "", f"{kind}:{ids[0]}", sure=True)


def _corner_of(a: UUID, b: UUID) -> Place | None:
    from allmende.engines.places.models import Street

    names = dict(Street.objects.filter(pk__in=[a, b]).values_list("pk", "plain"))
    return _corner((names[a], names[b])) if len(names) == 2 else None  # noqa: PLR2004 - two streets
