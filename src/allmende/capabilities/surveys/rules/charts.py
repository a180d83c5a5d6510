"""Published tables as Vega-Lite specs. Pure: what is in no table is in no chart."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from allmende.engines.questions.interface import Words, say
from allmende.ui.charts import BAR, INK, LINE, SOFT, WIDTH

STEP = 24
"""Pixels of a line: words or a bar."""
GROUP_WIDTH = 112
"""What the name of a group takes on the left of its bar."""
ROOM = 64
"""What the figure takes on the right of a bar."""
MOST_ROWS = 30
MAP_HEIGHT = 300

type Spec = dict[str, Any]
type Line = dict[str, Any]


def spec_of(table: Mapping[str, Any], language: str, *, hidden: str) -> Spec | None:
    """The chart of a table in one language, or None where a table says more. `hidden` stands where a number would."""
    if table.get("state") not in {"shown", "constant"}:
        return None
    if table.get("form") == "map":
        return _map(table["fields"]) if table.get("fields") else None
    if "groups" in table:
        return _bars(_cut_lines(table, language, hidden), GROUP_WIDTH, percent=bool(table["rows"]))
    rows = table.get("rows", [])[:MOST_ROWS]
    lines: list[Line] = []
    for row in rows:
        lines.append({"head": _say(row["label"], language)})
        value = row.get("share", row.get("mean"))
        if value is None:
            lines.append({"say": hidden})
        else:
            lines.append({"value": value, "low": row["low"], "high": row["high"]})
    return _bars(lines, 0, percent=table.get("form") != "means") if rows else None


def _cut_lines(table: Mapping[str, Any], language: str, hidden: str) -> list[Line]:
    """Per answer a line for each group; where groups have means, a line each."""
    lines: list[Line] = []
    groups = table["groups"]
    if not table["rows"]:
        return [
            {"name": _say(one["label"], language), "value": one["mean"], "low": one["low"], "high": one["high"]}
            for one in groups
        ]
    for row in table["rows"][:MOST_ROWS]:
        lines.append({"head": _say(row["label"], language)})
        for group, count in zip(groups, row["cells"], strict=True):
            name = _say(group["label"], language)
            if count is None:
                lines.append({"name": name, "say": hidden})
            else:
                lines.append({"name": name, "value": count / group["answers"] if group["answers"] else 0})
    return lines


def _bars(lines: Sequence[Line], left: int, *, percent: bool) -> Spec:
    """Bars one below the other, with the words above them or on their left, and the figure on their right."""
    ends = [float(line["high"] if "high" in line else line["value"]) for line in lines if "value" in line]
    most = max([end for end in ends if math.isfinite(end)] or [1]) or 1
    values: list[Line] = []
    for place, line in enumerate(lines):
        value: float = line.get("value", 0)
        end: float = line.get("high", value)
        values.append(
            {
                **{key: line[key] for key in ("head", "name", "low", "high") if key in line},
                "y": place * STEP + STEP / 2,
                **({"value": value} if "value" in line else {}),
                "end": end,
                **({"say": line.get("say") or figure(value, percent=percent)} if "head" not in line else {}),
            }
        )
    x = {"type": "quantitative", "axis": None,
         "scale": {"domain": [0, most], "range": [left, WIDTH - ROOM], "nice": False, "padding": 0}}  # fmt: skip
    height = len(lines) * STEP
    y = {"field": "y", "type": "quantitative", "axis": None,
         "scale": {"domain": [0, height], "range": [0, height], "nice": False, "padding": 0}}  # fmt: skip

    def layer(mark: Spec, keep: str, **encoding: Any) -> Spec:
        return {
            "transform": [{"filter": f"isValid(datum.{keep})"}],
            "mark": mark,
            "encoding": {"y": y, **encoding},
        }

    text = {"type": "text", "align": "left", "baseline": "middle", "fontSize": 15}
    return {
        "width": WIDTH,
        "height": height,
        "data": {"values": values},
        "layer": [
            layer({"type": "bar", "size": 14, "color": BAR}, "value", x={**x, "field": "value"}, x2={"datum": 0}),
            layer({"type": "rule", "color": LINE, "strokeWidth": 2}, "low", x={**x, "field": "low"},
                  x2={"field": "high"}),
            layer({**text, "color": INK, "limit": WIDTH}, "head", x={"value": 0}, text={"field": "head"}),
            layer({**text, "color": INK, "limit": left - 8}, "name", x={"value": 0}, text={"field": "name"}),
            layer({**text, "color": SOFT, "dx": 6}, "say", x={**x, "field": "end"}, text={"field": "say"}),
        ],
    }  # fmt: skip


def figure(value: float, *, percent: bool) -> str:
    """„31 %“ or „3,4“: as the chart says it, the same in both languages but for the sign."""
    if percent:
        return f"{value * 100:.0f} %"
    return f"{value:.1f}"


def _map(fields: Sequence[Mapping[str, Any]]) -> Spec:
    """Hexagons on an empty ground, the fuller the more people named something there."""
    latitude = fields[0]["centre"][1]
    flat = math.cos(math.radians(latitude))
    features = [
        {
            "type": "Feature",
            "people": field["count"],
            "geometry": {"type": "Polygon", "coordinates": [[[x * flat, y] for x, y in field["corners"]]]},
        }
        for field in fields
    ]
    return {
        "width": WIDTH,
        "height": MAP_HEIGHT,
        "data": {"values": features},
        "projection": {"type": "identity", "reflectY": True},
        "mark": {"type": "geoshape", "color": BAR, "stroke": LINE, "strokeWidth": 1},
        "encoding": {
            "fillOpacity": {
                "field": "people", "type": "quantitative", "legend": None,
                "scale": {"domain": [0, max(field["count"] for field in fields)], "range": [0.15, 1]},
            }
        },
    }  # fmt: skip


def _say(words: Words, language: str) -> str:
    return say(words, language)[0]
