"""Differences and merging, for any texts."""

from hypothesis import given
from hypothesis import strategies as st

from allmende.capabilities.strategy.rules.words import difference, merge, words

TEXTS = st.lists(
    st.sampled_from(["Licht", "am", "Ufer", "Baum", "nicht", " ", " ", ", ", ".", "\n", "ß"]), max_size=14
).map("".join)


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts(old, new):
    pieces = difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.sort != "ins") == old
    assert "".join(piece.text for piece in pieces if piece.sort != "del") == new


@given(st.text(max_size=40))
def test_words_joined_are_the_text(text):
    assert "".join(words(text)) == text


@given(TEXTS, TEXTS)
def test_what_one_side_changed_is_taken_over(base, other):
    assert merge(base, base, other).text == other
    assert merge(base, other, base).text == other
    assert merge(base, other, other).text == other


@given(TEXTS, TEXTS, TEXTS)
def test_it_does_not_matter_who_was_first(base, one, two):
    there, back = merge(base, one, two), merge(base, two, one)
    assert there.conflict == back.conflict
    assert there.text == back.text


def test_changes_at_two_places_come_together():
    base = "Defekte Leuchten werden in sieben Tagen repariert."
    both = merge(base, base.replace("sieben", "drei"), base.replace("Defekte", "Kaputte"))
    assert both.text == "Kaputte Leuchten werden in drei Tagen repariert."
    assert not both.conflict


def test_changes_at_one_place_contradict():
    base = "Umstellen bis 2030."
    assert merge(base, "Umstellen bis 2028.", "Umstellen bis 2035.").conflict


def test_a_changed_phrase_reads_as_one():
    pieces = difference("Die Stadt pflanzt jedes Jahr Bäume.", "Die Stadt pflanzt zehn neue Bäume.")
    assert [(piece.sort, piece.text) for piece in pieces] == [
        ("same", "Die Stadt pflanzt "),
        ("del", "jedes Jahr"),
        ("ins", "zehn neue"),
        ("same", " Bäume."),
    ]
