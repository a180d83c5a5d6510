"""Data of the map: layers by viewport, the ground, whole layers as GeoJSON and CSV with their licence."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from allmende.core import city
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.engines.places import queries
from allmende.engines.places.queries import ground as ground_queries
from allmende.engines.places.queries import layers
from allmende.engines.places.queries.grouping import Box
from allmende.engines.places.queries.layers import Layer, Wanted

GEOJSON = "application/geo+json"
"""RFC 7946, section 12."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection)."""


def _layer(key: str) -> Layer:
    found = next((layer for layer in layers.layers() if layer.key == key), None)
    if found is None:
        raise Http404
    return found


@require_safe
def layer_data(http_request: HttpRequest, key: str) -> HttpResponse:
    """One layer within `bbox` at `zoom`: single things, and groups where many lie together, as GeoJSON points."""
    request = cast("Request", http_request)
    layer = _layer(key)
    try:
        zoom = float(request.GET.get("zoom", "12"))
    except ValueError as error:
        raise Invalid("zoom") from error
    wanted = Wanted(
        [layer],
        district=request.GET.get("district", "")[:60].replace("\0", ""),
        box=Box.parse(request.GET.get("bbox", "")),
    )
    found = layers.markers(wanted, request.viewer, request.at, zoom=zoom if zoom == zoom else 12)  # noqa: PLR0124 - not a number
    body = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [mark.longitude, mark.latitude]},
                "properties": {"layer": mark.layer, "count": mark.count}
                | ({"title": mark.title, "url": mark.url, "state": mark.state} if mark.count == 1 else {}),
            }
            for mark in found
        ],
    }
    response = JsonResponse(
        body, content_type=GEOJSON, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")}
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def ground(request: HttpRequest) -> HttpResponse:
    """Districts; with `bbox` the streets inside it instead."""
    box = request.GET.get("bbox")
    found = ground_queries.streets(Box.parse(box)) if box else ground_queries.districts()
    response = JsonResponse(
        {"type": "FeatureCollection", "features": found},
        content_type=GEOJSON,
        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
    )
    response["Cache-Control"] = "public, max-age=300"
    return response


def licence(layer: Layer) -> dict[str, str]:
    """Under what a layer may be used: landmarks as their sources say, what the city publishes as dl-de/by-2-0."""
    if layer.kinds:
        return {
            "licence": "Datenlizenz Deutschland – Namensnennung – Version 2.0",
            "licence_url": "https://www.govdata.de/dl-de/by-2-0",
            "attribution": city.current().name,
        }
    sources = queries.sources()
    return {
        "licence": "; ".join(dict.fromkeys(source.licence for source in sources)),
        "licence_url": next((source.licence_url for source in sources if source.licence_url), ""),
        "attribution": "; ".join(dict.fromkeys(source.attribution for source in sources)),
    }


@require_safe
def download(http_request: HttpRequest, key: str, form: str) -> HttpResponse | StreamingHttpResponse:
    """A whole layer, streamed: GeoJSON with licence and attribution as members, or CSV with them in the columns."""
    request = cast("Request", http_request)
    layer = _layer(key)
    rows = layers.features(layer, request.viewer, request.at)
    lines = _geojson(layer, rows) if form == "geojson" else _csv(layer, rows)
    kind = GEOJSON if form == "geojson" else "text/csv; charset=utf-8"
    response = StreamingHttpResponse(lines, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{key}.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _url(path: str) -> str:
    return settings.PUBLIC_URL + path if path.startswith("/") else path


def _geojson(layer: Layer, rows: Iterator[Any]) -> Iterator[bytes]:
    head = {"type": "FeatureCollection", "name": str(layer.label), **licence(layer)}
    yield (json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n').encode()
    for number, row in enumerate(rows):
        properties = {name: value for name, value in row.items() if name not in {"longitude", "latitude", "id"}}
        feature = {
            "type": "Feature",
            "id": row["id"],
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
            "properties": {**properties, "url": _url(row["url"])},
        }
        yield ((",\n" if number else "") + json.dumps(feature, ensure_ascii=False)).encode()
    yield b"\n]}\n"


def _csv(layer: Layer, rows: Iterator[Any]) -> Iterator[bytes]:
    said = licence(layer)
    columns = [
        "id",
        "kind",
        "title",
        "state",
        "district",
        "date",
        "url",
        "longitude",
        "latitude",
        "licence",
        "attribution",
    ]
    yield b"\xef\xbb\xbf" + _line(columns)
    for row in rows:
        filled = {**row, "url": _url(row["url"]), "licence": said["licence"], "attribution": said["attribution"]}
        yield _line([_cell(filled[name]) for name in columns])


def _line(cells: list[Any]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow(cells)
    return buffer.getvalue().encode()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
