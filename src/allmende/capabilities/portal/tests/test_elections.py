"""The election calendar: what is scheduled waits for renewed release, and the reason is told."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.walk import EAGER

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import elections as actions
from allmende.capabilities.portal.builders import notices as builders
from allmende.capabilities.portal.models import ElectionPeriod
from allmende.capabilities.portal.queries.elections import hold_at
from allmende.capabilities.portal.rules.elections import hold
from allmende.core.errors import Conflict, Invalid, NotAllowed

START, END = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 10, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def _period(starts_at=START, ends_at=END):
    return SimpleNamespace(title={"de": "Wahl"}, starts_at=starts_at, ends_at=ends_at, reason="Grund")


@pytest.mark.parametrize(
    ("at", "held"),
    [
        (START - timedelta(microseconds=1), False),
        (START, True),
        (END - timedelta(microseconds=1), True),
        (END, False),
    ],
)
def test_the_period_is_half_open(at, held):
    assert (hold([_period()], at) is not None) == held


@EAGER
@given(at=INSTANTS, renewed_at=st.none() | INSTANTS)
def test_only_a_release_within_the_period_lets_a_post_pass(at, renewed_at):
    held = hold([_period()], at, renewed_at=renewed_at) is not None
    within = START <= at < END
    assert held == (within and (renewed_at is None or renewed_at < START))


def test_of_two_periods_the_one_that_ends_last_is_named():
    later = _period(START + timedelta(days=3), END + timedelta(days=7))
    found = hold([_period(), later], START + timedelta(days=5))
    assert found is not None
    assert found.until == later.ends_at


def test_the_calendar_is_kept_by_editors_and_administrators(db):
    at = timezone.now()
    made = builders.period(at - timedelta(days=1), at + timedelta(days=1))
    assert hold_at(at).reason == made.reason
    assert hold_at(at, renewed_at=at) is None
    assert hold_at(at + timedelta(days=2)) is None
    with pytest.raises(NotAllowed):
        actions.save_period(
            actor=people.actor(people.moderator()), title={"de": "x"}, starts_at=at, ends_at=at, reason="x"
        )
    admin = people.actor(people.administrator())
    with pytest.raises(Invalid) as refused:
        actions.save_period(actor=admin, title={"de": " "}, starts_at=at, ends_at=at, reason="")
    assert set(refused.value.fields) == {"title", "reason", "ends_at"}
    with pytest.raises(Conflict):
        actions.remove_period(actor=admin, period_id=made.pk, at=at)
    coming = builders.period(at + timedelta(days=10), at + timedelta(days=20))
    actions.remove_period(actor=admin, period_id=coming.pk, at=at)
    assert list(ElectionPeriod.objects.all()) == [made]


def test_the_form_speaks_of_days_and_keeps_whole_days(db):
    client = people.login(Client(headers={"host": "localhost"}), people.editor())
    values = {"title": "Wahl", "starts_on": "2027-04-01", "ends_on": "2027-05-09", "reason": "Sechs Wochen"}
    assert client.post("/verwaltung/wahlkalender/neu/", values).status_code == 302
    found = ElectionPeriod.objects.get()
    assert timezone.localtime(found.ends_at).isoformat() == "2027-05-10T00:00:00+02:00"
    page = client.get(f"/verwaltung/wahlkalender/{found.pk}/").content.decode()
    assert 'value="2027-05-09"' in page
    wrong = client.post("/verwaltung/wahlkalender/neu/", {**values, "ends_on": "2027-03-01"})
    assert wrong.status_code == 422
    assert "Das Ende liegt vor dem Anfang" in wrong.content.decode()
