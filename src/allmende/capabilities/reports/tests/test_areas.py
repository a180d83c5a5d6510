"""Areas: whose reports somebody wants to hear of, by feed reader or in a weekly mail."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.reports import actions, builders
from allmende.capabilities.reports.models import Area
from allmende.capabilities.reports.queries import areas
from allmende.core import city
from allmende.core.actor import Actor
from allmende.core.errors import Invalid
from allmende.engines.notify import interface as notify

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client(headers={"host": "localhost"})


def middle():
    return city.current().centre


def named(**wanted):
    return actions.name_area(actor=Actor(), at=timezone.now(), **wanted)


def test_two_who_choose_the_same_follow_the_same_and_nobodys_door_is_kept():
    longitude, latitude = (round(part, 3) for part in middle())
    one = named(point=(longitude, latitude), radius=500)
    other = named(point=(longitude + 0.0001, latitude - 0.0001), radius=500)
    assert one == other == Area.objects.get()
    assert one.middle == (longitude, latitude)
    district = min(city.current().districts)
    assert named(district=district) == named(district=district)


@pytest.mark.parametrize(
    "wanted", [{"district": "atlantis"}, {}, {"point": (13.4, 52.5), "radius": 500}, {"point": "middle", "radius": 7}]
)
def test_what_is_no_area_of_the_city_is_refused(wanted):
    if wanted.get("point") == "middle":
        wanted = {**wanted, "point": middle()}
    with pytest.raises(Invalid):
        named(**wanted)


def test_an_area_shows_what_lies_in_it_and_nothing_private(visitor):
    longitude, latitude = middle()
    inside = builders.public(point=(longitude, latitude + 0.002), words="Drinnen.")
    outside = builders.public(point=(longitude, latitude + 0.02), words="Draußen.")
    builders.report(point=(longitude, latitude), words="Ungeprüft.")
    area = named(point=(longitude, latitude), radius=500)
    assert [one.pk for one in areas.reports_in(area)[0]] == [inside.pk]
    page = visitor.get(reverse("reports:area", args=[area.pk])).content.decode()
    assert "Drinnen." in page
    assert "Draußen." not in page
    assert "Ungeprüft." not in page
    feed = visitor.get(reverse("reports:area_feed", args=[area.pk])).content.decode()
    assert f"/meldungen/{inside.number}/" in feed
    assert f"/meldungen/{outside.number}/" not in feed


def test_pages_of_an_area_miss_nothing():
    made = [builders.public(point=middle()) for _ in range(7)]
    area, seen, after = named(point=middle(), radius=250), [], ""
    while True:
        rows, after = areas.reports_in(area, after=after, limit=2)
        seen += [one.pk for one in rows]
        if not after:
            break
    assert seen == [one.pk for one in reversed(made)]


def test_whoever_follows_hears_of_what_is_new_and_what_is_done_in_the_weekly_mail(deliver):
    person = people.person(contact_kind="email")
    area = named(point=middle(), radius=500)
    notify.follow(actor=people.actor(person), ref=area.ref, at=timezone.now())
    report = builders.public(point=middle())
    builders.public(point=(middle()[0], middle()[1] + 0.03))
    builders.move(report, "begin")
    builders.move(report, "finish", words="Fertig.")
    deliver()
    told = list(notify.Notice.objects.filter(person=person).order_by("id"))
    assert [one.subject("de").partition(":")[0] for one in told] == ["Neu in Ihrer Nähe", "Erledigt in Ihrer Nähe"]
    assert all(one.collect_at is not None and one.mail is None for one in told)


def test_the_way_to_an_area_by_district_and_by_place(visitor):
    district = min(city.current().districts)
    first = visitor.post("/meldungen/gebiete/", {"district": district})
    assert first.status_code == 302
    page = visitor.get(first["Location"]).content.decode()
    assert city.current().districts[district].name in page
    nothing = visitor.post("/meldungen/gebiete/", {"district": "", "place": "", "radius": "500"})
    assert nothing.status_code == 422
    longitude, latitude = middle()
    there = {"place": "x", "place_for": "x", "place_at": f"p:{longitude},{latitude}", "radius": "1000"}
    assert visitor.post("/meldungen/gebiete/", there).status_code == 302
    assert Area.objects.get(radius=1000).middle == (round(longitude, 3), round(latitude, 3))


def test_somebody_with_an_account_sees_their_areas_again():
    client, person = Client(headers={"host": "localhost"}), people.person()
    client.force_login(person)
    area = named(district=min(city.current().districts))
    notify.follow(actor=people.actor(person), ref=area.ref, at=timezone.now())
    assert reverse("reports:area", args=[area.pk]) in client.get("/meldungen/gebiete/").content.decode()


def test_the_list_is_narrowed_to_what_is_recent(visitor):
    old = builders.public(words="Lange her.", at=timezone.now() - timedelta(days=40))
    builders.public(words="Frisch.")
    assert old.is_public
    page = visitor.get("/meldungen/?since=30").content.decode()
    assert "Frisch." in page
    assert "Lange her." not in page
    assert "Lange her." in visitor.get("/meldungen/?since=365").content.decode()
    assert "Lange her." in visitor.get("/meldungen/?since=nonsense").content.decode()
