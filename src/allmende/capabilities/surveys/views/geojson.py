"""What people named on the map, as GeoJSON (RFC 7946): the fields that the pages show, and nothing finer."""

import json
from collections.abc import Sequence
from typing import Any

from allmende.capabilities.surveys.models import Finding
from allmende.capabilities.surveys.rules.variables import Form
from allmende.capabilities.surveys.views import figures


def has_places(findings: Sequence[Finding]) -> bool:
    """Whether there is anything to put into such a file."""
    return any(_fields(row) for row in findings)


def _fields(row: Finding) -> list[dict[str, Any]]:
    return row.table.get("fields") or [] if row.table.get("form") == Form.MAP else []


def as_geojson(findings: Sequence[Finding], title: str, language: str) -> bytes:
    """A polygon per field with its question and how many people named something in it; `elsewhere` per question."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [field["corners"]]},
            "properties": {
                "question": row.variable,
                "title": figures.titled(row, language),
                "people": field["count"],
                "district": field.get("district", ""),
            },
        }
        for row in findings
        for field in _fields(row)
    ]
    elsewhere = {row.variable: row.table.get("elsewhere", 0) for row in findings if _fields(row)}
    found = {"type": "FeatureCollection", "name": title, "elsewhere": elsewhere, "features": features}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
