"""Quiet hours and collected mails keep the city's clocks, also in the two nights when these are changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from allmende.engines.notify import rules

ZONE = ZoneInfo("Europe/Berlin")
NIGHT = (time(22), time(7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "quiet", "expected"),
    [
        ("2026-06-01T12:00", NIGHT, "2026-06-01T12:00"),
        ("2026-06-01T22:00", NIGHT, "2026-06-02T07:00"),
        ("2026-06-02T06:59", NIGHT, "2026-06-02T07:00"),
        ("2026-06-02T07:00", NIGHT, "2026-06-02T07:00"),
        ("2026-06-02T13:30", (time(13), time(15)), "2026-06-02T15:00"),
        ("2026-06-02T13:30", None, "2026-06-02T13:30"),
        ("2026-06-02T13:30", (time(9), time(9)), "2026-06-02T13:30"),
        ("2026-03-28T23:00", NIGHT, "2026-03-29T07:00"),  # an hour shorter: summer time begins
        ("2026-10-24T23:00", NIGHT, "2026-10-25T07:00"),  # an hour longer: it ends
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(asked, quiet, expected):
    assert rules.after_quiet(at(asked), quiet, ZONE) == at(expected)


def test_the_night_of_the_change_is_as_long_as_it_is():
    spring = rules.after_quiet(at("2026-03-28T22:00"), NIGHT, ZONE) - at("2026-03-28T22:00")
    autumn = rules.after_quiet(at("2026-10-24T22:00"), NIGHT, ZONE) - at("2026-10-24T22:00")
    assert (spring, autumn) == (timedelta(hours=8), timedelta(hours=10))


def test_an_end_that_the_clocks_skip_is_the_moment_after_the_gap():
    found = rules.after_quiet(at("2026-03-29T01:30"), (time(1), time(2, 30)), ZONE)
    assert found == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 summer time
    assert found > at("2026-03-29T01:30")


instants = st.integers(0, 2 * 365 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
hours = st.integers(0, 23).map(time)


@given(instants, hours, hours)
def test_nothing_is_sent_in_quiet_hours_and_nothing_waits_longer_than_a_day(moment, begins, ends):
    found = rules.after_quiet(moment, (begins, ends), ZONE)
    assert moment <= found <= moment + timedelta(hours=25)
    clock = found.astimezone(ZONE).time()
    skipped = found.astimezone(ZONE).date() in {date(2026, 3, 29), date(2027, 3, 28)}
    assume(not skipped)
    if begins != ends:
        quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
        assert not quiet


@given(instants, st.one_of(st.none(), st.integers(0, 6)))
def test_collected_mail_goes_at_eight_on_the_right_day(moment, weekday):
    found = rules.next_collection(moment, weekday, ZONE)
    local = found.astimezone(ZONE)
    assert (local.hour, local.minute) == (8, 0)
    assert weekday is None or local.weekday() == weekday
    assert moment < found <= moment + timedelta(days=1 if weekday is None else 7, hours=1)


def test_pauses_grow_and_end_in_four_hours():
    pauses = [rules.pause_after(n) for n in range(1, 40)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=1)
    assert pauses[-1] == timedelta(hours=4)


@given(st.uuids())
def test_a_feeds_secret_opens_that_feed_only(feed):
    token = rules.feed_token(feed)
    assert rules.feed_of(token) == feed
    assert rules.feed_of(token[:-2] + ("AA" if token[-2:] != "AA" else "BB")) is None
    assert rules.feed_of(token[1:]) is None


@given(st.text(max_size=60))
def test_no_other_text_opens_a_feed(text):
    assert rules.feed_of(text) is None
