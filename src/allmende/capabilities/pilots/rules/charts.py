"""The chart of an indicator as a Vega-Lite spec: values joined by a line, the target as a dashed one. Pure.

Days and figures come as words, so that the drawing knows no language and no time zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from allmende.ui.charts import BAR, INK, LINE, SOFT, WIDTH

HEIGHT = 170
LEFT, RIGHT, TOP, BOTTOM = 12, 64, 34, 30
NEAR = 18
"""Pixels: words closer than this would lie on each other."""

DOT = {"type": "point", "filled": True, "size": 90, "color": BAR, "opacity": 1}

type Spec = dict[str, Any]


@dataclass(frozen=True)
class Point:
    day: date
    value: float
    say: str
    """The figure as people read it."""


@dataclass(frozen=True)
class Words:
    """What stands in the picture."""

    first: str
    last: str
    target: str


def spec_of(points: Sequence[Point], target: Point, words: Words) -> Spec:
    """`points` begin with the baseline, oldest first; the axis goes to the target's day or beyond."""
    start = points[0].day
    end = max(target.day, points[-1].day)
    span = max((end - start).days, 1)
    figures = [one.value for one in points] + [target.value]
    low, high = min(figures), max(figures)
    room = (high - low) or abs(high) or 1.0
    domain = [low - room * 0.05, high + room * 0.05]

    def across(day: date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - start).days / span

    def up(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - domain[0]) / (domain[1] - domain[0]))

    dots: list[Spec] = [{"x": across(one.day), "y": up(one.value)} for one in points]
    lines: list[Spec] = [{"x": one["x"], "y": one["y"], "x2": two["x"], "y2": two["y"]} for one, two in pairwise(dots)]
    aim = up(target.value)
    beside = dots[-1]["x"] + 10
    shown = [
        {"x": beside, "y": dots[-1]["y"] - (NEAR if abs(dots[-1]["y"] - aim) < NEAR else 0), "say": points[-1].say}
    ]
    feet = [{"x": 0, "y": HEIGHT - 6, "say": words.first}]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "layer": [
            _rules([{"x": 0, "y": aim, "x2": WIDTH, "y2": aim}], LINE, 1.5, dash=[6, 5]),
            _rules([{"x": 0, "y": HEIGHT - BOTTOM + 4, "x2": WIDTH, "y2": HEIGHT - BOTTOM + 4}], LINE, 1),
            *([_rules(lines, BAR, 3)] if lines else []),
            {"data": {"values": dots}, "mark": DOT, "encoding": _where()},
            _texts(shown, INK, align="left", weight="bold"),
            _texts([{"x": 0, "y": aim - 10 if aim > TOP + 2 else aim + 14, "say": words.target}], INK, align="left"),
            _texts(feet, SOFT, align="left"),
            _texts([{"x": WIDTH, "y": HEIGHT - 6, "say": words.last}], SOFT, align="right"),
        ],
    }  # fmt: skip


def _scale(size: int) -> Spec:
    """Pixels as they are: places are computed here, so that words can keep clear of each other."""
    return {"type": "quantitative", "axis": None,
            "scale": {"domain": [0, size], "range": [0, size], "nice": False, "padding": 0}}  # fmt: skip


def _where() -> Spec:
    return {"x": {"field": "x", **_scale(WIDTH)}, "y": {"field": "y", **_scale(HEIGHT)}}


def _rules(rows: Sequence[Spec], color: str, width: float, *, dash: Sequence[int] = ()) -> Spec:
    mark: Spec = {"type": "rule", "color": color, "strokeWidth": width}
    if dash:
        mark["strokeDash"] = list(dash)
    encoding = {**_where(), "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": encoding}


def _texts(rows: Sequence[Spec], color: str, *, align: str, weight: str = "normal") -> Spec:
    mark = {"type": "text", "align": align, "baseline": "middle", "fontSize": 15, "fontWeight": weight, "color": color,
            "limit": WIDTH}  # fmt: skip
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": {**_where(), "text": {"field": "say"}}}
