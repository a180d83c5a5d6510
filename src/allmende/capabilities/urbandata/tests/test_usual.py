"""What is usual follows from the same hour of the same weekday; a clock that changed in between changes nothing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from allmende.capabilities.urbandata.rules import charts, summing
from allmende.capabilities.urbandata.rules.usual import Verdict, usual_at, usual_of, verdict, weeks_before

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2024, 11, 4, 7, tzinfo=UTC)  # a Monday, 8 o'clock in winter


def test_weeks_before_are_the_same_local_hour_across_the_change_of_the_clock():
    found = weeks_before(AT, BERLIN)
    assert len(found) == 8
    assert {one.astimezone(BERLIN).hour for one in found} == {8}
    assert {one.astimezone(BERLIN).weekday() for one in found} == {0}
    assert found[1] == datetime(2024, 10, 21, 6, tzinfo=UTC)


def test_nothing_is_said_before_four_weeks_are_known():
    assert usual_of([1.0, 2.0, 3.0]) is None
    assert verdict(100, None) is Verdict.UNKNOWN


def test_a_value_far_outside_is_unusual_and_one_near_is_not():
    hours = {
        AT - timedelta(weeks=week) + timedelta(hours=0 if week == 1 else -1): float(100 + week) for week in range(1, 9)
    }
    usual = usual_at(AT, hours, BERLIN)
    assert usual is not None
    assert (usual.low, usual.middle, usual.high, usual.weeks) == (102.75, 104.5, 106.25, 8)
    assert [verdict(value, usual) for value in (80, 100, 104, 115, 130)] == [
        Verdict.LOWER, Verdict.USUAL, Verdict.USUAL, Verdict.USUAL, Verdict.HIGHER,
    ]  # fmt: skip


def test_hours_and_days_are_summed_and_a_day_is_the_citys_own():
    midnight = datetime(2024, 10, 26, 22, tzinfo=UTC)  # the 27th begins: 25 hours long
    values = [(1, midnight + timedelta(minutes=30 * step), float(step)) for step in range(50)] + [(2, midnight, None)]
    hours = summing.hours_of(values)
    assert len(hours) == 25
    days = summing.days_of(hours, BERLIN)
    ((key, one),) = days.items()
    assert (key[0], f"{key[1]}") == (1, "2024-10-27")
    assert (one.count, one.total, one.low, one.high) == (50, sum(range(50)), 0, 49)


def test_a_missing_hour_breaks_the_line_of_the_chart():
    hours = {AT: 1.0, AT + timedelta(hours=1): 2.0, AT + timedelta(hours=3): 4.0}
    chart = charts.chart_of(hours, {}, since=AT, until=AT + timedelta(hours=3), zone=BERLIN)
    assert chart is not None
    assert chart.line.count("M") == 2
    assert (chart.high, chart.band) == (4.0, "")
    assert charts.chart_of({}, {}, since=AT, until=AT, zone=BERLIN) is None
