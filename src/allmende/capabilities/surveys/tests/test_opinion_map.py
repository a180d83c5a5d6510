"""The pure part of the opinion map: groups that are there are found, groups that are not there are not claimed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.capabilities.surveys.rules.opinion import order, picture, polis
from allmende.capabilities.surveys.rules.opinion.agreement import adjusted_rand_index
from allmende.capabilities.surveys.rules.opinion.findings import Count, Tally, bridges, chance_of, findings
from allmende.capabilities.surveys.rules.opinion.mapping import Before, draw_map, extremities, tallies
from allmende.capabilities.surveys.rules.opinion.votes import Votes, votes_from

REAL = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "polis-austria-climate"

labels = st.lists(st.integers(0, 4), min_size=1, max_size=40)


def simulated(people, statements, filled, groups, *, noise=0.6, seed=1):
    """Votes of people who follow one of several opinions, and who follows which."""
    random = np.random.default_rng(seed)
    cells = np.sort(random.choice(people * statements, int(people * statements * filled), replace=False))
    person, statement = (cells // statements).astype(np.int32), (cells % statements).astype(np.int32)
    group = random.integers(0, groups, people)
    opinion = random.normal(0, 1.2, (groups, statements))
    says = opinion[group[person], statement] + random.normal(0, noise, len(cells))
    choices = np.where(says > 0.4, 1, np.where(says < -0.4, -1, 0)).astype(np.int8)
    return Votes(person, statement, choices, people, statements, np.ones(statements, dtype=bool)), group.tolist()


# How two groupings are compared


@given(labels, st.permutations(range(5)))
def test_names_of_groups_do_not_matter(one, names):
    assert adjusted_rand_index(one, [names[label] for label in one]) == 1


@given(st.integers(2, 30).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 3), min_size=n, max_size=n)] * 2)))
def test_the_index_is_the_same_from_both_sides_and_follows_its_definition(pair):
    one, other = pair
    found = adjusted_rand_index(one, other)
    assert found == pytest.approx(adjusted_rand_index(other, one))
    pairs = [(a, b) for a in range(len(one)) for b in range(a)]
    both = sum(one[a] == one[b] and other[a] == other[b] for a, b in pairs)
    left = sum(one[a] == one[b] for a, b in pairs)
    right = sum(other[a] == other[b] for a, b in pairs)
    chance = left * right / len(pairs)
    if (left + right) / 2 != chance:
        assert found == pytest.approx((both - chance) / ((left + right) / 2 - chance))


def test_a_value_from_the_literature():
    """Hubert and Arabie's index for the table [[1, 1], [1, 2], …] as scikit-learn's documentation gives it."""
    assert adjusted_rand_index([0, 0, 1, 2], [0, 0, 1, 1]) == pytest.approx(0.5714, abs=1e-4)
    assert adjusted_rand_index([0, 0, 0, 0], [0, 1, 2, 3]) == 0
    with pytest.raises(ValueError, match="different people"):
        adjusted_rand_index([0], [0, 1])


# The map


def official():
    if not REAL.is_dir():
        pytest.skip("The Austrian conversation is not beside this checkout (../shared/data/polis-austria-climate).")
    return polis.read_polis({name: (REAL / name).read_bytes() for name in polis.FILES})


def as_votes(read):
    comments = {one.id: place for place, one in enumerate(read.comments)}
    voters = {voter: place for place, voter in enumerate(read.voters)}
    rows = [(voters[vote.voter], comments[vote.comment], vote.choice) for vote in read.votes]
    return votes_from(rows, len(voters), [one.moderated != -1 for one in read.comments])


@pytest.mark.slow
def test_the_groups_found_agree_with_the_official_ones():
    """Measured over everybody whom the official files put into a group: 900 people, all who cast seven votes or more.

    Nobody is left out of the comparison; the computation knows nothing but the votes and which statements were refused.
    """
    read = official()
    assert (len(read.comments), len(read.voters), len(read.votes), read.changed) == (522, 1116, 61384, 552)
    assert not read.faults
    assert not read.skipped_rows
    drawn = draw_map(as_votes(read))
    placed = {read.voters[place] for place in drawn.placed.tolist()}
    grouped = {voter: group for voter, group in read.groups.items() if group is not None}
    assert placed == set(grouped)
    found = dict(zip(read.voters, drawn.labels.tolist(), strict=True))
    people = sorted(grouped)
    assert drawn.number == 2
    assert adjusted_rand_index([found[one] for one in people], [grouped[one] for one in people]) >= 0.9
    assert drawn.stability >= 0.8


@pytest.mark.parametrize("groups", [2, 3, 4])
def test_groups_that_are_there_are_found(groups):
    votes, truth = simulated(600, 60, 0.5, groups)
    drawn = draw_map(votes)
    assert drawn.number == groups
    assert adjusted_rand_index(drawn.labels.tolist(), truth) > 0.9
    assert drawn.stability > 0.9
    sizes = np.bincount(drawn.labels).tolist()
    assert sizes == sorted(sizes, reverse=True)


def test_chance_is_not_called_groups():
    votes, _truth = simulated(400, 40, 0.5, 1, noise=50)
    drawn = draw_map(votes)
    assert drawn.groups is None
    assert drawn.number == 1
    assert set(drawn.labels.tolist()) == {0}


def test_the_same_votes_give_the_same_map():
    votes, _truth = simulated(200, 30, 0.5, 3)
    one, other = draw_map(votes), draw_map(votes)
    assert (one.labels == other.labels).all()
    assert (one.points == other.points).all()
    random = np.random.default_rng(0).permutation(len(votes.people))
    mixed = Votes(
        votes.people[random], votes.statements[random], votes.choices[random],
        votes.number_of_people, votes.number_of_statements, votes.counts,
    )  # fmt: skip
    assert (draw_map(mixed).labels == one.labels).all()


def test_too_few_people_and_people_of_one_mind_have_no_map():
    assert draw_map(votes_from([], 0, [True] * 5)) is None
    assert draw_map(votes_from([(p, s, 1) for p in range(9) for s in range(8)], 9, [True] * 8)) is None
    assert draw_map(votes_from([(p, s, 1) for p in range(50) for s in range(8)], 50, [True] * 8)) is None
    assert draw_map(votes_from([(p, 0, 1 if p % 2 else -1) for p in range(50)], 50, [False])) is None


def test_one_statement_is_enough_for_two_groups_of_whoever_said_something():
    drawn = draw_map(votes_from([(p, 0, 1 if p % 2 else -1) for p in range(50)], 50, [True]))
    assert drawn.number == 2
    assert sorted(np.bincount(drawn.labels).tolist()) == [25, 25]


def test_whoever_said_little_is_counted_and_not_placed():
    votes, _truth = simulated(100, 20, 1.0, 2)
    kept = (votes.people > 0) | (votes.statements < 6)
    few = Votes(votes.people[kept], votes.statements[kept], votes.choices[kept], 100, 20, votes.counts)
    drawn = draw_map(few)
    assert drawn.labels[0] == -1
    assert 0 not in drawn.placed.tolist()
    assert all(sum(one.cast for one in tally.groups) == 99 for tally in tallies(few, drawn))


def test_a_refused_statement_has_no_say():
    votes, _truth = simulated(300, 30, 1.0, 2)
    shown = votes.counts.copy()
    shown[3] = False
    without = Votes(votes.people, votes.statements, votes.choices, 300, 30, shown)
    other = votes.choices.copy()
    other[votes.statements == 3] *= -1
    turned = Votes(votes.people, votes.statements, other, 300, 30, shown)
    one, two = draw_map(without), draw_map(turned)
    assert (one.labels == two.labels).all()
    assert 3 not in [tally.statement for tally in tallies(without, one)]
    assert extremities(one)[3] == 0


def test_groups_keep_their_names_while_people_vote():
    votes, _truth = simulated(400, 40, 0.6, 3)
    first = draw_map(votes)
    more, _truth = simulated(400, 40, 0.6, 3, noise=0.62)
    flipped = Before(-first.plane.directions, -first.groups.centres[::-1])
    again = draw_map(more, before=flipped)
    assert (again.labels == (2 - first.labels)).mean() > 0.95


# What is claimed


counts = st.builds(Count, st.integers(0, 60), st.integers(0, 60), st.integers(0, 20))
several = st.lists(
    st.tuples(counts, counts).map(tuple), min_size=1, max_size=12
).map(lambda rows: [Tally(place, groups) for place, groups in enumerate(rows)])  # fmt: skip


@given(several)
def test_every_claim_is_what_the_counts_say(rows):
    found = findings(rows, 2)
    told = [one.tally for one in found.bridges] + list(found.divides)
    told += [mark.tally for group in found.marks for mark in group]
    assert all(one.cast >= 5 for tally in told for one in tally.groups)
    for bridge in found.bridges:
        assert all(one.share(against=bridge.against) >= 0.6 for one in bridge.tally.groups)
    for group, marks in enumerate(found.marks):
        for mark in marks:
            own, others = mark.tally.groups[group], mark.tally.without(group)
            assert mark.group == group
            assert own.share(against=mark.against) > max(0.5, others.share(against=mark.against))
            assert mark.chance <= 0.05


def test_a_small_group_that_does_not_go_along_is_no_bridge():
    agreed = Tally(0, (Count(900, 10, 5), Count(2, 6, 1)))
    shared = Tally(1, (Count(70, 10, 20), Count(7, 1, 1)))
    refused = Tally(2, (Count(1, 30, 0), Count(0, 9, 0)))
    hidden = Tally(3, (Count(90, 0, 0), Count(4, 0, 0)))
    found = bridges([agreed, shared, refused, hidden])
    assert {(one.tally.statement, one.against) for one in found} == {(1, False), (2, True)}


def test_two_proportions():
    z, chance = chance_of(60, 100, 40, 100)
    assert z == pytest.approx(2.828, abs=1e-3)
    assert chance == pytest.approx(0.00468, abs=1e-5)
    assert chance_of(0, 10, 0, 10) == (0.0, 1.0)


def test_nobody_stands_alone_in_the_picture():
    votes, _truth = simulated(300, 30, 0.7, 2)
    drawn = draw_map(votes)
    shown = picture.picture(drawn.points, drawn.labels)
    assert all(spot.people >= 5 and 0 <= spot.x <= 1 and 0 <= spot.y <= 1 for spot in shown.spots)
    assert sum(spot.people for spot in shown.spots) + shown.hidden == 300
    assert shown.hidden < 150


# What comes next


standings = st.builds(order.Standing, st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.floats(0, 5))


@given(st.lists(standings, max_size=20), st.floats(0, 1, exclude_max=True))
def test_there_is_a_next_statement_while_there_are_any(rows, draw):
    place = order.choose(rows, draw)
    assert (place is None) == (not rows)
    assert place is None or 0 <= place < len(rows)


def test_new_ones_and_ones_that_tell_apart_come_sooner():
    new, middling = order.Standing(), order.Standing(20, 20, 5, 1.0)
    dividing, passed = order.Standing(20, 20, 5, 3.0), order.Standing(5, 5, 35, 1.0)
    weigh = order.weight
    assert weigh(new) > weigh(dividing) > weigh(middling) > weigh(passed) > 0


# Files


WHOLE = {
    polis.COMMENTS: 'timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n'
    '5,x,0,0,2,0,1,"Bänke, ""viele"""\n6,x,1,3,0,1,-1,Nein\n7,x,2,3,0,1,0,"=1+1"\n',
    polis.VOTES: "timestamp,datetime,comment-id,voter-id,vote\n9,x,0,1,-1\n8,x,0,1,1\n8,x,1,1,0\n10,x,2,4,1\n",
    polis.SUMMARY: 'topic,Wege\nurl,https://example.org/1\nconversation-description,"Worum\nes geht"\n',
}  # fmt: skip


def raw(**changed):
    return {name: text.encode() for name, text in {**WHOLE, **changed}.items()}


def test_the_last_vote_counts_whatever_the_order_of_the_rows():
    read = polis.read_polis(raw())
    assert not read.faults
    assert read.topic == "Wege"
    assert read.changed == 1
    assert {(vote.voter, vote.comment): vote.choice for vote in read.votes} == {(1, 0): -1, (1, 1): 0, (4, 2): 1}
    assert [one.moderated for one in read.comments] == [1, -1, 0]
    assert read.comments[0].body == 'Bänke, "viele"'


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_line_ends_and_marks_do_not_matter(ends, coding):
    files = {name: text.replace("\n", ends).encode(coding) for name, text in WHOLE.items()}
    assert polis.read_polis(files).comments == polis.read_polis(raw()).comments


@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        (polis.COMMENTS, lambda data: None, "fehlt"),
        (polis.COMMENTS, lambda data: data.decode().encode("cp1252"), "UTF-8"),
        (polis.COMMENTS, lambda data: data.replace(b"comment-body", b"body"), "comment-body"),
        (polis.COMMENTS, lambda data: data[: data.index(b"5,x")], "keine Aussage"),
        (polis.COMMENTS, lambda data: data[:-2], "abgeschnitten"),
        (polis.VOTES, lambda data: b"PK\x03\x04\0\0" + data, "CSV"),
        (polis.VOTES, lambda data: b"", "timestamp"),
    ],
)
def test_a_broken_file_is_not_used_and_says_why(name, damage, said):
    files = raw()
    damaged = damage(files.pop(name))
    if damaged is not None:
        files[name] = damaged
    read = polis.read_polis(files)
    assert [fault.file for fault in read.faults] == [name]
    assert said in read.faults[0].message


@pytest.mark.parametrize(
    "row",
    ["9,x,0,1", "9,x,0,1,1,1", "9,x,0,1,2", "9,x,77,1,1", "9,x,0,eins,1", "9,x,0,1,١", "9,x,99999999999999999999,1,1"],
)
def test_a_row_that_cannot_be_is_left_out_and_named(row):
    read = polis.read_polis(raw(**{polis.VOTES: WHOLE[polis.VOTES] + row + "\n"}))
    assert not read.faults
    assert read.skipped_rows == 1
    assert (read.skipped[0].file, read.skipped[0].line) == (polis.VOTES, 6)
    assert len(read.votes) == 3


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(polis.FILES), st.binary(max_size=300) | st.text(max_size=300).map(str.encode)))
def test_no_file_makes_it_fall_over(files):
    read = polis.read_polis({**raw(), **files})
    assert isinstance(read.faults, list)


def test_what_is_written_is_read_again():
    read = polis.read_polis(raw())
    people = [
        polis.Participant(voter, 0, {vote.comment: vote.choice for vote in read.votes if vote.voter == voter})
        for voter in read.voters
    ]
    files = {
        polis.COMMENTS: polis.write_comments((one, "", 0, 0) for one in read.comments),
        polis.VOTES: polis.write_votes(people),
        polis.PARTICIPANTS: polis.write_participants([one.id for one in read.comments], people),
        polis.SUMMARY: polis.write_summary(read.topic, read.url, 2, 3, 1, read.description),
    }
    again = polis.read_polis({name: "".join(lines).encode() for name, lines in files.items()})
    assert not again.faults
    assert not again.skipped_rows
    assert again.comments == read.comments
    assert {(v.voter, v.comment, v.choice) for v in again.votes} == {(v.voter, v.comment, v.choice) for v in read.votes}
    assert again.groups == {1: 0, 4: 0}
    assert (again.topic, again.url, again.description) == (read.topic, read.url, read.description)
