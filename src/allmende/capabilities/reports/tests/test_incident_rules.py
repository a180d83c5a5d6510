"""When many reports are one incident: what the rules promise, whatever comes in."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from allmende.capabilities.reports.rules import incidents
from allmende.capabilities.reports.rules.ground import metres_between
from allmende.capabilities.reports.rules.incidents import Area, Spot, groups, incident_of

START = datetime(2026, 2, 9, 21, 0, tzinfo=UTC)
WITHIN = timedelta(minutes=30)


def spot(number, lon=12.08, lat=50.88, minutes=0.0):
    return Spot(UUID(int=number), (lon, lat), START + timedelta(minutes=minutes))


def north(metres):
    return 50.88 + metres / 111_320


points = st.lists(
    st.tuples(st.floats(11.9, 12.3), st.floats(50.7, 51.0), st.floats(0, 120)), min_size=1, max_size=60
).map(lambda rows: [spot(number, *row) for number, row in enumerate(rows)])


@given(points)
def test_every_report_is_in_exactly_one_group_whatever_their_order(spots):
    found = groups(spots)
    assert sorted(one for group in found for one in group) == sorted(one.id for one in spots)
    assert set(found) == set(groups(spots[::-1]))


@given(points)
def test_groups_are_those_of_comparing_each_with_each(spots):
    plain = {one.id: {one.id} for one in spots}
    for one in spots:
        for other in spots:
            if metres_between(one.point, other.point) <= incidents.REACH and plain[one.id] is not plain[other.id]:
                plain[one.id] |= plain[other.id]
                for member in list(plain[one.id]):
                    plain[member] = plain[one.id]
    assert set(groups(spots)) == {frozenset(group) for group in plain.values()}


@given(points, st.integers(2, 20))
def test_an_incident_holds_the_fresh_report_is_large_enough_and_grows_with_more(spots, least):
    fresh, *others = spots
    found = incident_of(fresh, others, least=least, within=WITHIN)
    if found:
        assert fresh.id in found
        assert len(found) >= least
        assert all(abs(one.at - fresh.at) <= WITHIN for one in spots if one.id in found)
        more = incident_of(fresh, [*others, spot(999, *fresh.point, 0)], least=least, within=WITHIN)
        assert found <= more


def test_fifteen_in_half_an_hour_are_an_incident_and_fourteen_are_none():
    spots = [spot(number, lat=north(100 * number), minutes=2 * number) for number in range(15)]
    assert incident_of(spots[-1], spots[:-1], least=15, within=WITHIN) == {one.id for one in spots}
    assert not incident_of(spots[-1], spots[1:-1], least=15, within=WITHIN)


def test_the_same_number_over_a_day_or_in_two_villages_is_none():
    slow = [spot(number, minutes=60 * number) for number in range(20)]
    assert not incident_of(slow[-1], slow[:-1], least=15, within=WITHIN)
    apart = [spot(number, lat=north(8000 if number % 2 else 0)) for number in range(20)]
    assert not incident_of(apart[-1], apart[:-1], least=15, within=WITHIN)


def test_a_wide_storm_is_one_as_long_as_neighbours_are_near():
    wide = [spot(number, lat=north(1400 * number)) for number in range(20)]
    assert len(incident_of(wide[0], wide[1:], least=15, within=WITHIN)) == 20


@given(points)
def test_an_area_holds_all_of_its_spots(spots):
    area = Area.of(spots)
    assert all(area.is_near(one.point) for one in spots)
    assert area == area.with_point(spots[0].point)
