"""Repetition: the dates that RFC 5545 gives, and the hour on the wall whatever the clocks do."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.capabilities.portal.rules.calendar import recurrence
from allmende.capabilities.portal.rules.calendar.recurrence import Rule
from allmende.core.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
FIRST_DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def rules(first: date):
    """Rules that end, within the limits."""
    days = st.lists(st.integers(0, 6), max_size=7, unique=True).map(lambda found: tuple(sorted(found)))
    ends = st.one_of(
        st.integers(1, 60).map(lambda count: {"count": count}),
        st.integers(0, 180).map(lambda step: {"until": first + timedelta(days=step)}),
    )
    return st.builds(
        lambda days, interval, end: Rule(days=days, interval=interval, **end), days, st.integers(1, 5), ends
    )


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_the_same_dates_as_another_reading_of_the_standard(data):
    first = data.draw(FIRST_DAYS)
    rule = data.draw(rules(first))
    start = datetime.combine(first, time(17))
    text = str(rule)
    if rule.until is not None:
        text = text.replace(f"UNTIL={rule.until:%Y%m%d}", f"UNTIL={rule.until:%Y%m%d}T235959")
    expected = [moment.date() for moment in rrulestr(text, dtstart=start)]
    assert recurrence.days_of(rule, first) == expected


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_rule_reads_back_as_it_was_written(data):
    first = data.draw(FIRST_DAYS)
    rule = data.draw(rules(first))
    start = datetime.combine(first, time(17), BERLIN)
    assert recurrence.parse(str(rule), first=start, zone=BERLIN) == rule


@settings(deadline=None, max_examples=300)
@given(FIRST_DAYS, st.integers(0, 1439), st.integers(1, 600), st.sampled_from(["Europe/Berlin", "America/New_York"]))
def test_the_hour_on_the_wall_stays_whenever_it_exists(day, minute, minutes, name):
    zone = ZoneInfo(name)
    starts = time(minute // 60, minute % 60)
    begin, end = recurrence.period(day, starts, minutes, zone)
    assert begin < end
    wall = begin.astimezone(zone)
    exists = datetime.combine(day, starts, zone).astimezone(UTC).astimezone(zone).time() == starts
    if exists:
        assert (wall.date(), wall.time()) == (day, starts)
    else:  # left out by the change: read with the offset before it, so an hour later on the wall
        assert wall.replace(tzinfo=None) - datetime.combine(day, starts) == timedelta(hours=1)


def utc_hours(first: date, **rule):
    days = recurrence.days_of(Rule(**rule), first)
    return [f"{recurrence.period(day, time(17), 90, BERLIN)[0]:%m-%d %H:%M}" for day in days]


def test_theme_evenings_stay_at_five_across_the_change_to_summer_time():
    """28 March 2021: the clocks go from 2 to 3."""
    assert utc_hours(date(2021, 3, 23), days=(1, 3), count=4) == [
        "03-23 16:00", "03-25 16:00", "03-30 15:00", "04-01 15:00",
    ]  # fmt: skip


def test_and_across_the_change_back():
    """31 October 2021: the clocks go from 3 to 2."""
    assert utc_hours(date(2021, 10, 28), days=(3,), count=2) == ["10-28 15:00", "11-04 16:00"]


def test_an_hour_that_does_not_exist_and_one_that_exists_twice():
    """RFC 5545, 3.3.5: the offset before the gap; the first of the two."""
    gap, _end = recurrence.period(date(2021, 3, 28), time(2, 30), 60, BERLIN)
    assert gap == datetime(2021, 3, 28, 1, 30, tzinfo=UTC)
    twice, _end = recurrence.period(date(2021, 10, 31), time(2, 30), 60, BERLIN)
    assert twice == datetime(2021, 10, 31, 0, 30, tzinfo=UTC)
    # A night that begins before the change ends at the hour on the wall.
    begin, end = recurrence.period(date(2021, 3, 27), time(23), 6 * 60, BERLIN)
    assert end - begin == timedelta(hours=5)
    assert end.astimezone(BERLIN).hour == 5


def test_days_that_are_left_out_still_count():
    """RFC 5545, 3.8.5.1: EXDATE takes dates out of what COUNT has bounded."""
    rule = Rule(days=(1,), count=3)
    first = date(2021, 3, 2)
    assert recurrence.days_of(rule, first, [date(2021, 3, 9)]) == [date(2021, 3, 2), date(2021, 3, 16)]


def test_until_as_an_instant_is_read_in_local_time():
    first = datetime(2021, 3, 23, 17, tzinfo=BERLIN)
    exact = recurrence.parse("FREQ=WEEKLY;BYDAY=TU;UNTIL=20210330T150000Z", first=first, zone=BERLIN)
    assert exact.until == date(2021, 3, 30)
    before = recurrence.parse("FREQ=WEEKLY;BYDAY=TU;UNTIL=20210330T145959Z", first=first, zone=BERLIN)
    assert before.until == date(2021, 3, 29)


@pytest.mark.parametrize(
    "text",
    [
        "", "FREQ=YEARLY;COUNT=3", "FREQ=WEEKLY;BYDAY=1TU;COUNT=3", "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;COUNT=99999",
        "FREQ=WEEKLY;BYSETPOS=1;COUNT=2", "FREQ=DAILY;BYDAY=MO;COUNT=2", "FREQ=WEEKLY;UNTIL=gestern", "nonsense",
        "FREQ=WEEKLY;INTERVAL=-1;COUNT=2", "FREQ=WEEKLY;WKST=SU;COUNT=2", "FREQ=WEEKLY;UNTIL=00010101T000000Z",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_not_guessed(text):
    first = datetime(2021, 3, 23, 17, tzinfo=BERLIN)
    with pytest.raises(Invalid):
        recurrence.days_of(recurrence.parse(text, first=first, zone=BERLIN), first.date())


@pytest.mark.parametrize(
    "rule",
    [
        Rule(days=(1,)),
        Rule(days=(1,), count=3, until=date(2021, 5, 1)),
        Rule(days=(1,), count=201),
        Rule(days=(1,), count=2, interval=53),
        Rule(days=(1,), until=date(2021, 3, 1)),
        Rule(days=(1,), until=date(2031, 3, 1)),
        Rule(until=date(2022, 3, 1)),
    ],
)
def test_a_series_has_an_end_and_a_size(rule):
    with pytest.raises(Invalid):
        recurrence.days_of(rule, date(2021, 3, 2))


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80))
def test_whatever_is_sent_as_a_rule_gets_a_sentence_or_a_rule(text):
    first = datetime(2021, 3, 23, 17, tzinfo=BERLIN)
    with suppress(Invalid):
        assert isinstance(recurrence.parse(text, first=first, zone=BERLIN), Rule)
