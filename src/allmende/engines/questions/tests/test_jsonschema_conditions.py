"""What a JSON Schema asks only sometimes is asked only sometimes here."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.engines.questions import interface as questions
from allmende.engines.questions.interface import jsonschema

KIND = {"title": "Wer stellt den Antrag?", "enum": ["person", "verein"]}
CLUB = {"type": "string", "title": "Wie heißt der Verein?"}


def schema(properties, **more):
    return {"$schema": "x", "type": "object", "properties": properties, **more}


def asked(read, answers):
    """Which questions are asked of somebody who answers so."""
    definition = questions.definition_from_json(read.definition)
    assert read.faults == []
    assert questions.faults(definition) == []
    return set(questions.check(definition, answers, at=timezone.now()).relevant) & set(definition.by_name)


def read(properties, **more):
    return jsonschema.read(schema(properties, **more))


def holds(name, **inner):
    return {"properties": {name: inner}, "required": [name]}


@pytest.mark.parametrize(
    "more",
    [
        {"if": holds("art", const="verein"), "then": {"properties": {"name": CLUB}}},
        {"if": {"properties": {"art": {"const": "verein"}}}, "then": {"properties": {"name": CLUB}}},
        {"allOf": [{"if": holds("art", enum=["verein"]), "then": {"properties": {"name": CLUB}}}]},
        {"if": holds("art", const="person"), "else": {"properties": {"name": CLUB}}},
        {"if": holds("art", **{"not": {"const": "person"}}), "then": {"properties": {"name": CLUB}}},
        {"oneOf": [holds("art", const="person"), {"properties": {"art": {"const": "verein"}, "name": CLUB}}]},
        {"dependencies": {"art": {"oneOf": [
            {"properties": {"art": {"enum": ["person"]}}},
            {"properties": {"art": {"enum": ["verein"]}, "name": CLUB}},
        ]}}},
    ],
)  # fmt: skip
def test_a_question_is_asked_when_another_was_answered_so(more):
    found = read({"art": KIND}, **more)
    assert asked(found, {}) == {"art"}, "nothing is said yet"
    assert asked(found, {"art": "person"}) == {"art"}
    assert asked(found, {"art": "verein"}) == {"art", "name"}
    assert found.hints == []


@pytest.mark.parametrize(
    ("inner", "yes", "no"),
    [
        ({"minimum": 18}, 18, 17),
        ({"exclusiveMaximum": 18}, 17, 18),
        ({"enum": [3, 4]}, 4, 5),
        ({"allOf": [{"minimum": 3}, {"maximum": 4}]}, 3, 5),
        ({"anyOf": [{"const": 3}, {"minimum": 9}]}, 10, 5),
    ],
)
def test_numbers_are_compared(inner, yes, no):
    more = {"if": holds("alter", **inner), "then": {"properties": {"mehr": {"type": "string"}}}}
    found = read({"alter": {"type": "integer"}}, **more)
    assert "mehr" in asked(found, {"alter": yes})
    assert "mehr" not in asked(found, {"alter": no})


def test_several_answers_yes_and_no_and_consent_are_understood():
    found = read(
        {
            "wege": {"type": "array", "items": {"enum": ["Rad & Bahn", "Auto"]}},
            "kind": {"type": "boolean"},
            "ja": {"const": True},
        },
        allOf=[
            {"if": holds("wege", contains={"const": "Rad & Bahn"}), "then": {"properties": {"rad": CLUB}}},
            {"if": holds("kind", const=True), "then": {"properties": {"zahl": {"type": "integer"}}}},
            {"if": {"required": ["ja"]}, "then": {"properties": {"mail": CLUB}}},
        ],
    )
    assert asked(found, {"wege": ["rad_bahn"], "kind": "no", "ja": True}) == {"wege", "kind", "ja", "rad", "mail"}
    assert asked(found, {"wege": ["auto"], "kind": "yes"}) == {"wege", "kind", "ja", "zahl"}


def test_conditions_within_conditions_hold_together_and_a_whole_object_can_depend():
    address = {"type": "object", "title": "Anschrift", "properties": {"ort": {"type": "string"}}}
    inner = {"if": holds("land", const="DE"), "then": {"properties": {"bund": CLUB}}}
    found = read(
        {"art": KIND},
        **{
            "if": holds("art", const="verein"),
            "then": {"properties": {"land": {"enum": ["DE", "AT"]}, "sitz": address}, **inner},
        },
    )
    assert asked(found, {"art": "person", "land": "DE"}) == {"art"}
    assert asked(found, {"art": "verein", "land": "AT"}) == {"art", "land", "ort"}
    assert asked(found, {"art": "verein", "land": "DE"}) == {"art", "land", "ort", "bund"}


def test_what_is_required_only_sometimes_is_required_where_it_is_asked_just_then_and_told_where_not():
    when = holds("art", const="verein")
    found = read({"art": KIND}, **{"if": when, "then": {"properties": {"name": CLUB}, "required": ["name"]}})
    assert questions.definition_from_json(found.definition).by_name["name"].required
    assert found.hints == []
    closed = {"if": when, "then": {"required": ["name"]}, "else": {"properties": {"name": False}}}
    found = read({"art": KIND, "name": CLUB}, **closed)
    assert asked(found, {"art": "person"}) == {"art"}
    assert questions.definition_from_json(found.definition).by_name["name"].required
    found = read({"art": KIND, "name": CLUB}, **{"if": when, "then": {"required": ["name"]}})
    assert not questions.definition_from_json(found.definition).by_name["name"].required
    assert ["name" in hint.message for hint in found.hints] == [True]


def test_a_question_of_two_alternatives_is_asked_in_both_and_plain_parts_are_put_together():
    found = read(
        {"art": {"enum": ["a", "b", "c"]}},
        oneOf=[
            {"properties": {"art": {"const": "a"}, "text": CLUB}},
            {"properties": {"art": {"const": "b"}, "text": CLUB}},
            {"properties": {"art": {"const": "c"}}},
        ],
        allOf=[{"properties": {"immer": {"type": "integer"}}, "required": ["immer"]}],
    )
    assert asked(found, {"art": "a"}) == asked(found, {"art": "b"}) == {"art", "text", "immer"}
    assert asked(found, {"art": "c"}) == {"art", "immer"}
    assert questions.definition_from_json(found.definition).by_name["immer"].required


def test_what_cannot_be_said_is_taken_without_its_condition_and_told():
    odd = {"if": holds("art", pattern="^v"), "then": {"properties": {"name": CLUB}, "required": ["name"]}}
    found = read({"art": KIND}, **odd)
    assert asked(found, {}) == {"art", "name"}
    assert not questions.definition_from_json(found.definition).by_name["name"].required
    assert any("(if)" in hint.message for hint in found.hints)


words = st.sampled_from(["a", "b", "c"])
tests = st.recursive(
    st.builds(
        lambda name, value: {"properties": {name: {"const": value}}}, words, st.sampled_from(["x", "y", 3, None])
    ),
    lambda inner: st.builds(lambda word, one: {word: one if word == "not" else [one, one]},
                            st.sampled_from(["not", "anyOf", "allOf"]), inner),
    max_leaves=4,
)  # fmt: skip
parts = st.builds(
    lambda name, value, needed: {"properties": {name: value}, "required": needed},
    words, st.sampled_from([False, {"type": "string"}, {"enum": ["x", "y"]}, {"properties": {"d": {}}}]),
    st.lists(words, max_size=2),
)  # fmt: skip
branches = st.recursive(
    st.builds(lambda test, then, other: {"if": test, "then": then, "else": other}, tests, parts, parts),
    lambda inner: st.builds(lambda part, one: {**part, "allOf": [one]}, parts, inner),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(branches, max_size=4), st.lists(parts, max_size=3))
def test_whatever_depends_on_whatever_the_questionnaire_can_be_read(conditional, several):
    found = read({"a": {"enum": ["x", "y"]}}, allOf=conditional, anyOf=several)
    assert found.faults == []
    definition = questions.definition_from_json(found.definition)
    questions.check(definition, {"a": "x"}, at=timezone.now())
