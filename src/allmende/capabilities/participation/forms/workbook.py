"""A table from an Excel workbook (XLSX), read as what it is: a file from somebody who may mean harm.

Size and number of parts are looked at before anything is unpacked, macros are refused, no formula is computed (what
Excel computed last counts), no link is followed; entities in the XML are refused by `defusedxml`, which openpyxl uses.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook  # type: ignore[import-untyped]

from allmende.core.errors import Invalid

UNPACKED = 20_000_000
"""Bytes of all parts together; a table of 500 contributions has a hundredth of it."""
PARTS, COLUMNS, SCANNED = 500, 60, 5_000
"""Parts of a workbook, columns of its table, and rows looked at, empty ones included."""
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
"""How files of Excel before 2007 begin, and those with a password."""


def _broken() -> Invalid:
    return Invalid(_("Diese Excel-Datei können wir nicht lesen. Bitte speichern Sie sie in Excel als CSV."))


def _looked_at(content: bytes) -> None:
    """Raises Invalid for a file that is too much when unpacked, or that holds macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            parts = bundle.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise _broken() from None
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Invalid(_("Diese Excel-Datei ist zu groß. Bitte lassen Sie nur die Tabelle mit den Beiträgen darin."))
    if any("vbaproject" in part.filename.casefold() for part in parts):
        raise Invalid(_("In dieser Excel-Datei stecken Makros. Bitte speichern Sie sie ohne Makros."))


def _said(value: Any) -> str:
    """A cell as a CSV would hold it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, (datetime, date)):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\0", "")


def _filled(sheet: Any, most: int) -> Iterator[list[str]]:
    """Rows in which something stands, at most so many."""
    found = 0
    for cells in sheet.iter_rows(max_row=SCANNED, max_col=COLUMNS, values_only=True):
        row = [_said(value) for value in cells]
        if any(text.strip() for text in row):
            yield row
            found += 1
            if found >= most:
                return


def rows(content: bytes, most: int) -> list[list[str]]:
    """Rows of the first sheet that holds a table, the heading first, without empty columns at the end.

    Raises Invalid with a sentence for what is no workbook, holds macros or is too large.
    """
    if content[:4] == OLD_EXCEL:
        raise _broken()
    _looked_at(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                found = list(_filled(sheet, most))
                if len(found) > 1:
                    width = max(place for row in found for place, text in enumerate(row, start=1) if text.strip())
                    return [[*row[:width], *[""] * (width - len(row))] for row in found]
        finally:
            book.close()
    except Exception as error:  # a file made to do harm may fail anywhere in the library
        raise _broken() from error
    return []
