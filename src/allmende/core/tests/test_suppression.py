"""No hidden number can be worked out: checked by algebra, and by trying every table that fits what is shown."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.core.suppression import LEAST, suppress, with_totals


def tables(most_rows: int, most_columns: int, largest: int):
    """Tables of counts, many of them small."""
    value = st.one_of(st.just(0), st.integers(0, LEAST), st.integers(0, largest))
    sizes = st.tuples(st.integers(1, most_rows), st.integers(1, most_columns))
    return sizes.flatmap(
        lambda size: st.lists(st.lists(value, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
    )


def derivable(shown):
    """Hidden cells that the sums determine: their unit vectors lie in the space of the equations."""
    hidden = [(i, j) for i, row in enumerate(shown) for j, value in enumerate(row) if value is None]
    place = {cell: number for number, cell in enumerate(hidden)}
    rows, columns = len(shown), len(shown[0])
    equations = []
    for lines in ([[(i, j) for j in range(columns)] for i in range(rows)],
                  [[(i, j) for i in range(rows)] for j in range(columns)]):  # fmt: skip
        for line in lines:
            vector = [Fraction(0)] * len(hidden)
            for position, cell in enumerate(line):
                if cell in place:
                    vector[place[cell]] = Fraction(-1 if position == len(line) - 1 else 1)
            equations.append(vector)
    basis = []
    for vector in equations:
        basis = grown(basis, vector)
    return [cell for cell, number in place.items() if not rest(basis, unit(number, len(hidden)))]


def unit(number, size):
    return [Fraction(int(position == number)) for position in range(size)]


def rest(basis, vector):
    """What of a vector the basis does not reach; empty when it reaches all."""
    for pivot, row in basis:
        factor = vector[pivot]
        vector = [value - factor * other for value, other in zip(vector, row, strict=True)]
    return [value for value in vector if value]


def grown(basis, vector):
    for pivot, row in basis:
        factor = vector[pivot]
        vector = [value - factor * other for value, other in zip(vector, row, strict=True)]
    pivot = next((position for position, value in enumerate(vector) if value), None)
    if pivot is None:
        return basis
    vector = [value / vector[pivot] for value in vector]
    cleared = [
        (other, [value - row[pivot] * new for value, new in zip(row, vector, strict=True)]) for other, row in basis
    ]
    return [*cleared, (pivot, vector)]


@given(tables(7, 6, 60))
def test_no_hidden_cell_can_be_derived_from_the_totals(counts):
    shown = suppress(counts)
    assert shown is not None
    values = with_totals(counts)
    for i, row in enumerate(shown):
        for j, value in enumerate(row):
            assert value is None or value == values[i][j]
            assert value is None or not 0 < value < LEAST
    assert derivable(shown) == []


@pytest.mark.slow
@settings(max_examples=60)
@given(tables(2, 2, 9))
def test_whoever_tries_every_table_still_finds_two_values_for_each_hidden_cell(counts):
    shown = suppress(counts)
    rows, columns = len(counts), len(counts[0])
    found = {}
    for flat in itertools.product(range(13), repeat=rows * columns):
        table = with_totals([flat[at : at + columns] for at in range(0, len(flat), columns)])
        if all(value is None or value == table[i][j] for i, row in enumerate(shown) for j, value in enumerate(row)):
            for i, row in enumerate(shown):
                for j, value in enumerate(row):
                    if value is None:
                        found.setdefault((i, j), set()).add(table[i][j])
    assert all(len(values) > 1 for values in found.values())
    assert len(found) == sum(value is None for row in shown for value in row)


@given(tables(5, 4, 40))
def test_two_tables_with_the_same_totals_do_not_give_each_other_away(one):
    """What a table hides of the common totals is what the line of totals hides, no more and no less."""
    line = suppress([with_totals(one)[-1][:-1]])
    hidden = [place for place, value in enumerate(line[0]) if value is None]
    shown = suppress(one, hidden_totals=hidden)
    if shown is not None:
        assert [place for place, value in enumerate(shown[-1]) if value is None] == hidden
        assert derivable(shown) == []


def test_what_many_said_is_shown_as_it_is():
    counts = [[10, 20], [0, 7]]
    assert suppress(counts) == with_totals(counts)


@pytest.mark.parametrize(("people", "hidden"), [([[1, 6, 7], [9, 9, 18], [10, 15, 25]], True), (None, False)])
def test_many_posts_of_one_person_are_still_one_person(people, hidden):
    shown = suppress([[8, 6], [9, 9]], people)
    assert (shown[0][0] is None) is hidden


def test_a_single_small_cell_takes_others_with_it_and_the_cheapest():
    shown = suppress([[2, 30, 12], [40, 25, 9], [50, 60, 70]])
    hidden = {(i, j) for i, row in enumerate(shown) for j, value in enumerate(row) if value is None}
    assert (0, 0) in hidden
    assert len(hidden) == 4
    assert all(i < 3 and j < 3 for i, j in hidden), "totals stay as long as they can"
