"""„Wir prüfen bis Mittwoch, 18 Uhr“: what is promised can be kept, in every week of the year."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.engines.discussion.rules.holidays import easter, holidays
from allmende.engines.discussion.rules.hours import DEFAULT_HOURS, Hours, parse_closed, parse_hours

BERLIN = ZoneInfo("Europe/Berlin")
GERA = Hours(parse_hours(DEFAULT_HOURS), BERLIN, "Thüringen")


def local(*when: int) -> datetime:
    return datetime(*when, tzinfo=BERLIN)


def open_time(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """Open time between two instants, counted anew: day by day."""
    total, day = timedelta(), start.astimezone(hours.zone).date()
    while day <= end.astimezone(hours.zone).date():
        for first, last in hours.windows(day):
            total += max(timedelta(), min(last, end) - max(first, start))
        day += timedelta(days=1)
    return total


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (local(2026, 11, 18, 9), local(2026, 11, 18, 17)),  # eight hours of one day
        (local(2026, 11, 18, 10, 20), local(2026, 11, 19, 10)),  # 7:40 on Wednesday, the rest on Thursday, full hour
        (local(2026, 11, 17, 20), local(2026, 11, 18, 17)),  # in the evening: from the next morning
        (local(2026, 11, 20, 14), local(2026, 11, 23, 16)),  # Friday afternoon: over the weekend
        (local(2026, 12, 24, 17), local(2026, 12, 28, 16)),  # an hour of Christmas Eve, then holidays
        (local(2026, 4, 2, 17), local(2026, 4, 7, 16)),  # over Easter
        (local(2026, 10, 30, 14), local(2026, 11, 2, 16)),  # Reformation Day is a Saturday
    ],
)
def test_until_when_a_post_is_checked(at, due):
    assert GERA.due(at) == due


def test_a_closed_day_of_the_city_counts_for_nothing():
    closed = Hours(GERA.week, BERLIN, "Thüringen", parse_closed(["2026-11-19 bis 2026-11-20"]))
    assert closed.due(local(2026, 11, 18, 17)) == local(2026, 11, 23, 16)


def test_the_night_of_the_clocks_is_as_long_as_it_is():
    """Open from 0 to 6 on Sundays: five hours in March, seven in October."""
    night = Hours(parse_hours(["So 0-6", "Mo 9-18"]), BERLIN, needed=timedelta(hours=5))
    assert night.due(local(2026, 3, 29, 0)) == local(2026, 3, 29, 6)
    assert night.due(local(2026, 10, 25, 0)) == datetime(2026, 10, 25, 3, tzinfo=UTC)
    assert night.due(local(2026, 10, 25, 0)).astimezone(BERLIN).hour == 4


def test_holidays_of_thuringia():
    found = holidays(2026, "Thüringen")
    assert {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} <= found
    assert {date(2026, 9, 20), date(2026, 10, 31)} <= found
    assert not {date(2026, 9, 20), date(2026, 10, 31)} & holidays(2026, "Bremen-Ost")
    assert len(found) == 11


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1818, (3, 22)),
        (1943, (4, 25)),
        (2000, (4, 23)),
        (2019, (4, 21)),
        (2026, (4, 5)),
        (2037, (4, 5)),
        (2038, (4, 25)),
    ],
)
def test_easter(year, day):
    assert easter(year) == date(year, *day)


@given(st.integers(1583, 9999))
def test_easter_is_a_sunday_between_22_march_and_25_april(year):
    found = easter(year)
    assert found.weekday() == 6
    assert date(year, 3, 22) <= found <= date(year, 4, 25)


spans = st.tuples(st.integers(0, 47), st.integers(1, 48)).filter(lambda pair: pair[0] < pair[1])
weeks = st.lists(st.lists(spans, max_size=3), min_size=7, max_size=7).filter(any)
moments = st.integers(1_546_300_800, 2_366_841_600).map(lambda s: datetime.fromtimestamp(s, UTC))


def written(week) -> list[str]:
    """The week as somebody would type it."""
    days = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
    return [
        f"{days[number]} {a // 2}:{a % 2 * 30:02}-{b // 2}:{b % 2 * 30:02}"
        for number, rows in enumerate(week)
        for a, b in rows
    ]


@given(weeks, moments, st.integers(1, 80), st.sampled_from(["Thüringen", ""]))
def test_the_promise_leaves_enough_open_time_and_no_more_than_the_rounding(week, at, needed, state):
    hours = Hours(parse_hours(written(week)), BERLIN, state, needed=timedelta(minutes=30 * needed))
    due = hours.due(at)
    assert due > at
    open_before = open_time(hours, at, due)
    assert hours.needed <= open_before < hours.needed + timedelta(hours=1)
    assert any(start < due <= end for start, end in hours.windows(due.astimezone(BERLIN).date())) or any(
        due == end for start, end in hours.windows((due.astimezone(BERLIN) - timedelta(minutes=1)).date())
    )


@given(weeks, moments, st.integers(0, 60 * 24 * 14))
def test_whoever_comes_later_is_never_promised_earlier(week, at, minutes):
    hours = Hours(parse_hours(written(week)), BERLIN, "Thüringen")
    assert hours.due(at) <= hours.due(at + timedelta(minutes=minutes))


@given(weeks, moments)
def test_the_next_opening_is_open(week, at):
    hours = Hours(parse_hours(written(week)), BERLIN, "Thüringen")
    opening = hours.next_opening(at)
    assert opening is not None
    assert opening >= at
    assert hours.is_open(opening)
    assert hours.is_open(at) is (opening == at)


def test_without_any_hours_there_still_is_a_date():
    never = Hours(parse_hours([]), BERLIN)
    assert never.due(local(2026, 1, 1)) > local(2027, 1, 1)
    assert never.next_opening(local(2026, 1, 1)) is None


@pytest.mark.parametrize("line", ["Mo", "Xx 9-18", "Mo 18-9", "Mo 9-25", "Mo 9-9", "9-18"])
def test_a_line_that_cannot_be_read_is_named(line):
    with pytest.raises(ValueError, match=line):
        parse_hours(["Di 9-12", line])


@given(st.lists(st.text(max_size=30), max_size=5), st.lists(st.text(max_size=30), max_size=5))
def test_whatever_is_typed_into_the_settings_breaks_nothing(lines, closed):
    from allmende.engines.discussion.rules import hours

    found = hours._hours(tuple(lines), tuple(closed), 8, BERLIN, "Thüringen")
    assert found.due(local(2026, 11, 18, 9)) > local(2026, 11, 18, 9)


def test_whole_days_and_overlaps():
    week = parse_hours(["Montag 9 bis 12 Uhr", "Mo 11-14:30", "mo 16.15 – 18", "Di 0-24"])
    assert week[0] == ((540, 870), (975, 1080))
    assert week[1] == ((0, 1440),)
    hours = Hours(week, BERLIN)
    assert [last - first for first, last in hours.windows(date(2026, 11, 17))] == [timedelta(hours=24)]
