"""The Trace on pages and for programs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.engines.search.builders import put_thing
from allmende.engines.trace.builders import put_edge
from allmende.engines.trace.models import Edge

NOW = timezone.now()


@pytest.fixture
def visitor(client):
    client.defaults["HTTP_HOST"] = "localhost"
    return client


@pytest.fixture
def things(db):
    idea = put_thing("Laternen melden sich selbst", happened_at=NOW - timedelta(days=900))
    pilot = put_thing("184 Leuchten im Probebetrieb", happened_at=NOW - timedelta(days=400))
    return idea, pilot


def page_of(ref, more=""):
    return f"/spur/{ref}/{more}"


def test_the_whole_way_says_who_why_when_and_that_it_was_linked_later(things, visitor):
    idea, pilot = things
    put_edge(idea, pilot, happened_at=NOW - timedelta(days=400), reason="Gleiches Ziel.", later=timedelta(days=100))
    text = visitor.get(page_of(idea)).content.decode()
    for words in (
        "Woher kommt das?",
        "Hier hat es angefangen.",
        "Was wurde daraus?",
        "Gleiches Ziel.",
        "später verknüpft am",
    ):
        assert words in text
    assert "Verknüpfen mit" not in text
    assert "csrf" not in text
    assert "184 Leuchten im Probebetrieb" in text


def test_the_way_of_what_one_may_not_see_is_not_found(things, visitor):
    secret = put_thing("Geheim", visibility="hidden")
    assert visitor.get(page_of(secret)).status_code == 404
    assert visitor.get(f"/api/v1/trace/{secret}").status_code == 404


def test_staff_link_by_searching_and_saying_why_and_take_it_back(things, visitor):
    idea, pilot = things
    visitor.force_login(people.clerk("umwelt"))
    assert "Verknüpfen mit" in visitor.get(page_of(idea)).content.decode()
    form = page_of(idea, "verknuepfen/?q=Leuchten")
    assert "184 Leuchten im Probebetrieb" in visitor.get(form).content.decode()
    failed = visitor.post(form, {"target": str(pilot), "direction": "to", "reason": ""})
    assert failed.status_code == 422
    assert "<title>Fehler:" in failed.content.decode()
    done = visitor.post(form, {"target": str(pilot), "direction": "to", "reason": "Gleiches Ziel."})
    assert (done.status_code, done["Location"]) == (302, page_of(idea))
    edge = Edge.objects.get()
    assert (edge.source, edge.target) == (idea, pilot)
    back = f"/spur/verknuepfung/{edge.id}/zuruecknehmen/"
    assert back in visitor.get(page_of(idea)).content.decode()
    assert visitor.post(back, {"reason": "Falsche Sache."}).status_code == 302
    assert "Falsche Sache." in visitor.get(page_of(idea)).content.decode()
    visitor.logout()
    assert "Falsche Sache." not in visitor.get(page_of(idea)).content.decode()


def test_staff_may_say_that_something_else_led_here(things, visitor):
    idea, pilot = things
    visitor.force_login(people.moderator())
    form = page_of(pilot, "verknuepfen/?q=Laternen")
    visitor.post(form, {"target": str(idea), "direction": "from", "reason": "So begann es."})
    edge = Edge.objects.get()
    assert (edge.source, edge.target) == (idea, pilot)


@pytest.mark.parametrize("who", ["visitor", "resident", "administrator"])
def test_nobody_else_gets_to_the_forms(things, visitor, who):
    idea, pilot = things
    edge = put_edge(idea, pilot, happened_at=NOW)
    if who != "visitor":
        visitor.force_login(people.person() if who == "resident" else people.administrator())
    for path in (page_of(idea, "verknuepfen/"), f"/spur/verknuepfung/{edge.id}/zuruecknehmen/"):
        for answer in (visitor.get(path), visitor.post(path, {"reason": "x", "target": str(pilot), "direction": "to"})):
            assert answer.status_code in {401, 403, 302}
    assert Edge.objects.get().retracted_at is None


def test_all_ways_are_listed_and_go_on(things, visitor):
    assert "Noch ist kein Weg zu sehen" in visitor.get("/spur/").content.decode()
    for number in range(12):
        idea = put_thing(f"Idee {number}", happened_at=NOW - timedelta(days=30))
        put_edge(idea, things[1], happened_at=NOW - timedelta(days=number))
    page = visitor.get("/spur/")
    assert "Idee 0" in page.content.decode()
    rest = visitor.get("/spur/" + page.context["more_url"])
    assert len(page.context["ways"]) + len(rest.context["ways"]) == 12
    assert visitor.get("/spur/?order=longest&after=5_x").status_code == 422
    assert visitor.get("/spur/?after=2020_00000000-0000-0000-0000-000000000000").status_code == 422


def test_the_page_asks_little_of_the_database(things, visitor, django_assert_max_num_queries):
    _idea, pilot = things
    for number in range(30):
        put_edge(put_thing(f"Idee {number}"), pilot, happened_at=NOW - timedelta(days=number))
    visitor.get(page_of(pilot))
    with django_assert_max_num_queries(6):
        visitor.get(page_of(pilot))


def test_programs_read_both_answers(things, visitor):
    idea, pilot = things
    edge = put_edge(idea, pilot, happened_at=NOW - timedelta(days=400), reason="Gleiches Ziel.")
    told = visitor.get(f"/api/v1/trace/{pilot}").json()
    assert told["here"]["title"] == "184 Leuchten im Probebetrieb"
    assert [row["ref"]["id"] for row in told["origins"]] == [str(idea.id)]
    assert told["outcomes"] == []
    assert [(row["id"], row["reason"], row["by"]) for row in told["links"]] == [(str(edge.id), "Gleiches Ziel.", "")]
    english = visitor.get(f"/api/v1/trace/{pilot}?language=en").json()
    assert english["here"]["url"].startswith("http")
    assert "/en/beispiel/" in english["here"]["url"]
