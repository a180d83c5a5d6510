"""Questions of a category as the desk writes them, as `engines/questions` asks them, and as Open311 tells of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allmende.engines.questions import interface as questions

LANGUAGES = ("de", "en")
SECTION = "mehr"
MOST_QUESTIONS = 6
"""A report is made in half a minute; each question costs some."""
MOST_OPTIONS = 20
KINDS = ("select_one", "select_multiple", "text", "integer", "date")
CHOOSES = frozenset({"select_one", "select_multiple"})
PUBLISHABLE = CHOOSES | {"integer", "date"}
"""Free words may name people: their answers stay with the offices."""
DATATYPES = {
    "select_one": "singlevaluelist", "select_multiple": "multivaluelist", "text": "text", "integer": "number",
    "date": "datetime",
}  # fmt: skip
"""Kind → `datatype` of an attribute in Open311 GeoReport v2 (GET service definition)."""
type Texts = Mapping[str, str]


@dataclass(frozen=True)
class QuestionData:
    """One question. `name` is its code for programs, made from its words where there is none; texts per language."""

    labels: Texts
    kind: str = "select_one"
    name: str = ""
    options: Sequence[Texts] = ()
    required: bool = False
    public: bool = False
    option_names: Sequence[str] = field(default_factory=tuple)
    """Codes of the options, kept while their German words stay the same."""


SAID_HOW = {"singlevaluelist": "One key of values.", "multivaluelist": "Keys of values, one parameter each.",
            "text": "Text.", "number": "A whole number.", "datetime": "A day: 2026-01-31."}  # fmt: skip
"""What programs are told of a datatype, in the language of the standard."""


@dataclass(frozen=True)
class Attribute:
    """A question as Open311 describes it. `values` are pairs of code and words."""

    code: str
    datatype: str
    description: str
    required: bool
    order: int
    values: Sequence[tuple[str, str]] = ()
    public: bool = False


def written(asked: Sequence[QuestionData]) -> dict[str, Any]:
    """The definition for `engines/questions`."""
    data: dict[str, Any] = {
        "title": {"de": "Angaben zur Meldung"},
        "languages": list(LANGUAGES),
        "layout": "one",
        "sections": [{"name": SECTION, "questions": []}],
    }
    for one in asked:
        name = one.name or questions.free_name(data, one.labels.get("de", ""), "frage")
        question = {"name": name, "kind": one.kind, "label": dict(one.labels), "required": one.required}
        if one.kind in CHOOSES:
            known = dict(zip((label["de"] for label in one.options), one.option_names, strict=False))
            names = questions.option_names([label["de"] for label in one.options], known)
            question["options"] = [
                {"name": code, "label": dict(label)} for code, label in zip(names, one.options, strict=True)
            ]
        data["sections"][0]["questions"].append(question)
    return data


def read(definition: questions.Definition, public: Sequence[str]) -> list[QuestionData]:
    """The way back: what the desk changes."""
    return [
        QuestionData(
            labels=one.label,
            kind=one.kind.value,
            name=one.name,
            options=[option.label for option in one.options],
            required=one.required,
            public=one.name in public,
            option_names=[option.name for option in one.options],
        )
        for one in definition.questions
    ]


def attributes(definition: questions.Definition, public: Sequence[str], language: str) -> list[Attribute]:
    return [
        Attribute(
            code=one.name,
            datatype=DATATYPES[one.kind.value],
            description=questions.say(one.label, language)[0],
            required=one.required,
            order=order,
            values=[(option.name, questions.say(option.label, language)[0]) for option in one.options],
            public=one.name in public,
        )
        for order, one in enumerate(definition.questions, start=1)
    ]


def in_answer(
    definition: questions.Definition, answers: Mapping[str, Any], public: Sequence[str], language: str
) -> list[dict[str, Any]]:
    """What everybody may read of answers, as Open311 tells of it: code, words of the question, keys and their words."""
    found = []
    for one in definition.questions:
        given = answers.get(one.name)
        if one.name not in public or one.kind.value not in PUBLISHABLE or given in (None, "", []):
            continue
        names = {option.name: questions.say(option.label, language)[0] for option in one.options}
        values = given if isinstance(given, list) else [given]
        found.append({
            "code": one.name,
            "description": questions.say(one.label, language)[0],
            "values": [{"key": str(value), "name": names.get(value, str(value))} for value in values],
        })  # fmt: skip
    return found


def sorted_out(
    asked: Sequence[Attribute], sent: Sequence[tuple[str, str]]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """What a program sent: answers to our questions by their codes, and what no question of ours has asked.

    Of a day with a time of day the day counts. What is wrong with an answer says whoever keeps it.
    """
    known = {one.code: one for one in asked}
    answers: dict[str, Any] = {}
    rest = []
    for code, value in sent:
        if code not in known:
            rest.append((code, value))
        elif known[code].datatype == "multivaluelist":
            answers.setdefault(code, []).append(value)
        else:
            answers[code] = value[:10] if known[code].datatype == "datetime" else value
    return answers, rest
