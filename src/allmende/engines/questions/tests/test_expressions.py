import contextlib
import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.engines.questions.builders import definition_of, option, question
from allmende.engines.questions.interface import definition_from_json, faults
from allmende.engines.questions.rules.expressions import ExpressionError, Scope, compute, parse
from allmende.engines.questions.rules.expressions.computing import pattern

NOON = datetime(2026, 11, 22, 12, 30)  # noqa: DTZ001 - local time, as answers have it
ANSWERS = {"age": 36.0, "modes": "bike bus", "name": "Ada", "none": "", "day": "2026-11-20", "all": (1.0, "", 4.0)}


def value(text, here="", **answers):
    known = ANSWERS | answers
    return compute(text, Scope(lambda name, part: known.get(f"{name}/{part}" if part else name, ""), NOON, here, 2))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("7 div 2", 3.5),
        ("-7 mod 3", -1.0),
        ("--3", 3.0),
        ("2 - -1", 3.0),
        ("${age} >= 18 and selected(${modes}, 'bike')", True),
        ("selected(${modes}, 'car') or ${age} < 18", False),
        ("not(${none} = '')", False),
        ("${none} > 3 or ${none} <= 3", False),
        ("if(${age} > 30, 'older', 'younger')", "older"),
        ("coalesce(${none}, ${name}, 'x')", "Ada"),
        ("count-selected(${modes})", 2.0),
        ("selected-at(${modes}, 1)", "bus"),
        ("sum(${all})", 5.0),
        ("count(${all})", 3.0),
        ("count-non-empty(${all})", 2.0),
        ("max(${all}, 9)", 9.0),
        ("${all} = 4", True),
        ("${day} < today()", True),
        ("today() - ${day}", 2.0),
        ("format-date(${day}, '%d.%m.%Y')", "20.11.2026"),
        ("today()", "2026-11-22"),
        ("now()", "2026-11-22T12:30:00"),
        ("round(2.345, 2)", 2.35),
        ("round(-2.5)", -3.0),
        ("concat(${name}, ' ', 3)", "Ada 3"),
        ("join(', ', 'a', 'b')", "a, b"),
        ("substr('abcdef', 1, 3)", "bc"),
        ("substring('12345', 2, 3)", "234"),
        ("substring-before('a@b', '@')", "a"),
        ("substring-after('a@b', '@')", "b"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("string-length('🚲🚲')", 2.0),
        ("regex('07545', '[0-9]{5}')", True),
        ("regex('0754', '[0-9]{5}')", False),
        ("position(..)", 2.0),
        ("${use/work} = 'daily'", True),
        ("„Ada“ = ${name}", True),
        ("date(0)", "1970-01-01"),
        ("decimal-time('06:00')", 0.25),
        ("boolean-from-string('true')", True),
        ("int(-2.7)", -2.0),
    ],
)
def test_what_an_expression_is_worth(text, expected):
    assert value(text, **{"use/work": "daily"}) == expected


def test_a_constraint_speaks_of_the_answer_itself():
    assert value(". > 0 and . <= 10", here=7.0) is True
    assert value("regex(., '[^@]+@[^@]+')", here="a@b") is True


@pytest.mark.parametrize("text", ["1 div 0", "${none} + 1", "sqrt(-1)", "number('x')", "pow(10, 400)", "int('x')"])
def test_what_cannot_be_computed_is_no_number_and_no_error(text):
    assert math.isnan(value(text))


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1 +", "(1", "1)", "'a", "${", "${a", "age > 3", "unknown(1)", "if(1)", "a/b", "1 2", "#",
        "selected(,)", "(" * 10_000 + "1" + ")" * 10_000, "(" * 100 + "1" + ")" * 100, "not(" * 60 + "1" + ")" * 60,
        "1 +" * 2000,
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_explained(text):
    with pytest.raises(ExpressionError) as raised:
        parse(text)
    assert raised.value.message.endswith((".", "…"))


def test_long_chains_do_not_run_deep():
    assert value(" or ".join(["${age} = 1"] * 250)) is False
    assert value("+".join(["1"] * 2000)) == 2000
    assert value("-" * 3000 + "1") == 1


@given(st.text(max_size=80))
def test_any_text_is_read_or_explained(text):
    with contextlib.suppress(ExpressionError):
        compute(text, Scope(lambda _name, _part: "", NOON))


PIECES = st.sampled_from(
    ["${age}", "${none}", "${all}", "1", "'a'", "(", ")", "+", "-", "*", "div", "mod", "and", "or", "=", "!=", "<",
     ">=", ",", ".", "not(", "if(", "sum(", "selected(", "substr(", "round(", "concat(", "regex(", "date(", "now()",
     "position(..)"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_anything_made_of_the_right_pieces_is_read_or_explained(text):
    with contextlib.suppress(ExpressionError):
        value(text)


numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))


@given(numbers, numbers, numbers)
def test_arithmetic_is_that_of_numbers(one, two, three):
    assert value(f"({one}) + ({two}) * ({three})") == pytest.approx(one + two * three)
    assert value(f"({one}) < ({two})") == (one < two)
    assert value("${a} + ${b} - ${c}", a=one, b=two, c=three) == pytest.approx(one + two - three)


@given(st.lists(st.sampled_from(["a", "b", "ab"]), unique=True), st.sampled_from(["a", "b", "ab", "c"]))
def test_selected_looks_for_whole_words(chosen, word):
    assert value(f"selected(${{m}}, '{word}')", m=" ".join(chosen)) == (word in chosen)


@pytest.mark.parametrize(
    "given", ["(a+)+", "((a)*)*", "(a|a)*", "a*a*a*a*a*b", "(a{1,}){9,}", "[", "(?=a)", r"(a)\1", "a{9999}"]
)
def test_patterns_that_could_run_away_are_refused(given):
    assert pattern(given) is None


@pytest.mark.parametrize(
    "given", ["[0-9]{5}", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,8}", "(Gera|Jena)", r"\+49[0-9 ]+", "[(+*)]+"]
)
def test_usual_patterns_are_taken(given):
    assert pattern(given) is not None


def test_texts_that_calculations_blow_up_are_cut():
    assert len(str(value("concat(${x}, ${x}, ${x})", x="x" * 9000))) == 10_000


# conditions of a questionnaire


def words(*questions, **more):
    return {fault.where: fault.message for fault in faults(definition_of(*questions, **more))}


def test_circles_are_found_and_named():
    found = words(
        question("a", "text", relevant="${b} = 'x'"),
        question("b", "text", relevant="${c} = 'x'"),
        question("c", "text", relevant="${a} = 'x'"),
        question("own", "text", relevant="${own} = 'x'"),
        question("fine", "text", relevant="${a} = 'x'"),
    )
    assert len(found) == 2
    circle = next(message for message in found.values() if "→" in message)
    assert {"a", "b", "c"} <= set(circle.replace("→", " ").replace(":", " ").replace(".", " ").split())
    assert any("own" in message for message in found.values())


def test_a_section_that_waits_for_a_question_inside_it_is_a_circle():
    definition = definition_from_json(
        {
            "title": {"de": "x"},
            "sections": [{"name": "inner", "relevant": "${a} = 'x'", "questions": [question("a", "text")]}],
        }
    )
    assert "inner" in faults(definition)[0].message


def test_calculations_in_a_circle_are_found():
    found = words(
        question("a", "calculate", calculation="${b} + 1"), question("b", "calculate", calculation="${a} + 1")
    )
    assert len(found) == 1


def test_broken_conditions_are_explained_where_they_stand():
    found = words(
        question("color", "select_one", "Farbe", options=[option("red", "rot", "red")]),
        question("a", "text", relevant="${colour} = 'red'"),
        question("b", "text", relevant="${color} = 'rde'"),
        question("c", "text", relevant="selected(${color}, 'blue')"),
        question("d", "text", relevant=". > 3", constraint="(. > 3"),
        question("e", "note", "Sie haben ${nothing} gewählt"),
        question("f", "text", constraint="regex(., '(a+)+')"),
        question("g", "text", relevant="${e} = 3"),
        question("h", "text", relevant="${color/red} = 3"),
    )
    assert "„color“" in found["/sections/0/questions/1/relevant"]
    assert "red" in found["/sections/0/questions/2/relevant"]
    assert "„blue“" in found["/sections/0/questions/3/relevant"]
    assert set(found) == {
        *(f"/sections/0/questions/{at}/relevant" for at in (1, 2, 3, 4, 7, 8)),
        *(f"/sections/0/questions/{at}/constraint" for at in (4, 6)),
        "/sections/0/questions/5/label",
    }


def test_a_thousand_questions_in_a_row_or_in_a_circle_are_worked_through():
    chain = [question(f"q{at}", "integer", relevant=f"${{q{at - 1}}} > 0" if at else "") for at in range(1000)]
    assert not words(*chain)
    chain[0]["relevant"] = "${q999} > 0"
    assert len(words(*chain)) == 1
