"""From answers to published tables: what is shown is right, and what is hidden stays so with all tables in hand."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.capabilities.surveys.rules.charts import spec_of
from allmende.capabilities.surveys.rules.publication import Published, records
from allmende.capabilities.surveys.rules.results import Frame, cut_of, group_of, table_of
from allmende.capabilities.surveys.rules.variables import Collector, Form, variables
from allmende.capabilities.surveys.rules.waves import compared
from allmende.capabilities.surveys.rules.weighting import Margin, rake
from allmende.capabilities.surveys.tests.attacks import solvable
from allmende.engines.questions.builders import definition_of, every_kind, question
from allmende.engines.questions.interface import definition_from_json

K = 5


def options(*names):
    return [{"name": name, "label": {"de": name.upper()}} for name in names]


def frame_of(definition, answers, groups=(), weigh=None, least=K):
    wanted = {one.name: one for one in variables(definition)}
    columns = Collector(list(wanted.values())).add_all(answers).columns()
    weights = None
    if weigh:
        name, shares = weigh
        weights = rake([Margin(name, columns[name], shares)], len(answers)).weights
    made = [
        group_of(wanted[name], columns[name], least=least, weighted_by=bool(weigh) and name == weigh[0])
        for name in groups
    ]
    return wanted, Frame(columns, weights, least, tuple(one for one in made if one is not None))


MODES = definition_of(
    question("mode", "select_one", options=options("bike", "bus", "car")),
    question("district", "select_one", options=options("north", "south")),
)


class TestCollecting:
    def test_every_kind_becomes_what_it_is_counted_as(self):
        found = {one.name: one.form for one in variables(definition_from_json(every_kind()))}
        assert found["age"] is Form.NUMBERS
        assert found["modes"] is Form.SEVERAL
        assert found["use/work"] is Form.CHOICE
        assert found["order"] is found["money"] is Form.MEANS
        assert found["spot"] is found["way"] is Form.MAP
        assert found["words"] is Form.TOPICS
        assert found["day"] is Form.COUNTED  # asked several times over
        assert "told" not in found

    def test_answers_become_columns(self):
        wanted = variables(definition_from_json(every_kind()))
        collector = Collector(wanted).add_all([
            {"modes": ["walk", "other"], "use": {"work": "daily"}, "order": ["safe", "fast", "cheap"], "mood": 4,
             "money": {"paths": 70}, "km": 2.5, "agreed": True},
            {"modes": [], "mood": 99, "use": "nonsense", "main": ["no", "text"], "age": "old"},
            {},
        ])  # fmt: skip
        columns = collector.columns()
        assert columns["modes/walk"].tolist() == [1, 0, -1]
        assert columns["modes/other"].tolist() == [1, 0, -1]
        assert columns["use/work"].tolist() == [2, -1, -1]
        assert columns["order/fast"][0] == 2
        assert columns["money/stops"][0] == 0
        assert columns["mood"].tolist() == [3, -1, -1]
        assert columns["agreed"].tolist() == [0, -1, -1]
        assert np.isnan(columns["age"]).all()
        assert collector.answers == 3

    def test_answers_to_a_question_that_a_newer_version_dropped_count_nowhere(self):
        columns = Collector(variables(MODES)).add_all([{"gone": "x", "mode": "removed"}]).columns()
        assert columns["mode"].tolist() == [-1]
        assert set(columns) == {"mode", "district"}


class TestTotals:
    def test_shares_intervals_and_counts(self):
        wanted, frame = frame_of(MODES, [{"mode": "bike"}] * 30 + [{"mode": "bus"}] * 70 + [{}] * 9)
        table = table_of(wanted["mode"], frame)
        assert [(row["names"], row["count"], row["share"]) for row in table["rows"]] == [
            (["bike"], 30, 0.3), (["bus"], 70, 0.7), (["car"], 0, 0.0),
        ]  # fmt: skip
        assert table["answers"] == 100
        assert table["rows"][0]["low"] == pytest.approx(0.2189, abs=1e-4)  # Wilson of 30 in 100, worked by hand
        assert table["rows"][0]["high"] == pytest.approx(0.3958, abs=1e-4)

    def test_weights_that_make_the_sample_like_the_city(self):
        answers = [{"district": "north", "mode": "bike"}] * 30 + [{"district": "south", "mode": "car"}] * 70
        wanted, frame = frame_of(MODES, answers, weigh=("district", (0.5, 0.5)))
        table = table_of(wanted["mode"], frame)
        assert table["rows"][0]["share"] == pytest.approx(0.5)
        assert table["effective"] == 85  # 84, to the next five

    @pytest.mark.parametrize(
        ("answers", "state"),
        [([], "empty"), ([{}] * 20, "empty"), ([{"mode": "bus"}] * 4, "few"), ([{"mode": "bus"}] * 9, "constant"),
         ([{"mode": "bus"}] * 4 + [{"mode": "car"}] * 4, "few")],
    )  # fmt: skip
    def test_empty_constant_and_small_columns_say_so(self, answers, state):
        wanted, frame = frame_of(MODES, answers)
        assert table_of(wanted["mode"], frame)["state"] == state

    def test_numbers_have_classes_and_no_extremes(self):
        definition = definition_of(question("age", "integer"))
        wanted, frame = frame_of(definition, [{"age": 20 + n % 50} for n in range(200)] + [{"age": 117}])
        table = table_of(wanted["age"], frame)
        assert sum(row["count"] for row in table["rows"]) == 201
        assert all(row["count"] == 0 or row["count"] >= K for row in table["rows"])
        assert "117" not in str(table)

    def test_a_rating_whose_small_steps_stand_together_tells_no_mean(self):
        definition = definition_of(question("mood", "rating", most=5))
        answers = [{"mood": 5}] * 20 + [{"mood": 1}] * 3 + [{"mood": 2}] * 4
        wanted, frame = frame_of(definition, answers)
        table = table_of(wanted["mood"], frame)
        assert table["rows"][0] | {"label": None} == table["rows"][0] | {"names": ["1", "2"], "count": 7, "label": None}
        assert table["numbers"] is None

    def test_several_choices_that_few_or_nearly_all_made_are_hidden(self):
        definition = definition_of(question("modes", "select_multiple", options=options("a", "b", "c")))
        answers = [{"modes": ["a", "c"]}] * 20 + [{"modes": ["b"]}] * 2 + [{"modes": []}] * 5
        wanted, frame = frame_of(definition, answers)
        rows = table_of(wanted["modes"], frame)["rows"]
        assert [row["count"] for row in rows] == [20, None, 20]

    @given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000), st.floats(-1e6, 1e6)), max_size=60))
    def test_any_column_of_numbers_gives_a_table(self, values):
        definition = definition_of(question("n", "decimal"))
        wanted, frame = frame_of(definition, [{"n": value} for value in values])
        table = table_of(wanted["n"], frame)
        answered = sum(value is not None for value in values)
        if table["state"] in {"shown", "constant"}:
            assert sum(row["count"] for row in table["rows"]) == answered
            assert spec_of(table, "de", hidden="x") is not None
        else:
            assert answered < K


class TestCuts:
    def test_a_difference_is_told_with_its_chance(self):
        answers = [{"district": "north", "mode": "bike"}] * 60 + [{"district": "north", "mode": "car"}] * 40
        answers += [{"district": "south", "mode": "bike"}] * 20 + [{"district": "south", "mode": "car"}] * 80
        wanted, frame = frame_of(MODES, answers, groups=["district"])
        table = cut_of(wanted["mode"], frame.groups[0], frame)
        assert [row["cells"] for row in table["rows"]] == [[60, 20], [0, 0], [40, 80]]
        assert table["chance"]["statistic"] == pytest.approx(33.33)
        assert table["chance"]["verdict"] == "more_than_chance"
        assert table["chance"]["v"] == pytest.approx(0.408)

    def test_who_did_not_say_is_a_group_too(self):
        answers = [{"district": "north", "mode": "bike"}] * 30 + [{"mode": "car"}] * 30
        wanted, frame = frame_of(MODES, answers, groups=["district"])
        groups = cut_of(wanted["mode"], frame.groups[0], frame)["groups"]
        assert [(one["label"]["de"], one["answers"]) for one in groups] == [("NORTH", 30), ("nicht angegeben", 30)]

    def test_small_groups_are_put_together_or_there_is_none(self):
        _wanted, frame = frame_of(
            MODES, [{"district": "north"}] * 90 + [{"district": "south"}] * 9, groups=["district"]
        )
        assert frame.groups == ()

    def test_sensitive_questions_are_told_in_total_only(self):
        definition = definition_of(
            question("ill", "select_one", options=options("yes", "no"), sensitive=True),
            question("district", "select_one", options=options("north", "south")),
        )
        answers = [{"ill": a, "district": b} for a, b in product(("yes", "no"), ("north", "south"))] * 25
        wanted, frame = frame_of(definition, answers, groups=["district"])
        assert table_of(wanted["ill"], frame)["state"] == "shown"
        assert cut_of(wanted["ill"], frame.groups[0], frame) is None

    def test_two_groups_have_one_table_in_both_directions(self):
        answers = [{"mode": m, "district": d} for m, d in product(("bike", "bus", "car"), ("north", "south"))] * 20
        answers += [{"mode": "bike", "district": "north"}] * 7
        wanted, frame = frame_of(MODES, answers, groups=["mode", "district"])
        one = cut_of(wanted["mode"], frame.groups[1], frame)
        other = cut_of(wanted["district"], frame.groups[0], frame)
        assert [row["cells"] for row in one["rows"]] == list(
            map(list, zip(*[row["cells"] for row in other["rows"]], strict=True))
        )


POLL = definition_of(
    question("opinion", "select_one", options=options("a", "b", "c")),
    question("age", "select_one", options=options("x", "y", "z")),
    question("district", "select_one", options=options("n", "s")),
)
NAMES = ("opinion", "age", "district")
person = st.tuples(
    st.sampled_from(["a", "a", "a", "b", "c", None]), st.sampled_from(["x", "x", "y", "z", None]), st.sampled_from("ns")
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(person, min_size=40, max_size=120))
def test_with_every_published_table_in_hand_no_hidden_cell_can_be_worked_out(people):
    """All tables of all questions by all groups, with all totals. Unknown are the counts of people of each kind; every
    number that is shown is an equation in them.
    """
    answers = [{name: value for name, value in zip(NAMES, one, strict=True) if value} for one in people]
    wanted, frame = frame_of(POLL, answers, groups=["age", "district"])
    places = {name: {option: place for place, (option, _l) in enumerate(wanted[name].options)} for name in NAMES}
    worlds = list(product((*"abc", None), (*"xyz", None), (*"ns", None)))

    def meaning(**conditions):
        """Which kinds of people a cell counts: name → allowed values."""
        return [
            Fraction(int(all(world[NAMES.index(name)] in allowed for name, allowed in conditions.items())))
            for world in worlds
        ]

    def allowed_in(names):
        return {name or None for name in names} | ({None} if "" in names else set())

    known, hidden = [meaning()], []
    for name in NAMES:
        table = table_of(wanted[name], frame)
        for row in table["rows"]:
            assert row["count"] == 0 or row["count"] >= K
            known.append(meaning(**{name: set(row["names"])}))
        for group in frame.groups:
            cut = cut_of(wanted[name], group, frame)
            for row in cut["rows"] if cut else ():
                mine = allowed_in(row["names"])
                for described, count in zip(cut["groups"], row["cells"], strict=True):
                    cell = meaning(**{name: mine, group.name: allowed_in(described["names"])})
                    (hidden if count is None else known).append(cell)
                    assert count is None or count == 0 or count >= K
                known.append(meaning(**{name: mine}))
            for described in cut["groups"] if cut else ():
                answered = {
                    name: set(places[name]) | ({None} if any("" in row["names"] for row in cut["rows"]) else set())
                }
                known.append(meaning(**answered, **{group.name: allowed_in(described["names"])}))
    for target in hidden:
        assert not solvable(known, target)


@settings(max_examples=30, deadline=None)
@given(st.lists(person, min_size=60, max_size=160), st.sampled_from([(0.5, 0.3, 0.2), (0.2, 0.2, 0.6)]))
def test_by_what_is_weighted_all_is_shown_or_nothing(people, shares):
    """A weighted share is a sum over the groups that are weighted by, with factors that anyone can work out."""
    answers = [{name: value for name, value in zip(NAMES, one, strict=True) if value} for one in people]
    wanted, frame = frame_of(POLL, answers, groups=["age", "district"], weigh=("age", shares))
    for name, group in product(NAMES, frame.groups):
        cut = cut_of(wanted[name], group, frame)
        if cut is not None and (group.weighted_by or name == "age"):
            assert not cut["hidden"]


def test_a_weighted_share_does_not_give_a_count_away():
    """Two groups with known factors: from exact shares anyone could work out how many of each said something."""
    for north in range(1, 5):
        answers = [{"age": "x", "opinion": "a"}] * north + [{"age": "x", "opinion": "b"}] * (60 - north)
        answers += [{"age": "y", "opinion": "a"}] * (20 - north) + [{"age": "y", "opinion": "b"}] * (20 + north)
        wanted, frame = frame_of(POLL, answers, groups=["age"], weigh=("age", (0.3, 0.7, 0)))
        told = {row["names"][0]: row["share"] for row in table_of(wanted["opinion"], frame)["rows"]}
        factors = sorted(set(frame.weights.round(9)))
        fitting = [
            n for n in range(21)
            if abs((factors[0] * n + factors[1] * (20 - n)) / 100 - told["a"]) <= frame.step(100) / 2 + 1e-9
        ]  # fmt: skip
        assert north in fitting
        assert len(fitting) >= K
        assert cut_of(wanted["opinion"], frame.groups[0], frame) is None


class TestFiles:
    def test_records_hold_what_tables_show_and_nothing_more(self):
        answers = [{"district": d, "mode": m} for d, m in product(("north", "south"), ("bike", "car"))] * 30
        answers += [{"district": "north", "mode": "bus"}] * 6
        wanted, frame = frame_of(MODES, answers, groups=["district"])
        cut = cut_of(wanted["mode"], frame.groups[0], frame)
        found = records([Published(1, "mode", "Womit?", table_of(wanted["mode"], frame), [("district", cut)])], "de")
        assert sum(row["count"] for row in found if not row["group"]) == 126
        by_group = {(row["answer"], row["group_value"]): row["count"] for row in found if row["group"]}
        assert by_group["bike", "NORTH"] == 30
        shown = [value for row in cut["rows"] for value in row["cells"]]
        assert sorted(map(str, by_group.values())) == sorted(map(str, shown))


class TestWaves:
    def test_a_change_is_told_with_its_interval(self):
        then = frame_of(MODES, [{"mode": "bike"}] * 48 + [{"mode": "car"}] * 32)
        now = frame_of(MODES, [{"mode": "bike"}] * 56 + [{"mode": "car"}] * 14)
        found = compared(table_of(now[0]["mode"], now[1]), table_of(then[0]["mode"], then[1]))
        bike = found["rows"][0]
        assert bike["gap"] == pytest.approx(0.2)
        assert (bike["low"], bike["high"]) == pytest.approx((0.0524, 0.3339), abs=2e-4)  # Newcombe 1998, table II (a)
        assert bike["sure"]

    def test_other_questions_are_not_compared(self):
        assert compared({"form": "choice", "state": "shown", "rows": []}, {"form": "means", "state": "shown"}) is None
        empty = {"form": "choice", "state": "empty", "rows": [], "answers": 0}
        assert compared(empty, empty) is None


def test_no_chart_of_what_is_not_shown():
    for state, form in combinations(("empty", "few", "counted", "choice"), 2):
        assert spec_of({"state": state, "form": form, "rows": []}, "de", hidden="x") is None
