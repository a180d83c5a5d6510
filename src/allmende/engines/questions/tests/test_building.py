"""Building a questionnaire step by step: what moves, what keeps its name, what comes back; conditions in words."""

import io
import json
from datetime import UTC, datetime
from itertools import chain

import jsonschema
import pikepdf
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.core.errors import NotFound
from allmende.engines.questions import interface as questions
from allmende.engines.questions.builders import definition_of, every_kind, option, question

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def data(*sections):
    """The JSON of sections with questions, by name: data(("a", "b"), ("c",)) has two."""
    return questions.definition_to_json(questions.definition_from_json({
        "title": {"de": "Probe"},
        "sections": [
            {"name": f"section{at}", "questions": [question(name, "text", f"Frage {name}?") for name in names]}
            for at, names in enumerate(sections)
        ],
    }))  # fmt: skip


def order(built):
    return [[one["name"] for one in section["questions"]] for section in built["sections"]]


def test_a_question_moves_over_the_edge_into_the_section_beside_and_stops_at_the_ends():
    built = data(("a", "b"), ("c",))
    assert order(questions.moved(built, "b", -1)) == [["b", "a"], ["c"]]
    assert order(questions.moved(built, "b", 1)) == [["a"], ["b", "c"]]
    assert order(questions.moved(built, "c", -1)) == [["a", "b", "c"], []]
    assert order(questions.moved(built, "a", -1)) == order(built)
    assert order(questions.moved(built, "section1", -1)) == [["c"], ["a", "b"]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", "section0", "section1"]), st.sampled_from([-1, 1]))))
def test_however_often_things_move_nothing_is_lost_or_doubled(steps):
    built = data(("a", "b"), ("c", "d"))
    for name, by in steps:
        built = questions.moved(built, name, by)
    assert sorted(chain(*order(built))) == ["a", "b", "c", "d"]
    questions.definition_from_json(built)


@pytest.mark.parametrize("name", ["a", "b", "c", "section0", "section1"])
def test_what_was_deleted_comes_back_where_it_stood(name):
    built = data(("a", "b"), ("c",))
    left, removed = questions.without(built, name)
    assert name not in {*chain(*order(left)), *(one["name"] for one in left["sections"])}
    kept = json.loads(json.dumps(removed.as_json()))
    assert questions.restored(left, questions.Removed(**kept)) == built


def test_what_comes_back_under_a_name_that_is_taken_gets_another():
    built = data(("a", "b"))
    left, removed = questions.without(built, "b")
    again = questions.restored(questions.with_question(left, "section0", question("b", "text")), removed)
    assert len(set(chain(*order(again)))) == 3


def test_a_copy_stands_behind_the_question_with_a_name_of_its_own():
    new, name = questions.copied(data(("a", "b")), "a")
    assert order(new) == [["a", name, "b"]]
    assert name not in {"a", "b"}


def test_a_new_name_reaches_conditions_texts_and_words_of_other():
    built = every_kind()
    built = questions.definition_to_json(questions.definition_from_json(built))
    _at, _number, modes = questions.question_of(built, "modes")
    new = questions.with_changed(built, "modes", {**modes, "name": "ways"})
    assert "${modes" not in json.dumps(new)
    assert questions.faults(questions.definition_from_json(new)) == []
    assert "${modest}" in json.dumps(
        questions.with_changed(
            {**data(("a",)), "introduction": {}}, "a", question("b", "note", "Mit ${modest} und ${a}")
        )
    )


def test_names_come_from_the_words_and_never_twice():
    built = data(("alt", "b"))
    assert questions.free_name(built, "Wie alt sind Sie?", "frage") == "alt_sind"
    assert questions.free_name(built, "Alt?", "frage") == "alt_2"
    assert questions.free_name(built, "Größe der Straße", "frage") == "groesse_strasse"
    assert questions.free_name(built, "???", "frage") == "frage"
    assert questions.free_name(built, "2037?", "frage") == "frage_2037"


def test_options_keep_their_names_while_their_text_stays():
    assert questions.option_names(["Bus", "Rad", "Bus & Bahn", "bus!"], {"Rad": "bike"}) == [
        "bus", "bike", "bus_bahn", "bus_2",
    ]  # fmt: skip


def test_what_is_gone_is_told():
    with pytest.raises(NotFound):
        questions.moved(data(("a",)), "zzz", 1)


def test_a_translation_follows_its_text_and_tells_what_is_gone():
    built = {**data(("a", "b")), "languages": ["de", "en"]}
    assert questions.missing(built, "en") == 3
    where = next(here for here, words in questions.texts(built) if words.get("de") == "Frage b?")
    moved = questions.moved(built, "b", -1)
    new, lost = questions.translated(moved, "en", {where: ("Frage b?", "Question b?"), "/x": ("weg", "gone")})
    assert questions.question_of(new, "b")[2]["label"] == {"de": "Frage b?", "en": "Question b?"}
    assert (lost, questions.missing(new, "en")) == (1, 2)
    assert questions.only_languages(new, ["de"])["sections"] == moved["sections"]


# conditions put together and told


FORM = definition_of(
    question("age", "integer", "Wie alt?"),
    question("modes", "select_multiple", "Womit?", other=True,
             options=[option("bike", "Fahrrad", ""), option("bus", "Bus", "")]),
    question("word", "text", "Ein Wort?"),
)  # fmt: skip
CLAUSES = st.one_of(
    st.builds(questions.Clause, st.just("age"),
              st.sampled_from(["is", "is_not", "at_least", "at_most", "more", "less"]),
              st.integers(0, 999).map(str)),
    st.builds(questions.Clause, st.just("modes"), st.sampled_from(["is", "is_not"]),
              st.sampled_from(["bike", "bus", "other"])),
    st.builds(questions.Clause, st.just("word"), st.sampled_from(["is", "is_not"]),
              st.from_regex(r"[a-z']{1,9}", fullmatch=True)),
    st.builds(questions.Clause, st.sampled_from(["age", "word"]), st.sampled_from(["answered", "unanswered"])),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(CLAUSES, min_size=1, max_size=3), st.sampled_from(["and", "or"]))
def test_what_was_put_together_is_read_back_the_same(clauses, joint):
    expression = questions.written(questions.Simple(clauses, joint), FORM)
    found = questions.simple(expression)
    assert found is not None
    assert list(found.clauses) == clauses
    assert found.joint == joint or len(clauses) == 1
    assert questions.in_words(expression, FORM, "de").startswith("Wenn ")


@pytest.mark.parametrize(("expression", "words"), [
    ("selected(${modes}, 'bike')", "Wenn Sie bei Frage 2 „Fahrrad“ angekreuzt haben"),
    ("not(selected(${modes}, 'other'))", "Wenn Sie bei Frage 2 „Etwas anderes“ nicht angekreuzt haben"),
    ("${age} >= 18 and ${word} != ''",
     "Wenn Ihre Zahl bei Frage 1 mindestens 18 ist und Sie bei Frage 3 etwas angegeben haben"),
    ("count-selected(${modes}) > 1", "Wenn Sie bei Frage 2 mehrere Antworten angekreuzt haben"),
    ("${age} * 2 > 9", "Wenn diese Bedingung gilt: ${age} * 2 > 9"),
    ("${age} >", "Wenn diese Bedingung gilt: ${age} >"),
    ("", ""),
])  # fmt: skip
def test_a_condition_is_said_in_words(expression, words):
    assert questions.in_words(expression, FORM, "de") == words


def test_what_is_more_than_clauses_is_for_experts():
    for text in ("${age} * 2 > 9", "(${age} > 1 or ${age} < 5) and ${word} = 'a'", "${age} > ${word}", "${age} >"):
        assert questions.simple(text) is None


# the answers as a schema


ANSWERS = {
    "agreed": True, "age": 44, "modes": ["bike", "bus", "other"], "modes__other": "Roller", "main": "bike",
    "use": {"work": "daily"}, "order": ["safe", "fast"], "mood": 4, "money": {"paths": 60, "stops": 40}, "km": 4.5,
    "trips": [{"day": "2026-11-22", "start": "14:30", "seen": "2026-11-22T14:50"}],
    "spot": {"lon": 12.08, "lat": 50.88, "label": "Sorge", "how": "map"}, "way": [[12.0, 50.8], [12.1, 50.9]],
    "name": "Ecke", "words": "Mehr Licht 💡",
}  # fmt: skip


def test_what_the_check_accepts_fits_the_schema():
    definition = questions.definition_from_json(every_kind())
    schema = questions.jsonschema.schema(definition)
    jsonschema.Draft202012Validator.check_schema(schema)
    checked = questions.check(definition, ANSWERS, at=AT)
    assert checked.faults == {}
    assert set(ANSWERS) - {"photo"} <= set(checked.values)
    jsonschema.validate(checked.values, schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(("name", "value"), [
    ("age", 121), ("age", "44"), ("main", "plane"), ("modes", ["bike", "bike"]), ("mood", 6), ("agreed", False),
    ("spot", {"lon": 200, "lat": 1}), ("use", {"work": "always"}), ("unknown", 1), ("trips", [{"start": "14:30"}]),
])  # fmt: skip
def test_the_schema_refuses_what_does_not_fit(name, value):
    schema = questions.jsonschema.schema(questions.definition_from_json(every_kind()))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**ANSWERS, name: value}, schema, cls=jsonschema.Draft202012Validator)


# the sheet for a pen


def structure(content):
    with pikepdf.open(io.BytesIO(content)) as document:
        found = []

        def walk(node):
            if isinstance(node, pikepdf.Array):
                for one in node:
                    walk(one)
            elif isinstance(node, pikepdf.Dictionary):
                found.extend([str(node.S)] if "/S" in node else [])
                if "/K" in node:
                    walk(node.K)

        walk(document.Root.StructTreeRoot.K)
        return found


def printed(**more):
    definition = questions.definition_from_json(every_kind())
    return questions.printed(
        definition, **{"language": "de", "at": AT, "address": "https://stadt.example/u/12", **more}
    )


def test_the_sheet_is_tagged_and_titled_with_a_heading_per_question():
    content = printed()
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == "de"
        assert str(document.docinfo["/Title"]) == "Wie wir unterwegs sind"
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
    tags = structure(content)
    assert tags.count("/H1") == 1
    assert tags.count("/H2") == 3 + 3  # three sections, and one that is asked three times
    assert tags.count("/Figure") == 1  # the code, with words for it
    assert "/Table" in tags
    assert "/TH" in tags


def test_the_sheet_speaks_the_language_that_is_asked_for():
    with pikepdf.open(io.BytesIO(printed(language="en", address=""))) as document:
        assert str(document.Root.Lang) == "en"
        assert str(document.docinfo["/Title"]) == "How we get around"


def test_the_sheet_tells_conditions_in_words():
    from allmende.engines.questions.rules.paper import sheet

    with translation.override("de"):
        made = sheet(questions.definition_from_json(every_kind()), "de")
    asked = {one["label"]: one for section in made["sections"] for one in section["questions"]}
    assert asked["Womit am häufigsten?"]["when"] == "Wenn Sie bei Frage 3 mehrere Antworten angekreuzt haben:"
    assert made["sections"][1]["when"] == "Wenn Sie bei Frage 3 „gar nicht“ nicht angekreuzt haben:"
    assert [one["title"] for one in made["sections"]][2:5] == ["Wege (1)", "Wege (2)", "Wege (3)"]
