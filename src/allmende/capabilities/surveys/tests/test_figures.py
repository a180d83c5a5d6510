"""Figures against examples worked by hand and against what must always hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.capabilities.surveys.rules import tables
from allmende.capabilities.surveys.rules.independence import (
    Strength,
    Verdict,
    chi_square_p,
    incomplete_beta,
    independence,
    upper_gamma,
)
from allmende.capabilities.surveys.rules.tables import NOTHING

counts = st.integers(0, 40)


class TestShares:
    def test_wilson_as_in_newcombe_1998(self):
        # Newcombe, Two-sided confidence intervals for the single proportion, table I, method 3
        for hits, of, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)]:
            assert tables.wilson(hits / of, of) == pytest.approx((low, high), abs=5e-5)
        assert tables.wilson(1, 29) == pytest.approx((0.8830, 1), abs=5e-5)

    @given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_an_interval_holds_its_share_and_is_mirrored(self, drawn):
        hits, of = drawn
        low, high = tables.wilson(hits / of, of)
        assert 0 <= low <= hits / of <= high <= 1
        assert low < high
        other = tables.wilson(1 - hits / of, of)
        assert (1 - other[1], 1 - other[0]) == pytest.approx((low, high), abs=1e-9)

    def test_of_nothing_everything_is_possible(self):
        assert tables.wilson(0, 0) == (0, 1)

    def test_counts_leave_out_who_did_not_answer(self):
        found = tables.counts(np.array([0, 1, NOTHING, 1, NOTHING]), 3)
        assert (found.answers, found.raw, found.effective) == (3, (1, 2, 0), 3)
        assert found.share(1) == pytest.approx(2 / 3)
        assert found.share(2) == 0

    def test_weights_change_shares_and_make_intervals_wider(self):
        codes, weights = np.array([0, 0, 0, 1]), np.array([0.5, 0.5, 0.5, 2.5])
        found = tables.counts(codes, 2, weights)
        assert found.share(1) == pytest.approx(2.5 / 4)
        assert found.effective == pytest.approx(16 / 7)  # (Σw)² / Σw² = 16 / (3·0.25 + 6.25)

    def test_an_empty_column_has_counts_of_nothing(self):
        found = tables.counts(np.array([], dtype=int), 2)
        assert (found.answers, found.share(0), found.interval(0)) == (0, 0, (0, 1))


class TestNumbers:
    def test_by_hand(self):
        found = tables.spread(np.array([2, 4, 4, 4, 5, 5, 7, 9, np.nan]))
        assert (found.answers, found.mean, found.quartiles) == (8, 5, (4, 4.5, 6))
        assert found.deviation == pytest.approx(math.sqrt(32 / 7))
        half = 2.3646 * math.sqrt(32 / 7 / 8)  # t for 7 degrees of freedom
        assert found.interval == pytest.approx((5 - half, 5 + half), abs=1e-3)

    def test_empty_and_constant_columns_say_so(self):
        assert tables.spread(np.array([np.nan, np.nan])) is None
        assert tables.spread(np.array([])) is None
        found = tables.spread(np.array([3.0, 3.0, 3.0]))
        assert found.constant
        assert found.interval == (3, 3)
        assert tables.spread(np.array([3.0])).interval == (-math.inf, math.inf)

    @pytest.mark.parametrize(("freedom", "t"), [(1, 12.706), (2, 4.303), (9, 2.262), (30, 2.042), (120, 1.980)])
    def test_students_table(self, freedom, t):
        assert tables.student(freedom) == pytest.approx(t, abs=6e-4)

    @pytest.mark.parametrize("freedom", [301, 500, 2000])
    def test_for_many_degrees_of_freedom_the_expansion_is_the_quantile(self, freedom):
        assert tables._outside(tables.student(freedom), freedom) == pytest.approx(0.05, abs=1e-7)

    @given(st.lists(st.integers(-50, 50), min_size=1, max_size=60), st.integers(2, 4))
    def test_a_whole_weight_is_as_if_somebody_had_answered_that_often(self, values, often):
        numbers = np.array(values, dtype=float)
        one = tables.spread(numbers, np.full(numbers.size, float(often)))
        many = tables.spread(np.repeat(numbers, often))
        assert one.mean == pytest.approx(many.mean)
        assert one.quartiles == pytest.approx(many.quartiles)
        assert one.effective == pytest.approx(numbers.size)

    @given(st.lists(st.integers(-50, 50), min_size=1, max_size=60))
    def test_the_median_is_what_schools_teach(self, values):
        import statistics

        assert tables.spread(np.array(values, dtype=float)).quartiles[1] == statistics.median(values)


class TestTwoQuestions:
    def test_gamma_against_closed_forms(self):
        for x in (0.1, 0.9, 1, 2.5, 7, 40):
            assert upper_gamma(1, x) == pytest.approx(math.exp(-x), rel=1e-12)
            assert upper_gamma(0.5, x) == pytest.approx(math.erfc(math.sqrt(x)), rel=1e-11)
            assert upper_gamma(3, x) == pytest.approx(math.exp(-x) * (1 + x + x * x / 2), rel=1e-12)
        assert upper_gamma(2, 0) == 1

    @given(st.floats(0.1, 300), st.floats(0, 600))
    def test_gamma_obeys_its_recurrence_and_falls(self, a, x):
        # Q(a + 1, x) = Q(a, x) + x^a e^-x / Γ(a + 1)
        step = math.exp(a * math.log(x) - x - math.lgamma(a + 1)) if x else 0
        assert upper_gamma(a + 1, x) == pytest.approx(upper_gamma(a, x) + step, abs=1e-10)
        assert upper_gamma(a, x + 1) <= upper_gamma(a, x) + 1e-12

    @given(st.integers(1, 30), st.integers(1, 30), st.floats(0, 1))
    def test_beta_is_the_tail_of_a_binomial(self, a, b, x):
        n = a + b - 1
        tail = math.fsum(math.comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1))
        assert incomplete_beta(a, b, x) == pytest.approx(tail, abs=1e-11)

    @pytest.mark.parametrize(
        ("statistic", "freedom", "p"),
        [(3.841, 1, 0.05), (6.635, 1, 0.01), (5.991, 2, 0.05), (18.307, 10, 0.05), (124.342, 100, 0.05)],
    )
    def test_the_printed_table_of_chi_square(self, statistic, freedom, p):
        assert chi_square_p(statistic, freedom) == pytest.approx(p, abs=2e-5)

    def test_by_hand(self):
        # expected 20, 30, 20, 30: χ² = 100/20 + 100/30 + 100/20 + 100/30
        found = independence([[30, 20], [10, 40]])
        assert found.statistic == pytest.approx(100 / 20 + 100 / 30 + 100 / 20 + 100 / 30)
        assert found.freedom == 1
        assert found.cramers_v == pytest.approx(math.sqrt(found.statistic / 100))
        assert found.verdict == Verdict.MORE_THAN_CHANCE
        assert found.strength == Strength.MEDIUM

    def test_few_answers_are_not_judged(self):
        found = independence([[3, 1], [1, 3]])
        assert found.small == 4
        assert found.verdict == Verdict.TOO_FEW

    @pytest.mark.parametrize("table", [[[5, 7]], [[5], [7]], [[5, 0], [7, 0]], [[0, 0], [0, 0]]])
    def test_a_constant_or_empty_column_has_nothing_to_compare(self, table):
        assert independence(table).verdict == Verdict.NOTHING_TO_COMPARE
        assert independence(table).p == 1

    @given(st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(counts, min_size=n, max_size=n), min_size=2)))
    def test_turning_the_table_changes_nothing(self, table):
        found, turned = independence(table), independence(list(zip(*table, strict=True)))
        assert found.statistic == pytest.approx(turned.statistic)
        assert found.p == pytest.approx(turned.p)
        assert 0 <= found.cramers_v <= 1
        assert 0 <= found.p <= 1

    @given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.lists(st.integers(1, 9), min_size=2, max_size=5))
    def test_what_does_not_hang_together_has_no_chi_square(self, across, down):
        found = independence([[a * b for b in down] for a in across])
        assert found.statistic == pytest.approx(0, abs=1e-8)
        assert found.cramers_v == pytest.approx(0, abs=1e-4)


class TestWaves:
    def test_a_difference_as_in_newcombe_1998(self):
        # Newcombe, Interval estimation for the difference, table II, example (a), method 10
        gap, between = tables.difference(56 / 70, 70, 48 / 80, 80)
        assert gap == pytest.approx(0.2)
        assert between == pytest.approx((0.0524, 0.3339), abs=5e-5)

    @given(st.floats(0, 1), st.integers(1, 500), st.floats(0, 1), st.integers(1, 500))
    def test_the_other_way_round_it_is_the_negative(self, one, n, other, m):
        gap, (low, high) = tables.difference(one, n, other, m)
        back, (least, most) = tables.difference(other, m, one, n)
        assert (gap, low, high) == pytest.approx((-back, -most, -least))
        assert low <= gap <= high

    def test_means(self):
        one, other = tables.spread(np.array([5.0, 7, 9])), tables.spread(np.array([1.0, 3, 5]))
        gap, (low, high) = tables.difference_of_means(one, other)
        half = 2.7764 * math.sqrt(4 / 3 + 4 / 3)  # t for 4 degrees of freedom
        assert gap == 4
        assert (low, high) == pytest.approx((4 - half, 4 + half), abs=1e-3)
