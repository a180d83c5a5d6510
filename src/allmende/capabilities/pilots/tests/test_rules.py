"""What is computed: the traffic light, the way to a target, criteria, figures as people type and read them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.capabilities.pilots.forms.fields import plain
from allmende.capabilities.pilots.rules import effect
from allmende.capabilities.pilots.rules.charts import Point, Words, spec_of
from allmende.capabilities.pilots.rules.criteria import DEFAULT, criteria
from allmende.capabilities.pilots.rules.light import GRACE_DAYS, Light, coming, days_late, latest, light
from allmende.capabilities.pilots.views.figures import euros, figure

TODAY = date(2026, 11, 22)
RANK = [Light.NONE, Light.ON_PLAN, Light.LATE, Light.FAR_BEHIND]


@dataclass(frozen=True)
class One:
    first_planned_on: date
    planned_on: date
    reached_on: date | None = None


days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@st.composite
def milestones(draw):
    first = draw(days)
    return One(first, first + timedelta(days=draw(st.integers(-60, 400))), draw(st.none() | days))


def planned(offset, *, moved=0, reached=None):
    first = TODAY + timedelta(days=offset)
    return One(first, first + timedelta(days=moved), None if reached is None else TODAY + timedelta(days=reached))


@pytest.mark.parametrize(
    ("given_ones", "shown"),
    [
        ([], Light.NONE),
        ([planned(0)], Light.ON_PLAN),
        ([planned(-1)], Light.LATE),
        ([planned(-GRACE_DAYS)], Light.LATE),
        ([planned(-GRACE_DAYS - 1)], Light.FAR_BEHIND),
        ([planned(-90, reached=-3)], Light.ON_PLAN),
        ([planned(-90, reached=-3), planned(-2)], Light.LATE),
        ([planned(10, moved=20)], Light.LATE),
        ([planned(10, moved=-5)], Light.ON_PLAN),
        ([planned(-10, moved=60)], Light.FAR_BEHIND),
    ],
)
def test_the_light_follows_from_the_milestone_that_is_latest(given_ones, shown):
    assert light(given_ones, TODAY) == shown


@given(st.lists(milestones(), max_size=6), days, st.integers(0, 400))
def test_time_alone_makes_nothing_better(found, today, later):
    open_ones = [replace(one, reached_on=None) for one in found]
    before, after = light(open_ones, today), light(open_ones, today + timedelta(days=later))
    assert RANK.index(after) >= RANK.index(before)


@given(milestones(), st.integers(0, 500), days)
def test_moving_a_day_back_makes_nothing_better(one, by, today):
    moved = replace(one, planned_on=one.planned_on + timedelta(days=by))
    assert days_late(moved, today) >= days_late(one, today)


@given(st.lists(milestones(), min_size=1, max_size=6), days)
def test_reaching_everything_is_always_in_plan_and_each_step_there_helps(found, today):
    reached = [replace(one, reached_on=today) for one in found]
    assert light(reached, today) == Light.ON_PLAN
    for number in range(len(found)):
        some = reached[: number + 1] + found[number + 1 :]
        assert RANK.index(light(some, today)) <= RANK.index(light(reached[:number] + found[number:], today))


@given(st.lists(milestones(), max_size=6), days)
def test_the_milestone_that_is_named_is_the_reason(found, today):
    named = latest(found, today)
    if named is None:
        assert light(found, today) in {Light.NONE, Light.ON_PLAN}
    else:
        assert light([named], today) == light(found, today)
    following = coming(found, today)
    assert following is None or following.reached_on is None or following.reached_on > today


numbers = st.decimals(-10_000, 10_000, places=2)


@given(numbers, numbers, numbers)
def test_where_a_value_stands(baseline, target, value):
    higher = target > baseline
    if baseline == target:
        return
    assert effect.fits(baseline, target, higher=higher)
    assert not effect.fits(baseline, target, higher=not higher)
    way, standing = effect.share(baseline, target, value), effect.standing(baseline, target, value, higher=higher)
    assert (standing == effect.Standing.REACHED) == (way >= 1)
    assert (standing == effect.Standing.AWAY) == (way < 0)
    assert (standing == effect.Standing.UNCHANGED) == (value == baseline)
    mirrored = effect.standing(-baseline, -target, -value, higher=not higher)
    assert mirrored == standing, "less is better as more is, seen in a mirror"


def test_criteria_are_lines_of_the_city():
    assert [one.key for one in criteria(DEFAULT)] == ["nutzen", "alle", "machbar", "dauer"]
    assert criteria(["x: Eins | One", "x: zweimal", "ohne Doppelpunkt", "y:", "1z: Zahl"])[0].label("en") == "One"
    assert len(criteria(["x: Eins", "x: zweimal", "ohne", "y:", ""])) == 1
    assert criteria(["x: Eins"])[0].label("en") == "Eins"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12.500,5", "12500.5"),
        ("12500.5", "12500.5"),
        ("1.250.000", "1250000"),
        ("3,25", "3.25"),
        ("80 000 €", "80000"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed, read):
    assert plain(typed) == read


def test_figures_have_no_zeros_that_say_nothing():
    assert figure(Decimal("41200.0000")) == "41.200"
    assert figure(Decimal("3.2500")) == "3,25"
    assert figure(Decimal(0)) == "0"
    assert figure(Decimal("-0.5")) == "-0,5"
    assert euros(12_000_000) == "120.000 €"
    assert euros(1_050) == "10,50 €"
    assert euros(None) == ""


@given(st.lists(st.tuples(st.integers(0, 900), numbers), min_size=1, max_size=8), numbers)
def test_all_of_a_chart_lies_inside_it(rows, aim):
    points = [Point(TODAY + timedelta(days=day), float(value), "1") for day, value in sorted(rows)]
    found = spec_of(points, Point(TODAY + timedelta(days=400), float(aim), "1"), Words("a", "b", "c"))
    for layer in found["layer"]:
        for row in layer["data"]["values"]:
            assert -1 <= row["x"] <= found["width"] + 1
            assert -20 <= row["y"] <= found["height"] + 1
