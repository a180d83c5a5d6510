import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.engines.questions.builders import definition_of, every_kind, option, question
from allmende.engines.questions.interface import check, columns, definition_from_json, flatten, instances

pytestmark = pytest.mark.central

AT = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
FULL = definition_from_json(every_kind())
ANSWERS = {
    "agreed": True,
    "age": "36",
    "modes": ["bus", "bike", "other"],
    "modes__other": "  Roller  ",
    "main": "bike",
    "use": {"work": "daily", "shop": "never"},
    "order": ["safe", "fast", "cheap"],
    "mood": "4",
    "money": {"paths": "60", "stops": 40},
    "km": "3,5",
    "trips": [{"day": "2026-11-20", "start": "08:15", "seen": "2026-11-20T08:40"}, {"day": "2026-11-21"}, {}],
    "spot": {"lon": 12.08, "lat": 50.88, "label": "Markt", "how": "map"},
    "way": [[12.08, 50.88], [12.09, 50.89]],
    "name": "ما رأيك 🚲",
    "words": "one\r\ntwo",
}


def faults(definition, answers, **more):
    return check(definition, answers, at=AT, **more).faults


def test_answers_are_taken_in_the_types_of_their_kinds():
    checked = check(FULL, ANSWERS, at=AT)
    assert checked.faults == {}
    assert checked.values == {
        **ANSWERS,
        "age": 36,
        "modes": ["bike", "bus", "other"],
        "modes__other": "Roller",
        "mood": 4,
        "money": {"paths": 60, "stops": 40},
        "km": 3.5,
        "weekly": 35,
        "trips": ANSWERS["trips"][:2],
        "words": "one\ntwo",
    }
    assert list(checked.values)[:3] == ["agreed", "age", "modes"]
    assert "trips/1/day" in checked.relevant
    assert [name for name, _question in instances(FULL, checked)].count("trips/0/day") == 1
    again = check(FULL, json.loads(json.dumps(checked.values)), at=AT)
    assert (again.values, again.faults) == (checked.values, {})


def test_what_is_not_asked_is_left_out():
    checked = check(FULL, ANSWERS | {"modes": ["none"]}, at=AT)
    assert not {"week", "use", "km", "weekly", "main"} & checked.relevant
    assert not {"use", "km", "weekly", "main", "modes__other"} & set(checked.values)
    assert checked.faults == {}


def test_faults_stand_in_the_order_of_the_questionnaire_and_say_what_to_do():
    found = faults(FULL, {"age": "old", "modes": ["bike", "bus"], "main": "car", "trips": [{"start": "8 am"}]})
    assert list(found) == ["agreed", "age", "main", "trips/0/day", "trips/0/start"]
    assert all(message.endswith(".") for message in found.values())


def test_an_answer_to_a_question_of_another_version_is_named_and_not_taken():
    checked = check(FULL, ANSWERS | {"removed": "x", "use__other": "y"}, at=AT)
    assert checked.unknown == {"removed"}
    assert "removed" not in checked.values


def test_options_that_a_condition_shuts_cannot_be_chosen():
    checked = check(FULL, ANSWERS | {"main": "car"}, at=AT)
    assert checked.offered["main"] == ("bike", "bus")
    assert list(checked.faults) == ["main"]


TWO = [option("a", "A", "A"), option("b", "B", "B"), option("c", "C", "C")]
ROWS = [option("r", "R", "R"), option("s", "S", "S")]


@pytest.mark.parametrize(
    ("asked", "right", "wrong"),
    [
        ({"kind": "text", "most": 5}, ["abc", "🚲🚲"], ["abcdef", 3, {}, [], "x" * 100_000]),
        ({"kind": "longtext", "least": 3}, ["abc"], ["ab"]),
        ({"kind": "integer", "least": -2, "most": 5}, ["-2", 5, "5", 3.0],
         ["6", "x", "1.5", True, [], "9" * 99, "1e3", "NaN", "٣"]),
        ({"kind": "decimal", "step": 0.1}, ["0,3", "1.1", 2], ["0,35", "1.234,5", float("nan"), float("inf")]),
        ({"kind": "date"}, ["2026-02-28"], ["2026-02-30", "28.02.2026", "2026-2-8", 5, "20260228ab"]),
        ({"kind": "time"}, ["14:30", "14:30:00"], ["25:00", "2 pm"]),
        ({"kind": "datetime"}, ["2026-11-22T14:30"], ["2026-11-22", "2026-11-22T14:30+01:00"]),
        ({"kind": "select_one", "options": TWO}, ["a"], ["d", ["a"], "other", {}]),
        ({"kind": "select_multiple", "options": TWO, "least": 2, "most": 2, "exclusive": ["c"]},
         [["b", "a"], ["c"]], [["a"], ["a", "b", "c"], ["a", "a"], ["d"], "a", [{}], ["a"] * 1000]),
        ({"kind": "matrix", "options": TWO, "rows": ROWS}, [{"r": "a"}], [{"r": "d"}, {"x": "a"}, ["r"], {"r": []}]),
        ({"kind": "ranking", "options": TWO}, [["b", "a"]], [["a", "a"], ["d"], "a"]),
        ({"kind": "rating", "most": 3}, [1, "3"], [0, 4, "4", "x", 2.5, True, [], "9" * 5000]),
        ({"kind": "allocation", "most": 10, "options": TWO}, [{"a": 4, "b": "6"}],
         [{"a": 4}, {"a": 11}, {"a": -1, "b": 11}, {"x": 10}, [10], {"a": 3.5, "b": 6.5}]),
        ({"kind": "allocation", "most": 10, "least": 0, "step": 5, "options": TWO}, [{"a": 5}], [{"a": 4}]),
        ({"kind": "file"}, ["0198b1a0-0000-7000-8000-000000000000"], ["x", 3, "../../etc/passwd"]),
        ({"kind": "place"}, [{"lon": 12, "lat": 50}, {"label": "Markt"}],
         [{"lon": 200, "lat": 50}, {"lon": "x", "lat": 1}, {"lon": 1}, "Markt", [1, 2]]),
        ({"kind": "route"}, [[[12, 50], [12.1, 50.1]]], [[[12, 50]], "x", [[1]], [["a", "b"]], [[1, 2]] * 600]),
        ({"kind": "consent"}, [True], ["yes", 3, []]),
    ],
)  # fmt: skip
def test_each_kind_takes_what_fits_and_says_what_does_not(asked, right, wrong):
    definition = definition_of(question("q", **asked))
    for answer in right:
        checked = check(definition, {"q": answer}, at=AT)
        assert checked.faults == {}, answer
        assert "q" in checked.values
    for answer in wrong:
        checked = check(definition, {"q": answer}, at=AT)
        assert list(checked.faults) == ["q"], answer
        assert "q" not in checked.values


@pytest.mark.parametrize(
    ("asked", "partly"),
    [
        ({"kind": "matrix", "options": TWO, "rows": ROWS}, {"r": "a"}),
        ({"kind": "ranking", "options": TWO}, ["a", "b"]),
        ({"kind": "consent"}, False),
        ({"kind": "text"}, "   "),
        ({"kind": "select_multiple", "options": TWO}, []),
        ({"kind": "file"}, ""),
    ],
)
def test_what_is_needed_is_asked_for(asked, partly):
    definition = definition_of(question("q", required=True, **asked))
    assert list(faults(definition, {})) == ["q"]
    assert list(faults(definition, {"q": partly})) == ["q"]
    assert faults(definition_of(question("q", **asked)), {"q": partly}) == {}


def test_a_check_of_the_questionnaire_speaks_with_its_own_words():
    definition = definition_of(
        question(
            "year",
            "integer",
            constraint=". <= 2026",
            constraint_message={"de": "Das ist noch nicht.", "en": "Not yet."},
        )
    )
    assert faults(definition, {"year": 2027}) == {"year": "Das ist noch nicht."}
    assert faults(definition, {"year": 2027}, language="en") == {"year": "Not yet."}
    assert faults(definition, {"year": 2026}) == {}


def test_a_number_says_how_often_a_section_is_asked():
    definition = definition_from_json(
        {
            "title": {"de": "x"},
            "sections": [
                {"name": "first", "questions": [question("children", "integer")]},
                {
                    "name": "child",
                    "repeat": {"count": "${children}", "most": 3},
                    "questions": [
                        question("old", "integer", required=True),
                        question("school", "text", relevant="${old} >= 6"),
                    ],
                },
                {"name": "last", "questions": [question("sum", "calculate", calculation="sum(${old})")]},
            ],
        }
    )
    checked = check(definition, {"children": 2, "child": [{"old": 7, "school": "A"}, {"old": 3, "school": "B"}]}, at=AT)
    assert checked.values["child"] == [{"old": 7, "school": "A"}, {"old": 3}]
    assert checked.values["sum"] == 10
    assert "child/0/school" in checked.relevant
    assert "child/1/school" not in checked.relevant
    assert list(faults(definition, {"children": 99, "child": "x"})) == ["child/0/old", "child/1/old", "child/2/old"]
    assert "child" not in check(definition, {"children": -5}, at=AT).values
    flat = flatten(definition, checked.values)
    assert (flat["child"], flat["child/1/school"], flat.get("child/2/school")) == (2, "A", None)


def test_more_rounds_than_there_can_be_are_said():
    assert "trips" in faults(FULL, ANSWERS | {"trips": [{"day": "2026-11-20"}] * 9})


def test_a_broken_condition_hides_no_question():
    checked = check(definition_of(question("a", "text", relevant="((")), {"a": "x"}, at=AT)
    assert checked.values == {"a": "x"}


def test_conditions_in_a_circle_do_not_hang():
    definition = definition_of(question("a", "text", relevant="${b} = ''"), question("b", "text", relevant="${a} = ''"))
    assert check(definition, {"a": "x", "b": "y"}, at=AT).relevant


def test_a_thousand_questions_that_wait_for_each_other_are_checked():
    chain = [question(f"q{at}", "integer", relevant=f"${{q{at - 1}}} > 0" if at else "") for at in range(1000)]
    definition = definition_of(*reversed(chain))
    assert len(check(definition, {f"q{at}": 1 for at in range(1000)}, at=AT).values) == 1000
    assert len(check(definition, {f"q{at}": int(at != 500) for at in range(1000)}, at=AT).values) == 501


WORDS = st.sampled_from(["a", "bike", "day", "work", "lon", "lat", "x"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
NAMES = [*FULL.by_name, "trips", "modes__other"]


@given(st.dictionaries(st.sampled_from(NAMES), anything, max_size=12))
def test_whatever_is_sent_is_checked_and_what_is_kept_is_kept_again(answers):
    checked = check(FULL, answers, at=AT)
    assert set(checked.values) <= set(NAMES)
    json.dumps(checked.values, allow_nan=False).encode()
    again = check(FULL, checked.values, at=AT)
    kept = {name: value for name, value in checked.values.items() if name != "trips"}
    assert {name: value for name, value in again.values.items() if name != "trips"} == kept
    assert set(flatten(FULL, checked.values)) <= {column.name for column in columns(FULL)}


@given(anything)
def test_whatever_is_sent_as_answers_is_checked(answers):
    assert check(FULL, answers, at=AT).faults


def test_columns_stand_for_each_thing_that_can_be_answered():
    found = {column.name: column for column in columns(FULL)}
    assert {"modes/bike", "modes/other", "modes__other", "use/work", "order/fast", "money/paths", "spot/lon"} <= set(
        found
    )
    assert found["use/work"].kind == "choice"
    assert [one.name for one in found["use/work"].options] == ["never", "weekly", "daily"]
    assert found["trips"].kind == "integer"
    assert found["trips/3/day"].round == 3
    assert "told" not in found
    flat = flatten(FULL, check(FULL, ANSWERS, at=AT).values)
    assert flat["modes/car"] is False
    assert (flat["modes/bike"], flat["order/safe"], flat["money/stops"], flat["trips/2/day"]) == (
        True,
        1,
        40,
        "2026-11-21",
    )
    assert flat["weekly"] == "35"
    assert len(found) == len(columns(FULL))
