"""The words of a PDF come out of it, and no PDF takes more than a process, a minute and a little memory."""

import io
import zlib

import pikepdf
import pytest

from allmende.core.ids import uuid7
from allmende.core.refs import Ref
from allmende.engines.media import interface
from allmende.engines.media.actions import reading, texts
from allmende.engines.media.actions.texts import cleaned, text_of
from allmende.engines.media.models import File, Medium

WORDS = "Radweg am Elsterufer"


def shown(words: str) -> bytes:
    return b"BT /F1 12 Tf 72 700 Td (" + words.encode("latin-1") + b") Tj ET"


def pdf(*pages: bytes, change=None, **options) -> bytes:
    """A file with a page per content stream."""
    target = io.BytesIO()
    with pikepdf.new() as made:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        for content in pages or (shown(WORDS),):
            page = made.add_blank_page()
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            page.Contents = made.make_stream(content)
        if change:
            change(made)
        made.save(target, **options)
    return target.getvalue()


def test_words_of_all_pages_come_out():
    read = text_of(pdf(shown(WORDS), shown("kostet 4,5 Millionen Euro für Gera")))
    assert read == interface.PdfText(f"{WORDS} kostet 4,5 Millionen Euro für Gera", "whole", 2)


def test_words_are_whole_again_and_what_nobody_sees_is_gone():
    assert cleaned("Straßen-\nbeleuchtung  im\r\nHof\0\u200b") == "Straßenbeleuchtung im Hof"
    assert cleaned("Haupt-\nund Nebenstraßen, Schul-\nBus \ud800") == "Haupt- und Nebenstraßen, Schul- Bus"


def test_pictures_of_pages_have_no_words():
    assert text_of(pdf(b"")) == interface.PdfText("", "empty", 1)


def test_what_is_protected_from_changes_only_is_read_what_needs_a_password_is_not():
    open_to_all = pdf(encryption=pikepdf.Encryption(user="", owner="b"))
    assert text_of(open_to_all).text == WORDS
    assert text_of(pdf(encryption=pikepdf.Encryption(user="a", owner="b"))) == interface.PdfText("", "locked")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<html>%PDF-1.7</html>", b"%PDF-1.7\n" + b"[" * 200_000])
def test_what_is_no_pdf_has_no_words(content):
    assert text_of(content) == interface.PdfText("", "broken")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_a_cut_off_file_gives_what_it_has_or_nothing(share):
    content = pdf(shown(WORDS), shown(WORDS))
    read = text_of(content[: int(len(content) * share)])
    assert read.outcome in {"broken", "cut", "empty", "whole"}
    assert WORDS in read.text or not read.text


def test_pages_that_name_each_other_in_a_circle_end():
    def circle(made):
        made.Root.Pages.Kids.append(made.Root.Pages)
        made.Root.Pages.Kids.append(made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=9)))
        made.Root.Pages.Kids[-1].Kids = pikepdf.Array([made.Root.Pages])

    assert text_of(pdf(change=circle)).outcome in reading.ENDS | {"empty"}


def test_a_page_that_unfolds_without_end_is_left_out():
    packed = zlib.compressobj(9)
    bomb = b"".join(packed.compress(b" " * (16 << 20)) for _part in range(24)) + packed.flush()

    def armed(made):
        made.pages[0].Contents = pikepdf.Stream(made, bomb, Filter=pikepdf.Name.FlateDecode)

    content = pdf(b"", shown(WORDS), change=armed, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert len(content) < 1 << 20
    assert text_of(content).text in {"", WORDS}


def test_of_very_many_pages_the_first_ones_are_read():
    def many(made):
        made.Root.Pages.Kids = pikepdf.Array([made.pages[0].obj] * 3_000)
        made.Root.Pages.Count = 3_000

    read = text_of(pdf(change=many))
    assert (read.outcome, read.pages) == ("cut", reading.MOST_PAGES)


def test_the_first_characters_and_the_first_seconds_are_read(monkeypatch):
    content = pdf(shown(WORDS), shown("mehr"))
    monkeypatch.setattr(reading, "MOST_CHARACTERS", 6)
    assert list(reading.told(io.BytesIO(content))) == [{"text": "Radweg"}, {"end": "cut"}]
    monkeypatch.setattr(reading, "SECONDS", -1)
    assert list(reading.told(io.BytesIO(content))) == [{"end": "cut"}]


@pytest.mark.parametrize("misdeed", ["while True: pass", "import os; os.abort()", "print('{')"])
def test_a_process_that_does_wrong_is_ended_and_what_it_told_is_kept(misdeed, tmp_path, monkeypatch):
    program = tmp_path / "reading.py"
    program.write_text(f'print(\'{{"text": "Seite eins"}}\', flush=True)\n{misdeed}\n')
    monkeypatch.setattr(reading, "__file__", str(program))
    monkeypatch.setattr(texts, "PATIENCE", 3)
    assert text_of(pdf()) == interface.PdfText("Seite eins", "cut", 1)


@pytest.mark.django_db
def test_a_document_is_read_once_it_may_be_handed_out():
    ref = Ref("nowhere", "thing", uuid7())
    assert interface.text_of_document(ref) is None
    kept = interface.take_document(pdf(), words=interface.Words("Plan", "Ein Plan", "de"))
    Medium.objects.filter(pk=kept.pk).update(capability=ref.capability, kind=ref.kind, object_id=ref.id)
    Medium.objects.filter(pk=kept.pk).update(scan=Medium.Scan.WAITING)
    assert interface.text_of_document(ref) is None
    Medium.objects.filter(pk=kept.pk).update(scan=Medium.Scan.CLEAN)
    assert interface.text_of_document(ref) == interface.PdfText(WORDS, "whole", 1)
    File.objects.filter(medium=kept).update(sha256="0" * 64)
    assert interface.text_of_document(ref) is None
