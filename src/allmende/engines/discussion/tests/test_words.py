"""What stands out, what is taken out, what is kept of somebody's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.engines.discussion.rules.heuristics import count_links, finds_word, first_finding, tidy
from allmende.engines.discussion.rules.names import without_name, without_name_of_person


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Siehe https://example.org/a und www.example.org", 2),
        ("Billig bei kaufmich.shop", 1),
        ("Das kostet 3.50 Euro, z.B. im Bus. Punkt.", 0),
        ("Schreiben Sie an amt@gera.de.", 0),
        ("Nr.5 ist toll.Wirklich", 0),
    ],
)
def test_links_are_counted(text, links):
    assert count_links(text) == links


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Du Depp", ["depp"], True),
        ("DEPP!", ["depp"], True),
        ("D\u0301e\u200bpp", ["depp"], True),
        ("Deppendorf", ["depp"], False),
        ("Deppen", ["depp*"], True),
        ("Alles gut", ["", "*", "  "], False),
        ("a.b", ["a.b"], True),
        ("axb", ["a.b"], False),
    ],
)
def test_listed_words_are_found_as_whole_words(text, words, found):
    assert finds_word(text, words) is found


def test_the_first_thing_that_stands_out_is_named():
    calm = {"words": ["x"], "links_allowed": 1, "recent": 0, "repeated": False}
    assert first_finding("Ein guter Gedanke.", **calm) == ""
    assert first_finding("www.a.de www.b.de", **calm) == "links"
    assert first_finding("x", **calm) == "words"
    assert first_finding("gut", **{**calm, "recent": 4}) == "burst"
    assert first_finding("gut", **{**calm, "repeated": True}) == "repeated"


@given(st.text())
def test_tidying_twice_changes_nothing_more_and_the_database_can_hold_it(text):
    once = tidy(text)
    assert tidy(once) == once
    assert "\0" not in once
    once.encode()


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("Frau Anna Beispiel hat das Beet zerstört.", "Anna Beispiel", "Frau [Name entfernt] hat das Beet zerstört."),
        ("ANNA  BEISPIELS Beet", "Anna Beispiel", "[Name entfernt] Beet"),
        ("Anna wohnt in Annaberg.", "Anna", "[Name entfernt] wohnt in Annaberg."),
        ("Lies’ mit, Jens' Hund bellt.", "Jens", "Lies’ mit, [Name entfernt] Hund bellt."),
        ("Nichts davon.", "Anna", "Nichts davon."),
        ("(a+b)* ist kein Name", "(a+b)*", "[Name entfernt] ist kein Name"),
    ],
)
def test_a_third_persons_name_is_taken_out(text, name, left):
    assert without_name(text, name) == left


@given(st.text(), st.text())
def test_no_name_breaks_it(text, name):
    assert isinstance(without_name(text, name), str)
    assert isinstance(without_name_of_person(text, name), str)


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        (
            "Linde hat gezählt, Lindes Liste liegt bei.",
            "Linde",
            "[Name entfernt] hat gezählt, [Name entfernt] Liste liegt bei.",
        ),
        (
            "Die Linde am Markt und eine Linde im Park sind krank.",
            "Linde",
            "Die Linde am Markt und eine Linde im Park sind krank.",
        ),
        ("Gelinde gesagt: linde Luft.", "Linde", "Gelinde gesagt: linde Luft."),
        ("Das sagte Linde der Gruppe.", "Linde", "Das sagte [Name entfernt] der Gruppe."),
        ("The report by linde42.", "linde42", "The report by [Name entfernt]."),
        ("Die Anna Beispiel war da.", "Anna Beispiel", "Die [Name entfernt] war da."),
    ],
)
def test_a_name_that_is_a_word_stays_one_behind_an_article(text, name, left):
    assert without_name_of_person(text, name) == left
