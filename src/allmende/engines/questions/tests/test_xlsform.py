"""Questionnaires travel as XLSForm: out to other programs, in from them, and a broken file is explained."""

import contextlib
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from pyxform.xls2xform import convert

from allmende.core.errors import Invalid
from allmende.engines.questions.rules import xlsform
from allmende.engines.questions.rules.definition import definition_to_json
from allmende.engines.questions.rules.reading import definition_from_json
from allmende.engines.questions.rules.xlsform import bounds, workbook


def book(survey, choices=(), **settings_):
    """A workbook from rows of text."""
    made = Workbook()
    made.active.title = "survey"
    for row in survey:
        made.active.append(row)
    sheet = made.create_sheet("choices")
    for row in choices:
        sheet.append(row)
    if settings_:
        sheet = made.create_sheet("settings")
        sheet.append(list(settings_))
        sheet.append(list(settings_.values()))
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def both(text):
    return {"de": text, "en": f"{text} (English)"}


def options(*names, **filters):
    return [{"name": name, "label": both(name.title()), "filter": filters.get(name, "")} for name in names]


def question(name, kind, **more):
    return {"name": name, "kind": kind, "label": both(f"Frage {name}"), **more}


EVERY_KIND = [
    question("age", "integer", least=0, most=120, unit=both("Jahre"), required=True, purpose=both("Wozu"),
             sensitive=True),
    question("km", "decimal", least=0, step=0.5, hint=both("Ungefähr"), unit=both("km")),
    question("modes", "select_multiple", options=options("bike", "bus", "none", bus="${age} > 5"), other=True,
             exclusive=["none"], most=2, least=1, plain=both("Womit fahren Sie?")),
    question("home", "select_one", options=options("1", "2"), default="1"),
    question("why", "longtext", relevant="selected(${modes}, 'bike') and ${age} >= 18", most=500,
             constraint="regex(., '[a-z]+')", constraint_message=both("Bitte Buchstaben")),
    question("name_", "text", default="=1+1") | {"name": "called"},
    question("quality", "matrix", required=True, hint=both("Je Zeile eine Antwort"), options=options("1", "2", "3"),
             rows=[{"name": "light", "label": both("Licht")}, {"name": "safe", "label": both("Sicherheit")}]),
    question("order", "ranking", options=options("a", "b", "c")),
    question("stars", "rating", most=5, required=True),
    question("money", "allocation", most=100, required=True, options=options("paths", "trees")),
    question("day", "date", default="2026-11-22"), question("hour", "time"), question("moment", "datetime"),
    question("agree", "consent", required=True), question("here", "place"), question("way", "route"),
    question("picture", "file"), question("thanks", "note"),
    {"name": "double", "kind": "calculate", "label": {}, "calculation": "${age} * 2"},
]  # fmt: skip
WHOLE = {
    "title": both("Mobilität"), "languages": ["de", "en"], "introduction": both("Guten Tag."), "layout": "pages",
    "sections": [
        {"name": "you", "title": both("Zu Ihnen"), "text": both("Erst zu Ihnen."), "questions": EVERY_KIND},
        {"name": "children", "title": both("Kinder"), "relevant": "${age} >= 18", "repeat": {"count": "", "most": 4},
         "questions": [question("child", "text", most=40)]},
        {"name": "trips", "title": both("Wege"), "repeat": {"count": "${age}", "most": 10},
         "questions": [question("to", "text")]},
    ],
}  # fmt: skip


def normal(data):
    return definition_to_json(definition_from_json(data))


def accepted(content: bytes) -> list[str]:
    """What pyxform warns of; it raises for what it does not take."""
    return convert(xlsform=io.BytesIO(content), validate=False, file_type=".xlsx").warnings


def test_every_kind_goes_out_and_comes_back_the_same():
    content = xlsform.write(definition_from_json(WHOLE), form_id="mobility", version="3")
    reading = xlsform.read(content)
    assert list(reading.remarks) == []
    assert normal(reading.definition) == normal(WHOLE)


def test_what_goes_out_is_taken_by_pyxform_without_a_word():
    assert accepted(xlsform.write(definition_from_json(WHOLE), form_id="mobility", version="3")) == []


def test_pyxform_finds_both_languages_limits_and_the_condition():
    form = convert(
        xlsform=io.BytesIO(xlsform.write(definition_from_json(WHOLE))), validate=False, file_type=".xlsx"
    ).xform
    for expected in (
        'lang="Deutsch (de)"', 'lang="English (en)"', "Frage age (English)", 'constraint=". &gt;= 0 and . &lt;= 120"',
        "selected( /", "odk:rank", "list-nolabel", 'appearance="rating"', "geotrace", "<repeat",
    ):  # fmt: skip
        assert expected in form, expected


def test_a_text_that_begins_with_an_equals_sign_is_no_formula():
    content = xlsform.write(definition_from_json(WHOLE))
    cells = [cell for row in load_workbook(io.BytesIO(content))["survey"].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(cell.value == "=1+1" for cell in cells)


KEYS = st.from_regex(r"[a-z][a-z0-9]{0,8}(_[a-z0-9]{1,5})?", fullmatch=True)
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=30,
)
WORDS = st.fixed_dictionaries({"de": TEXT}, optional={"en": TEXT})
MAYBE = st.one_of(st.just({}), WORDS)


@st.composite
def some_question(draw, name):
    kind = draw(st.sampled_from([
        "text", "longtext", "integer", "decimal", "date", "select_one", "select_multiple", "matrix", "ranking",
        "rating", "allocation", "file", "place", "route", "consent", "note",
    ]))  # fmt: skip
    made = {"name": name, "kind": kind, "label": draw(WORDS)}
    made |= {key: draw(MAYBE) for key in ("hint", "plain", "purpose")}
    listed = st.lists(st.from_regex(r"[A-Za-z0-9]{1,6}", fullmatch=True), min_size=2, max_size=5, unique=True)
    if kind in {"select_one", "select_multiple", "matrix", "ranking", "allocation"}:
        names = draw(listed)
        made["options"] = [{"name": one, "label": draw(WORDS), "filter": ""} for one in names if one != "other"]
        if kind in {"select_one", "select_multiple"}:
            made["other"] = draw(st.booleans())
        if kind == "select_multiple" and made["options"]:
            made["exclusive"] = draw(st.sampled_from([[], [made["options"][0]["name"]]]))
    if kind == "matrix":
        made["rows"] = [{"name": one, "label": draw(WORDS)} for one in draw(listed)]
    if kind == "rating":
        made["most"] = draw(st.integers(2, 11))
    if kind == "allocation":
        made["most"] = draw(st.integers(1, 1000))
    if kind in {"integer", "decimal", "text", "select_multiple"}:
        made["least"], made["most"] = draw(st.sampled_from([(None, None), (1, None), (None, 7), (1, 7)]))
    if kind != "note":
        made["required"] = draw(st.booleans())
    return made


@st.composite
def whole(draw):
    names = draw(st.lists(KEYS, min_size=3, max_size=9, unique=True))
    cut = draw(st.integers(1, len(names) - 2))
    sections = [
        {"name": names[0], "title": draw(MAYBE), "text": draw(MAYBE), "repeat": None,
         "questions": [draw(some_question(name)) for name in names[1 : cut + 1]]},
        {"name": names[-1], "title": draw(MAYBE),
         "questions": [draw(some_question(name)) for name in names[cut + 1 : -1]],
         "repeat": draw(st.sampled_from([None, {"count": "", "most": 3}]))},
    ]  # fmt: skip
    return {
        "title": draw(WORDS), "languages": ["de", "en"], "introduction": draw(MAYBE),
        "layout": draw(st.sampled_from(["pages", "one"])), "sections": [one for one in sections if one["questions"]],
    }  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(whole())
def test_any_questionnaire_comes_back_the_same_and_pyxform_takes_it(data):
    content = xlsform.write(definition_from_json(data))
    reading = xlsform.read(content)
    assert [remark.message for remark in reading.faults] == []
    back, sent = normal(reading.definition), normal(data)
    # Languages that nothing is written in have no column.
    spoken = {code for code in sent["languages"] if f"'{code}'" in repr(sent["sections"])} | {"de"}
    sent["languages"] = [code for code in sent["languages"] if code in back["languages"]]
    assert spoken <= set(back["languages"])
    for one, other in zip(back["sections"], sent["sections"], strict=True):
        for found, expected in zip(one.pop("questions"), other.pop("questions"), strict=True):
            assert found == expected
    assert back == sent
    accepted(content)


@pytest.mark.parametrize(("constraint", "kind", "found"), [
    (". >= 18 and . <= 99", "integer", {"least": 18, "most": 99, "constraint": ""}),
    (". > 0 and . < 10 and ${a} > 3", "integer", {"least": 1, "most": 9, "constraint": "${a} > 3"}),
    (". >= 1 or . = -9", "integer", {"constraint": ". >= 1 or . = -9"}),
    ("(. >= 1 or . = 5) and . <= 9", "integer", {"most": 9, "constraint": ". >= 1 or . = 5"}),
    ("string-length(.) <= 20", "text", {"most": 20, "constraint": ""}),
    ("regex(., ' and . >= 1')", "integer", {"constraint": "regex(., ' and . >= 1')"}),
    ("(not(selected(., 'x')) or count-selected(.) = 1) and count-selected(.) <= 3", "select_multiple",
     {"exclusive": ["x"], "most": 3, "constraint": ""}),
])  # fmt: skip
def test_limits_are_taken_out_of_a_constraint_only_where_it_is_sure(constraint, kind, found):
    assert bounds.understood(constraint, kind) == found


# forms of others


OTHERS = book(
    [
        ["type", "name", "label", "label::English (en)", "hint", "required", "relevant", "constraint", "choice_filter",
         "appearance", "calculation", "parameters", "repeat_count", "default", "image"],
        ["start", "start"],
        ["text", "Vor-Name", "Wie heißen Sie?", "Your name?", "", "yes"],
        ["begin group", "wohnen", "Wohnen", "Living"],
        ["select_one land", "land", "Land", "State"],
        ["select_one stadt", "stadt", "Stadt", "City", "", "", "${land} != ''", "", "land=${land}", "minimal"],
        ["begin_group", "innen", "Haus", "House", "", "", "${stadt} = 'gera'"],
        ["integer", "zimmer", "Zimmer", "Rooms", "", "TRUE", "", ". > 0 and . < 30"],
        ["end_group"],
        ["select_multiple wege or_other", "wege", "Wege", "Ways"],
        ["end group"],
        ["begin_repeat", "kinder", "Kinder", "Children", "", "", "", "", "", "", "", "", "2"],
        ["begin_group", "kind", "", "", "", "", "${zimmer} > 1"],
        ["text", "kindname", "Name", "Name", "", "", "position(..) > 0"],
        ["end_group"],
        ["end_repeat"],
        ["begin_group", "tabelle", "Wie gut?", "How good?", "", "", "", "", "", "table-list"],
        ["select_one note", "licht", "Licht", "Light"],
        ["select_one note", "wege2", "Wege", "Paths"],
        ["end_group"],
        ["range", "sterne", "Sterne", "Stars", "", "", "", "", "", "rating", "", "start=1 end=5 step=1"],
        ["range", "grad", "Grad", "Degrees", "", "", "", "", "", "", "", "start=-10 end=40 step=0.5"],
        ["rank note", "rang", "Rang", "Rank"],
        ["acknowledge", "ok", "Einverstanden", "Agreed"],
        ["geopoint", "ort", "Ort", "Place"],
        ["geotrace", "strecke", "Strecke", "Route"],
        ["image", "bild", "Bild", "Picture"],
        ["calculate", "doppelt", "", "", "", "", "", "", "", "", "${zimmer} * 2"],
    ],
    [
        ["list_name", "name", "label", "label::English (en)", "land"],
        ["land", "th", "Thüringen", "Thuringia"], ["land", "sn", "Sachsen", "Saxony"],
        ["stadt", "gera", "Gera", "Gera", "th"], ["stadt", "leipzig", "Leipzig", "Leipzig", "sn"],
        ["wege", "bus", "Bus", "Bus"], ["wege", 2, "Rad", "Bike"],
        ["note", "1", "gut", "good"], ["note", "2", "schlecht", "bad"],
    ],
    form_title="Wohnen in Gera", form_id="wohnen", default_language="Deutsch (de)",
)  # fmt: skip


def test_a_form_of_others_is_understood():
    accepted(OTHERS)
    reading = xlsform.read(OTHERS)
    faults = [(remark.message, remark.where) for remark in reading.faults]
    assert faults == []
    definition = definition_from_json(reading.definition)
    assert definition.title == {"de": "Wohnen in Gera"}
    assert definition.languages == ("de", "en")
    found = definition.by_name
    assert found["vor_name"].required
    assert found["vor_name"].label == {"de": "Wie heißen Sie?", "en": "Your name?"}
    assert [option.filter for option in found["stadt"].options] == ["'th'=${land}", "'sn'=${land}"]
    assert (found["zimmer"].least, found["zimmer"].most, found["zimmer"].constraint) == (1, 29, "")
    assert definition.section_of["zimmer"].relevant == "${stadt} = 'gera'"
    assert found["wege"].other
    assert [option.name for option in found["wege"].options] == ["bus", "2"]
    assert found["tabelle"].kind == "matrix"
    assert [row.name for row in found["tabelle"].rows] == ["licht", "wege2"]
    assert found["kindname"].relevant == "(${zimmer} > 1) and (position(..) > 0)"
    assert definition.section_of["kindname"].repeat.count == "2"
    assert (found["sterne"].kind, found["sterne"].most) == ("rating", 5)
    assert (found["grad"].kind, found["grad"].least, found["grad"].step) == ("decimal", -10, 0.5)
    assert [str(found[name].kind) for name in ("rang", "ok", "ort", "strecke", "bild", "doppelt")] == [
        "ranking", "consent", "place", "route", "file", "calculate",
    ]  # fmt: skip
    said = {remark.message for remark in reading.hints}
    assert "Der Name „Vor-Name“ wird zu „vor_name“." in said
    assert "„start“ lassen wir weg: Das Portal sammelt nichts über Geräte." in said


def test_the_older_way_of_a_table_is_understood_too():
    reading = xlsform.read(book(
        [["type", "name", "label", "appearance"], ["begin_group", "g", "Gruppe", "field-list"],
         ["select_one n", "kopf", "Wie gut?", "label"], ["select_one n", "licht", "Licht", "list-nolabel"],
         ["select_one n", "ruhe", "Ruhe", "list-nolabel"], ["text", "mehr", "Mehr?"], ["end_group"]],
        [["list_name", "name", "label"], ["n", "1", "gut"], ["n", "2", "schlecht"]],
    ))  # fmt: skip
    assert reading.faults == []
    questions = definition_from_json(reading.definition).questions
    assert [(one.name, str(one.kind)) for one in questions] == [("kopf", "matrix"), ("mehr", "text")]


def test_curly_quotes_of_excel_become_straight():
    reading = xlsform.read(book(
        [["type", "name", "label", "relevant"], ["text", "a", "A"],
         ["text", "b", "B", "${a} = ‘ja’ or ${ a } = “nein”"]],
    ))  # fmt: skip
    assert definition_from_json(reading.definition).by_name["b"].relevant == "${a} = 'ja' or ${a} = \"nein\""


HEAD, LISTED = ["type", "name", "label"], ["list_name", "name", "label"]


@pytest.mark.parametrize(("survey", "choices", "where", "message"), [
    ([HEAD, ["select_one farben", "f", "Farbe"]], [["list_name", "name", "label"], ["a", "1", "x"]],
     "Blatt survey, Zeile 2, Spalte A (type)", "Die Liste „farben“ fehlt im Blatt „choices“."),
    ([HEAD, ["text", "a", "A"], [], ["geoshape", "b", "B"]], [],
     "Blatt survey, Zeile 4, Spalte A (type)", "Die Art „geoshape“ kennen wir nicht."),
    ([HEAD, ["begin_group", "g", "G"], ["text", "a", "A"]], [],
     "Blatt survey, Zeile 2, Spalte A (type)", "Diese Gruppe hört nicht auf: Es fehlt „end_group“."),
    ([HEAD, ["text", "a", "A"], ["end_repeat"]], [],
     "Blatt survey, Zeile 3, Spalte A (type)", "Hier endet etwas, das nicht begonnen hat: „end_repeat“."),
    ([HEAD, ["text", "", "A"]], [], "Blatt survey, Zeile 2, Spalte B (name)", "Hier fehlt der Name."),
    ([HEAD, ["text", "a"]], [],
     "Blatt survey, Zeile 2, Spalte C (label)", "Hier fehlt der Text in der ersten Sprache („de“)."),
    ([["type", "name", "label::Klingonisch"], ["text", "a", "A"]], [],
     "Blatt survey, Zeile 1, Spalte C (label::Klingonisch)",
     "Die Sprache dieser Spalte erkennen wir nicht. Schreiben Sie etwa „label::Deutsch (de)“."),
    ([HEAD, ["select_one n", "a", "A"]], [LISTED, ["n", "j a", "Ja"]],
     "Blatt choices, Zeile 2, Spalte B (name)",
     "„j a“ geht hier nicht als Name: Buchstaben ohne Umlaute, Ziffern, „_“, „-“ und „.“."),
    ([HEAD, ["select_one n", "a", "A"]], [LISTED, ["n", "x", "X"], ["n", "y", ""]],
     "Blatt choices, Zeile 3, Spalte C (label)", "Hier fehlt der Text in der ersten Sprache („de“)."),
])  # fmt: skip
def test_a_fault_is_named_with_sheet_row_and_column(survey, choices, where, message):
    reading = xlsform.read(book(survey, choices))
    assert reading.definition is None
    assert (message, where) in [(remark.message, remark.where) for remark in reading.faults]


# files that mean harm, and files that are just broken


def test_a_file_of_ten_megabytes_with_macros_is_refused_because_of_the_macros():
    content = io.BytesIO(book([HEAD, ["text", "a", "A"]]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_STORED) as bundle:
        bundle.writestr("xl/vbaProject.bin", bytes(10_000_000))
    with pytest.raises(Invalid, match="Makros"):
        xlsform.read(content.getvalue())


def test_what_would_be_huge_when_unpacked_is_not_unpacked():
    content = io.BytesIO(book([HEAD, ["text", "a", "A"]]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("xl/worksheets/more.xml", bytes(workbook.UNPACKED))
    assert len(content.getvalue()) < 100_000
    with pytest.raises(Invalid, match="zu groß"):
        xlsform.read(content.getvalue())


@pytest.mark.slow
def test_rows_without_end_are_refused():
    rows = [["type", "name", "label"], *([["text", "a", "A"]] * (workbook.ROWS + 1))]
    with pytest.raises(Invalid, match="mehr als"):
        xlsform.read(book(rows))


@pytest.mark.parametrize("content", [
    b"", b"type;name;label\ntext;a;A\n", "Bürger".encode("utf-16"), b"PK\x03\x04 and then nothing",
    workbook.OLD_EXCEL + bytes(600), OTHERS[: len(OTHERS) // 2], OTHERS[:-30], b"\x00" * 4000,
])  # fmt: skip
def test_what_is_no_workbook_is_refused_with_a_sentence(content):
    with pytest.raises(Invalid):
        xlsform.read(content)


def test_entities_in_the_xml_are_not_followed():
    content = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(book([HEAD, ["text", "a", "A"]])))
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(content, "w") as target:
        for part in source.infolist():
            data = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                data = bomb.encode() + data.replace(b"<sheetData>", b"<sheetData><!-- &b; -->")
            target.writestr(part, data)
    with pytest.raises(Invalid):
        xlsform.read(content.getvalue())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(OTHERS) - 1), st.binary(min_size=1, max_size=20))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at, noise):
    content = OTHERS[:at] + noise + OTHERS[at + len(noise) :]
    with contextlib.suppress(Invalid):
        xlsform.read(content)


def test_an_empty_sheet_says_what_is_missing():
    reading = xlsform.read(book([["Frage", "Antwort"], ["Wie?", "So"]]))
    assert [remark.message for remark in reading.faults] == [
        "Das Blatt „survey“ mit der Spalte „type“ fehlt. Darin stehen die Fragen."
    ]
