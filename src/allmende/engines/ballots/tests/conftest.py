"""Elections for tests: made here, and the real ones beside the checkout."""

import os
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import strategies as st

from allmende.engines.ballots.interface import Ballot, Election, Kind, Option

REAL = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "pabulib"
EVERYTHING = os.environ.get("ALLMENDE_AXE") == "all"
SMALL = 20_000  # bytes


def published_files():
    """Pabulib files; they name no licence, so they are read where they lie. `make test-all` takes all of them."""
    return sorted(path for path in REAL.glob("*.pb") if EVERYTHING or path.stat().st_size < SMALL)


@pytest.fixture
def published():
    if not REAL.is_dir():
        pytest.skip("The published elections are not beside this checkout (../shared/data/pabulib).")
    return sorted(REAL.glob("*.pb"))


def rankings(*papers, options="ABCDE"):
    """From ("ABC", 5), … an election of five ballots that name A, then B, then C."""
    names = [name for name in options if any(name in paper for paper, _ in papers)]
    return Election(
        Kind.RANKING,
        tuple(Option(name) for name in names),
        tuple(Ballot(tuple(names.index(name) for name in paper)) for paper, count in papers for _ in range(count)),
    )


@st.composite
def ranked(draw, most=12, options=5):
    count = draw(st.integers(1, options))
    ballot = st.permutations(range(count)).flatmap(
        lambda order: st.integers(0, count).map(lambda long: Ballot(tuple(order[:long])))
    )
    ballots = draw(st.lists(ballot, max_size=most))
    return Election(Kind.RANKING, tuple(Option(f"o{n}") for n in range(count)), tuple(ballots))


@st.composite
def budgets(draw, kinds=(Kind.APPROVAL, Kind.POINTS), most=9, options=6):
    """Small budgets with costs that invite ties."""
    count = draw(st.integers(1, options))
    costs = draw(st.lists(st.sampled_from([0, 1, 2, 3, 4, 6, 12, Fraction(5, 2)]), min_size=count, max_size=count))
    kind = draw(st.sampled_from(kinds))
    ballots = []
    for chosen in draw(st.lists(st.sets(st.integers(0, count - 1)), max_size=most)):
        choices = tuple(sorted(chosen))
        points = [draw(st.sampled_from([0, 1, 2, 3, Fraction(1, 2)])) for _ in choices] if kind is Kind.POINTS else []
        ballots.append(Ballot(choices, tuple(points)))
    budget = draw(st.sampled_from([1, 5, 6, 10, 12, 15, Fraction(25, 2)]))
    return Election(kind, tuple(Option(f"p{n}", cost=cost) for n, cost in enumerate(costs)), tuple(ballots), budget)
