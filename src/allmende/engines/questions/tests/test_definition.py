import copy
import json

import pytest

from allmende.engines.questions.builders import definition_of, every_kind, question
from allmende.engines.questions.interface import (
    DefinitionError,
    Kind,
    definition_from_json,
    definition_to_json,
    say,
    walk,
)


def faults(data: object) -> dict[str, str]:
    with pytest.raises(DefinitionError) as raised:
        definition_from_json(data)
    return {fault.where: fault.message for fault in raised.value.faults}


def test_what_is_read_is_written_again_the_same():
    definition = definition_from_json(every_kind())
    assert {one.kind for one in definition.questions} == set(Kind)
    written = definition_to_json(definition)
    assert definition_from_json(written) == definition
    assert definition_from_json(json.dumps(written)) == definition
    assert definition_to_json(definition_from_json(written)) == written
    assert definition.section_of["day"].name == "trips"
    assert next(iter(walk(definition)))[0] == "/sections/0/questions/0"


def test_all_faults_are_found_at_once_and_named_where_they_are():
    data = copy.deepcopy(every_kind())
    first, second = data["sections"][0], data["sections"][1]
    first["questions"][0] = {**first["questions"][0], "kind": "guess", "label": {"en": "only English"}}
    first["questions"][1]["name"] = "Alter!"
    first["questions"][1]["least"] = 200
    first["questions"][2]["exclusive"] = ["nothing"]
    second["name"] = "about"
    second["questions"][0]["rows"] = []
    second["questions"][0]["colour"] = "red"
    found = faults(data)
    assert set(found) == {
        "/sections/0/questions/0/kind",
        "/sections/0/questions/0/label",
        "/sections/0/questions/1/name",
        "/sections/0/questions/1/least",
        "/sections/0/questions/2/exclusive",
        "/sections/1/name",
        "/sections/1/questions/0",
        "/sections/1/questions/0/rows",
    }
    assert "guess" in found["/sections/0/questions/0/kind"]
    assert "„about“" in found["/sections/1/name"]


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "",
        "{",
        b"\xff\xfe",
        "[" * 100_000,
        "9" * 5000,
        {"title": 3},
        {"sections": [None, 3, {"questions": [[]]}]},
    ],
)
def test_what_is_no_questionnaire_is_refused_in_words(data):
    assert faults(data)


def test_ten_megabytes_are_refused_before_they_are_read():
    assert "MB" in faults(json.dumps({"title": {"de": "x" * 10_000_000}}))[""]


def test_a_definition_that_is_large_in_its_parts_is_refused():
    many = [question(f"q{number}", "text", "x" * 9000) for number in range(900)]
    assert "MB" in faults({"title": {"de": "x"}, "sections": [{"name": "a", "questions": many}]})[""]


def test_five_thousand_questions_are_too_many_also_over_several_sections():
    one = [question(f"q{number}", "text") for number in range(5000)]
    assert "/sections/0/questions" in faults({"title": {"de": "x"}, "sections": [{"name": "a", "questions": one}]})
    parts = [{"name": f"s{at}", "questions": one[at * 50 : at * 50 + 50]} for at in range(100)]
    assert "/sections" in faults({"title": {"de": "x"}, "sections": parts})


def test_names_that_would_collide_with_the_words_of_other_are_refused():
    assert faults({"title": {"de": "x"}, "sections": [{"name": "a", "questions": [question("b__other", "text")]}]})


def test_a_text_without_translation_is_said_in_the_language_there_is():
    assert say({"de": "Ja", "en": ""}, "en") == ("Ja", "de")
    assert say({"de": "Ja", "en": "Yes"}, "en") == ("Yes", "en")
    assert say({}, "en") == ("", "")


def test_right_to_left_script_and_emoji_stay_and_halves_of_letters_do_not():
    assert definition_of(question("a", "text", "ما رأيك؟ 🚲")).by_name["a"].label["de"] == "ما رأيك؟ 🚲"
    assert faults({"title": {"de": "\ud800"}, "sections": []})
