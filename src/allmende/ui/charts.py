"""Every chart of the house is drawn here: Vega-Lite to SVG on the server, in colours that follow the reader's theme.

The drawing (`vl-convert`) carries a whole JavaScript engine, so it runs in a process of its own that ends with its
work; jobs call `draw` with all charts at once, pages only show what was drawn ahead. What comes out is written anew
from the few elements and attributes that charts need: no style, no script, no address, and instead of colours the
classes `chart__…` of `shapes.css`. A chart is never alone: its sentence stands before it and its table beside it.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

SECONDS = 120
"""For all charts of a survey; one takes about 30 ms."""
WIDTH = 340
"""A chart is as wide as a phone, so that its words stay as large as the page's."""
VERSION = "5.20"

INK, SOFT, BAR, WASH, LINE, SECOND, THIRD = "#000001", "#000002", "#000003", "#000004", "#000005", "#000006", "#000007"
"""Colours of a spec stand for what is drawn; the page's theme says how that looks."""
_CLASSES = {INK: "ink", SOFT: "soft", BAR: "bar", WASH: "wash", LINE: "line", SECOND: "second", THIRD: "third"}
_KEPT = {
    "svg": {"viewBox"},
    "g": {"transform"},
    "path": {"d", "transform", "stroke-width", "stroke-dasharray", "opacity", "fill-opacity"},
    "line": {"x1", "x2", "y1", "y2", "transform", "stroke-width", "stroke-dasharray"},
    "rect": {"x", "y", "width", "height", "transform"},
    "circle": {"cx", "cy", "r", "transform"},
    "text": {"transform", "text-anchor", "font-size", "font-weight", "dy"},
    "tspan": {"x", "dy"},
}
_INHERITED = ("class", "font-size", "font-weight", "text-anchor", "stroke-width", "stroke-dasharray")
"""What the parts of a group take from it (SVG 2, 6.3 and 6.5); our classes say fill and stroke, which they take too."""
_LONG = re.compile(r"-?\d+\.\d{2,}")
_SVG = "{http://www.w3.org/2000/svg}"
CONFIG = {"view": {"stroke": None}, "background": None, "padding": 4, "font": "sans-serif",
          "text": {"fontSize": 15, "color": INK}}  # fmt: skip


class ChartError(Exception):
    """A spec that cannot be drawn. The message is the drawing program's and holds nobody's words."""


def draw(specs: Sequence[Mapping[str, Any]]) -> list[str]:
    """SVGs of Vega-Lite specs, in their order, as markup that may stand in a page. Raises ChartError."""
    if not specs:
        return []
    command = [sys.executable, "-c", "from allmende.ui.charts import main; main()"]
    done = subprocess.run(  # noqa: S603  our own interpreter, nothing from outside
        command, input=json.dumps(list(specs)).encode(), capture_output=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise ChartError((done.stderr.decode(errors="replace").strip().splitlines() or [""])[-1][:300])
    return [clean(svg) for svg in json.loads(done.stdout)]


def main() -> None:
    """The process of its own: specs by standard input, SVGs by standard output."""
    import vl_convert

    found = [
        vl_convert.vegalite_to_svg({"config": CONFIG, **spec}, vl_version=VERSION, allowed_base_urls=[])
        for spec in json.load(sys.stdin)
    ]
    json.dump(found, sys.stdout)


def clean(svg: str) -> str:
    """The same picture of allowed elements only, hidden from screen readers, which read the table."""
    root = ET.fromstring(svg)  # noqa: S314  our own program wrote it
    kept = _copy(root)
    assert kept is not None, "a chart is an svg element"
    kept.set("class", "chart__svg")
    kept.set("aria-hidden", "true")
    kept.set("focusable", "false")
    return ET.tostring(kept, encoding="unicode")


def _copy(element: ET.Element) -> ET.Element | None:
    name = element.tag.removeprefix(_SVG)
    if name not in _KEPT or element.get("display") == "none":
        return None
    filled, drawn = element.get("fill", ""), element.get("stroke", "")
    if name in {"path", "rect", "circle", "line"} and filled not in _CLASSES and drawn not in _CLASSES:
        return None
    kept = ((key, _LONG.sub(_rounded, value)) for key, value in element.attrib.items() if key in _KEPT[name])
    copy = ET.Element(name, dict(kept))
    classes = [f"chart__{_CLASSES[filled]}"] if filled in _CLASSES else []
    classes += [f"chart__{_CLASSES[drawn]}-edge"] if drawn in _CLASSES else []
    if classes:
        copy.set("class", " ".join(classes))
    copy.text = element.text if name in {"text", "tspan"} else None
    for child in element:
        if (inner := _copy(child)) is not None:
            copy.append(inner)
    return _grouped(copy) if name == "g" else copy


def _grouped(group: ET.Element) -> ET.Element | None:
    """Says once what all parts of a group have in common, and leaves out groups that say nothing: half of a chart."""
    if not len(group):
        return None
    for name in _INHERITED:
        values = {part.get(name) for part in group}
        if len(values) == 1 and name not in group.attrib and (value := values.pop()) is not None:
            group.set(name, value)
            for part in group:
                del part.attrib[name]
    if group.get("transform") == "translate(0,0)":
        del group.attrib["transform"]
    return group if group.attrib or len(group) > 1 else group[0]


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")
