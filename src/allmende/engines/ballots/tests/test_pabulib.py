from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.engines.ballots.interface import Ballot, Election, Kind, Option, PabulibError, read_pb, write_pb
from allmende.engines.ballots.rules.counting import pabulib

WHOLE = """META
key;value
description;Ein Versuch
num_projects;2
num_votes;3
budget;1000,50
vote_type;approval
PROJECTS
project_id;cost;name
a;600;"Bänke; und ""Licht\"""
b;400.5;Baum "Linde"
VOTES
voter_id;vote
1;a,b
2;b
3;
"""


def test_a_file_becomes_an_election():
    election = read_pb(WHOLE.encode())
    assert election.budget == Fraction(2001, 2)
    assert [option.title for option in election.options] == ['Bänke; und "Licht"', 'Baum "Linde"']
    assert [option.cost for option in election.options] == [600, Fraction(801, 2)]
    assert [ballot.choices for ballot in election.ballots] == [(0, 1), (1,), ()]


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_line_ends_and_a_mark_at_the_beginning_do_not_matter(ends):
    assert read_pb(b"\xef\xbb\xbf" + WHOLE.replace("\n", ends).encode()) == read_pb(WHOLE)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text.replace("num_votes;3", "num_votes;4"), "not whole"),
        (lambda text: text.replace("num_projects;2", "num_projects;1"), "not whole"),
        (lambda text: text.replace("2;b", "2;c"), "Line 15: there is no project"),
        (lambda text: text.replace("1;a,b", "1;a,a"), "names a project twice"),
        (lambda text: text.replace("2;b", "2;b;x"), "columns"),
        (lambda text: text.replace("a;600", "a;-600"), "no amount"),
        (lambda text: text.replace("a;600", "a;1e9999999"), "no amount"),
        (lambda text: text.replace("a;600", "a;nan"), "no amount"),
        (lambda text: text.replace("approval", "delegation"), "vote type"),
        (lambda text: text.replace("b;400.5", "a;400.5"), "same id"),
        (lambda text: text.replace("META\n", "", 1), "begins with META"),
        (lambda text: text.replace("VOTES", "PROJECTS"), "in this order"),
        (lambda text: text[: text.index("VOTES")], "VOTES is missing"),
        (lambda text: text.replace("project_id;cost", "project_id;price"), "lacks the column cost"),
        (lambda text: text.replace("1;a,b", "1;a\0b"), "zero bytes"),
        (lambda text: text.replace("Ein Versuch", "x" * 200_000), "too long"),
        (lambda _: "", "META is missing"),
    ],
)
def test_damage_is_named_and_never_counted(damage, said):
    with pytest.raises(PabulibError, match=said):
        read_pb(damage(WHOLE))


def test_another_encoding_is_named_with_its_line():
    with pytest.raises(PabulibError, match="Line 10: this is not UTF-8"):
        read_pb(WHOLE.encode("windows-1252"))
    with pytest.raises(PabulibError):
        read_pb(WHOLE.encode("utf-16"))


def test_a_file_that_was_cut_off_is_never_taken_for_whole():
    content = WHOLE.encode()
    last_vote = content.index(b"3;\n") + 2
    for end in range(last_vote):
        with pytest.raises(PabulibError):
            read_pb(content[:end])


def test_huge_files_are_refused_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(pabulib, "LARGEST", 100)
    with pytest.raises(PabulibError, match="larger than"):
        read_pb(WHOLE.encode())
    monkeypatch.setattr(pabulib, "LARGEST", 10_000)
    monkeypatch.setattr(pabulib, "MOST_VOTES", 2)
    with pytest.raises(PabulibError, match="more than 2 votes"):
        read_pb(WHOLE.encode())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(WHOLE.encode())), st.integers(0, 40))
def test_no_content_brings_anything_but_an_election_or_its_refusal(noise, at, skipped):
    content = WHOLE.encode()
    for hostile in (noise, content[:at] + noise + content[at + skipped :]):
        with suppress(PabulibError):
            assert isinstance(read_pb(hostile), Election)


def test_points_without_their_number_are_refused():
    text = WHOLE.replace("approval", "cumulative").replace("voter_id;vote", "voter_id;vote;points")
    text = text.replace("1;a,b", "1;a,b;3,1").replace("2;b", "2;b;2.5").replace("3;\n", "3;;\n")
    assert read_pb(text).ballots[1] == Ballot((1,), (Fraction(5, 2),))
    with pytest.raises(PabulibError, match="1 points for 2 projects"):
        read_pb(text.replace("3,1", "3"))


titles = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), max_size=20)
amounts = (
    st.decimals(0, 10**9, places=2)
    .map(Fraction)
    .map(lambda exact: exact.numerator if exact.denominator == 1 else exact)
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_written_is_read_back(data):
    names = data.draw(st.lists(titles.filter(lambda name: name.lower() != "none"), min_size=1, max_size=5))
    options = tuple(Option(f"{n}", name, data.draw(amounts)) for n, name in enumerate(names))
    kind = data.draw(st.sampled_from(Kind))
    chosen = data.draw(st.lists(st.permutations(range(len(options)))))
    ballots = tuple(
        Ballot(tuple(paper), tuple(data.draw(amounts) for _ in paper) if kind is Kind.POINTS else ())
        for paper in (order[: data.draw(st.integers(0, len(order)))] for order in chosen)
    )
    election = Election(kind, options, ballots, data.draw(amounts))
    again = read_pb(write_pb(election, selected=(0,)).encode())
    assert (again.kind, again.options, again.ballots, again.budget) == (kind, options, ballots, election.budget)


def test_every_published_file_is_understood_and_survives_a_round_trip(published):
    for path in published:
        election = read_pb(path.read_bytes())
        assert len(election.ballots) == int(election.meta["num_votes"])
        again = read_pb(write_pb(election))
        assert (again.options, again.ballots) == (election.options, election.ballots), path.name
