"""A PDF comes in whole, readable and without anything that acts, or is refused with what to do."""

import io

import pikepdf
import pytest

from allmende.core.errors import Invalid
from allmende.engines.media.actions import documents
from allmende.engines.media.actions.documents import read_pdf

pytestmark = pytest.mark.django_db
PACKED = pikepdf.ObjectStreamMode.generate
PLAIN = pikepdf.ObjectStreamMode.disable


def pdf(change=None, *, streams=PACKED, **options) -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.OpenAction = pikepdf.Array([made.pages[0].obj, pikepdf.Name.Fit])  # harmless: where to begin
        if change:
            change(made)
        made.save(target, object_stream_mode=streams, **options)
    return target.getvalue()


def script(made):
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def launch(made):
    made.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))


def attachment(made):
    made.attachments["a.exe"] = b"MZ"


def form_that_sends(made):
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="https://elsewhere.example/")


def xfa(made):
    made.Root.AcroForm = pikepdf.Dictionary(XFA=made.make_stream(b"<xdp/>"))


def film(made):
    made.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.RichMedia)])


@pytest.mark.parametrize("streams", [PACKED, PLAIN])
def test_a_plain_pdf_comes_in_as_it_is(streams):
    content = pdf(streams=streams)
    assert read_pdf(content) == content
    assert read_pdf(io.BytesIO(content)) == content


@pytest.mark.parametrize("streams", [PACKED, PLAIN])
@pytest.mark.parametrize("change", [script, launch, attachment, form_that_sends, xfa, film])
def test_whatever_acts_or_carries_other_files_is_refused_wherever_it_hides(change, streams):
    with pytest.raises(Invalid, match="PDF/A"):
        read_pdf(pdf(change, streams=streams))


def test_a_name_written_in_signs_is_read():
    content = pdf(script, streams=PLAIN).replace(b"/JavaScript", b"/J#61vaScript")
    assert b"/JavaScript" not in content
    with pytest.raises(Invalid, match="Programme"):
        read_pdf(content)


def test_an_object_stream_that_nobody_can_look_into_is_refused():
    content = pdf()
    at = content.index(b"stream\n", content.index(b"/ObjStm"))
    for spoiled in (
        content[: at + 9] + b"\0\0\0\0" + content[at + 13 :],
        content.replace(b"/FlateDecode", b"/LZWDecode  "),
    ):
        with pytest.raises(Invalid, match="ungewöhnlich"):
            read_pdf(spoiled)


def test_an_object_stream_that_unfolds_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(documents, "MAX_UNPACKED", 10)
    with pytest.raises(Invalid, match="ungewöhnlich"):
        read_pdf(pdf())


REFUSED = {
    "empty": (b"", "leer"),
    "half": (pdf()[:-200], "nicht vollständig"),
    "password": (pdf(encryption=pikepdf.Encryption(user="a", owner="b")), "Kennwort"),
    "page": (b"<html>%PDF-1.7</html>", "kein PDF"),
    "archive": (b"PK\x03\x04" + bytes(50), "Archiv"),
    "office": (b"PK\x03\x04" + bytes(30) + b"word/document.xml", "Büroprogramm"),
    "picture": (b"\xff\xd8\xff\xe0" + bytes(50), "Bild"),
    "something before": (b"GIF89a" + pdf(), "Bild"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_pdf_for_everyone_is_refused_in_words_that_help(name):
    content, words = REFUSED[name]
    with pytest.raises(Invalid, match=words):
        read_pdf(content)


def test_a_pdf_larger_than_the_city_allows_is_refused(monkeypatch):
    monkeypatch.setattr(documents, "limit", lambda: 100)
    with pytest.raises(Invalid, match="größer"):
        read_pdf(pdf())
