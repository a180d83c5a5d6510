"""People find what is public by the words that they have for it."""

import contextlib
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.core.actor import Viewer
from allmende.core.errors import Invalid
from allmende.engines.search import interface, queries
from allmende.engines.search.builders import LONG_AGO, put_thing
from allmende.engines.search.queries import ranking

pytestmark = pytest.mark.central

NOBODY = Viewer()


def titles(text, language="de", **more):
    found = interface.find(text, NOBODY, timezone.now(), language=language, **more)
    return [entry.title(language) for entry in found.entries]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Laterne", "Kaputte Laternen sollten sich selbst melden"),  # another form of the word
        ("kaputte later", "Kaputte Laternen sollten sich selbst melden"),  # the last word begun
        ("STRASSE", "Eine Straße für Kinder"),  # case, ß
        ("Bäume", "Ein Baum vor jedem Haus"),  # umlaut in the plural
        ("Baume", "Mehr Bäume in Lusan"),  # no umlaut on the keyboard
        ("beleuchtung", "Straßenbeleuchtung in der Innenstadt"),  # part of a compound
        ("laterne -kaputte", "Laternen im Park"),  # without
        ('"im Park"', "Laternen im Park"),  # together
    ],
)
def test_what_people_type_finds_what_others_wrote(db, typed, written):
    put_thing(written)
    put_thing("Etwas ganz anderes")
    assert titles(typed) == [written]


@pytest.mark.parametrize("typed", ["Latrene", "Laternnen", "Beleuchtng"])
def test_a_slip_of_the_pen_finds_what_is_spelt_alike_and_says_so(db, typed):
    put_thing("Kaputte Laternen, bessere Beleuchtung")
    put_thing("Etwas ganz anderes")
    found = interface.find(typed, NOBODY, timezone.now(), language="de")
    assert found.similar
    assert [entry.title("de") for entry in found.entries] == ["Kaputte Laternen, bessere Beleuchtung"]


def test_a_title_counts_more_than_a_summary_and_that_more_than_a_body(db):
    put_thing("Eins", bodies={"de": "Spielplatz"})
    put_thing("Zwei", summaries={"de": "Spielplatz"})
    put_thing("Spielplatz drei")
    assert titles("Spielplatz") == ["Spielplatz drei", "Zwei", "Eins"]


def test_both_languages_find_each_others_things(db):
    put_thing("Laternen", titles={"de": "Laternen", "en": "Street lamps"})
    put_thing("Nur deutsch: Laterne")
    assert titles("lamp", "en") == ["Street lamps"]
    assert titles("lamp", "de") == ["Laternen"]
    assert set(titles("Laternen", "en")) == {"Street lamps", "Nur deutsch: Laterne"}


def test_words_in_a_third_language_are_found_as_they_were_written(db):
    put_thing("x", titles={"uk": "Дитячий майданчик"}, language="uk")
    found = interface.find("майданчик", NOBODY, timezone.now(), language="en").entries[0]
    assert (found.title("en"), found.title_language("en")) == ("Дитячий майданчик", "uk")


def test_hits_are_marked_and_nothing_that_people_wrote_becomes_markup(db):
    put_thing("<b>Laterne</b>", summaries={"de": "Die Laterne <script>alert(1)</script> ist \x02aus\x03."})
    found = interface.find("laterne", NOBODY, timezone.now(), language="de").entries[0]
    assert found.headline == "&lt;b&gt;<mark>Laterne</mark>&lt;/b&gt;"
    assert "<mark>Laterne</mark>" in found.snippet
    assert "<script" not in found.snippet
    assert found.snippet.count("<mark>") == 1


def test_the_whole_list_can_be_read_in_parts_without_a_gap_or_a_repeat(db):
    for number in range(23):
        put_thing(f"Laterne {number}", bodies={"de": "Laterne " * (number % 4)})
    seen, after = [], ""
    while True:
        part = interface.find("laterne", NOBODY, timezone.now(), language="de", after=after, limit=5)
        assert part.total == 23
        seen += [entry.id for entry in part.entries]
        after = part.next
        if not after:
            break
    assert len(seen) == len(set(seen)) == 23
    assert seen == [e.id for e in interface.find("laterne", NOBODY, timezone.now(), language="de", limit=50).entries]


def everything(words, limit):
    seen, after = [], ""
    while True:
        part = interface.find(words, NOBODY, timezone.now(), language="de", after=after, limit=limit)
        seen += [entry.titles["de"] for entry in part.entries]
        after = part.next
        if not after:
            return seen


@pytest.mark.parametrize("limit", [2, 3, 5, 100])
def test_beyond_what_is_ranked_the_list_goes_on_by_date_without_a_gap_or_a_repeat(db, monkeypatch, limit):
    """Titles first, then the newest by fit, then the rest; however many stand on a page."""
    monkeypatch.setattr(ranking, "NEWEST", 4)
    now = timezone.now()
    for number in range(6):
        put_thing(f"Laterne {number}", happened_at=now - timedelta(days=number))
    for number in range(6):
        texts = {"de": "Laterne " * (1 + number % 3) + "und vieles andere"}
        put_thing(f"Ohne {number}", bodies=texts, happened_at=now - timedelta(days=10 + number))
    seen = everything("laterne", limit)
    assert sorted(seen) == sorted([f"Laterne {n}" for n in range(6)] + [f"Ohne {n}" for n in range(6)])
    assert set(seen[:4]) == {f"Laterne {n}" for n in range(4)}
    assert seen[4:] == ["Laterne 4", "Laterne 5", *(f"Ohne {n}" for n in range(6))]
    assert seen == everything("laterne", 50)


def test_what_is_left_out_may_stand_in_the_text_of_a_thing_with_the_right_title(db):
    put_thing("Laterne am Markt", bodies={"de": "Sie steht neben dem Brunnen."})
    put_thing("Laterne im Park")
    assert titles("laterne -brunnen") == ["Laterne im Park"]


def test_kinds_narrow_the_list_and_their_numbers_stay(db):
    put_thing("Laterne")
    found = interface.find("laterne", NOBODY, timezone.now(), language="de", kinds=["nothing"])
    assert (found.entries, found.total) == ([], 0)
    assert [(row.kind, row.label, row.count) for row in found.kinds] == [("thing", "Dinge", 1)]


def test_a_search_takes_as_many_queries_for_one_hit_as_for_many(db, django_assert_max_num_queries):
    for number in range(30):
        put_thing(f"Laterne {number}")
    with django_assert_max_num_queries(10):  # with the savepoint that a test's transaction makes of one
        assert len(titles("laterne")) == 20
    with django_assert_max_num_queries(14):
        assert len(titles("latrene")) == 20


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=60) | st.text(alphabet="'\"\\:*&|!()<>-% _ä\x00\x02aor ", max_size=30),
    after=st.text(max_size=60),
)
def test_whatever_is_typed_gets_an_answer(db, text, after):
    interface.find(text, NOBODY, LONG_AGO, language="de")
    for read in (queries.place_of, lambda place: interface.find("a", NOBODY, LONG_AGO, language="de", after=place)):
        with contextlib.suppress(Invalid):
            read(after)


def test_latest_leaves_out_what_is_still_to_come_and_open_now_what_is_closed(db):
    now = timezone.now()
    put_thing("gestern", happened_at=now - timedelta(days=1))
    put_thing("morgen", happened_at=now + timedelta(days=1))
    put_thing("schließt später", open_until=now + timedelta(days=2))
    put_thing("schließt zuerst", open_until=now + timedelta(days=1))
    put_thing("geschlossen", open_until=now)
    assert [e.title("de") for e in interface.latest(NOBODY, now, limit=1)] == ["gestern"]
    assert "morgen" not in {e.title("de") for e in interface.latest(NOBODY, now)}
    assert [e.title("de") for e in interface.open_now(NOBODY, now)] == ["schließt zuerst", "schließt später"]


def test_the_next_change_by_itself_is_known_beforehand(db):
    now = timezone.now()
    assert interface.next_change(now) == now + timedelta(days=1)
    put_thing("a", open_until=now + timedelta(hours=5))
    assert interface.next_change(now) == now + timedelta(hours=5)
    put_thing("b", visible_from=now + timedelta(hours=3))
    assert interface.next_change(now) == now + timedelta(hours=3)
    assert interface.next_change(now + timedelta(hours=3)) == now + timedelta(hours=5)
