"""One row of the sheet „survey“ as one question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _

from allmende.engines.questions.rules.reading import MOST_STEPS
from allmende.engines.questions.rules.xlsform import bounds, expressions, kinds
from allmende.engines.questions.rules.xlsform.columns import Line


class Say(Protocol):
    """Says something about a row of the form."""

    def __call__(
        self, message: str, line: int = 0, column: str = "", *, sheet: str = "survey", grave: bool = True
    ) -> None: ...


@dataclass(frozen=True)
class Choice:
    """A row of the sheet „choices“; `extra` what stands in all its columns but list and label."""

    name: str
    label: Mapping[str, str]
    extra: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class Place:
    """A row of the sheet „survey“: `name` as we have it, `said` as the file has it."""

    line: Line
    name: str
    type: kinds.Type
    said: str = ""

    @property
    def appearance(self) -> list[str]:
        return self.line.values.get("appearance", "").casefold().split()

    @property
    def relevant(self) -> str:
        return expressions.straight(self.line.values.get("relevant", ""))


def plain_question(place: Place, say: Say) -> dict[str, Any]:
    """The question with all its parts but what comes from a list of choices."""
    line, values, texts = place.line, place.line.values, place.line.texts
    question: dict[str, Any] = {
        "name": place.name, "kind": place.type.kind, "required": False, "relevant": place.relevant, "constraint": "",
        "calculation": "", "default": None, "options": [], "other": False, "exclusive": [], "least": None, "most": None,
        "step": None, "rows": [], "sensitive": kinds.said_yes(values.get("allmende_sensitive", "")),
        **{name: dict(texts.get(name, {})) for name in ("label", "hint", "constraint_message")},
        **{name: dict(texts.get(f"allmende_{name}", {})) for name in ("plain", "unit", "purpose")},
    }  # fmt: skip
    for code, unit in question["unit"].items():
        hint = question["hint"].get(code, "")
        if hint.endswith(f"({unit})"):  # our own files show the unit there
            question["hint"][code] = hint.removesuffix(f"({unit})").strip()
    question["hint"] = {code: text for code, text in question["hint"].items() if text}
    if not question["label"]:
        question["label"], question["hint"] = question["hint"], {}
    _kind(question, place, say)
    required = values.get("required", "")
    question["required"] = kinds.said_yes(required) and question["kind"] not in {"note", "calculate"}
    if not kinds.said_yes(required) and not kinds.said_no(required):
        message = _(
            "Ob die Frage beantwortet werden muss, hängt hier von einer Bedingung ab. Wir lassen sie freiwillig."
        )
        say(message, line.line, "required", grave=False)
    if question["kind"] not in {"note", "calculate", "begin group"}:
        question.update(bounds.understood(expressions.straight(values.get("constraint", "")), question["kind"]))
        for name in ("least", "most", "step"):
            if (number := _number(values.get(f"allmende_{name}", ""))) is not None:
                question[name] = number
    elif values.get("allmende_most"):
        question["most"] = _number(values["allmende_most"])
    _default(question, values.get("default", ""), line.line, say)
    return question


def _kind(question: dict[str, Any], place: Place, say: Say) -> None:
    kind, line, values = question["kind"], place.line, place.line.values
    calculation = expressions.straight(values.get("calculation", ""))
    if kind == "text" and "multiline" in place.appearance:
        question["kind"] = "longtext"
    elif kind == "range":
        _range(question, kinds.parameters(values.get("parameters", "")))
    if kind == "calculate":
        question["calculation"] = calculation
    elif calculation and kind in {"text", "integer", "decimal", "date"}:
        question.update(kind="calculate", calculation=calculation)
        say(_("Diese Frage wird gerechnet und nicht gestellt."), line.line, "calculation", grave=False)
    elif calculation:
        say(_("Die Rechnung lassen wir weg: Hier wird gefragt."), line.line, "calculation", grave=False)


def _range(question: dict[str, Any], given: Mapping[str, str]) -> None:
    """A rating where it counts from 1 by ones, else a number with its limits."""
    start, end, step = (
        _number(given.get(name, usual)) for name, usual in (("start", "1"), ("end", "10"), ("step", "1"))
    )
    if start == 1 and step == 1 and isinstance(end, int) and 1 < end <= MOST_STEPS:
        question.update(kind="rating", most=end)
        return
    whole = all(isinstance(value, int) for value in (start, end, step))
    question.update(kind="integer" if whole else "decimal", least=start, most=end, step=step)


def _number(text: str) -> int | float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    if value != value or abs(value) > 10**12:  # noqa: PLR0124 - not a number, or none that a person wrote
        return None
    return int(value) if value.is_integer() else value


def _default(question: dict[str, Any], text: str, line: int, say: Say) -> None:
    """What stands in the field at first, in the question's own type."""
    said, kind = text.strip(), question["kind"]
    if not said or kind in {"note", "calculate", "place", "route", "file"}:
        return
    if "${" in said or said.endswith(")"):
        say(_("Eine Vorgabe, die erst gerechnet wird, lassen wir weg."), line, "default", grave=False)
        return
    if kind in {"integer", "decimal", "rating"}:
        question["default"] = _number(said)
    elif kind in {"select_multiple", "ranking"}:
        question["default"] = said.split()
    elif kind == "consent":
        question["default"] = None
    else:
        question["default"] = said
