"""Raking meets its margins, or says by how much it does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.capabilities.surveys.rules.weighting import LEAST, MOST, Margin, rake


def weighted(found, codes, size):
    here = codes >= 0
    sums = np.bincount(codes[here], weights=found.weights[here], minlength=size)
    return (sums / sums.sum()).tolist()


def test_one_margin_is_met_at_once():
    codes = np.array([0] * 30 + [1] * 70)
    found = rake([Margin("age", codes, (0.5, 0.5))], 100)
    assert found.weights[0] == pytest.approx(5 / 3)
    assert found.weights[-1] == pytest.approx(5 / 7)
    assert found.converged
    # by hand: 100² / (30·(5/3)² + 70·(5/7)²) = 10000 / (83.33 + 35.71)
    assert found.effective == pytest.approx(84)
    assert found.design_effect == pytest.approx(100 / 84)


def test_two_margins_as_worked_by_deming_and_stephans_method():
    age = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1] * 10)
    place = np.array([0, 0, 1, 1, 0, 0, 0, 1, 1, 1] * 10)
    found = rake([Margin("age", age, (0.5, 0.5)), Margin("place", place, (0.6, 0.4))], 100)
    assert found.converged
    assert weighted(found, age, 2) == pytest.approx([0.5, 0.5], abs=1e-5)
    assert weighted(found, place, 2) == pytest.approx([0.6, 0.4], abs=1e-5)


def test_nobody_speaks_for_many():
    codes = np.array([0] + [1] * 99)
    found = rake([Margin("age", codes, (0.5, 0.5))], 100)
    assert found.weights.max() == pytest.approx(MOST)
    assert found.trimmed
    assert not found.converged
    assert found.largest_gap == pytest.approx(0.45)


def test_a_group_of_whom_nobody_answered_is_named():
    found = rake([Margin("age", np.array([0, 1, 1]), (0.2, 0.3, 0.5))], 3)
    assert found.missing == (("age", 2),)
    assert found.converged


def test_who_did_not_say_keeps_a_weight():
    found = rake([Margin("age", np.array([0, 1, 1, -1]), (0.5, 0.5))], 4)
    assert weighted(found, np.array([0, 1, 1, -1]), 2) == pytest.approx([0.5, 0.5], abs=1e-5)
    assert found.weights[3] > 0


@pytest.mark.parametrize("margins", [[], [Margin("age", np.array([], dtype=int), (0.5, 0.5))]])
def test_without_margins_or_answers_there_is_nothing_to_do(margins):
    assert rake(margins, 0).converged
    assert rake([], 5).weights.tolist() == [1] * 5


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 1)), min_size=30, max_size=80),
    st.lists(st.integers(1, 5), min_size=3, max_size=3),
    st.lists(st.integers(1, 5), min_size=2, max_size=2),
)
def test_what_it_says_of_itself_is_true(people, ages, places):
    age, place = np.array([one for one, _ in people]), np.array([other for _, other in people])
    margins = [
        Margin("age", age, [one / sum(ages) for one in ages]),
        Margin("place", place, [one / sum(places) for one in places]),
    ]
    found = rake(margins, len(people))
    assert (found.weights > 0).all()
    assert 1 <= found.effective <= len(people) + 1e-9
    if found.converged and not found.missing:
        assert weighted(found, age, 3) == pytest.approx(list(margins[0].shares), abs=1e-4)
    assert found.weights.min() >= LEAST - 1e-9
    assert found.weights.max() <= MOST + 1e-9
