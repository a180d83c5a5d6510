"""German compounds are taken apart by the city's own words, and by nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.core.actor import Viewer
from allmende.engines.search import actions, interface
from allmende.engines.search.builders import drop_thing, put_thing
from allmende.engines.search.models import Entry, Word
from allmende.engines.search.queries import compounds, marking, words

NOUNS = """Straße Laterne Mast Schule Hof Rad Weg Spiel Platz Kind Garten Haus Bahn Arbeit Gruppe Stadt Rat Bürger
    Beteiligung Verwaltung Licht Amt Kirche Turm Park Bank Wasser Stelle Sprache Kurs Markt Halle Wohnung Miete
    Nachbarschaft Hilfe Zeitung Tag Fahrt Plan Umwelt Ampel Museum Waltung Unter Richt Maus Sport Art"""
VERBS = "wohnen parken gehen laufen leihen fahren baden frei sicher"


def known():
    from allmende.engines.search.queries.words import folded

    return {folded(word): True for word in NOUNS.split()} | {folded(word): False for word in VERBS.split()}


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("strassenlaterne", "strasse laterne"),
        ("strassenlaternenmast", "strasse laterne mast"),
        ("schulhof", "schule hof"),
        ("radweg", "rad weg"),
        ("spielplatz", "spiel platz"),
        ("kindergarten", "kind garten"),
        ("wohnhaus", "wohnen haus"),
        ("arbeitsgruppe", "arbeit gruppe"),
        ("stadtrat", "stadt rat"),
        ("burgerbeteiligung", "burger beteiligung"),
        ("lichtmast", "licht mast"),
        ("kirchturm", "kirche turm"),
        ("parkbank", "park bank"),
        ("wasserstelle", "wasser stelle"),
        ("sprachkurs", "sprache kurs"),
        ("markthalle", "markt halle"),
        ("mietwohnung", "miete wohnung"),
        ("nachbarschaftshilfe", "nachbarschaft hilfe"),
        ("tageszeitung", "tag zeitung"),
        ("sportart", "sport art"),
        ("parkplatze", "park platz"),
        ("strassenlaternen", "strasse laterne"),
        ("wohnhauser", "wohnen haus"),
        ("leihrad", "leihen rad"),
        ("gehweg", "gehen weg"),
        ("dahliengarten", "garten"),  # nobody wrote „Dahlie“ alone: the last part is enough
        ("laternenpfahl", "laterne"),  # nor „Pfahl“: so is the first
        # Not compounds, although both halves are words of the city.
        ("verwaltung", ""),
        ("unterricht", ""),
        ("laterne", ""),
        ("platz", ""),
        ("beteiligung", ""),
        ("nachbarschaftlich", ""),
        ("xylophon", ""),
    ],
)
def test_a_word_is_taken_apart_as_people_would(word, parts):
    assert " ".join(compounds.split(word, known())) == parts


@given(
    st.text(alphabet="abcdefghinrstu", min_size=1, max_size=24),
    st.frozensets(st.text("abenrst", min_size=3, max_size=6)),
)
def test_parts_are_words_of_the_city_and_were_all_looked_up(word, vocabulary):
    """What `split` takes as a part is known, and `pieces` had named it: it can be asked of the database beforehand."""
    full = dict.fromkeys(vocabulary, True)
    found = compounds.split(word, full)
    assert set(found) <= vocabulary
    only = {piece: True for piece in compounds.pieces(word) if piece in vocabulary}
    assert compounds.split(word, only) == found


def found(text, **more):
    hits = interface.find(text, Viewer(), timezone.now(), language="de", **more)
    return [entry.title("de") for entry in hits.entries]


@pytest.mark.parametrize("order", ["compound first", "parts first"])
def test_a_compound_finds_its_parts_and_they_find_it_whichever_came_first(db, order):
    texts = ["Straßenlaternen dunkel", "Laterne vor dem Haus", "Neue Straße", "Blumen"]
    for text in texts if order == "compound first" else reversed(texts):
        put_thing(text)
    assert set(found("Laterne")) == {"Straßenlaternen dunkel", "Laterne vor dem Haus"}
    assert found("Straßenlaterne")[0] == "Straßenlaternen dunkel"
    assert set(found("Straßenlaterne")) == {"Straßenlaternen dunkel", "Laterne vor dem Haus"}
    assert found("Straßenlaternenmast")[0] == "Straßenlaternen dunkel"  # nobody wrote „Mast“: as much as is known


def test_the_last_part_of_a_word_that_nobody_wrote_is_found(db):
    put_thing("Laterne vor dem Haus")
    put_thing("Blumen")
    assert found("Straßenlaterne") == ["Laterne vor dem Haus"]


def test_a_compound_is_marked_as_a_whole_when_a_part_of_it_was_looked_for(db):
    put_thing("Straßenlaternen dunkel", summaries={"de": "Eine Laterne, viele Laternenmasten."})
    hit = interface.find("Laterne", Viewer(), timezone.now(), language="de").entries[0]
    assert hit.headline == "<mark>Straßenlaternen</mark> dunkel"
    assert hit.snippet == "Eine <mark>Laterne</mark>, viele <mark>Laternenmasten</mark>."


def test_a_compound_is_marked_however_its_umlaut_was_typed(db):
    put_thing("Gaerten")
    put_thing("Neue Kleingaerten")
    hits = interface.find("Gärten", Viewer(), timezone.now(), language="de").entries
    assert sorted(hit.headline for hit in hits) == ["<mark>Gaerten</mark>", "Neue <mark>Kleingaerten</mark>"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text("abcdefghijklmnoprstuvwyzäöüß", min_size=4, max_size=14), min_size=1, max_size=200))
def test_a_stem_has_the_first_letters_of_its_word(db, written):
    """What `marking` trusts: without these letters in it, a compound has no such part."""
    forms = [words.folded(word) for word in written]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT form, lexeme FROM unnest(%s::text[]) AS form,
              unnest(tsvector_to_array(to_tsvector('public.city_german', form))) AS lexeme""",
            [forms],
        )
        rows = cursor.fetchall()
    for form, lexeme in rows:
        begun = lexeme[: marking.STEADY]
        assert form.startswith(begun) or words.key(form).startswith(begun)


def test_words_are_learned_from_what_everybody_may_read_and_forgotten_with_it(db):
    ref = put_thing("Geheimlaternen", visibility="role:moderator:participation")
    assert not Word.objects.exists()
    put_thing("Geheimlaternen", id_=ref.id)
    other = put_thing("Laternen, Laternen")
    counts = dict(Word.objects.values_list("word", "count"))
    assert counts == {"geheimlaternen": 1, "laternen": 1}
    assert Word.objects.get(word="geheimlaternen").parts == "laternen"
    put_thing("Bänke", id_=other.id)
    drop_thing(ref)
    assert sorted(Word.objects.values_list("word", flat=True)) == ["banke"]


def test_words_under_embargo_are_learned_when_it_ends(db):
    at = timezone.now()
    put_thing("Morgenlaterne", visible_from=at + timedelta(hours=1))
    assert actions.learn(at=at) == 0
    assert not Word.objects.exists()
    before = Entry.objects.get()
    assert actions.learn(at=at + timedelta(hours=1)) == 1
    assert Word.objects.get().word == "morgenlaterne"
    after = Entry.objects.get()
    assert (after.modified, after.fed_at) == (before.modified, before.fed_at)  # no feed moves for that


def test_counting_anew_gives_what_was_counted_step_by_step(db):
    texts = ["Straßenlaternen", "Laterne und Straße", "Neue Straße", "Bäume vor dem Rathaus", "baeume"]
    refs = [put_thing(text, bodies={"de": f"Viel {text} überall"}) for text in texts]
    put_thing("Parkbank", id_=refs[2].id)
    drop_thing(refs[3])
    rows = "word", "key", "count", "noun", "parts"
    step_by_step = sorted(Word.objects.values_list(*rows))
    vectors = sorted(Entry.objects.values_list("id", "finding__words"), key=str)
    assert actions.refresh_words() == 0
    assert sorted(Word.objects.values_list(*rows)) == step_by_step
    assert sorted(Entry.objects.values_list("id", "finding__words"), key=str) == vectors
