"""A JSON Schema as a questionnaire: what we wrote comes back, what others wrote is understood as far as it goes."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.engines.questions import interface as questions
from allmende.engines.questions.builders import every_kind
from allmende.engines.questions.interface import jsonschema

FOREIGN = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Vereinsförderung",
    "description": "Angaben zum Antrag.",
    "type": "object",
    "required": ["vereinsName", "art"],
    "properties": {
        "vereinsName": {"type": "string", "title": "Name des Vereins", "maxLength": 120},
        "art": {"$ref": "#/definitions/art"},
        "mitglieder": {"type": ["integer", "null"], "exclusiveMinimum": 0},
        "gegruendet": {"type": "string", "format": "date"},
        "gemeinnuetzig": {"type": "boolean", "title": "Gemeinnützig?"},
        "sparten": {"type": "array", "items": {"enum": ["Ringen", "Rudern", "Schach & mehr"]}, "maxItems": 2},
        "zweck": {"type": "string", "maxLength": 4000},
        "konto": {"type": "string", "pattern": "^DE[0-9]{20}$"},
        "vorstand": {"type": "object", "title": "Der Vorstand", "properties": {"name": {"type": "string"}}},
        "termine": {
            "type": "array",
            "maxItems": 4,
            "items": {
                "type": "object",
                "required": ["tag"],
                "properties": {"tag": {"type": "string", "format": "date"}},
            },
        },
        "anlage": {"type": "string", "contentMediaType": "application/pdf"},
        "seltsam": {"type": "hologram"},
    },
    "definitions": {"art": {"title": "Welche Art?", "enum": ["sport", "kultur"], "enumNames": ["Sport", "Kultur"]}},
    "allOf": [
        {"if": {"properties": {"zweck": {"pattern": "^A"}}}, "then": {"properties": {"mehr": {"type": "string"}}}}
    ],
}


def asked(reading):
    definition = questions.definition_from_json(reading.definition)
    return {question.name: question for question in definition.questions}


def test_what_goes_out_comes_back_with_its_kinds_answers_and_limits():
    before = questions.definition_from_json(every_kind())
    reading = jsonschema.read(json.loads(json.dumps(jsonschema.schema(before, language="de"))))
    after = asked(reading)
    for question in before.questions:
        if not question.asked:
            continue
        again = after[question.name]
        assert again.kind == question.kind, question.name
        assert again.label["de"] == question.label["de"]
        assert again.option_names == question.option_names
        assert [row.name for row in again.rows] == [row.name for row in question.rows]
        if not question.relevant:
            assert again.required == question.required
    assert (after["age"].least, after["age"].most) == (0, 120)
    assert after["modes"].other
    definition = questions.definition_from_json(reading.definition)
    assert definition.section("trips").repeat is not None
    assert reading.faults == []


def test_a_schema_of_others_is_understood():
    reading = jsonschema.read(FOREIGN)
    found = asked(reading)
    assert reading.faults == []
    assert {name: question.kind.value for name, question in found.items()} == {
        "vereinsname": "text",
        "art": "select_one",
        "mitglieder": "integer",
        "gegruendet": "date",
        "gemeinnuetzig": "select_one",
        "sparten": "select_multiple",
        "zweck": "longtext",
        "konto": "text",
        "name": "text",
        "tag": "date",
        "anlage": "file",
        "seltsam": "longtext",
        "mehr": "text",
    }
    assert found["vereinsname"].required
    assert found["mitglieder"].least == 1
    assert [option.label["de"] for option in found["art"].options] == ["Sport", "Kultur"]
    assert [option.name for option in found["sparten"].options] == ["ringen", "rudern", "schach_mehr"]
    definition = questions.definition_from_json(reading.definition)
    assert definition.title == {"de": "Vereinsförderung"}
    assert definition.section_of["name"].title == {"de": "Der Vorstand"}
    assert definition.section_of["tag"].repeat.most == 4


def test_what_is_left_out_or_understood_in_our_way_is_told_with_its_place():
    told = {(hint.where, hint.message) for hint in jsonschema.read(FOREIGN).hints}
    places = {where for where, _message in told}
    assert "Stelle /properties/vereinsName" in places  # another name
    assert "Stelle /properties/konto" in places  # a pattern nobody checks
    assert "Stelle /properties/seltsam" in places
    assert any("(if)" in message for _where, message in told)  # a condition that cannot be said here


@pytest.mark.parametrize("schema", [
    {"$schema": "x"},
    {"$schema": "x", "properties": []},
    {"$ref": "#/definitions/a", "$schema": "x", "definitions": {"a": {"$ref": "#/definitions/a"}}},
    {"properties": {"a": {"$ref": "http://elsewhere/x"}, "b": {"x-kind": ["rating"]}, "c": {"enum": []}}},
    {"properties": {"": {}, "ä": {"type": ["null"]}, "a__other": {}, "A b": {"items": 7, "type": "array"}}},
    {"properties": {f"p{n}": {"enum": [[], {}, None, True, 1.5, "x" * 2000]} for n in range(1500)}},
    {"properties": {"a": {"type": "integer", "minimum": 5, "maximum": 1, "multipleOf": -1}}},
])  # fmt: skip
def test_odd_schemas_are_read_or_refused_in_words(schema):
    reading = jsonschema.read(schema)
    assert reading.definition is None or questions.definition_from_json(reading.definition)
    assert (reading.definition is None) == bool(reading.faults)
    assert all(remark.message for remark in reading.remarks)


words = st.sampled_from([
    "type", "properties", "items", "enum", "oneOf", "const", "title", "required", "$ref", "maximum", "minimum",
    "x-kind", "maxLength", "object", "array", "string", "integer", "lon", "lat", "a", "#/properties/a", "ranking",
])  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=5),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(words, st.dictionaries(words, values, max_size=5), max_size=5))
def test_whatever_stands_in_it_the_reading_ends(properties):
    reading = jsonschema.read({"properties": properties})
    assert (reading.definition is None) == bool(reading.faults)


def test_halves_of_letters_are_refused_before_anybody_has_to_show_them():
    with pytest.raises(questions.DefinitionError):
        questions.parsed('{"properties": {"a\\ud800": {"type": "nothing"}}}')
    assert questions.parsed('{"title": "\\ud83d\\ude00"}') == {"title": "😀"}
