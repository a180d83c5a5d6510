"""Headings of an XLSForm: which field a column is, and in which language.

Source: https://xlsform.org/en/, and the other names under which `pyxform` takes the same columns.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allmende.engines.questions.rules.xlsform.workbook import Row, Sheet, column_letter

LANGUAGES: Mapping[str, str] = {
    "de": "Deutsch", "en": "English", "fr": "Français", "uk": "Українська", "ru": "Русский", "ar": "العربية",
    "tr": "Türkçe", "pl": "Polski", "vi": "Tiếng Việt", "fa": "فارسی", "es": "Español", "it": "Italiano",
    "ro": "Română", "cs": "Čeština", "ku": "Kurdî", "ti": "ትግርኛ",
}  # fmt: skip
"""What a language is called in itself: `label::Deutsch (de)`."""
SPOKEN: Mapping[str, str] = {
    **{name.casefold(): code for code, name in LANGUAGES.items()},
    "german": "de", "englisch": "en", "french": "fr", "französisch": "fr", "ukrainian": "uk", "ukrainisch": "uk",
    "russian": "ru", "russisch": "ru", "arabic": "ar", "arabisch": "ar", "turkish": "tr", "türkisch": "tr",
    "polish": "pl", "polnisch": "pl", "spanish": "es", "spanisch": "es", "italian": "it", "italienisch": "it",
}  # fmt: skip
NAMES: Mapping[str, str] = {
    "caption": "label", "relevance": "relevant", "calculate": "calculation",
    "constraining message": "constraint_message", "constraint message": "constraint_message",
    "jr:constraintmsg": "constraint_message", "repeat count": "repeat_count",
    "jr:count": "repeat_count", "count": "repeat_count", "list name": "list_name", "read only": "read_only",
    "readonly": "read_only", "command": "type", "tag": "name", "jr:requiredmsg": "required_message",
    "required message": "required_message", "choice filter": "choice_filter", "form title": "form_title",
    "set form title": "form_title", "title": "form_title", "default language": "default_language",
    "guidance hint": "guidance_hint",
}  # fmt: skip
TRANSLATED = frozenset({"label", "hint", "constraint_message", "required_message", "guidance_hint"})
OURS = re.compile(r"^allmende_(plain|purpose|unit|title|introduction)_([a-z]{2,3})$")
"""Fields that XLSForm does not know travel in columns of our own, which other programs leave alone."""


@dataclass(frozen=True)
class Heading:
    """A column: where it stands (from 0), what it says, which field it is, in which language ("": none named)."""

    place: int
    text: str
    field: str
    language: str = ""
    known: bool = True
    """False: a language that we cannot tell the code of."""


@dataclass(frozen=True)
class Line:
    """A row by its fields: `values` what has no language, `texts` field → language → text."""

    line: int
    values: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]


def title(language: str) -> str:
    """„Deutsch (de)“, as the heading of a column names a language."""
    return f"{LANGUAGES.get(language, language)} ({language})"


def language_code(text: str) -> str:
    """„Deutsch (de)“, „German“ or „de“ as de; "" when it cannot be told."""
    said = text.strip()
    if found := re.search(r"\(([A-Za-z]{2,3})(?:-[A-Za-z]+)?\)\s*$", said):
        return found[1].lower()
    if said.casefold() in SPOKEN:
        return SPOKEN[said.casefold()]
    return said.lower() if re.fullmatch(r"[A-Za-z]{2,3}", said) else ""


def headings(sheet: Sheet) -> list[Heading]:
    """Each column that has a heading."""
    return [_heading(place, text) for place, text in enumerate(sheet.header) if text]


def _heading(place: int, text: str) -> Heading:
    if ours := OURS.match(text.strip().casefold()):
        return Heading(place, text, f"allmende_{ours[1]}", ours[2])
    parts = [part.strip() for part in re.split(r"::", text)]
    if parts[0].casefold() in {"bind", "body", "control"} and len(parts) > 1:
        parts = parts[1:]
    if len(parts) == 1 and (old := re.fullmatch(r"(label|hint|constraint[_ ]message)\s*:\s*(.+)", text, re.IGNORECASE)):
        parts = [old[1], old[2]]
    plain = parts[0].casefold()
    field = NAMES.get(plain.replace("_", " "), plain.replace(" ", "_"))
    if len(parts) == 1 or field not in TRANSLATED:
        return Heading(place, text, field)
    code = language_code(parts[1])
    return Heading(place, text, field, code, known=bool(code))


def line(row: Row, columns: Sequence[Heading], default: str) -> Line:
    """The row by its fields. What names no language is in the form's `default` one."""
    values: dict[str, str] = {}
    texts: dict[str, dict[str, str]] = {}
    for column in columns:
        said = row.cells.get(column.place, "")
        if not said or not column.known:
            continue
        if column.field in TRANSLATED or column.language:
            texts.setdefault(column.field, {}).setdefault(column.language or default, said)
        else:
            values.setdefault(column.field, said)
    return Line(row.line, values, texts)


def named(columns: Sequence[Heading], field: str) -> str:
    """„C (type)“: how a person finds the column in Excel; the field's own name where there is no such column."""
    found = next((column for column in columns if column.field == field), None)
    return f"{column_letter(found.place)} ({found.text})" if found else field
