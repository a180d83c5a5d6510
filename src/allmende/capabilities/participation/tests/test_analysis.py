"""Participation in numbers: what is counted, what is hidden, who may see it."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.participation import actions, builders
from allmende.capabilities.participation.models import Idea
from allmende.capabilities.participation.queries import analysis as reading
from allmende.capabilities.participation.queries.analysis import Dimension, Kind
from allmende.core import city

NOW = timezone.now()
LATER = NOW + timedelta(days=1)


def breakdown(store, dimension, kind=Kind.CONTRIBUTIONS):
    found = reading.analysis([store.pk], LATER, city.current().zone)
    found = found.of(kind)
    table = next((one for one in found.breakdowns if one.dimension == dimension), None)
    if table is None:
        return found, {}
    return found, {key: list(cells) for key, cells in zip([*table.keys, "all"], table.cells, strict=True)}


@pytest.fixture
def store(db):
    return builders.store()


def said(store, district, count, author=None):
    return [builders.published(store, author=author, district=district, at=NOW) for _ in range(count)]


def test_contributions_are_counted_and_small_districts_are_hidden_with_company(store):
    said(store, "lusan", 7)
    said(store, "tinz", 6)
    said(store, "aga", 2)
    found, rows = breakdown(store, Dimension.DISTRICT)
    assert list(found.line) == [15, 15]
    assert rows["all"] == [15, 15]
    assert rows["aga"] == [None, None]
    assert rows["tinz"] == [None, None], "else 15 - 7 - 6 would tell"
    assert rows["lusan"] == [7, 7]


def test_many_contributions_of_one_person_are_one_person(store):
    said(store, "lusan", 8, author=people.person())
    said(store, "tinz", 9)
    said(store, "aga", 9)
    _found, rows = breakdown(store, Dimension.DISTRICT)
    assert rows["lusan"] == [None, None]


def test_phase_channel_language_and_age_are_told_apart(store):
    said(store, "lusan", 6)
    for _ in range(5):
        builders.published(store, at=NOW, language="en")
    assert breakdown(store, Dimension.PHASE)[1] == {"collect": [11, 11], "all": [11, 11]}
    assert breakdown(store, Dimension.CHANNEL)[1] == {"web": [11, 11], "all": [11, 11]}
    assert breakdown(store, Dimension.LANGUAGE)[1] == {"de": [6, 6], "en": [5, 5], "all": [11, 11]}
    assert breakdown(store, Dimension.AGE)[1] == {"": [11, 11], "all": [11, 11]}


def test_periods_are_as_fine_as_fits(store):
    ideas = said(store, "lusan", 12)
    for month, idea in enumerate(ideas):
        Idea.objects.filter(pk=idea.pk).update(received_at=NOW - timedelta(days=31 * month))
    found = reading.analysis([store.pk], LATER, city.current().zone)
    assert 2 < len(found.periods) <= reading.PERIODS
    assert all("Q" in name for name in found.periods)
    for years, idea in enumerate(ideas):
        Idea.objects.filter(pk=idea.pk).update(received_at=NOW - timedelta(days=366 * years))
    found = reading.analysis([store.pk], LATER, city.current().zone)
    assert len(found.periods) == reading.PERIODS
    assert found.periods[0].startswith("≤ ")
    assert list(found.periods) == sorted(found.periods, key=lambda name: name.removeprefix("≤ "))


def test_supports_are_counted_and_hidden_like_everything(store):
    idea = said(store, "lusan", 5)[0]
    fans = [people.actor(people.person()) for _ in range(6)]
    for fan in fans[:4]:
        actions.support_idea(actor=fan, idea_id=idea.pk, at=NOW)
    assert breakdown(store, Dimension.AGE, Kind.SUPPORTS)[0].line == [None, None]
    for fan in fans[4:]:
        actions.support_idea(actor=fan, idea_id=idea.pk, at=NOW)
    assert breakdown(store, Dimension.AGE, Kind.SUPPORTS)[0].line == [6, 6]


def test_as_many_queries_for_ten_as_for_forty(store, django_assert_max_num_queries):
    for count in (5, 15):
        said(store, "lusan", count)
        with django_assert_max_num_queries(6):
            reading.analysis([store.pk], LATER, city.current().zone)


def test_staff_read_page_and_table_and_nobody_else(store):
    said(store, "lusan", 7)
    said(store, "aga", 2)
    said(store, "tinz", 9)
    number = store.module.project.number
    bases = ("/mitmachen/auswertung", f"/mitmachen/projekte/{number}/auswertung")
    addresses = [f"{base}{ending}" for base in bases for ending in ("/", ".csv")]
    resident, staff = people.login(Client(), people.person()), people.login(Client(), people.moderator("participation"))
    for address in addresses:
        assert resident.get(address).status_code == 403
        assert staff.get(address).status_code == 200
    page = staff.get(addresses[2]).content.decode()
    assert "weniger als fünf Menschen" in page
    assert "nicht gezeigt" in page
    text = staff.get(addresses[3]).content.decode().removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    aga = [row for row in rows if row["key"] == "aga"]
    assert aga
    assert {(row["count"], row["hidden"]) for row in aga} == {("", "1")}
    assert {row["count"] for row in rows if row["table"] == "contributions"} == {"18"}
