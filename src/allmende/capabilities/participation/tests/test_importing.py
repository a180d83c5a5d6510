"""Ideas from a table, piles of paper, and the printed form with its code."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.capabilities.participation import builders
from allmende.capabilities.participation.forms import importing
from allmende.capabilities.participation.models import Idea
from allmende.core.errors import Invalid

EXCEL = 'Titel;Beschreibung;Rubrik;Eingegangen am\r\nMehr Bänke;"Im Schatten;\nfür Ältere";Grün;{day}\r\n'


@pytest.fixture
def store(db):
    return builders.store()


@pytest.fixture
def client(db):
    return people.login(Client(headers={"host": "localhost"}), people.moderator("participation"))


def test_what_excel_saves_is_read_with_its_umlauts_and_line_breaks():
    sheet = importing.read(EXCEL.format(day="01.02.2026").encode("cp1252"))
    assert (sheet.encoding, sheet.delimiter) == ("Windows-1252", ";")
    assert list(sheet.rows[0]) == ["Mehr Bänke", "Im Schatten;\nfür Ältere", "Grün", "01.02.2026"]
    assert importing.guess(sheet.header)["title"] == "0"
    same = importing.read(EXCEL.format(day="01.02.2026").encode("utf-8-sig"))
    assert (same.encoding, list(same.rows)) == ("UTF-8", list(sheet.rows))


@given(st.binary(max_size=300))
def test_any_file_is_a_table_or_refused(content):
    try:
        sheet = importing.read(content)
    except Invalid:
        return
    columns = {"title": "0", "body": str(len(sheet.header) - 1)}
    rows = importing.check(sheet, columns, categories={}, districts={}, there=())
    assert len(rows) == len(sheet.rows)
    for row in rows:
        assert row.wrong or (row.values["title"] and row.values["body"])


def test_each_faulty_row_says_all_that_is_wrong():
    text = "Titel;Text;Rubrik;Datum\n;;Nirgends;gestern\nGut;Genug;;\nGut;Genug;;\n" + "x" * 200 + ";Text;;1.1.2026\n"
    sheet = importing.read(text.encode())
    rows = importing.check(sheet, importing.guess(sheet.header), categories={}, districts={}, there=())
    assert [len(row.wrong) for row in rows] == [4, 0, 1, 1]
    assert [row.line for row in rows] == [2, 3, 4, 5]


def upload(client, store, content, **more):
    day = timezone.localdate()
    sent = {"channel": "paper", "received_on": day.isoformat(), "step": "file", **more}
    sent["file"] = SimpleUploadedFile("ideen.csv", content, "text/csv")
    return client.post(f"/mitmachen/speicher/{store.number}/einlesen/", sent)


def test_three_steps_bring_the_good_rows_in_and_name_the_others(client, store):
    day = timezone.localdate()
    content = (EXCEL.format(day=f"{day:%d.%m.%Y}") + "Ohne Text;;;\r\n").encode("cp1252")
    page = upload(client, store, content).content.decode()
    assert "Windows-1252" in page
    assert Idea.objects.count() == 0
    columns = {"column_title": "0", "column_body": "1", "column_category": "2", "column_received_on": "3"}
    preview = upload(client, store, content, step="columns", **columns).content.decode()
    assert "Mehr Bänke" in preview
    assert "Beschreibung fehlt." in preview
    assert Idea.objects.count() == 0
    assert upload(client, store, content, step="do", **columns).status_code == 302
    idea = Idea.objects.get()
    assert (idea.version.title, idea.channel, idea.state) == ("Mehr Bänke", "paper", "submitted")
    again = upload(client, store, content, step="do", **columns).content.decode()
    assert "Das steht schon da." in again
    assert Idea.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"nur eine Zeile", b"PK\x03\x04xlsx"])
def test_what_is_no_table_is_refused_with_a_sentence(client, store, content):
    assert upload(client, store, content).status_code == 422


def test_who_may_read_in(store):
    address = f"/mitmachen/speicher/{store.number}/einlesen/"
    assert people.login(Client(headers={"host": "localhost"}), people.person()).get(address).status_code == 403
    assert people.login(Client(headers={"host": "localhost"}), people.clerk("umwelt")).get(address).status_code == 200


def test_a_pile_of_paper_goes_in_at_once_and_what_fails_stays(client, store):
    day = timezone.localdate()
    sent = {"store": store.number, "channel": "counter", "received_on": day.isoformat()}
    first = {"title_0": "Eine Bank", "body_0": "Am Markt.", "title_1": "Ohne Text", "body_1": ""}
    refused = client.post("/mitmachen/erfassen/stapel/", {**sent, **first})
    assert refused.status_code == 422
    assert "Eine Bank" in refused.content.decode()
    assert Idea.objects.count() == 0
    page = client.post("/mitmachen/erfassen/stapel/", {**sent, **first, "body_1": "Doch."}).content.decode()
    assert set(Idea.objects.values_list("channel", flat=True)) == {"counter"}
    assert Idea.objects.count() == 2
    assert "Nummer und Code" in page


def test_the_printed_form_is_an_accessible_pdf_with_a_code(store):
    response = Client(headers={"host": "localhost"}).get(f"/mitmachen/speicher/{store.number}/papier.pdf")
    assert response.content.startswith(b"%PDF")
    assert b"/StructTreeRoot" in response.content or b"/MarkInfo" in response.content
