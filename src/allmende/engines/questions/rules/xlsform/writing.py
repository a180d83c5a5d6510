"""A questionnaire as an XLSForm workbook that other programs take.

Source: https://xlsform.org/en/. What XLSForm has no word for travels in columns `allmende_…`, which others leave be.
"Something else" is written as an option and a text of its own: `or_other` fails with several languages and filters.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]

from allmende.engines.questions.rules.definition import CHOOSES, OTHER, Definition, Question, Section, Words
from allmende.engines.questions.rules.xlsform import bounds, columns, kinds, workbook

OTHERS: Words = {
    "de": "Etwas anderes",
    "en": "Something else",
    "fr": "Autre chose",
    "uk": "Інше",
    "tr": "Başka bir şey",
}
NAMELY: Words = {"de": "Und zwar", "en": "Namely", "fr": "À savoir", "uk": "А саме", "tr": "Yani"}
SURVEY = (
    "type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "calculation",
    "choice_filter", "appearance", "parameters", "default", "repeat_count", "allmende_kind", "allmende_plain",
    "allmende_purpose", "allmende_unit", "allmende_sensitive", "allmende_least", "allmende_most", "allmende_step",
)  # fmt: skip
CHOICES = ("list_name", "name", "label", "allmende_filter")
WORDS = frozenset({"label", "hint", "constraint_message", "allmende_plain", "allmende_purpose", "allmende_unit"})
LONGEST_CELL = 32_000
"""Characters; Excel holds 32,767."""
_ROW = re.compile(r"(\$\{[a-z0-9_]+)/([^}]+\})")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")

type Cells = dict[str, Any]
"""A row by columns: a text, or texts by language."""


def write(definition: Definition, *, form_id: str = "", version: str = "") -> bytes:
    """The workbook (XLSX). `form_id` and `version` are what other programs tell forms apart by."""
    lists = _Lists()
    rows = list(_rows(definition, lists))
    languages = definition.languages
    settings: Cells = {
        "form_title": definition.title.get(languages[0], ""),
        "form_id": form_id or "allmende",
        "version": version or "1",
        "default_language": columns.title(languages[0]),
        "style": "pages" if definition.layout == "pages" else "",
        "allmende_layout": definition.layout,
        "allmende_title": {code: text for code, text in definition.title.items() if code != languages[0]},
    }
    book = Workbook(write_only=True)
    _sheet(book, "survey", SURVEY, rows, languages)
    _sheet(book, "choices", CHOICES, lists.rows, languages)
    _sheet(book, "settings", tuple(settings), [settings], languages)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


class _Lists:
    """Lists of choices; equal ones are written once."""

    def __init__(self) -> None:
        self.rows: list[Cells] = []
        self.known: dict[str, str] = {}

    def name(self, question: Question) -> str:
        found = [
            {"name": one.name, "label": dict(one.label), "allmende_filter": one.filter} for one in question.options
        ]
        if question.other:
            found.append({"name": OTHER, "label": dict(OTHERS), "allmende_filter": ""})
        key = repr(found)
        if key not in self.known:
            self.known[key] = question.name
            self.rows += [{"list_name": question.name, **one} for one in found]
        return self.known[key]


def _rows(definition: Definition, lists: _Lists) -> Iterable[Cells]:
    if definition.introduction:
        yield {
            "type": "note", "name": "allmende_introduction", "label": definition.introduction,
            "allmende_kind": "introduction",
        }  # fmt: skip
    for section in definition.sections:
        yield from _section(section, definition, lists)


def _section(section: Section, definition: Definition, lists: _Lists) -> Iterable[Cells]:
    block = "repeat" if section.repeat else "group"
    page = "field-list" if definition.layout == "pages" else ""
    opening: Cells = {
        "type": f"begin_{block}", "name": section.name, "label": section.title, "relevant": _out(section.relevant),
        "appearance": page,
    }  # fmt: skip
    if section.repeat:
        opening |= {"repeat_count": _out(section.repeat.count), "allmende_most": section.repeat.most}
    yield opening
    if section.text:
        yield {"type": "note", "name": f"{section.name}__text", "label": section.text, "allmende_kind": "text"}
    for question in section.questions:
        if question.kind == "matrix":
            yield from _matrix(question, lists)
        elif question.kind == "allocation":
            yield from _allocation(question)
        else:
            yield from _plain(question, lists)
    yield {"type": f"end_{block}"}


def _common(question: Question) -> Cells:
    cells: Cells = {
        "name": question.name,
        "label": question.label,
        "hint": _with_unit(question),
        "required": "yes" if question.required else "",
        "relevant": _out(question.relevant),
        "constraint": _out(bounds.written(_limits(question))),
        "constraint_message": question.constraint_message,
        "calculation": _out(question.calculation),
        "default": " ".join(question.default) if isinstance(question.default, list | tuple) else question.default,
        "allmende_plain": question.plain,
        "allmende_purpose": question.purpose,
        "allmende_unit": question.unit,
        "allmende_sensitive": "yes" if question.sensitive else "",
        "allmende_step": _number(question.step),
    }
    if question.kind not in bounds.MEASURES:
        cells |= {"allmende_least": _number(question.least), "allmende_most": _number(question.most)}
    return cells


def _limits(question: Question) -> dict[str, Any]:
    """What `bounds` looks at."""
    return {
        "kind": str(question.kind), "constraint": question.constraint, "least": question.least, "most": question.most,
        "exclusive": question.exclusive,
    }  # fmt: skip


def _with_unit(question: Question) -> dict[str, str]:
    """The hint and the unit in brackets, so that whoever asks elsewhere sees it."""
    spoken = dict.fromkeys([*question.hint, *question.unit])
    return {
        code: " ".join(part for part in (question.hint.get(code, ""), f"({unit})" if unit else "") if part)
        for code in spoken
        for unit in [question.unit.get(code, "")]
    }


def _plain(question: Question, lists: _Lists) -> Iterable[Cells]:
    kind, cells = str(question.kind), _common(question)
    if kind in kinds.WRITTEN:
        cells["type"] = kinds.WRITTEN[kind]
        if kind == "longtext":
            cells["appearance"] = "multiline"
        elif kind == "rating":
            cells |= {"parameters": f"start=1 end={question.steps} step=1", "appearance": "rating"}
            cells["allmende_most"] = ""
        yield cells
        return
    cells["type"] = f"{'rank' if kind == 'ranking' else kind} {lists.name(question)}"
    cells["choice_filter"] = _choice_filter(question)
    yield cells
    if question.kind in CHOOSES and question.other:
        yield {
            "type": "text", "name": f"{question.name}__other", "label": dict(NAMELY),
            "relevant": f"selected(${{{question.name}}}, '{OTHER}')",
        }  # fmt: skip


def _matrix(question: Question, lists: _Lists) -> Iterable[Cells]:
    listed = f"select_one {lists.name(question)}"
    yield {**_common(question), "type": "begin_group", "required": "", "default": "", "appearance": "table-list"}
    for row in question.rows:
        yield {
            "type": listed, "name": f"{question.name}__{row.name}", "label": row.label,
            "required": "yes" if question.required else "", "choice_filter": _choice_filter(question),
        }  # fmt: skip
    yield {"type": "end_group"}


def _allocation(question: Question) -> Iterable[Cells]:
    """One whole number per option; the last one minds that no more is given out than there is."""
    yield {
        **_common(question), "type": "begin_group", "required": "", "default": "", "appearance": "field-list",
        "allmende_kind": "allocation",
    }  # fmt: skip
    names = [f"{question.name}__{option.name}" for option in question.options]
    for at, option in enumerate(question.options):
        limit = f". >= 0 and . <= {question.total}"
        if at == len(names) - 1 and at:
            others = " + ".join(f"coalesce(${{{name}}}, 0)" for name in names[:-1])
            limit = f". >= 0 and {others} + . <= {question.total}"
        yield {
            "type": "integer", "name": names[at], "label": option.label, "constraint": limit,
            "required": "yes" if question.required else "",
        }  # fmt: skip
    yield {"type": "end_group"}


def _choice_filter(question: Question) -> str:
    """One condition for all options, from the one that each has. "" for none, and for one too long for a cell."""
    if not any(option.filter for option in question.options):
        return ""
    parts = [
        f"(name = '{option.name}' and ({_out(option.filter)}))" if option.filter else f"name = '{option.name}'"
        for option in question.options
    ]
    if question.other:
        parts.append(f"name = '{OTHER}'")
    whole = " or ".join(parts)
    return whole if len(whole) < LONGEST_CELL else ""


def _out(expression: str) -> str:
    """References to a row of a matrix as the rows are named outside."""
    return _ROW.sub(r"\1__\2", expression)


def _number(value: float | None) -> str:
    return "" if value is None else bounds.number(value)


def _sheet(
    book: Workbook, name: str, fields: Sequence[str], rows: Sequence[Mapping[str, Any]], languages: Sequence[str]
) -> None:
    used = [
        (field, language)
        for field in fields
        for language in (languages if _translated(field, rows) else ("",))
        if _needed(field, language, rows)
    ]
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "C2" if name == "survey" else "A2"
    for at, (field, _language) in enumerate(used, start=1):
        sheet.column_dimensions[workbook.column_letter(at - 1)].width = 40 if field in WORDS else 20
    sheet.append([_cell(sheet, _heading(field, language), bold=True) for field, language in used])
    for row in rows:
        sheet.append([_cell(sheet, _value(row.get(field), language)) for field, language in used])


def _translated(field: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    return field in WORDS or any(isinstance(row.get(field), Mapping) for row in rows)


def _needed(field: str, language: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    always = field in {"type", "name", "label", "list_name"}
    return always or any(_value(row.get(field), language) for row in rows)


def _heading(field: str, language: str) -> str:
    if not language:
        return field
    return f"{field}_{language}" if field.startswith("allmende_") else f"{field}::{columns.title(language)}"


def _value(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        return str(value.get(language) or "")
    return "" if value is None or value is False else str(value)


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """A cell that is always text: what begins with "=" is no formula."""
    cell = WriteOnlyCell(sheet, value=None)
    if text:
        cell.value = _UNWRITABLE.sub("", text)
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell
