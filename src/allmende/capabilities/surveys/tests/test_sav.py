"""SPSS files are read by the library that statisticians use."""

from datetime import UTC, datetime

import pyreadstat
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.capabilities.surveys.rules.sav import Variable, sav

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
COLUMNS = [Variable("frage", "Wortlaut der Frage, größer", is_text=True), Variable("count", "Wie viele", is_text=False),
           Variable("share_of_all", "Anteil", is_text=False, decimals=4)]  # fmt: skip


def read(tmp_path, rows):
    path = tmp_path / "x.sav"
    path.write_bytes(sav(COLUMNS, rows, title="Mobilität in Gera", at=AT))
    return pyreadstat.read_sav(path, output_format="dict")


def test_numbers_texts_labels_and_what_is_hidden(tmp_path):
    found, meta = read(tmp_path, [["Zu Fuß? 🚲 مرحبا", 3, 0.25], [None, None, None], ["x" * 300, 1, 1.0]])
    assert list(found["frage"]) == ["Zu Fuß? 🚲 مرحبا", "", "x" * 255]
    assert next(iter(found["count"])) == 3
    assert meta.column_names == ["frage", "count", "share_of_all"]
    assert meta.column_labels == ["Wortlaut der Frage, größer", "Wie viele", "Anteil"]
    assert meta.file_label == "Mobilität in Gera"
    assert meta.file_encoding == "UTF-8"
    hidden = list(found["count"])[1]
    assert hidden is None or hidden != hidden  # noqa: PLR0124  NaN


def test_no_rows_is_a_file_too(tmp_path):
    found, meta = read(tmp_path, [])
    assert meta.number_rows == 0
    assert list(found) == ["frage", "count", "share_of_all"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=90), st.integers(-9, 9)))
)
def test_every_text_comes_back(tmp_path_factory, rows):
    found, _meta = read(tmp_path_factory.mktemp("sav"), [[text, number, number / 2] for text, number in rows])
    for place, (text, number) in enumerate(rows):
        assert list(found["frage"])[place].rstrip() == text.encode()[:255].decode(errors="ignore").rstrip()
        assert list(found["count"])[place] == number
