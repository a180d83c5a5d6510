"""Similar things are proposed by what they say, not by how they are spelt: measured on 200 labelled texts."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.core import city
from allmende.core.actor import Grant, Role, Viewer
from allmende.engines.search import actions, interface
from allmende.engines.search.builders import drop_thing, example_room, put_thing

WISHES = tomllib.loads((Path(__file__).parent / "alike.toml").read_text())["wishes"]
MOST = 5


@pytest.fixture(scope="module")
def store(django_db_setup, django_db_blocker):
    """All 200 texts in the index, with the city's synonyms: reference → wish."""
    from django.db import transaction

    from allmende.core.models import Setting

    with django_db_blocker.unblock(), example_room(), transaction.atomic():
        groups = tomllib.loads((city.pack().folder / "synonyms.toml").read_text())["groups"]
        Setting.objects.create(key="search.synonyms", value=[", ".join(group) for group in groups])
        city.forget()
        refs = {}
        for wish, texts in WISHES.items():
            for text in texts:
                title, _dot, body = text.partition(". ")
                refs[put_thing(title, summaries={"de": body} if body else {})] = (wish, text)
        actions.refresh_words()
        yield refs
        transaction.set_rollback(True)
    city.forget()


def as_typed(text):
    title, _dot, body = text.partition(". ")
    return f"{title}\n{body}"


def recall(store, found_for, wishes):
    """Of the three texts that wish the same, how many are among the first five; the mean over all texts."""
    shares = []
    for ref, (wish, text) in store.items():
        if wish in wishes:
            right = {other for other, (theirs, _text) in store.items() if theirs == wish and other != ref}
            shares.append(len(right & set(found_for(ref, text))) / len(right))
    return sum(shares) / len(shares)


def ours(store):
    by_id = {ref.id: ref for ref in store}

    def found_for(ref, text):
        hits = interface.similar(
            kind="thing", words=as_typed(text), viewer=Viewer(), at=timezone.now(), limit=MOST, besides=ref
        )
        return [by_id[hit.id] for hit in hits]

    return found_for


def trigram(store):
    """What PostgreSQL offers without knowing any language."""
    by_id = {ref.id: ref for ref in store}

    def found_for(ref, text):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT object_id FROM search_entry WHERE object_id <> %s"
                " ORDER BY similarity((titles ->> 'de') || ' ' || coalesce(summaries ->> 'de', ''), %s) DESC LIMIT 5",
                [ref.id, text],
            )
            return [by_id[row[0]] for row in cursor.fetchall()]

    return found_for


@pytest.mark.slow
def test_whoever_types_a_wish_is_shown_most_of_those_that_wish_the_same(store, django_db_blocker):
    """Recall among the first five of 200, by halves. The second was held out at first; since the weight of fields was
    chosen anew (README), its figures have been seen too.
    """
    wishes = list(WISHES)
    with django_db_blocker.unblock():
        city.forget()
        chosen, held_out = (recall(store, ours(store), half) for half in (wishes[:25], wishes[25:]))
        plain = recall(store, trigram(store), wishes)
    assert (chosen + held_out) / 2 >= 0.7
    assert held_out >= 0.65
    assert (chosen + held_out) / 2 >= 2 * plain


def look(text, **more):
    hits = interface.similar(kind="thing", words=text, viewer=more.pop("viewer", Viewer()), at=timezone.now(), **more)
    return [hit.id for hit in hits]


def test_a_thing_is_found_in_other_forms_by_parts_of_compounds_and_despite_a_slip(db):
    lamp = put_thing("Straßenlaternen reparieren", summaries={"de": "Am Fußweg ist es dunkel."})
    put_thing("Blumen für den Markt")
    for text in ("Eine Laterne", "Der Laternenmast", "repariert die Strassenlaterne", "Straßenlatrene"):
        assert look(text) == [lamp.id], text
    assert look("Die Lampe ist aus\nLeuchte") == [lamp.id]  # speaks about the same
    assert look("Kita") == look("") == look("der die das") == look("?!") == []
    assert look("Laterne", besides=lamp) == look("Laterne", besides=str(lamp.id)) == []


def test_the_rare_word_decides_and_the_title_more_than_the_text(db):
    for number in range(12):
        put_thing(f"Spielplatz Nummer {number}")
    rare = put_thing("Spielplatz mit Seilbahn")
    assert look("Seilbahn am Spielplatz")[0] == rare.id
    below = put_thing("Etwas anderes", summaries={"de": "Dromedar"})
    above = put_thing("Dromedar", summaries={"de": "Etwas anderes"})
    assert look("Dromedar") == [above.id, below.id]


def test_it_says_by_which_words_and_how_much(db):
    ref = put_thing("Seilbahn im Park")
    hit = interface.similar(kind="thing", words="Seilbahn bauen", viewer=Viewer(), at=timezone.now())[0]
    assert (hit.id, hit.words) == (ref.id, ("Seilbahn",))
    assert 0 < hit.score <= 1.5


def test_nobody_is_shown_what_they_may_not_see_nor_another_kind_or_store(db):
    at = timezone.now()
    secret = put_thing("Seilbahn", visibility="role:moderator:participation")
    put_thing("Seilbahn", visible_from=at + timedelta(hours=1))
    put_thing("Seilbahn", visibility="hidden")
    drop_thing(put_thing("Seilbahn"))
    assert look("Seilbahn") == []
    assert look("Seilbahn", viewer=Viewer(grants=frozenset({Grant(Role.MODERATOR, "")}))) == [secret.id]
    there = put_thing("Seilbahn", within="room/store/1")
    assert look("Seilbahn", within="room/store/1", capability="example") == [there.id]
    assert look("Seilbahn", within="room/store/2") == look("Seilbahn", capability="other") == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80) | st.text(alphabet="'\"\\:*&|!()<>-% _ä\x00\x02\naor ", max_size=30))
def test_whatever_is_typed_gets_an_answer(db, text):
    look(text)


def test_a_long_text_takes_no_more_queries_than_a_short_one(db, django_assert_max_num_queries):
    for number in range(20):
        put_thing(f"Seilbahn {number}", summaries={"de": " ".join(WISHES["laternen"])})
    everything = "\n".join(text for texts in WISHES.values() for text in texts)
    look("warm up")  # the fields of words are kept for good
    with django_assert_max_num_queries(9):  # with the savepoint that a test's transaction makes of one
        assert len(look(everything)) == 5
