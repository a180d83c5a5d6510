"""Files as German offices make them are read as they are meant, and every faulty cell is told with its line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from allmende.capabilities.urbandata.rules import counters, tables
from allmende.capabilities.urbandata.rules.clock import read_local
from allmende.capabilities.urbandata.rules.tables import UnreadableTable, has_decimal_comma, read_number, read_table

BERLIN = ZoneInfo("Europe/Berlin")
EXCEL = "Zeit;Straße;Wert in µg/m³\r\n31.12.2024 14:00;Süd;1.234,5\r\n31.12.2024 15:00;Süd;7,25\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_an_excel_file_is_read_in_any_of_its_encodings(encoding):
    table = read_table(EXCEL.encode(encoding))
    assert table.columns == ("Zeit", "Straße", "Wert in µg/m³")
    assert table.delimiter == ";"
    times, faults = tables.instants(table, 0, BERLIN)
    assert faults == []
    assert times[0] == datetime(2024, 12, 31, 13, tzinfo=UTC)
    found, faults = tables.series(table, times, 2)
    assert (found.numbers, faults) == ([1234.5, 7.25], [])


@pytest.mark.parametrize(
    ("text", "mark"),
    [("a,b,c\n1,2,3\n", ","), ("a;b\n1,5;2,5\n", ";"), ("a\tb\n1,5\t2\n", "\t"), ('a,b\n"1;2",3\n"x;y",4\n', ",")],
)
def test_the_delimiter_is_what_cuts_all_lines_alike(text, mark):
    assert read_table(text.encode()).delimiter == mark


@pytest.mark.parametrize(
    ("cells", "delimiter", "comma"),
    [(["1,5", "2"], ";", True), (["1.5", "2.25"], ";", False), (["1.234", "2.500"], ";", True),
     (["1.234"], ",", False), (["1.234", "7.5"], ";", False), (["", "-"], ";", False)],
)  # fmt: skip
def test_decimal_commas_are_told_from_the_whole_column(cells, delimiter, comma):
    assert has_decimal_comma(cells, delimiter) is comma


@pytest.mark.parametrize(
    "cell", ["zwölf", "1,2,3", "12,5.1", "12.5.2024", "1e999", "0x10", "1_000", "inf", "=1+1", "٣"]
)
def test_what_is_no_number_is_refused(cell):
    for comma in (True, False):
        with pytest.raises(ValueError, match=r".*"):
            read_number(cell, comma=comma)


@pytest.mark.parametrize(
    "cell", ["01/02/2024 10:00", "31.02.2024 10:00", "2024-13-01 10:00", "10:00", "99999-01-01 00:00"]
)
def test_day_and_month_are_never_guessed(cell):
    with pytest.raises(ValueError, match=r".*"):
        tables.read_time(cell)


def test_an_offset_in_the_cell_counts():
    assert tables.read_time("2024-07-01T12:00:00+02:00") == datetime(2024, 7, 1, 10, tzinfo=UTC)
    assert tables.read_time("2024-07-01T12:00Z") == datetime(2024, 7, 1, 12, tzinfo=UTC)


def test_faulty_rows_are_told_with_their_line_and_the_others_stay():
    table = read_table(b"Zeit;Wert\n2024-01-01 00:00;1,5\n2024-01-01 01:00;kaputt\ngestern;2\n2024-01-01 03:00;4;5\n")
    times, faults = tables.instants(table, 0, BERLIN)
    found, more = tables.series(table, times, 1)
    told = {(one.line, one.problem) for one in (*table.faults, *faults, *more)}
    assert told == {(3, "number"), (4, "time"), (5, "columns")}
    assert found.numbers == [1.5]


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"", "empty"), (b" \n ", "empty"), (b"nur ein Wort\n", "no-columns"), (b"a;b\n\0;1\n", "binary"),
     (b"\xff\xfea", "binary"), (b";".join([b"x"] * 600), "too-many"), (b'a;b\n"' + b"x" * 200_000, "binary")],
)  # fmt: skip
def test_what_is_no_table_is_refused_as_a_whole(data, problem):
    with pytest.raises(UnreadableTable) as error:
        read_table(data)
    assert error.value.problem == problem


def local(*hours):
    return [datetime(2024, 10, 27, hour, minute) for hour in hours for minute in (0, 30)]  # noqa: DTZ001


def test_the_doubled_hour_is_read_twice_when_it_is_there_twice():
    found = read_local(local(1, 2, 2, 3), BERLIN)
    assert [one.at.hour for one in found if one.at] == [23, 23, 0, 0, 1, 1, 2, 2]
    assert [one.twice for one in found] == [False, False, True, True, True, True, False, False]


def test_the_doubled_hour_that_is_there_once_is_the_first():
    assert [one.at.hour for one in read_local(local(1, 2, 3), BERLIN) if one.at] == [23, 23, 0, 0, 2, 2]


def test_the_hour_that_never_was_has_no_instant():
    times = [datetime(2024, 3, 31, hour, 30) for hour in (1, 2, 3)]  # noqa: DTZ001
    assert [one.at and one.at.hour for one in read_local(times, BERLIN)] == [0, None, 1]


def test_a_counting_sites_heading_tells_total_directions_and_status():
    site = counters.site_of(
        ["Datetime", "100020113 (Wolbecker Straße)", "101020113 (FR stdteinwärts)", "100020113-status"]
    )
    assert site is not None
    assert (site.total.code, site.total.name, site.total.status) == ("100020113", "Wolbecker Straße", 3)
    assert [(one.name, one.status) for one in site.parts] == [("stadteinwärts", None)]
    assert counters.site_of(["Zeit", "Wert"]) is None
