"""Texts are grouped by what they speak about, the same way each time, and what fits nowhere stays alone."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.core.actor import Viewer
from allmende.engines.search import actions, interface
from allmende.engines.search.builders import put_thing
from allmende.engines.search.queries import clustering

WISHES = tomllib.loads((Path(__file__).parent / "alike.toml").read_text())["wishes"]

texts = st.dictionaries(
    st.integers(0, 99), st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3), max_size=5), max_size=25
)


@given(texts=texts, least=st.floats(0.05, 0.9))
def test_each_text_is_in_one_group_at_most_and_the_same_comes_out_each_time(texts, least):
    found = clustering.group(texts, least=least)
    members = [key for one in found for key in one.keys]
    assert len(members) == len(set(members))
    assert set(members) <= set(texts)
    for one in found:
        assert len(one.keys) >= 2
        assert one.centre in one.keys
        assert one.alike >= least - 0.01
        assert one.words
        assert all(sum(word in texts[key] for key in one.keys) > 1 for word in one.words)
    backwards = clustering.group(dict(reversed(texts.items())), least=least)
    assert sum(len(one.keys) for one in found) == sum(len(one.keys) for one in clustering.group(texts, least=least))
    assert clustering.group(texts, least=least) == found
    assert {key for one in backwards for key in one.keys} <= set(texts)


@given(texts=texts)
def test_vectors_have_length_one_or_none_and_leave_out_what_only_one_text_has(texts):
    for key, vector in clustering.weigh(texts).items():
        assert set(vector) <= set(texts[key])
        assert not vector or abs(sum(weight**2 for weight in vector.values()) - 1) < 1e-9
        assert all(sum(term in other for other in texts.values()) > 1 for term in vector)


def test_more_texts_than_are_compared_join_the_group_most_like_them(monkeypatch):
    monkeypatch.setattr(clustering, "MOST_TEXTS", 4)
    apart = {n: {"lamp": 1, f"own{n}": 1} if n % 2 else {"tree": 1, f"own{n}": 1} for n in range(12)}
    found = clustering.group(apart)
    assert [one.keys for one in found] == [tuple(range(0, 12, 2)), tuple(range(1, 12, 2))]
    assert [one.words for one in found] == [("tree",), ("lamp",)]


def group(refs, **more):
    keys = [str(ref.id) for ref in refs]
    return interface.clusters(kind="thing", keys=keys, viewer=Viewer(), at=timezone.now(), **more)


@pytest.mark.parametrize(("every", "right", "met"), [(4, 0.8, 0.8), (1, 0.5, 0.65)])
def test_a_store_is_grouped_and_each_group_says_why(db, every, right, met):
    """Of 13 wishes in 52 texts, and of all 50: who is in one group mostly wishes the same, and who wishes the same
    mostly meets. (In the large store, „bus at night“ and „bus more often“ are one group: a person splits it.)
    """
    refs = {}
    for wish in list(WISHES)[::every]:
        for text in WISHES[wish]:
            title, _dot, body = text.partition(". ")
            refs[put_thing(title, summaries={"de": body} if body else {})] = wish
    actions.refresh_words()
    found = group(refs)
    by_key = {str(ref.id): wish for ref, wish in refs.items()}
    pairs = [(by_key[a], by_key[b]) for one in found for a, b in combinations(one.keys, 2)]
    same = sum(a == b for a, b in pairs)
    assert same / len(pairs) >= right
    assert same / (6 * len(refs) / 4) >= met
    assert all(one.words for one in found)


def test_key_words_are_written_as_people_write_them_and_nothing_hidden_takes_part(db):
    lamps = [put_thing(f"Straßenlaterne {n}", summaries={"de": "Kaputte Straßenlaternen"}) for n in "abc"]
    trees = [put_thing(f"Linde {n}", summaries={"de": "Die Linde braucht Wasser"}) for n in "abc"]
    lonely = put_thing("Dromedar")
    secret = put_thing("Straßenlaterne", visibility="role:moderator:participation")
    found = group([*lamps, *trees, lonely, secret])
    assert [set(one.keys) for one in found] == [{str(r.id) for r in lamps}, {str(r.id) for r in trees}]
    assert "Straßenlaterne" in " ".join(found[0].words)
    assert "Linde" in found[1].words
    assert group([], capability="other") == group(lamps, capability="other") == []
    assert group(lamps, fewest=4) == []
