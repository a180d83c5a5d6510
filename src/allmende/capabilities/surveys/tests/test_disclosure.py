"""Nobody is singled out: whoever has all that is published tries to work the hidden cells out."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.capabilities.surveys.rules.grid import SIZE, grid
from allmende.capabilities.surveys.rules.suppression import coarsened, either_or, joined, publishable
from allmende.capabilities.surveys.tests.attacks import solvable

K = 5
CITY = (12.08, 50.88)
raws = st.lists(st.integers(0, 12), min_size=2, max_size=7)


class TestCoarsening:
    @given(raws, st.booleans())
    def test_behind_every_answer_that_is_shown_stand_enough(self, raw, ordered):
        found = coarsened(raw, least=K, ordered=ordered)
        if found is None:
            return
        sizes = [sum(raw[place] for place in part) for part in found.parts]
        assert all(size == 0 or size >= K for size in sizes)
        assert sorted(place for part in found.parts for place in part) == list(range(len(raw)))
        if ordered:
            assert [place for part in found.parts for place in part] == list(range(len(raw)))

    def test_small_answers_are_put_together_and_the_next_joins_them(self):
        assert coarsened([20, 3, 9, 1], least=K).parts == ((0,), (1, 2, 3))
        assert coarsened([20, 3, 9, 2], least=K).parts == ((0,), (2,), (1, 3))
        assert coarsened([20, 3, 9, 2], least=K, ordered=True).parts == ((0,), (1, 2, 3))

    def test_one_heap_of_all_tells_nothing_but_a_constant_answer_does(self):
        assert coarsened([4, 3], least=K) is None
        assert coarsened([2, 1], least=K) is None
        assert coarsened([9, 0], least=K).parts == ((0,), (1,))

    def test_few_against_many_are_not_told(self):
        assert [either_or(yes, 20, least=K) for yes in (0, 1, 4, 5, 15, 16, 19, 20)] == [
            True, False, False, True, True, False, False, True,
        ]  # fmt: skip


def tally(people, sizes, places):
    """A table of counts of people by some of their answers."""
    return {
        cell: sum(all(one[place] == value for place, value in zip(places, cell, strict=True)) for one in people)
        for cell in product(*(range(sizes[place]) for place in places))
    }


def released(people, sizes, question, group):
    """The cells of a question by a group as they are published: {(question's place, group's place): count or None}."""
    table = tally(people, sizes, (question, group))
    rows = [[table[i, j] for j in range(sizes[group])] for i in range(sizes[question])]
    found = publishable(rows, least=K)
    if found is None:
        return None
    assert [row[-1] for row in found[:-1]] == [sum(row) for row in rows]
    assert found[-1] == [*map(sum, zip(*rows, strict=True)), len(people)]
    return {(i, j): found[i][j] for i, j in table}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)), min_size=10, max_size=60))
def test_no_combination_of_filters_and_totals_gives_a_hidden_cell_away(people):
    """All tables of two questions are published, each question being a group too; the attacker knows all of them."""
    sizes = (3, 3, 2)
    worlds = list(product(*map(range, sizes)))
    known, hidden = [], []

    def meaning(places, cell):
        return [
            Fraction(int(all(world[p] == v for p, v in zip(places, cell, strict=True)))) for world in worlds
        ]  # fmt: skip

    for place in range(3):
        known += [meaning((place,), (value,)) for value in range(sizes[place])]
    for question, group in ((0, 1), (0, 2), (1, 2)):
        cells = released(people, sizes, question, group)
        for cell, value in (cells or {}).items():
            (hidden if value is None else known).append(meaning((question, group), cell))
    for target in hidden:
        assert not solvable(known, target)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=3), min_size=2, max_size=3))
def test_every_hidden_cell_may_be_another_number_too(rows):
    """Also when counts cannot be negative: every table that fits is tried."""
    width = min(map(len, rows))
    rows = [row[:width] for row in rows]
    shown = publishable(rows, least=K)
    if shown is None:
        return
    hidden = [(i, j) for i in range(len(rows)) for j in range(width) if shown[i][j] is None]
    left = [row[-1] - sum(value for value in row[:-1] if value is not None) for row in shown[:-1]]
    down = [
        shown[-1][j] - sum(shown[i][j] for i in range(len(rows)) if shown[i][j] is not None) for j in range(width)
    ]  # fmt: skip
    seen = {cell: set() for cell in hidden}

    def fill(place, across, below, values):
        if place == len(hidden):
            if not any(across) and not any(below):
                for cell, value in zip(hidden, values, strict=True):
                    seen[cell].add(value)
            return
        if values and all(len(found) > 1 for found in seen.values()):
            return
        i, j = hidden[place]
        for value in range(min(across[i], below[j]) + 1):
            fill(
                place + 1,
                [n - value * (k == i) for k, n in enumerate(across)],
                [n - value * (k == j) for k, n in enumerate(below)],
                [*values, value],
            )

    fill(0, left, down, [])
    assert all(len(found) > 1 for found in seen.values())
    assert all(not 0 < rows[i][j] < K for i in range(len(rows)) for j in range(width) if shown[i][j] is not None)


def test_by_a_group_that_is_weighted_by_all_is_shown_or_nothing():
    few = [[20, 2, 9], [8, 9, 7]]
    assert publishable(few, least=K, all_or_nothing=False) is not None
    assert publishable(few, least=K, all_or_nothing=True) is None
    assert publishable([[20, 6], [8, 9]], least=K, all_or_nothing=True) == [[20, 6, 26], [8, 9, 17], [28, 15, 43]]


def test_joined_counts_keep_everybody():
    rows, columns = coarsened([9, 2, 8], least=K), coarsened([7, 1, 11], least=K, ordered=True)
    table = [[1, 0, 8], [1, 0, 1], [5, 1, 2]]
    assert joined(table, rows, columns) == [[1, 8], [6, 3], [2, 1]] or sum(map(sum, joined(table, rows, columns))) == 19


class TestMaps:
    def test_only_hexagons_of_enough_people_are_shown_and_no_point(self):
        many = [[(CITY[0] + 0.0001 * n, CITY[1])] for n in range(9)]
        few = [[(CITY[0] + 0.05, CITY[1] + 0.05)] for _ in range(4)]
        found = grid([*many, *few, *([(CITY[0] + 0.1, CITY[1] + 0.1 * n)] for n in range(3))], CITY, least=K)
        assert [field.people for field in found.fields] == [9]
        assert (found.elsewhere, found.answers) == (7, 16)

    def test_a_rest_that_would_single_out_takes_a_shown_one_with_it(self):
        here, there = [[CITY]] * 9, [[(CITY[0] + 0.05, CITY[1])]] * 6
        found = grid([*here, *there, [(CITY[0] - 0.05, CITY[1])]], CITY, least=K)
        assert [field.people for field in found.fields] == [9]
        assert found.elsewhere == 7

    def test_a_route_counts_once_in_each_hexagon_it_crosses(self):
        line = [CITY, (CITY[0] + 0.02, CITY[1]), CITY]
        found = grid([line] * K, CITY, least=K)
        assert {field.people for field in found.fields} == {K}
        assert len(found.fields) >= 2

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), max_size=60))
    def test_everybody_is_counted_and_few_never_shown(self, steps):
        found = grid([[(CITY[0] + x * 0.004, CITY[1] + y * 0.003)] for x, y in steps], CITY, least=K)
        assert sum(field.people for field in found.fields) + found.elsewhere == len(steps)
        assert all(field.people >= K for field in found.fields)
        assert found.elsewhere == 0 or found.elsewhere >= K or not found.fields

    def test_a_place_lies_in_its_hexagon(self):
        from shapely import Point, Polygon

        for x, y in product(range(-5, 6), repeat=2):
            place = (CITY[0] + x * 0.0031, CITY[1] + y * 0.0017)
            (field,) = grid([[place]] * K, CITY, least=K, size=SIZE).fields
            assert Polygon(field.corners).buffer(2e-6).contains(Point(place))


def test_nothing_named_is_no_map():
    assert grid([], CITY, least=K).fields == ()


@pytest.mark.parametrize("counts", [[[3]], [[0, 0], [0, 0]]])
def test_a_table_of_too_few_is_not_shown_or_empty(counts):
    shown = publishable(counts, least=K)
    assert shown is None or all(value == 0 for row in shown for value in row)
