"""What a picture shows of a graph, and that it is drawn so that one can read it."""

import itertools
import re
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.engines.trace import rules
from allmende.engines.trace.rules.lettering import width_of


def graphs(most=14, edges=40):
    return st.integers(1, most).flatmap(
        lambda size: st.tuples(
            st.just(size),
            st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), unique=True, max_size=edges),
        )
    )


def heights(size):
    return [59 + 20 * (number % 3) for number in range(size)]


def inside(box, x, y):
    return box.x < x < box.x + box.width and box.y < y < box.y + box.height


@given(graph=graphs())
def test_no_two_boxes_touch_and_all_are_within_the_picture(graph):
    size, edges = graph
    drawing = rules.draw(heights(size), edges)
    assert [box.node for box in drawing.boxes] == list(range(size))
    for one, other in itertools.combinations(drawing.boxes, 2):
        apart_across = one.x + one.width < other.x or other.x + other.width < one.x
        apart_down = one.y + one.height < other.y or other.y + other.height < one.y
        assert apart_across or apart_down
    for box, height in zip(drawing.boxes, heights(size), strict=True):
        assert box.height >= height
        assert box.x >= 0
        assert box.x + box.width <= drawing.width
        assert box.y >= 0
        assert box.y + box.height <= drawing.height


@given(graph=graphs())
def test_every_edge_is_a_line_from_its_one_box_to_the_other_and_through_no_third(graph):
    size, edges = graph
    drawing = rules.draw(heights(size), edges)
    assert sorted((line.source, line.target) for line in drawing.lines) == sorted(
        (one, other) for one, other in set(edges) if one != other
    )
    for line in drawing.lines:
        source, target = drawing.boxes[line.source], drawing.boxes[line.target]
        (x0, y0), (x1, y1) = line.points[0], line.points[-1]
        assert source.x < x0 < source.x + source.width
        assert target.x < x1 < target.x + target.width
        if line.upwards:
            assert (y0, y1) == (source.y, target.y + target.height)
        else:
            assert (y0, y1) == (source.y + source.height, target.y)
        assert len(line.points) % 2 == 0
        for x, y in line.points:
            assert 0 <= x <= drawing.width
            assert 0 <= y <= drawing.height
        for (xa, ya), (xb, yb) in zip(line.points[1::2], line.points[2::2], strict=False):
            assert xa == xb  # straight across a row, where no box is
            assert not any(inside(box, xa, y) for box in drawing.boxes for y in (ya, (ya + yb) / 2, yb))
        for (_xa, ya), (_xb, yb) in zip(line.points[::2], line.points[1::2], strict=True):
            top, bottom = sorted((ya, yb))  # and swings only between two rows
            assert not any(box.y < bottom and box.y + box.height > top for box in drawing.boxes)


@given(graph=graphs())
def test_lines_run_down_but_for_those_that_close_a_circle(graph):
    size, pairs = graph
    straight = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    assert not any(line.upwards for line in rules.draw(heights(size), straight).lines)
    drawing = rules.draw(heights(size), pairs)
    kept = {(line.source, line.target) for line in drawing.lines if not line.upwards}
    for line in drawing.lines:
        assert line.upwards == (line.points[-1][1] < line.points[0][1])
        if line.upwards:  # what it ends at leads to where it begins: without that it could run down
            assert line.source in reachable(line.target, kept)


def reachable(start, edges):
    following = defaultdict(set)
    for one, other in edges:
        following[one].add(other)
    seen, waiting = set(), [start]
    while waiting:
        for node in following[waiting.pop()] - seen:
            seen.add(node)
            waiting.append(node)
    return seen


@given(graph=graphs(), in_a_row=st.integers(1, 6))
def test_a_row_holds_so_many_boxes_and_the_same_graph_looks_the_same(graph, in_a_row):
    size, edges = graph
    drawing = rules.draw(heights(size), edges, in_a_row=in_a_row)
    rows = defaultdict(int)
    for box in drawing.boxes:
        rows[box.y] += 1
    assert max(rows.values()) <= in_a_row
    assert drawing == rules.draw(heights(size), list(reversed(edges)), in_a_row=in_a_row)


def test_a_way_is_one_column_and_what_feeds_a_later_step_stands_near_it():
    way = rules.draw([59] * 4, [(0, 1), (1, 2), (2, 3)])
    assert len({box.x for box in way.boxes}) == 1
    fed = rules.draw([59] * 5, [(0, 1), (1, 2), (2, 3), (4, 3)])
    assert fed.boxes[4].y == fed.boxes[2].y


def test_nothing_is_an_empty_picture():
    assert rules.draw([], []).boxes == ()


# What is chosen


@given(graph=graphs(10, 30), data=st.data())
def test_things_are_bridged_exactly_where_a_way_leads_over_hidden_things_only(graph, data):
    size, pairs = graph
    edges = {pair for pair in pairs if pair[0] != pair[1]}
    visible = data.draw(st.sets(st.integers(0, size - 1)))
    hidden = set(range(size)) - visible
    expected = set()
    for source in visible:
        first = {target for one, target in edges if one == source and target in hidden}
        over = first | {n for node in first for n in reachable(node, {e for e in edges if set(e) <= hidden})}
        expected |= {
            (source, target) for one, target in edges if one in over and target in visible and target != source
        }
    assert rules.bridged(edges, visible, 1000) == expected
    assert len(rules.bridged(edges, visible, 3)) <= 3


@given(graph=graphs(24, 60), most=st.integers(1, 12), data=st.data())
def test_what_is_chosen_is_bounded_joined_and_holds_what_we_stand_at(graph, most, data):
    size, pairs = graph
    edges = {pair for pair in pairs if pair[0] != pair[1]}
    here = data.draw(st.integers(0, size - 1))
    chosen = rules.choose(here, edges, set(), ["idea"] * size, most)
    assert chosen.nodes[0] == here
    assert len(chosen.nodes) == len(set(chosen.nodes)) <= most
    assert set(chosen.edges) == {(one, other) for one, other in edges if {one, other} <= set(chosen.nodes)}
    both = set(chosen.edges) | {(b, a) for a, b in chosen.edges}
    assert reachable(here, both) | {here} >= set(chosen.nodes)
    assert here not in chosen.piles


@given(graph=graphs(24, 60), data=st.data())
def test_with_room_for_all_everything_stands_there_or_in_a_pile(graph, data):
    size, pairs = graph
    edges = {pair for pair in pairs if pair[0] != pair[1]}
    here = data.draw(st.integers(0, size - 1))
    chosen = rules.choose(here, edges, set(), ["idea"] * size, 100)
    around = reachable(here, edges) | reachable(here, {(b, a) for a, b in edges}) | {here}
    assert chosen.drawn + sum(chosen.piles.values()) == len(around)


def test_alike_things_are_a_pile_and_others_of_another_kind_are_not():
    ideas, theme = range(1, 31), 0
    kinds = ["theme", *["idea"] * 29, "finding"]
    chosen = rules.choose(theme, {(idea, theme) for idea in ideas}, set(), kinds, 36)
    assert chosen.piles == {3: 27}
    assert set(chosen.nodes) == {0, 1, 2, 3, 30}
    assert chosen.drawn == 4


def test_where_not_all_fit_what_leads_on_comes_before_what_ends():
    chosen = rules.choose(0, {(0, 1), (0, 2), (2, 3)}, set(), ["a", "b", "c", "d"], 3)
    assert chosen.nodes == (0, 2, 1)


# Words


@given(text=st.text(max_size=200), width=st.floats(3, 30), lines=st.integers(1, 4))
def test_no_line_is_wider_than_its_room_and_no_word_is_lost_without_a_sign(text, width, lines):
    found = rules.wrapped(text, width, lines)
    assert len(found) <= lines
    assert all(width_of(line) <= width for line in found)
    if not (found and found[-1].endswith("…")):
        assert re.sub("[ -]", "", "".join(found)) == "".join(text.split()).replace("-", "")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Laternen", ["Laternen"]),
        ("Laternen melden sich selbst", ["Laternen melden", "sich selbst"]),
        ("Straßenbeleuchtungserneuerung", ["Straßenbeleuchtu-", "ngserneuerung"]),
    ],
)
def test_lines_break_between_words_where_there_are_any(text, lines):
    assert rules.wrapped(text, 9, 3) == lines
