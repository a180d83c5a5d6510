"""Rules for seats: known examples with their known outcome, and what must hold for every election."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allmende.engines.ballots.interface import RULES, Ballot, BallotError, Election, Kind, Lot, Option, Options, count

from .conftest import ranked, rankings

# A well-known example: the capital of Tennessee (Memphis, Nashville, Chattanooga, Knoxville).
TENNESSEE = rankings(("MNCK", 42), ("NCKM", 26), ("CKNM", 15), ("KCNM", 17), options="MNCK")


def winners(election, rule, **options):
    result = count(election, rule, Options(**options))
    return "".join(result.winner_ids)


def test_three_rules_choose_three_capitals():
    assert winners(TENNESSEE, "runoff") == "K"
    assert winners(TENNESSEE, "schulze") == "N"
    assert count(TENNESSEE, "borda").scores == (126, 194, 173, 107)
    assert winners(TENNESSEE, "borda", seats=2) == "NC"


def test_schulze_finds_the_ranking_of_its_authors_example():
    papers = [
        ("ACBED", 5),
        ("ADECB", 5),
        ("BEDAC", 8),
        ("CABED", 3),
        ("CAEBD", 7),
        ("CBADE", 2),
        ("DCEBA", 7),
        ("EBADC", 8),
    ]
    assert winners(rankings(*papers), "schulze", seats=5) == "EACBD"


def test_scottish_rules_move_a_surplus_with_all_papers_cut_off_after_five_decimals():
    # 20 votes, 2 seats: quota 7. A has 12: surplus 5, each paper moves on with 5/12 = 0.41666 (cut off).
    election = rankings(("AB", 7), ("AC", 5), ("C", 4), ("D", 4), options="ABCD")
    result = count(election, "stv", Options(seats=2))
    gains = {
        election.options[step.facts["option"]].id: step.facts["votes"]
        for step in result.steps
        if step.code == "stv.gains"
    }
    assert gains["B"] == 7 * Fraction(41666, 100_000)
    assert gains["C"] == 5 * Fraction(41666, 100_000)
    lost = [step.facts["votes"] for step in result.steps if step.code == "stv.lost"]
    assert lost[0] == 5 - 12 * Fraction(41666, 100_000)
    assert result.winner_ids == ["A", "C"]


def test_scottish_rules_break_ties_by_the_latest_stage_that_differed():
    # Quota 5. Half of A's papers' value moves on: C has 1 then, as B and D; but at the stage before it had none.
    election = rankings(("AC", 2), ("A", 8), ("B", 1), ("D", 1), options="ABCD")
    result = count(election, "stv", Options(seats=2))
    tie, out = (step for step in result.steps if step.code in {"tie.stage", "stv.out"} and step.round == 3)
    assert (tie.code, tie.facts["options"]) == ("tie.stage", (1, 2, 3))
    assert election.options[out.facts["option"]].id == "C"
    # B and D were equal at every stage: the declared rule puts D behind.
    assert result.winner_ids == ["A", "B"]


def test_as_many_left_as_seats_are_elected_without_reaching_the_quota():
    election = rankings(("A", 10), ("B", 3), ("C", 1), options="ABC")
    result = count(election, "stv", Options(seats=2))
    assert result.winner_ids == ["A", "B"]
    assert result.steps[-1].code == "stv.fills"


def test_a_lot_can_be_drawn_again_by_anybody_and_does_not_depend_on_the_order_of_the_paper():
    options = tuple(Option(name) for name in "ABCDEF")
    election = Election(Kind.APPROVAL, options, (Ballot(tuple(range(6))),))
    turned = replace(election, options=options[::-1])
    drawn = {seed: count(election, "approval", Options(tie=Lot(seed))).winner_ids for seed in map(str, range(30))}
    assert drawn == {seed: count(turned, "approval", Options(tie=Lot(seed))).winner_ids for seed in drawn}
    assert len({tuple(ids) for ids in drawn.values()}) > 3
    result = count(election, "approval", Options(tie=Lot("17-23-42")))
    assert any("17-23-42" in value for _, value in result.settings("de"))
    assert [step.code for step in result.steps][1] == "tie"


@pytest.mark.parametrize("rule", [name for name, method in RULES.items() if not method.spends])
@settings(max_examples=60, deadline=None)
@given(election=ranked(), seats=st.integers(1, 4))
def test_every_protocol_is_complete_in_both_languages(rule, election, seats):
    result = count(election.as_points() if rule == "score" else election, rule, Options(seats=seats))
    wanted = min(1 if rule == "runoff" else seats, len(election.options))
    assert len(set(result.winners)) == len(result.winners) == wanted
    data = result.as_data()
    assert data["winners"] == result.winner_ids
    for step in data["protocol"]:
        assert step["de"]
        assert step["en"]
        assert "{" not in step["de"] + step["en"]


@pytest.mark.parametrize("rule", ["approval", "borda", "schulze"])
@settings(max_examples=80, deadline=None)
@given(election=ranked(), data=st.data())
def test_more_support_never_harms_a_winner(rule, election, data):
    """Monotonicity. It does not hold for runoff and STV, as is known; so it is not asked of them."""
    assume(election.ballots)
    winner = count(election, rule).winners[0]
    which = data.draw(st.integers(0, len(election.ballots) - 1))
    choices = election.ballots[which].choices
    place = choices.index(winner) if winner in choices else len(choices)
    upper = data.draw(st.integers(0, place))
    others = [choice for choice in choices if choice != winner]
    better = Ballot((*others[:upper], winner, *others[upper:]))
    raised = replace(election, ballots=(*election.ballots[:which], better, *election.ballots[which + 1 :]))
    assert count(raised, rule).winners[0] == winner


@settings(max_examples=100, deadline=None)
@given(ranked())
def test_whoever_beats_everybody_in_pairs_wins_by_schulze(election):
    def beats(a, b):
        def above(ballot, x, y):
            places = {choice: place for place, choice in enumerate(ballot.choices)}
            return places.get(x, 99) < places.get(y, 99)

        return sum(above(ballot, a, b) - above(ballot, b, a) for ballot in election.ballots) > 0

    everyone = range(len(election.options))
    for candidate in everyone:
        if all(beats(candidate, other) for other in everyone if other != candidate):
            assert count(election, "schulze").winners == (candidate,)


@settings(max_examples=150, deadline=None)
@given(ranked(most=16), st.integers(1, 4))
def test_a_solid_coalition_gets_the_seats_that_its_quotas_deserve(election, seats):
    """Droop proportionality for solid coalitions: l quotas of voters who all prefer the same options get l of them."""
    elected = set(count(election, "stv", Options(seats=seats)).winners)
    valid = [ballot.choices for ballot in election.ballots if ballot.choices]
    quota = len(valid) // (seats + 1) + 1
    for size in range(1, len(election.options) + 1):
        for coalition in combinations(range(len(election.options)), size):
            solid = sum(set(choices[:size]) == set(coalition) for choices in valid)
            deserved = min(solid // quota, size, seats)
            assert len(elected & set(coalition)) >= deserved


@settings(max_examples=80, deadline=None)
@given(ranked(most=16))
def test_a_majority_for_the_first_place_wins_the_runoff(election):
    firsts = [ballot.choices[0] for ballot in election.ballots if ballot.choices]
    for option in range(len(election.options)):
        if 2 * firsts.count(option) > len(firsts):
            assert count(election, "runoff").winners == (option,)


def test_what_a_rule_cannot_count_is_said():
    points = Election(Kind.POINTS, (Option("a"),), (Ballot((0,), (3,)),))
    for rule in ("runoff", "stv", "schulze", "borda"):
        with pytest.raises(BallotError):
            count(points, rule)
    with pytest.raises(BallotError, match="no rule"):
        count(points, "acclamation")
    with pytest.raises(BallotError, match="budget"):
        count(points, "greedy")
    with pytest.raises(BallotError, match="twice"):
        Election(Kind.APPROVAL, (Option("a"),), (Ballot((0, 0)),))
    with pytest.raises(BallotError, match="there is not"):
        Election(Kind.APPROVAL, (Option("a"),), (Ballot((1,)),))


def test_numbers_are_written_as_people_write_them():
    election = rankings(("AB", 7), ("AC", 5), ("C", 4), ("D", 4), options="ABCD")
    result = count(election, "stv", Options(seats=2))
    said = [line for _, lines in result.rounds("de") for line in lines]
    assert "„B“ bekommt 2,91662 Stimmen dazu." in said
    assert "“B” gains 2.91662 votes." in [line for _, lines in result.rounds("en") for line in lines]
