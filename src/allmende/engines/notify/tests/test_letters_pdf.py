"""The daily batch is one tagged PDF: address in the window, number, code and QR code; posted, and sometimes back."""

import io

import pikepdf
import pytest
from django.test import Client
from django.utils import timezone

from allmende.accounts import builders as people
from allmende.engines.notify import actions, handlers
from allmende.engines.notify.builders import by_letter, happen, thing
from allmende.engines.notify.models import Errand, Notice, Trouble


@pytest.fixture
def office(db):
    return people.login(Client(), people.moderator())


def letter(**fields):
    title = fields.pop("title", "Bänke am Fluss")
    person = by_letter(**fields)
    ref = thing(person, title=title)
    actions.issue_receipt(ref, person.pk, timezone.now())
    handlers.tell(happen(ref, author=person))
    return Errand.objects.order_by("-id").first()


def tags(document) -> list[tuple[str, str, str]]:
    """(tag, language, alternative text) in reading order."""
    found = []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for one in node:
                walk(one)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append((str(node.S), str(node.get("/Lang", "")), str(node.get("/Alt", ""))))
            if "/K" in node:
                walk(node.K)

    walk(document.Root.StructTreeRoot.K)
    return found


def test_one_file_of_all_letters_that_a_screen_reader_can_read(office):
    letter()
    letter(language="en", title="#panic() 🪑 $x$")
    answer = office.get("/verwaltung/briefe/stapel.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        assert len(document.pages) == 2
        assert str(document.Root.Lang) == "de"
        assert document.Root.MarkInfo.Marked == True  # noqa: E712 - a PDF's own truth
        assert str(document.docinfo["/Title"]).startswith("2 Briefe vom ")
        found = tags(document)
        assert [tag for tag, _lang, _alt in found].count("/H1") == 2
        pictures = [(lang, alt) for tag, lang, alt in found if tag == "/Figure"]
        assert "QR-Code: führt zu http" in pictures[0][1]
        assert "QR code: leads to http" in pictures[1][1]
        assert "en" in {lang for _tag, lang, _alt in found}
        width, height = document.pages[0].MediaBox[2:]
        assert (round(float(width)), round(float(height))) == (595, 842)  # A4


def test_the_file_holds_those_that_the_page_named(office):
    first = letter()
    page = office.get("/verwaltung/briefe/druck/").content.decode()
    letter()
    assert f"/verwaltung/briefe/stapel.pdf?bis={first.number}" in page
    for bis, pages in ((first.number, 1), ("", 2), ("-1", 2), ("x" * 99, 2), ("9" * 40, 2)):
        with pikepdf.open(io.BytesIO(office.get(f"/verwaltung/briefe/stapel.pdf?bis={bis}").content)) as document:
            assert len(document.pages) == pages, bis


def test_nothing_to_print_is_said(office):
    answer = office.get("/verwaltung/briefe/stapel.pdf", follow=True)
    assert "Es gibt nichts zu drucken." in answer.content.decode()


def test_an_address_of_many_long_lines_and_a_long_text_make_no_trouble(office):
    one = letter()
    one.person.postal_address = "\n".join(f"Zeile {n} {'W' * 60}" for n in range(8))[:400]
    one.person.save()
    Errand.objects.update(body="Absatz. " * 2000, subject="  ")
    with pikepdf.open(io.BytesIO(office.get("/verwaltung/briefe/stapel.pdf").content)) as document:
        assert len(document.pages) > 2


def test_printed_posted_and_back_and_then_nothing_is_written_there(office):
    one = letter()
    for action, state in (("finish", "done"), ("post", "posted"), ("return", "returned")):
        office.post("/verwaltung/briefe/erledigt/", {"ids": [str(one.id)], "action": action})
        one.refresh_from_db()
        assert one.state == state
    page = office.get("/verwaltung/briefe/").content.decode()
    assert "kam zurück" in page
    assert Trouble.objects.get().medium == "letter"
    told = Notice.objects.get(because="account")
    assert told.subjects["de"] == "Unser Brief an Sie kam zurück"
    handlers.tell(happen(one.ref, author=one.person))
    assert Errand.objects.count() == 1
    one.person.postal_address = "Neue Straße 1\n07545 Gera"
    one.person.save()
    handlers.tell(happen(one.ref, author=one.person))
    assert Errand.objects.count() == 2


def test_only_what_was_printed_can_come_back_and_it_counts_once(office):
    one = letter()
    moderator = people.actor(people.moderator())
    now = timezone.now()
    assert actions.return_letters(actor=moderator, errand_ids=[one.id], at=now) == 0
    assert actions.post_letters(actor=moderator, errand_ids=[one.id], at=now) == 1
    assert actions.post_letters(actor=moderator, errand_ids=[one.id], at=now) == 0
    assert actions.return_letters(actor=moderator, errand_ids=[one.id], at=now) == 1
    assert actions.return_letters(actor=moderator, errand_ids=[one.id], at=now) == 0
    assert Trouble.objects.get().count == 1
