"""Pages, permanent addresses, feed and API of the public index."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.core.refs import Ref
from allmende.engines.search import queries
from allmende.engines.search.builders import drop_thing, put_thing
from allmende.engines.search.models import Entry
from allmende.engines.search.views.pages import sentence

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def visitor(client):
    client.defaults["HTTP_HOST"] = "localhost"
    return client


def test_a_search_says_how_many_and_marks_what_fits(db, visitor):
    put_thing("Kaputte Laternen", summaries={"de": "Sie sollen sich selbst melden."})
    page = visitor.get("/suche/", {"q": "laterne"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "1 Treffer für „laterne“" in text
    assert "Kaputte <mark>Laternen</mark>" in text
    assert 'name="q" value="laterne"' in text


def test_large_numbers_are_written_as_people_read_them():
    found = queries.Results([], 23561)
    assert sentence("laterne", found) == "23.561 Treffer für „laterne“"
    with override("en"):
        assert sentence("lamp", found).startswith("23,561 ")


def test_nothing_found_says_what_to_try_and_whom_to_ask(db, visitor):
    text = visitor.get("/suche/", {"q": "qqqq"}).content.decode()
    assert "Zu „qqqq“ haben wir nichts gefunden" in text
    assert "#help" in text


def test_without_words_the_page_shows_what_is_open_and_what_is_new(db, visitor):
    put_thing("Offene Sammlung", open_until=timezone.now() + timedelta(days=3))
    text = visitor.get("/suche/").content.decode()
    assert "Jetzt mitreden" in text
    assert text.count("Offene Sammlung") == 1


def test_words_stay_words(db, visitor):
    put_thing("<img src=x onerror=alert(1)>", summaries={"de": "</p><script>alert(1)</script>"})
    for address in ("/suche/?q=img", "/suche/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "/suche/"):
        text = visitor.get(address).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_words_in_another_language_are_marked_as_such(db, visitor):
    put_thing("Street lamps", titles={"en": "Street lamps"}, language="en")
    assert '<h3 lang="en" dir="auto">' in visitor.get("/suche/", {"q": "lamps"}).content.decode()
    assert '<h3 lang="en"' not in visitor.get("/en/suche/", {"q": "lamps"}).content.decode()


def test_more_goes_on_where_the_list_ended_with_and_without_a_script(db, visitor):
    for number in range(25):
        put_thing(f"Laterne {number}")
    page = visitor.get("/suche/", {"q": "laterne"})
    following = page.context["more_url"]
    assert len(page.context["hits"]) == 20
    rest = visitor.get("/suche/" + following)
    assert len(rest.context["hits"]) == 5
    part = visitor.get("/suche/" + following, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith("<li>")
    assert "<html" not in part.content.decode()


def test_a_page_says_until_when_it_stays_as_it_is(db, visitor):
    soon = timezone.now() + timedelta(minutes=5)
    put_thing("Laterne", visible_from=soon)
    assert visitor.get("/suche/")["X-Allmende-Until"] == soon.isoformat()


def test_who_may_not_see_it_does_not_find_it_and_who_may_does(db, visitor):
    put_thing("Wartende Laterne", visibility="role:moderator:participation")
    assert "Wartende" not in visitor.get("/suche/", {"q": "laterne"}).content.decode()
    visitor.force_login(people.moderator("participation"))
    assert "Wartende" in visitor.get("/suche/", {"q": "laterne"}).content.decode()


# Permanent addresses


@pytest.mark.parametrize("pattern", ["/r/thing/{0.id}", "/r/example/thing/{0.id}", "/r/thing/{0.id}/"])
def test_a_permanent_address_leads_to_the_thing_and_says_when_it_is_gone(db, visitor, pattern):
    ref = put_thing("Laterne")
    address = pattern.format(ref)
    answer = visitor.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/beispiel/{ref.id}/")
    assert visitor.get(f"/en{address}")["Location"] == f"/en/beispiel/{ref.id}/"
    drop_thing(ref)
    assert visitor.get(address).status_code == 410


def test_a_permanent_address_of_what_never_was_public_does_not_even_say_gone(db, visitor):
    ref = put_thing("Laterne", visibility="hidden")
    drop_thing(ref)
    assert visitor.get(f"/r/thing/{ref.id}").status_code == 404
    assert visitor.get(f"/r/thing/{Ref('example', 'thing', people.person().pk).id}").status_code == 404
    assert visitor.get(f"/r/nothing/{ref.id}").status_code == 404


# Feed


def test_the_feed_lists_what_is_public_and_answers_304_until_something_changes(db, visitor):
    put_thing("Erste \x0bLaterne", summaries={"de": "Mit <b>Zeichen</b> & mehr"})
    put_thing("Geheim", visibility="hidden")
    answer = visitor.get("/feed/")
    assert answer["Content-Type"].startswith("application/atom+xml")
    entries = ET.fromstring(answer.content).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Erste Laterne"]
    assert entries[0].findtext(f"{ATOM}summary") == "Mit <b>Zeichen</b> & mehr"
    again = visitor.get("/feed/", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    put_thing("Zweite Laterne")
    assert visitor.get("/feed/", headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_the_feed_can_be_followed_back_to_its_beginning(db, visitor):
    for number in range(55):
        put_thing(f"Laterne {number}")
    document = ET.fromstring(visitor.get("/feed/").content)
    older = next(link.get("href") for link in document.findall(f"{ATOM}link") if link.get("rel") == "next")
    rest = ET.fromstring(visitor.get("/feed/?" + older.partition("?")[2]).content)
    assert len(document.findall(f"{ATOM}entry")) + len(rest.findall(f"{ATOM}entry")) == 55
    assert not [link for link in rest.findall(f"{ATOM}link") if link.get("rel") == "next"]


# API


def test_programs_find_list_and_follow(db, visitor):
    start = timezone.now()
    ref = put_thing("Laterne", titles={"de": "Laterne", "en": "Lamp"}, figures={"supports": 3})
    found = visitor.get("/api/v1/search/entries", {"q": "lamp", "language": "en"}).json()
    assert (found["total"], found["entries"][0]["title"], found["entries"][0]["figures"]) == (
        1,
        "Lamp",
        {"supports": 3},
    )
    assert visitor.get("/api/v1/search/entries").json()["entries"][0]["id"] == str(ref.id)
    one = visitor.get(f"/api/v1/search/entries/example/thing/{ref.id}").json()
    assert one["permanent_url"].endswith(f"/r/example/thing/{ref.id}")
    told = visitor.get("/api/v1/search/entries", {"modified_since": start.isoformat()}).json()
    assert [row["removed"] for row in told["entries"]] == [False]
    drop_thing(ref)
    later = visitor.get("/api/v1/search/entries", {"modified_since": told["until"]}).json()
    assert [(row["removed"], row["title"], row["titles"]) for row in later["entries"]] == [(True, "", {})]
    assert visitor.get(f"/api/v1/search/entries/example/thing/{ref.id}").status_code == 404


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.fixed_dictionaries(
        {},
        optional={
            "q": st.text(max_size=20),
            "art": st.text(max_size=8),
            "kind": st.text(max_size=8),
            "after": st.text(max_size=20) | st.just("9999-12-31T23:59:59-23:59_" + "0" * 32) | st.just("0.5_x"),
            "before": st.text(max_size=20) | st.just("0001-01-01T00:00:00+14:00_" + "0" * 32),
            "modified_since": st.sampled_from(
                ["", "x", "2020-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-10:00"]
            ),
            "limit": st.integers(-1, 1000).map(str),
        },
    ),
    path=st.sampled_from(["/suche/", "/feed/", "/api/v1/search/entries", "/en/suche/"]),
)
def test_whatever_is_asked_gets_an_answer(db, visitor, asked, path):
    assert visitor.get(path, asked).status_code in {200, 422}


def test_a_tombstone_and_a_hidden_entry_show_on_no_page(db, visitor):
    gone, hidden = put_thing("Verschwundene Laterne"), put_thing("Versteckte Laterne")
    drop_thing(gone)
    put_thing("Versteckte Laterne", id_=hidden.id, visibility="hidden")
    assert Entry.objects.count() == 2
    for address in ("/suche/", "/suche/?q=laterne", "/suche/?q=Versteckte", "/feed/", "/api/v1/search/entries"):
        text = visitor.get(address).content.decode()
        assert "Verschwundene Laterne" not in text
        assert "Versteckte Laterne" not in text
