"""The sheets of an Excel workbook, read as what it is: a file from somebody who may mean harm.

What it would be when unpacked is looked at before anything is unpacked, macros are refused, no formula is computed
(what Excel computed last counts), no link is followed; entities in the XML are refused by `defusedxml`, which openpyxl
uses.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from allmende.core.errors import Invalid

LARGEST, UNPACKED = 5_000_000, 40_000_000
"""Bytes of the file, and of all its parts together."""
PARTS, COLUMNS, ROWS = 500, 120, 20_000
"""Parts of a workbook; columns and rows of a sheet that are looked at, empty ones included."""
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
"""How files of Excel before 2007 begin, and those with a password."""
ZIP = b"PK\x03\x04"
NEEDED = ("survey", "choices", "settings")


@dataclass(frozen=True)
class Row:
    """One row that holds something: its number as Excel shows it, and its cells by number of the column from 0."""

    line: int
    cells: Mapping[int, str]


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its heading (line 1), its rows."""

    name: str
    header: Sequence[str]
    rows: Sequence[Row]


def column_letter(place: int) -> str:
    """0 as A, 26 as AA."""
    return str(get_column_letter(place + 1))


def sheets(content: bytes) -> dict[str, Sheet]:
    """The sheets survey, choices and settings by name, as far as they are there.

    Raises Invalid with a sentence for what is no workbook, holds macros or is too large.
    """
    if content[:4] == OLD_EXCEL:
        raise Invalid(
            _("Das ist eine alte oder geschützte Excel-Datei. Bitte speichern Sie sie als Excel-Arbeitsmappe (.xlsx).")
        )
    if content[:4] != ZIP:
        raise _broken()
    _looked_at(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return {
                name: _sheet(name, sheet)
                for sheet in book.worksheets
                if (name := str(sheet.title).strip().casefold()) in NEEDED
            }
        finally:
            book.close()
    except Invalid:
        raise
    except Exception as error:  # a file made to do harm may fail anywhere in the library
        raise _broken() from error


def _broken() -> Invalid:
    return Invalid(_("Diese Datei können wir nicht lesen. Ein XLSForm ist eine Excel-Arbeitsmappe (.xlsx)."))


def _looked_at(content: bytes) -> None:
    """Raises Invalid for a file with macros, or one that is too much. Macros are told first: they are the reason."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            parts = bundle.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):  # the last: of a version that is none
        raise _broken() from None
    if any("vbaproject" in part.filename.casefold() for part in parts):
        raise Invalid(
            _("In dieser Datei stecken Makros, also kleine Programme. Bitte speichern Sie sie als .xlsx ohne Makros.")
        )
    if len(content) > LARGEST or len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Invalid(_("Diese Datei ist zu groß. Bitte lassen Sie nur den Fragebogen darin, ohne Bilder."))


def _said(value: Any) -> str:  # noqa: PLR0911 - one line per type of cell
    """A cell as one would type it into a CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\0", "").replace("\u00a0", " ").strip()


def _filled(sheet: Any) -> Iterator[Row]:
    for line, cells in enumerate(sheet.iter_rows(max_row=ROWS + 1, max_col=COLUMNS, values_only=True), start=1):
        if line > ROWS:
            raise Invalid(_("Das Blatt „%(name)s“ hat mehr als %(n)s Zeilen.") % {"name": sheet.title, "n": ROWS})
        row = {place: text for place, value in enumerate(cells) if (text := _said(value))}
        if row:
            yield Row(line, row)


def _sheet(name: str, sheet: Any) -> Sheet:
    rows = list(_filled(sheet))
    if not rows:
        return Sheet(name, (), ())
    header = [rows[0].cells.get(place, "") for place in range(max(rows[0].cells) + 1)]
    return Sheet(name, header, rows[1:])
