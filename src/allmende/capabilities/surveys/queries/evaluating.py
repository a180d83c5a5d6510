"""Everything that is computed for a survey's results, read from its answers in one go. Nothing is changed here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.surveys.models import Evaluation, Finding, Survey, Topic
from allmende.capabilities.surveys.queries import columns as columnar
from allmende.capabilities.surveys.rules import charts
from allmende.capabilities.surveys.rules.grid import Point, grid
from allmende.capabilities.surveys.rules.results import Frame, Group, Table, cut_of, group_of, table_of
from allmende.capabilities.surveys.rules.variables import COLUMNAR, Form, Variable, variables
from allmende.capabilities.surveys.rules.waves import compared
from allmende.capabilities.surveys.rules.weighting import Margin, Weighting, rake
from allmende.core import city
from allmende.engines.places import interface as places
from allmende.engines.questions.interface import Definition

if TYPE_CHECKING:
    from allmende.capabilities.surveys.rules.variables import Column

LANGUAGES = ("de", "en")
NAMED = 50
"""Fields of a map that the list beside it names."""


@dataclass
class Result:
    """One variable with all that is published of it."""

    variable: Variable
    table: Table
    cuts: dict[str, Table] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    charts: dict[str, str] = field(default_factory=dict)
    cut_charts: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Prepared:
    """All of a survey."""

    answers: int
    results: list[Result]
    groups: dict[str, Variable]
    weighting: dict[str, Any]


@dataclass(frozen=True)
class CensusMargin:
    """A distribution that the city pack knows, by the names of options."""

    name: str
    shares: Mapping[str, float]


def census() -> tuple[Sequence[CensusMargin], Mapping[str, Any]]:
    """Margins of the city pack, and what it says of their source."""
    found = city.setting("city.census", {}) or {}
    margins = [CensusMargin(name, shares) for name, shares in found.get("margins", {}).items()]
    return margins, {key: value for key, value in found.items() if key != "margins"}


def margin_for(variable: Variable) -> CensusMargin | None:
    """The margin whose groups are this question's options: all that the census knows can be answered."""
    options = {name for name, _label in variable.options}
    return next((one for one in census()[0] if set(one.shares) <= options), None)


def prepare(survey: Survey, evaluation: Evaluation, definition: Definition) -> Prepared:
    """Tables of all questions, in total and by group; 100,000 answers to 60 questions take less than a second once
    their columns lie there.
    """
    wanted = variables(definition)
    found, answers = columnar.columns_of(survey.pk, survey.version_id, wanted)
    by_name = {one.name: one for one in wanted if one.form in COLUMNAR}
    weighting, rested = _weighting(by_name, found, evaluation, answers)
    groups = _groups(by_name, found, evaluation)
    frame = Frame(found, None if weighting is None else weighting.weights, evaluation.least, groups)
    results = evaluate(wanted, frame)
    _read_others(survey, evaluation, results)
    _compare(survey, results)
    return Prepared(answers, results, {one.name: one.variable for one in groups}, rested)


def evaluate(wanted: Sequence[Variable], frame: Frame) -> list[Result]:
    """The tables that columns alone give."""
    results = []
    for variable in wanted:
        one = Result(variable, table_of(variable, frame))
        for group in frame.groups:
            if variable.form in COLUMNAR and one.table["state"] == "shown":
                cut = cut_of(variable, group, frame)
                if cut is not None:
                    one.cuts[group.name] = cut
        results.append(one)
    return results


def _groups(
    by_name: "Mapping[str, Variable]", found: "Mapping[str, Column]", evaluation: Evaluation
) -> tuple[Group, ...]:
    groups = []
    for name in evaluation.groups:
        variable = by_name.get(name)
        if variable is None or not variable.may_group:
            continue
        group = group_of(
            variable,
            found[name],  # type: ignore[arg-type]  # a column of codes
            least=evaluation.least,
            weighted_by=name in evaluation.weigh_by,
        )
        if group is not None:
            groups.append(group)
    return tuple(groups)


def _weighting(
    by_name: "Mapping[str, Variable]", found: "Mapping[str, Column]", evaluation: Evaluation, answers: int
) -> tuple[Weighting | None, dict[str, Any]]:
    """The weights, and what is told of them: all that a statistician asks first."""
    margins, told = [], []
    for name in evaluation.weigh_by:
        variable = by_name.get(name)
        known = None if variable is None else margin_for(variable)
        if variable is None or known is None:
            continue
        shares = [float(known.shares.get(option, 0.0)) for option, _label in variable.options]
        margins.append(Margin(name, found[name], shares))  # type: ignore[arg-type]  # a column of codes
        told.append({"question": name, "title": dict(variable.label)})
    if not margins or not answers:
        return None, {}
    raked = rake(margins, answers)
    return raked, {
        "margins": told,
        "source": census()[1],
        "effective": round(raked.effective, 1),
        "design_effect": round(raked.design_effect, 3),
        "steps": raked.steps,
        "converged": raked.converged,
        "largest_gap": round(raked.largest_gap, 5),
        "trimmed": raked.trimmed,
        "least": round(float(raked.weights.min()), 3),
        "most": round(float(raked.weights.max()), 3),
        "missing": [
            {"question": name, "label": dict(by_name[name].options[place][1])} for name, place in raked.missing
        ],
    }  # fmt: skip


def _read_others(survey: Survey, evaluation: Evaluation, results: Sequence[Result]) -> None:
    """What is no column: places and routes become hexagons, words the topics that were released, the rest a number."""
    others = [one for one in results if one.variable.form not in COLUMNAR]
    if not others:
        return
    drawn: dict[str, list[list[Point]]] = defaultdict(list)
    numbers: dict[str, int] = defaultdict(int)
    for values in columnar.answers_of(survey.pk):
        for one in others:
            value = values.get(one.variable.question)
            if value in (None, "", [], {}):
                continue
            numbers[one.variable.name] += 1
            if one.variable.form is Form.MAP:
                drawn[one.variable.name].append(_points(value))
    longitude, latitude = city.current().centre
    for one in others:
        number = numbers[one.variable.name]
        shown = number if number == 0 or number >= evaluation.least else None
        one.table = {"form": one.variable.form.value, "state": "counted", "answers": shown, "rows": []}
        if one.variable.form is Form.MAP:
            one.table = _map(drawn[one.variable.name], (longitude, latitude), evaluation.least) | {"answers": shown}
        elif one.variable.form is Form.TOPICS:
            one.table["rows"] = topic_rows(survey, one.variable.name, evaluation.least)


def topic_rows(survey: Survey, variable: str, least: int) -> list[dict[str, Any]]:
    """The topics that a person has released, of enough people each. An answer may stand in one only."""
    rows = Topic.objects.filter(finding__survey=survey, finding__variable=variable, is_released=True)
    return [
        {"names": [str(row.pk)], "label": row.title, "count": row.count, "words": row.words}
        for row in rows
        if row.count >= least
    ]


def _points(value: Any) -> list[Point]:
    """A place is one point, a route many; what has another shape is none."""
    pairs = [(value.get("lon"), value.get("lat"))] if isinstance(value, Mapping) else value
    return [
        (float(pair[0]), float(pair[1]))
        for pair in pairs
        if isinstance(pair, list | tuple) and len(pair) == 2 and all(isinstance(n, int | float) for n in pair)  # noqa: PLR2004
    ]


def _map(drawn: Sequence[Sequence[Point]], centre: Point, least: int) -> Table:
    found = grid(drawn, centre, least=least)
    if not found.answers:
        return {"form": Form.MAP.value, "state": "empty", "rows": []}
    fields = [
        {"count": one.people, "centre": list(one.centre), "corners": [list(corner) for corner in one.corners]}
        | (_district(one.centre) if number < NAMED else {})
        for number, one in enumerate(found.fields)
    ]
    state = "shown" if fields else "few"
    return {"form": Form.MAP.value, "state": state, "rows": [], "fields": fields, "elsewhere": found.elsewhere}


def _district(centre: Point) -> dict[str, str]:
    """In which district the middle of a field lies, for the list and the city map; nothing outside of all."""
    place = places.place_at(*centre)
    return {"district": place.district, "where": place.district_name} if place is not None and place.district else {}


def _compare(survey: Survey, results: Sequence[Result]) -> None:
    """With the survey before this one, where both asked the same and the earlier result is public."""
    tables = _earlier_tables(survey)
    for one in results:
        one.before = _before(one.table, tables.get(one.variable.name))


def compared_anew(survey: Survey) -> list[Finding]:
    """The findings whose comparison with the survey before is another one now, with it filled in and not saved. Made of
    kept tables alone: it works when the answers are gone.
    """
    tables = _earlier_tables(survey)
    changed = []
    for row in Finding.objects.filter(survey=survey).defer("charts"):
        before = _before(row.table, tables.get(row.variable))
        if before != row.before:
            row.before = before
            changed.append(row)
    return changed


def _earlier_tables(survey: Survey) -> dict[str, Table]:
    """Variable → its public table in the survey before this one."""
    if survey.wave_of_id is None:
        return {}
    earlier = Finding.objects.filter(survey=survey.wave_of_id, is_held=False, survey__state="published")
    return dict(earlier.values_list("variable", "table"))


def _before(table: Table, then: Table | None) -> dict[str, Any]:
    return (compared(table, then) if then else None) or {}


def is_drawn(prepared: Prepared) -> bool:
    """Whether every table that has a chart has it already."""
    tables = [(one.charts, one.table) for one in prepared.results]
    tables += [(one.cut_charts.get(name, {}), cut) for one in prepared.results for name, cut in one.cuts.items()]
    return all(drawn or charts.spec_of(table, LANGUAGES[0], hidden="") is None for drawn, table in tables)


def draw(prepared: Prepared) -> None:
    """Fills in all charts, in one process of their own."""
    from allmende.ui import charts as drawing

    wanted: list[tuple[dict[str, str], str, charts.Spec]] = []
    for language in LANGUAGES:
        with translation.override(language):
            hidden = _("zu wenige")
        for one in prepared.results:
            if (spec := charts.spec_of(one.table, language, hidden=hidden)) is not None:
                wanted.append((one.charts, language, spec))
            for name, cut in one.cuts.items():
                if (spec := charts.spec_of(cut, language, hidden=hidden)) is not None:
                    wanted.append((one.cut_charts.setdefault(name, {}), language, spec))
    for (into, language, _spec), svg in zip(wanted, drawing.draw([spec for *_rest, spec in wanted]), strict=True):
        into[language] = svg
