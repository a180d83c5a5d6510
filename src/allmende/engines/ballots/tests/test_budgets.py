"""Rules for budgets: against plain exact arithmetic, against `pabutools`, and by what theory promises."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.engines.ballots.interface import Ballot, BallotError, Election, Kind, Option, Options, count, read_pb
from allmende.engines.ballots.rules.counting import purses
from allmende.engines.ballots.rules.counting.shares import market

from .conftest import budgets, published_files

UTILITIES = ("cost", "cardinality")


def plain_equal_shares(election, utility, share):
    """The definition, word for word, in fractions: slow and easy to check."""
    uses = [
        {
            c: Fraction(p) * (election.options[c].cost if utility == "cost" else 1)
            for c, p in zip(b.choices, b.points, strict=True)
            if p
        }
        for b in election.as_points().ballots
    ]
    money = [share] * len(uses)
    bought = []
    while True:
        prices = {}
        for place, option in enumerate(election.options):
            behind = [n for n, use in enumerate(uses) if use.get(place)]
            if place in bought or not option.cost or sum(money[n] for n in behind) < option.cost:
                continue
            for edge in sorted({money[n] / uses[n][place] for n in behind}):
                if sum(min(money[n], edge * uses[n][place]) for n in behind) >= option.cost:
                    poor = [n for n in behind if money[n] < edge * uses[n][place]]
                    rich = [n for n in behind if n not in poor]
                    prices[place] = (option.cost - sum(money[n] for n in poor)) / sum(uses[n][place] for n in rich)
                    break
        if not prices:
            return bought
        best = min(prices, key=lambda place: (prices[place], place))
        for n, use in enumerate(uses):
            if best in use:
                money[n] -= min(money[n], prices[best] * use[best])
        bought.append(best)


@pytest.mark.parametrize("utility", UTILITIES)
@settings(max_examples=150, deadline=None)
@given(election=budgets())
def test_equal_shares_are_those_of_exact_arithmetic(utility, election):
    result = count(election, "equal-shares", Options(utility=utility, completion="none"))
    free = [p for p, option in enumerate(election.options) if not option.cost and election.scores()[p]]
    share = Fraction(election.budget) / len(election.ballots) if election.ballots else Fraction(0)
    assert list(result.winners) == free + plain_equal_shares(election, utility, share)


def test_a_purse_that_just_suffices_to_the_last_digit_does_not_keep_the_count_for_ever():
    """Two thirds each: who gives two points has exactly the part of a twelfth, above or below it as floats round."""
    papers = [Ballot((0,), (points,)) for points in (3, 3, 2, 1, 1, Fraction(1, 2), Fraction(1, 2))]
    election = Election(Kind.POINTS, (Option("p0", cost=3),), (*papers, Ballot(()), Ballot(())), 6)
    result = count(election, "equal-shares", Options(utility="cost", completion="none"))
    assert list(result.winners) == plain_equal_shares(election, "cost", Fraction(6, 9)) == [0]


@pytest.mark.parametrize("utility", UTILITIES)
@settings(max_examples=100, deadline=None)
@given(election=budgets())
def test_it_does_not_matter_where_floats_stop_to_decide(utility, election):
    """With everything a near tie all is decided on exact purses: same winners, same prices."""
    options = Options(utility=utility, completion="none")
    usual = count(election, "equal-shares", options)
    original = purses.NEAR
    try:
        purses.NEAR = 0.2
        assert count(election, "equal-shares", options).winners == usual.winners
    finally:
        purses.NEAR = original


@pytest.mark.parametrize("utility", UTILITIES)
@settings(max_examples=80, deadline=None)
@given(election=budgets())
def test_an_outcome_of_equal_shares_has_a_price_system(utility, election):
    """Priceability: equal purses, payments only for what one wants, costs covered, nothing left out could be paid."""
    if not election.ballots:
        return
    shop = market(election, Options(utility=utility))
    run = purses.Purses(shop, Fraction(election.whole_budget, len(election.ballots)))
    run.run()
    share = run.share
    items = {item.place: item for item in shop.items}
    money = [share] * shop.groups
    for purchase in run.exact_prices():
        item = items[purchase.place]
        paid = Fraction(0)
        for row, group in enumerate(item.groups):
            use = item.use if isinstance(item.use, int) else int(item.use[row])
            people = 1 if item.weight is None else int(item.weight[row])
            part = min(money[group], purchase.exact * use)
            assert part >= 0
            money[group] -= part
            paid += people * part
        assert paid == item.cost
    bought = {purchase.place for purchase in run.bought}
    for place, item in items.items():
        if place not in bought:
            people = [1] * len(item.groups) if item.weight is None else [int(weight) for weight in item.weight]
            left = sum(money[group] * number for group, number in zip(item.groups, people, strict=True))
            assert left < item.cost


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sets(st.integers(0, 4)), min_size=1, max_size=9), st.integers(1, 4))
def test_groups_that_agree_are_represented(papers, seats):
    """Extended justified representation, for options of equal cost: an l-th of the seats' worth of people who agree on
    l options contains somebody who wanted at least l of the winners."""
    options = tuple(Option(f"p{n}", cost=1) for n in range(5))
    election = Election(Kind.APPROVAL, options, tuple(Ballot(tuple(sorted(paper))) for paper in papers), seats)
    won = set(count(election, "equal-shares", Options(completion="none")).winners)
    for size in range(1, seats + 1):
        for agreed in combinations(range(5), size):
            unhappy = sum(set(agreed) <= paper and len(paper & won) < size for paper in papers)
            assert unhappy * seats < size * len(papers)


@pytest.mark.parametrize("rule", ["greedy", "equal-shares", "phragmen"])
@settings(max_examples=100, deadline=None)
@given(
    election=budgets(),
    completion=st.sampled_from(["none", "add1", "add1u", "utilitarian"]),
    utility=st.sampled_from(UTILITIES),
)
def test_no_outcome_costs_more_than_there_is_and_every_protocol_can_be_read(rule, election, completion, utility):
    result = count(election, rule, Options(completion=completion, utility=utility))
    assert election.cost_of(result.winners) <= election.budget
    assert len(set(result.winners)) == len(result.winners)
    for step in result.as_data()["protocol"]:
        assert step["de"]
        assert "{" not in step["de"] + step["en"]
    if rule == "greedy" or (rule == "equal-shares" and completion in {"add1u", "utilitarian"}):
        left = election.budget - election.cost_of(result.winners)
        rest = [p for p in range(len(election.options)) if p not in result.winners and election.scores()[p]]
        assert all(election.options[p].cost > left for p in rest)


@settings(max_examples=80, deadline=None)
@given(budgets(kinds=(Kind.APPROVAL,)), st.data())
def test_more_votes_never_harm_what_greedy_chose(election, data):
    chosen = count(election, "greedy").winners
    if not chosen:
        return
    winner = data.draw(st.sampled_from(chosen))
    more = replace(election, ballots=(*election.ballots, Ballot((winner,))))
    assert winner in count(more, "greedy").winners


def test_knapsack_ballots_above_the_budget_do_not_count():
    options = (Option("a", cost=6), Option("b", cost=5), Option("c", cost=4))
    ballots = (Ballot((0, 2)), Ballot((1, 2)), Ballot((0, 1)), Ballot((1,)))
    result = count(Election(Kind.APPROVAL, options, ballots, 10), "knapsack")
    assert result.winner_ids == ["b", "c"]  # the third ballot spends 11
    assert any(
        "1 Stimmzettel" in line for _, lines in result.rounds() for line in lines if "mehr als das Budget" in line
    )


def test_the_shares_grow_until_the_budget_is_used():
    options = (Option("a", cost=70), Option("b", cost=50))
    election = Election(Kind.APPROVAL, options, tuple([Ballot((0,))] * 6 + [Ballot((1,))] * 4), 120)
    assert count(election, "equal-shares", Options(completion="none")).winner_ids == ["a"]
    grown = count(election, "equal-shares", Options(completion="add1"))
    assert grown.winner_ids == ["a", "b"]  # 12 each at first, 13 in the end: 4 × 13 ≥ 50
    said = [line for _, lines in grown.rounds("en") for line in lines]
    assert "The budget is split equally among 10 ballots: 12 each." in said
    assert any("grows 1 times, to 13" in line for line in said)


def test_costs_and_points_beyond_all_bounds_are_refused_not_miscounted():
    options = (Option("a", cost=10**15), Option("b", cost=1))
    election = Election(Kind.POINTS, options, (Ballot((0, 1), (10**6, 1)), Ballot((0,), (7,))), 10**16)
    with pytest.raises(BallotError, match="too large"):
        count(election, "equal-shares")


# Against pabutools

FILES = published_files()


class Peer:
    """The same election for `pabutools`, with our tie rule."""

    def __init__(self, election):
        from gmpy2 import mpq
        from pabutools.election import (
            ApprovalBallot,
            ApprovalProfile,
            CardinalBallot,
            CardinalProfile,
            Instance,
            Project,
        )
        from pabutools.tiebreaking import TieBreakingRule

        def exact(number):
            return mpq(Fraction(number).numerator, Fraction(number).denominator)

        self.election = election
        self.places = {option.id: place for place, option in enumerate(election.options)}
        projects = [Project(option.id, exact(option.cost)) for option in election.options]
        self.instance = Instance(projects, budget_limit=exact(election.budget))
        if election.kind is Kind.APPROVAL:
            ballots = [ApprovalBallot([projects[c] for c in ballot.choices]) for ballot in election.ballots]
            self.profile = ApprovalProfile(ballots)
        else:
            given = [zip(ballot.choices, ballot.points, strict=True) for ballot in election.as_points().ballots]
            self.profile = CardinalProfile(
                [CardinalBallot({projects[c]: exact(p) for c, p in pairs}) for pairs in given]
            )
        self.ties = TieBreakingRule(lambda _instance, _profile, project: self.places[project.name])

    def satisfaction(self, utility):
        from pabutools.election import Additive_Cardinal_Sat, AdditiveSatisfaction, Cardinality_Sat, Cost_Sat

        class PointsTimesCost(AdditiveSatisfaction):
            def __init__(self, instance, profile, ballot):
                super().__init__(
                    instance, profile, ballot, lambda _i, _p, b, project, _v: b.get(project, 0) * project.cost
                )

        if self.election.kind is Kind.APPROVAL:
            return {"cost": Cost_Sat, "cardinality": Cardinality_Sat}[utility]
        return {"cost": PointsTimesCost, "cardinality": Additive_Cardinal_Sat}[utility]

    def run(self, rule, **options):
        """Their winners in their order, without what nobody wants (they spend what is left on that, too)."""
        found = rule(self.instance, self.profile, tie_breaking=self.ties, **options)
        wanted = self.election.supporters()
        return [place for project in found if wanted[place := self.places[project.name]]]


@pytest.mark.skipif(not FILES, reason="The published elections are not beside this checkout (../shared/data/pabulib).")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:40])
def test_published_elections_end_as_with_pabutools(path):
    from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen

    election = read_pb(path.read_bytes())
    peer = Peer(election)
    step = max(1, int(election.budget / len(election.ballots) / 10))
    for utility in UTILITIES:
        kind = peer.satisfaction(utility)
        options = Options(utility=utility, completion="none", increment=step)
        theirs = peer.run(method_of_equal_shares, sat_class=kind)
        assert list(count(election, "equal-shares", options).winners) == theirs
        grown = peer.run(method_of_equal_shares, sat_class=kind, voter_budget_increment=step)
        assert list(count(election, "equal-shares", replace(options, completion="add1")).winners) == grown
        topped = peer.run(
            greedy_utilitarian_welfare,
            sat_class=kind,
            initial_budget_allocation=[p for place in grown for p in peer.instance if peer.places[p.name] == place],
        )
        assert list(count(election, "equal-shares", replace(options, completion="add1u")).winners) == topped
        assert list(count(election, "greedy", options).winners) == peer.run(greedy_utilitarian_welfare, sat_class=kind)
    agreed = Peer(election.as_approvals())
    assert sorted(count(election, "phragmen").winners) == sorted(agreed.run(sequential_phragmen))


@settings(max_examples=60, deadline=None)
@given(budgets(), st.sampled_from(UTILITIES))
def test_small_elections_with_many_ties_end_as_with_pabutools(election, utility):
    from pabutools.rules import method_of_equal_shares

    paid = [option if option.cost else replace(option, cost=1) for option in election.options]
    election = replace(election, options=tuple(paid))
    if not election.ballots:
        return
    peer = Peer(election)
    theirs = peer.run(method_of_equal_shares, sat_class=peer.satisfaction(utility), voter_budget_increment=1)
    ours = count(election, "equal-shares", Options(utility=utility, completion="add1"))
    assert list(ours.winners) == theirs
