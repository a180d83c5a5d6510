"""From columns to the tables that are published. Pure: no database, no clock; what is in a table may be read by all.

A table is plain JSON, so that it stands for itself when the answers are gone:

    form, state       how it is evaluated; `shown`, `constant`, `few`, `empty` or `counted`
    answers           how many answered
    effective         of a simple random sample as many would be as sure (only when weighted)
    rows              [{"names", "label", "count", "share", "low", "high"}]; count None: hidden
    numbers           {"mean", "low", "high", "median", "lower", "upper", "unit"}
    merged            whether answers stand together that few gave
    groups            (of a cut) [{"names", "label", "answers"}], and per row "cells": [count or None per group]
    chance            (of a cut) χ² and what it says; None where cells are hidden
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allmende.capabilities.surveys.rules import tables
from allmende.capabilities.surveys.rules.classes import classes
from allmende.capabilities.surveys.rules.independence import independence
from allmende.capabilities.surveys.rules.suppression import GROUP, Coarse, coarsened, either_or, joined, publishable
from allmende.capabilities.surveys.rules.tables import Counts, Spread
from allmende.capabilities.surveys.rules.variables import Form, Variable
from allmende.core.suppression import LEAST
from allmende.engines.questions.interface import Words

if TYPE_CHECKING:
    from allmende.capabilities.surveys.rules.tables import Codes, Numbers
    from allmende.capabilities.surveys.rules.variables import Column

type Table = dict[str, Any]
REST: Words = {"de": "Andere Angaben zusammen", "en": "Other answers together"}
SILENT: Words = {"de": "nicht angegeben", "en": "not stated"}
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
PERCENT = 4
"""Decimals of a share that are kept: hundredths of a percent."""


@dataclass(frozen=True)
class Group:
    """Something to tell results apart by: its codes after small groups were put together."""

    variable: Variable
    codes: "Codes"
    parts: tuple[tuple[int, ...], ...]
    labels: tuple[Words, ...]
    weighted_by: bool = False

    @property
    def name(self) -> str:
        return self.variable.name

    def describe(self, place: int, answers: int) -> dict[str, Any]:
        options = self.variable.options
        names = [options[old][0] if old < len(options) else "" for old in self.parts[place]]
        return {"names": names, "label": dict(self.labels[place]), "answers": answers}


@dataclass(frozen=True)
class Frame:
    """What all tables of a survey have in common."""

    columns: "Mapping[str, Column]"
    weights: "Numbers | None" = None
    least: int = LEAST
    groups: tuple[Group, ...] = ()

    def step(self, answers: int) -> float:
        """To what weighted shares are rounded; 0 where nothing is weighted.

        A weighted share is a sum over groups with factors that anyone can work out, so an exact one would give away
        how many of each group said something. Rounded to `step`, that stays open by about `least` people.
        """
        if self.weights is None or not answers:
            return 0.0
        apart = float(self.weights.max() - self.weights.min())
        return next((step for step in STEPS if step >= self.least * apart / answers), STEPS[-1])


def group_of(
    variable: Variable, codes: "Codes", *, least: int = LEAST, ordered: bool = False, weighted_by: bool = False
) -> Group | None:
    """A group to tell results apart by, or None where there are too few people for two groups.

    Who did not say is a group too: else the difference to the total would tell of them.
    """
    import numpy as np

    silent = len(variable.options)
    all_codes = np.where(codes < 0, silent, codes)
    raw = tables.counts(all_codes, silent + 1).raw
    found = coarsened(raw, least=least * GROUP, ordered=ordered)
    if found is None:
        return None
    parts = tuple(part for part in found.parts if sum(raw[place] for place in part))
    if len(parts) < 2:  # noqa: PLR2004  one group compares with nobody
        return None
    to = np.zeros(silent + 1, dtype=np.int16)
    for new, part in enumerate(parts):
        to[list(part)] = new
    labels = tuple(SILENT if part == (silent,) else _together(variable, part) for part in parts)
    return Group(variable, to[all_codes], parts, labels, weighted_by)


def table_of(variable: Variable, frame: Frame) -> Table:
    """The result of one variable among all who answered."""
    if variable.form is Form.CHOICE:
        return _choice(variable, frame)
    if variable.form is Form.SEVERAL:
        return _several(variable, frame)
    if variable.form is Form.NUMBERS:
        return _numbers(variable, frame)
    if variable.form is Form.MEANS:
        return _means(variable, frame)
    return {"form": variable.form.value, "state": "counted", "answers": 0, "rows": []}


def cut_of(variable: Variable, group: Group, frame: Frame) -> Table | None:
    """The result of one variable by a group, with totals; None where it cannot be shown, or has nothing to do there."""
    if variable.sensitive or variable.name == group.name:
        return None
    if variable.form is Form.CHOICE:
        return _cut_choice(variable, group, frame)
    if variable.form is Form.SEVERAL:
        return _cut_several(variable, group, frame)
    if variable.form is Form.NUMBERS:
        return _cut_numbers(variable, group, frame)
    return None


def _state(form: Form, answers: int, least: int) -> Table | None:
    """A table of nobody, or of too few."""
    if answers == 0:
        return {"form": form.value, "state": "empty", "answers": 0, "rows": []}
    if answers < least:
        return {"form": form.value, "state": "few", "answers": None, "rows": []}
    return None


def _head(form: Form, found: Counts, frame: Frame, *, constant: bool) -> Table:
    head: Table = {"form": form.value, "state": "constant" if constant else "shown", "answers": found.answers}
    return head if frame.weights is None else {**head, "effective": _effective(found, frame)}


def _choice(variable: Variable, frame: Frame) -> Table:
    found = tables.counts(_codes(frame, variable.name), len(variable.options), frame.weights)
    if (nothing := _state(variable.form, found.answers, frame.least)) is not None:
        return nothing
    coarse = coarsened(found.raw, least=frame.least, ordered=variable.ordered)
    if coarse is None:
        return {"form": variable.form.value, "state": "few", "answers": found.answers, "rows": []}
    rows = [_row(variable, part, found, frame) for part in coarse.parts]
    said = sum(1 for value in found.raw if value)
    table = {**_head(variable.form, found, frame, constant=said == 1), "rows": rows, "merged": coarse.merged}
    if variable.ordered:
        codes = _codes(frame, variable.name)
        spread = tables.spread(_as_numbers(codes), frame.weights)
        # With the mean, counts that stand together could be told apart.
        plain = spread is not None and not variable.row and not coarse.merged
        table["numbers"] = _figures(spread, variable) if plain and spread is not None else None
    return table


def _row(variable: Variable, part: Sequence[int], found: Counts, frame: Frame) -> Table:
    weight = sum(found.weighted[place] for place in part)
    total = sum(found.weighted)
    share = weight / total if total else 0.0
    return {
        "names": [variable.options[place][0] for place in part],
        "label": dict(_together(variable, part)),
        "count": sum(found.raw[place] for place in part),
        **_shares(share, found, frame),
    }


def _effective(found: Counts, frame: Frame) -> float:
    """Kish's number, to the next five where it tells of weights."""
    return found.effective if frame.weights is None else max(1, round(found.effective / 5) * 5)


def _shares(share: float, found: Counts, frame: Frame) -> dict[str, float]:
    """The share and its interval; weighted ones so coarse that no count can be worked out from them."""
    step = frame.step(found.answers)
    told = min(1.0, round(share / step) * step) if step else share
    low, high = tables.wilson(told, _effective(found, frame))
    return {"share": round(told, PERCENT), "low": round(low, PERCENT), "high": round(high, PERCENT)}


def _several(variable: Variable, frame: Frame) -> Table:
    rows, head = [], None
    for option, label in variable.options:
        found = tables.counts(_codes(frame, f"{variable.name}/{option}"), 2, frame.weights)
        if (nothing := _state(variable.form, found.answers, frame.least)) is not None:
            return nothing
        head = head or _head(variable.form, found, frame, constant=False)
        row: Table = {"names": [option], "label": dict(label)}
        if either_or(found.raw[1], found.answers, least=frame.least):
            row |= {"count": found.raw[1], **_shares(found.share(1), found, frame)}
        else:
            row |= {"count": None, "share": None, "low": None, "high": None}
        rows.append(row)
    if head is None:
        return {"form": variable.form.value, "state": "empty", "answers": 0, "rows": []}
    return {**head, "rows": rows, "merged": False}


def _numbers(variable: Variable, frame: Frame) -> Table:
    values = frame.columns[variable.name]
    spread = tables.spread(values, frame.weights)  # type: ignore[arg-type]  # a column of numbers
    answers = 0 if spread is None else spread.answers
    if (nothing := _state(variable.form, answers, frame.least)) is not None or spread is None:
        return nothing or {}
    named = classes(values, spread)  # type: ignore[arg-type]
    found = tables.counts(named.codes, len(named.labels), frame.weights)
    coarse = coarsened(found.raw, least=frame.least, ordered=True) or Coarse((tuple(range(len(named.labels))),))
    rows = []
    for part in coarse.parts:
        weight = sum(found.weighted[place] for place in part)
        share = weight / sum(found.weighted)
        rows.append(
            {
                "names": [named.names[part[0]] if len(part) == 1 else f"{named.names[part[0]]}+"],
                "label": named.label(part),
                "count": sum(found.raw[place] for place in part),
                **_shares(share, found, frame),
            }
        )
    head = _head(variable.form, found, frame, constant=spread.constant)
    return {**head, "rows": rows, "merged": coarse.merged, "numbers": _figures(spread, variable)}


def _figures(spread: Spread, variable: Variable) -> Table:
    """Mean and quartiles. Least and largest number would be one person's."""
    low, middle, high = spread.quartiles
    low_mean, high_mean = spread.interval
    return {
        "mean": round(spread.mean, 3),
        "low": round(low_mean, 3),
        "high": round(high_mean, 3),
        "median": round(middle, 3),
        "lower": round(low, 3),
        "upper": round(high, 3),
        "deviation": round(spread.deviation, 4),
        "unit": dict(variable.unit),
    }


def _means(variable: Variable, frame: Frame) -> Table:
    rows, answers = [], 0
    for option, label in variable.options:
        spread = tables.spread(frame.columns[f"{variable.name}/{option}"], frame.weights)  # type: ignore[arg-type]
        number = 0 if spread is None else spread.answers
        answers = max(answers, number)
        row: Table = {"names": [option], "label": dict(label), "count": number or None, "mean": None}
        if spread is not None and number >= frame.least:
            row |= {"mean": round(spread.mean, 3), "low": round(spread.interval[0], 3),
                    "high": round(spread.interval[1], 3)}  # fmt: skip
        elif number:
            row["count"] = None
        rows.append(row)
    if (nothing := _state(variable.form, answers, frame.least)) is not None:
        return nothing
    better = "low" if variable.kind.value == "ranking" else "high"
    unit = dict(variable.unit)
    return {"form": variable.form.value, "state": "shown", "answers": answers, "rows": rows, "better": better,
            "merged": False, "unit": unit}  # fmt: skip


def _cut_choice(variable: Variable, group: Group, frame: Frame) -> Table | None:
    own = next((one for one in frame.groups if one.name == variable.name), None)
    if own is not None:
        return _cut_groups(own, group, frame)
    codes = _codes(frame, variable.name)
    raw = tables.counts(codes, len(variable.options)).raw
    rows = coarsened(raw, least=frame.least, ordered=variable.ordered)
    if rows is None:
        return None
    counts = tables.crossed(codes, len(variable.options), group.codes, len(group.parts))
    together = joined(counts, rows, Coarse(tuple((place,) for place in range(len(group.parts)))))
    shown = publishable(together, least=frame.least, all_or_nothing=group.weighted_by)
    heads = [
        {"names": [variable.options[place][0] for place in part], "label": dict(_together(variable, part))}
        for part in rows.parts
    ]
    return _cut(shown, heads, group, merged=rows.merged)


def _cut_groups(one: Group, other: Group, frame: Frame) -> Table | None:
    """A group by a group: one table for both ways, so that the two hide the same cells."""
    names = [group.name for group in frame.groups]
    rows, columns = sorted((one, other), key=lambda group: names.index(group.name))
    counts = tables.crossed(rows.codes, len(rows.parts), columns.codes, len(columns.parts))
    whole = one.weighted_by or other.weighted_by
    shown = publishable(counts, least=frame.least, all_or_nothing=whole)
    if shown is not None and rows is not one:
        shown = [list(line) for line in zip(*shown, strict=True)]
    heads = [{key: value for key, value in one.describe(place, 0).items() if key != "answers"}
             for place in range(len(one.parts))]  # fmt: skip
    return _cut(shown, heads, other, merged=any(len(part) > 1 for part in one.parts))


def _cut(
    shown: Sequence[Sequence[int | None]] | None, heads: Sequence[Table], group: Group, *, merged: bool
) -> Table | None:
    """The published form of a table with both totals. χ² is made of what is shown, so it tells nothing more."""
    if shown is None:
        return None
    hidden = any(value is None for row in shown for value in row)
    chance = None if hidden else independence([[value or 0 for value in row[:-1]] for row in shown[:-1]])
    return {
        "form": Form.CHOICE.value,
        "state": "shown",
        "answers": shown[-1][-1],
        "groups": [group.describe(place, shown[-1][place] or 0) for place in range(len(group.parts))],
        "rows": [
            {**head, "cells": list(row[:-1]), "count": row[-1]} for head, row in zip(heads, shown[:-1], strict=True)
        ],
        "hidden": hidden,
        "merged": merged,
        "chance": None
        if chance is None
        else {
            "statistic": round(chance.statistic, 2),
            "freedom": chance.freedom,
            "p": round(chance.p, 5),
            "v": round(chance.cramers_v, 3),
            "small": chance.small,
            "cells": chance.cells,
            "verdict": chance.verdict.value,
            "strength": chance.strength.value,
        },
    }


def _cut_several(variable: Variable, group: Group, frame: Frame) -> Table | None:
    """Each option is a table of its own, chosen or not; one that cannot be shown is hidden in all groups."""
    rows: list[Table] = []
    sizes: list[int] = []
    hidden = False
    for option, label in variable.options:
        codes = _codes(frame, f"{variable.name}/{option}")
        own = tables.crossed(codes, 2, group.codes, len(group.parts))
        sizes = [a + b for a, b in zip(*own, strict=True)]
        if any(0 < size < frame.least for size in sizes):
            return None
        total = sum(own[1])
        shown = None
        if either_or(total, sum(sizes), least=frame.least):
            shown = publishable(own, least=frame.least, all_or_nothing=group.weighted_by)
        cells: list[int | None] = [None] * len(sizes) if shown is None else shown[1][:-1]
        hidden = hidden or None in cells
        rows.append({"names": [option], "label": dict(label), "cells": cells,
                     "count": total if shown is not None else None})  # fmt: skip
    if not rows or all(value is None for row in rows for value in row["cells"]):
        return None
    return {
        "form": variable.form.value,
        "state": "shown",
        "answers": sum(sizes),
        "groups": [group.describe(place, size) for place, size in enumerate(sizes)],
        "rows": rows,
        "hidden": hidden,
        "merged": False,
        "chance": None,
    }


def _cut_numbers(variable: Variable, group: Group, frame: Frame) -> Table | None:
    """A mean per group. A group of too few is not shown, and then no table is: its mean could be worked out."""
    values = frame.columns[variable.name]
    found = []
    for place in range(len(group.parts)):
        spread = tables.spread(values[group.codes == place])
        if spread is None or spread.answers < frame.least:
            return None
        found.append(spread)
    described = [group.describe(place, spread.answers) for place, spread in enumerate(found)]
    means = [
        {**one, "mean": round(spread.mean, 3), "low": round(spread.interval[0], 3),
         "high": round(spread.interval[1], 3), "median": round(spread.quartiles[1], 3)}
        for one, spread in zip(described, found, strict=True)
    ]  # fmt: skip
    return {
        "form": variable.form.value,
        "state": "shown",
        "answers": sum(spread.answers for spread in found),
        "groups": means,
        "rows": [],
        "hidden": False,
        "merged": False,
        "chance": None,
        "unit": dict(variable.unit),
    }


def _codes(frame: Frame, name: str) -> "Codes":
    return frame.columns[name]  # type: ignore[return-value]  # a column of codes


def _as_numbers(codes: "Codes") -> "Numbers":
    """Steps of a rating as the numbers they are; NaN for none."""
    import numpy as np

    return np.where(codes >= 0, codes + 1.0, np.nan)


def _together(variable: Variable, part: Sequence[int]) -> Words:
    """What answers that stand together are called: first to last on a scale, else „Andere Angaben“."""
    if any(place >= len(variable.options) for place in part):
        return REST
    labels = [variable.options[place][1] for place in part]
    if len(labels) == 1:
        return labels[0]
    if variable.ordered:
        first, last = labels[0], labels[-1]
        return {code: f"{first[code]} – {last.get(code, last.get('de', ''))}" for code in first}
    return REST
