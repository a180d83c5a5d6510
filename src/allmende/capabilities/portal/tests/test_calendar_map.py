"""Events on the city map: what comes and has a place, at the right spot, in the right order, beside an equal list."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.builders import calendar as builders
from allmende.capabilities.portal.index.calendar import event_entry
from allmende.core import manifest
from allmende.core.city import pack
from allmende.engines.places.interface import find

DATA = "/karte/daten/termine/?bbox=11.9,50.7,12.3,51.0&zoom=16"


@pytest.fixture
def town(db):
    """The example places of the city pack."""
    seed = manifest.registry()["places"].first_start
    assert seed is not None
    seed(pack())


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


def spot(event):
    entry = event_entry(event.pk)
    return (entry.longitude, entry.latitude) if entry.longitude is not None else None


def test_an_address_or_a_known_place_puts_an_event_on_the_map(town):
    house = find("Marktgasse 3")[0]
    event = builders.event(address="Marktgasse 3, 07545 Gera", district="")
    assert spot(event) == pytest.approx(house.point)
    assert event.district == "stadtmitte"
    library = builders.event(address="", place={"de": "Stadtbibliothek"})
    assert spot(library) == pytest.approx(find("Stadtbibliothek")[0].point)


def test_a_street_or_words_in_doubt_are_no_spot(town):
    event = builders.event(address="Marktgasse", place={"de": "Irgendwo"}, district="")
    assert event.longitude is None
    assert spot(event) is None


def test_an_event_that_moves_takes_its_mark_along(town):
    actor = people.actor(people.editor())
    event = builders.event(address="Marktgasse 3")
    data = replace(actions.data_of(event), address="Gartenweg 3", longitude=None, latitude=None)
    moved = actions.change_event(actor=actor, event_id=event.pk, data=data, at=timezone.now())
    assert spot(moved) == pytest.approx(find("Gartenweg 3")[0].point)


def test_what_is_online_only_or_over_is_not_on_the_map(town):
    now = timezone.now()
    online = builders.event(place={}, address="", online_url="https://example.org/", district="lusan")
    assert spot(online) is None
    started = now - timedelta(hours=1)
    event = builders.event(at=now - timedelta(days=2), starts_at=started, address="Marktgasse 3")
    assert spot(event) is not None  # it goes on for an hour
    event.starts_at, event.ends_at = now - timedelta(hours=3), now - timedelta(minutes=1)
    event.save()
    assert spot(event) is None


def test_map_and_list_say_when_and_the_list_begins_with_what_comes_next(town, visitor, deliver):
    now = timezone.now()
    for days, title in ((9, "Später Abend"), (2, "Baldiger Abend"), (30, "Ferner Abend")):
        starts = (now + timedelta(days=days)).replace(hour=15, minute=0, second=0, microsecond=0)
        builders.event(title={"de": title}, starts_at=starts, address="Marktgasse 3")
    deliver()
    page = visitor.get("/karte/?ebene=termine").content.decode()
    order = [page.index(title) for title in ("Baldiger Abend", "Später Abend", "Ferner Abend")]
    assert order == sorted(order)
    both = visitor.get("/karte/?ebene=ideen&ebene=termine").content.decode()
    assert both.index("Baldiger Abend") < both.index("Ferner Abend")
    (mark,) = visitor.get(DATA).json()["features"]
    assert mark["properties"]["count"] == 3
    actions.cancel_event(
        actor=people.actor(people.editor()),
        event_id=builders.event(title={"de": "Fällt aus"}, address="Gartenweg 3").pk,
        reason="Sturm",
        at=now,
    )
    deliver()
    marks = [feature["properties"] for feature in visitor.get(DATA).json()["features"]]
    (state,) = [mark["state"] for mark in marks if mark.get("title") == "Fällt aus"]
    assert state.endswith("Uhr, abgesagt")


def test_the_list_of_dates_is_read_in_pages_without_gaps(town, visitor, deliver):
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    for number in range(25):
        starts = now + timedelta(days=1, hours=number // 2)  # some begin at the same time
        builders.event(title={"de": f"Abend-{number:02}-"}, starts_at=starts, address="Marktgasse 3")
    deliver()
    seen, address = [], "/karte/?ebene=termine"
    while address:
        (section,) = visitor.get(address).context["sections"]
        seen += [item.title for item, _meta in section["rows"]]
        address = f"/karte/{section['more_url']}" if section["more_url"] else ""
    assert sorted(seen) == [f"Abend-{number:02}-" for number in range(25)]
    assert [title[6:8] for title in seen] == sorted((title[6:8] for title in seen), key=lambda number: int(number) // 2)


def test_the_page_of_an_event_leads_to_its_spot(town, visitor):
    event = builders.event(address="Marktgasse 3")
    page = visitor.get(f"/kalender/termine/{event.number}/").content.decode()
    assert f"/karte/?ebene=termine&amp;karte=16/{event.latitude:.5f}/{event.longitude:.5f}" in page
    assert (
        visitor.get(f"/karte/?ebene=termine&karte=16/{event.latitude:.5f}/{event.longitude:.5f}")
        .context["map"]["view"]
        .startswith("16,")
    )
