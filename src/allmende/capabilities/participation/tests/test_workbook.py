"""Excel workbooks: read like a CSV, and refused with a sentence when they are made to do harm."""

import io
import zipfile
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from allmende.capabilities.participation.forms import importing, workbook
from allmende.core.errors import Invalid

HEAD = ["Titel", "Beschreibung", "Eingegangen am"]


def book(*rows, sheets=1):
    made = Workbook()
    for _ in range(sheets - 1):
        made.create_sheet()
    sheet = made.worksheets[-1]
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_part(content, name, data):
    """The same workbook with a part put in, or in place of one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, data)
    return out.getvalue()


def test_a_workbook_is_read_as_the_csv_of_the_same_table_would_be():
    day = datetime(2026, 2, 1)  # noqa: DTZ001 - a cell of a spreadsheet has no zone
    content = book(HEAD, ["Mehr Bänke", "Im Schatten;\nfür Ältere", day], [], [2037.0, True, None])
    sheet = importing.read(content)
    assert (sheet.encoding, list(sheet.header)) == ("Excel", HEAD)
    assert [list(row) for row in sheet.rows] == [
        ["Mehr Bänke", "Im Schatten;\nfür Ältere", "01.02.2026"], ["2037", "ja", ""],
    ]  # fmt: skip
    rows = importing.check(sheet, importing.guess(sheet.header), categories={}, districts={}, there=())
    assert [row.wrong for row in rows] == [(), ()]
    assert rows[0].received_on == day.date()


def test_the_first_sheet_with_a_table_counts():
    sheet = importing.read(book(HEAD, ["A", "B", "01.02.2026"], sheets=3))
    assert list(sheet.rows[0]) == ["A", "B", "01.02.2026"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: book(HEAD), id="no rows"),
        pytest.param(book, id="empty"),
        pytest.param(lambda: b"PK\x03\x04 and then nothing", id="no archive"),
        pytest.param(lambda: workbook.OLD_EXCEL + b"\0" * 600, id="old or with a password"),
        pytest.param(lambda: with_part(book(HEAD, ["A", "B"]), "xl/vbaProject.bin", b"Sub"), id="macros"),
        pytest.param(lambda: with_part(book(HEAD, ["A", "B"]), "xl/media/a", b"\0" * 30_000_000), id="bomb"),
        pytest.param(lambda: with_part(book(HEAD, ["A", "B"]), "xl/workbook.xml", b"<a"), id="broken"),
        pytest.param(
            lambda: with_part(
                book(HEAD, ["A", "B"]),
                "xl/worksheets/sheet1.xml",
                b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><worksheet xmlns="http://schemas.openxmlformats.org/'
                b'spreadsheetml/2006/main"><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row><row><c '
                b't="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>',
            ),
            id="entities",
        ),
        pytest.param(lambda: book(HEAD, *[["A", str(n), ""] for n in range(importing.ROWS + 1)]), id="too many rows"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content):
    with pytest.raises(Invalid) as caught:
        importing.read(content())
    assert str(caught.value.message).endswith(".")


def test_a_formula_is_neither_computed_nor_taken_for_words():
    sheet = importing.read(book(HEAD, ["Eine Bank", "Text", ""], ["=1+1", "Text", ""]))
    assert [row[0] for row in sheet.rows] == ["Eine Bank", ""]


def test_an_endless_sheet_is_not_read_to_its_end():
    many = [["A", str(n), ""] for n in range(workbook.SCANNED + 500)]
    assert len(workbook.rows(book(HEAD, *many), 10)) == 10
    gap = book(HEAD, *[[] for _ in range(3)], ["A", "B", ""])
    assert len(workbook.rows(gap, 10)) == 2


@given(st.binary(max_size=400))
def test_any_bytes_after_the_mark_of_an_archive_are_refused_or_read(content):
    try:
        importing.read(b"PK\x03\x04" + content)
    except Invalid:
        return
