"""Texts from files and into files: what is found, what is refused with a sentence, what can be taken along."""

import io
import zipfile
from datetime import UTC, datetime

import pikepdf
import pytest
from defusedxml import ElementTree
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from allmende.accounts import builders as people
from allmende.capabilities.strategy import actions
from allmende.capabilities.strategy.actions import NewParagraph
from allmende.capabilities.strategy.builders import LAMPS, editor, said, text
from allmende.capabilities.strategy.forms import docx, importing
from allmende.capabilities.strategy.forms.source import paragraphs_of, source_of
from allmende.capabilities.strategy.models import Text
from allmende.core.actor import Role
from allmende.core.errors import Invalid
from allmende.ui import office
from allmende.ui.office import Block, Piece

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = f"""<w:styles {W}><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
<w:style w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style></w:styles>"""


def word(body, *, styles=STYLES, **more):
    """A DOCX with this body, compressed as Word does it."""
    out = io.BytesIO()
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in {**parts, "word/styles.xml": styles, **more}.items():
            bundle.writestr(name, content)
    return out.getvalue()


def p(words, style="", inner=""):
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{inner}<w:r><w:t>{words}</w:t></w:r></w:p>"


def sentence(content):
    with pytest.raises(Invalid) as caught:
        importing.read(content)
    return caught.value.fields["file"]


def found_in(content):
    return [(one.shape, one.body) for one in importing.read(content).paragraphs]


def test_headings_points_and_lines_of_a_word_file_are_found():
    points = '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>Ein Punkt</w:t></w:r></w:p>'
    body = (
        p("Inhalt 3", "Verzeichnis1")
        + p("Licht", "berschrift1")
        + p("Lampen", "berschrift2")
        + "<w:p><w:r><w:t>Erste</w:t></w:r><w:r><w:br/><w:t xml:space='preserve'>  Zeile </w:t></w:r></w:p>"
        + points
        + p(" ")
    )
    assert found_in(word(body)) == [
        ("heading", "Licht"), ("subheading", "Lampen"), ("text", "Erste\nZeile"), ("item", "Ein Punkt"),
    ]  # fmt: skip


def test_read_is_what_stands_there_when_all_changes_are_accepted():
    body = (
        "<w:p><w:r><w:t>Wir </w:t></w:r><w:del><w:r><w:delText>nie </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>immer </w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>heimlich </w:t></w:r>"
        "<w:r><w:t>reparieren.</w:t></w:r><w:r><w:footnoteReference/></w:r></w:p>"
    )
    found = importing.read(word(body))
    assert [one.body for one in found.paragraphs] == ["Wir immer reparieren."]
    assert len(found.notes) == 2, found.notes


def test_markdown_is_read_in_every_encoding_that_occurs():
    source = "# Grün\n\nDie **Bäume** der\nStadt, siehe [Karte](https://example.org/k).\n\n* eins\n* zwei\n\n## Ende\n"
    expected = [
        ("heading", "Grün"), ("text", "Die Bäume der Stadt, siehe Karte (https://example.org/k)."), ("item", "eins"),
        ("item", "zwei"), ("subheading", "Ende"),
    ]  # fmt: skip
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert found_in(source.encode(encoding)) == expected, encoding
    assert "Umlaute" in importing.read(source.encode("cp1252")).notes[0]


def test_html_in_markdown_is_no_html():
    found = importing.read(b"Hallo <script>alert(1)</script> Welt\n\n<iframe src=x></iframe>\n")
    assert [one.body for one in found.paragraphs] == ["Hallo alert(1) Welt"]
    assert found.notes == ["HTML in der Datei wurde ausgelassen."]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "leer"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 50, "DOCX ohne Passwort"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"{\\rtf1 Hallo}", "RTF"),
        (b"\x7fELF\x00\x01", "keine Textdatei"),
        (b"PK\x03\x04 and no more", "beschädigt"),
        (word(p("Hallo" * 50))[:300], "beschädigt"),
        (word("<w:p><w:r><w:t>Hallo</w:p>"), "beschädigt"),
        (word(""), "keinen Text gefunden"),
        (word(p("Hallo"), **{"word/vbaProject.bin": "x"}), "Makros"),
        (word("".join(p("Absatz") for _n in range(1001))), "höchstens 1000"),
        (word("<w:tbl>" * 200), "beschädigt"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(content, says):
    assert says in sentence(content)


def test_a_sheet_is_no_text():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("xl/workbook.xml", "<workbook/>")
    assert "kein Word-Dokument" in sentence(out.getvalue())


def test_a_bomb_is_refused_before_it_goes_off():
    assert "zu groß" in sentence(word(" " * (docx.UNPACKED + 1)))
    lying = bytearray(word(p("x" * (docx.UNPACKED + 1))))
    at = lying.index(b"word/document.xml", lying.index(b"PK\x01\x02")) - 46
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")  # the directory says that it is small
    assert "Word-Datei ist" in sentence(bytes(lying))


def test_entities_are_refused():
    entities = '<!DOCTYPE x [<!ENTITY a "haha">]>'
    content = word("", **{"word/document.xml": f"{entities}<w:document {W}><w:body>{p('&a;')}</w:body></w:document>"})
    assert "beschädigt" in sentence(content)


@given(
    st.lists(
        st.builds(
            NewParagraph,
            st.lists(st.text(st.sampled_from("#-* \\aä."), min_size=1).filter(str.strip), min_size=1, max_size=3).map(
                lambda lines: "\n".join(line.strip() for line in lines)
            ),
            st.just("text"),
        )
        | st.builds(
            NewParagraph,
            st.text(st.sampled_from("#-* \\aä."), min_size=1).map(str.strip).filter(bool),
            st.sampled_from(["heading", "subheading", "item"]),
        ),
        max_size=6,
    )
)
def test_a_text_in_the_field_becomes_the_same_paragraphs_again(paragraphs):
    assert paragraphs_of(source_of(paragraphs)) == paragraphs


@pytest.fixture
def team(db):
    client = Client(headers={"host": "localhost"})
    client.force_login(people.with_role(Role.EDITOR, "strategy"))
    return client


def send(client, content, **more):
    values = {"title": "Mein Entwurf", "read": "1", "file": SimpleUploadedFile("entwurf.docx", content), **more}
    return client.post(reverse("strategy:text_new"), values)


def test_a_file_is_shown_before_anything_is_written(team):
    answer = send(team, word(p("Licht", "berschrift1") + p(LAMPS)))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not Text.objects.exists()
    assert "2 Absätze gelesen" in page
    assert f"# Licht\n\n{LAMPS}" in page
    assert 'value="Mein Entwurf"' in page


def test_a_file_that_cannot_be_read_keeps_what_was_typed(team):
    answer = send(team, b"%PDF-1.7", paragraphs="Mein Absatz.")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Das ist ein PDF" in page
    assert "Mein Absatz." in page
    assert page.count('class="kern-error"') <= 1
    assert team.post(reverse("strategy:text_new"), {"read": "1"}).status_code == 422, "no file was chosen"


def test_a_paragraph_that_is_too_long_is_named(team):
    answer = send(team, word(p("Wir. " * 1000)))
    assert "Absatz 1 hat 4999 Zeichen" in answer.content.decode()
    answer = team.post(reverse("strategy:text_new"), {"paragraphs": "kurz\n\n" + "Wir. " * 1000})
    assert "Absatz 2 („Wir. Wir." in answer.content.decode()


@pytest.fixture
def revised(db):
    """A text in its second version; one suggestion was taken over, one comment was answered."""
    made = text()
    one = said(made, wording=LAMPS.replace("sieben", "drei"), body="Zu lang.")
    two = said(made, 3, body="Nur <b>drei</b>?")
    team = editor()
    for row, outcome in ((one, "adopted"), (two, "no")):
        actions.answer_feedback(
            actor=team, text_id=made.pk, feedback_ids=[row.pk], outcome=outcome, reason="Darum & gern.", at=AT
        )
    now = datetime.now(UTC)
    actions.move_text(actor=team, text_id=made.pk, verb="evaluate", at=now)
    return actions.move_text(actor=team, text_id=made.pk, verb="open", note="Lampen schneller.", at=now)


AT = datetime.now(UTC)


def get(found, form, name="version_file", version=2, client=None):
    return (client or Client(headers={"host": "localhost"})).get(
        reverse(f"strategy:{name}", args=[found.number, version, form])
    )


def xml_words(content, part):
    tree = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(part))
    return "".join(tree.itertext())


@pytest.mark.parametrize("name", ["version_file", "synopsis_file"])
def test_every_form_has_the_same_words(revised, name):
    wanted = (
        [LAMPS.replace("sieben", "drei")]
        if name == "version_file"
        else ["[neu: drei]", "Nur <b>drei</b>?", "Darum & gern."]
    )
    docx_words = xml_words(get(revised, "docx", name).content, "word/document.xml")
    odt_words = xml_words(get(revised, "odt", name).content, "content.xml")
    page = get(revised, "html", name).content.decode()
    for words in wanted:
        assert words in docx_words
        assert words in odt_words
        assert words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in page.replace(
            "<ins>", ""
        ).replace("</ins>", "")
    assert "<script" not in page
    assert '<html lang="de">' in page


@pytest.mark.parametrize("name", ["version_file", "synopsis_file"])
def test_the_pdf_is_tagged_titled_and_always_the_same(revised, name):
    first, second = get(revised, "pdf", name), get(revised, "pdf", name)
    assert first.content == second.content
    with pikepdf.open(io.BytesIO(first.content)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "de"
        assert "Fassung 2" in str(document.docinfo["/Title"])
        assert document.Root.ViewerPreferences.DisplayDocTitle


def test_what_is_not_published_has_no_file(revised):
    assert get(revised, "pdf", version=3).status_code == 404
    assert get(revised, "exe").status_code == 404
    draft = text(opened=False)
    assert get(draft, "pdf", version=1).status_code == 404


def test_a_word_file_that_went_out_comes_in_again(revised):
    found = found_in(get(revised, "docx").content)
    assert ("text", f"2 {LAMPS.replace('sieben', 'drei')}") in found
    assert found[0][0] == "heading"


def test_no_level_of_heading_is_left_out():
    blocks = [
        Block("h1", (Piece("A"),)),
        Block("h3", (Piece("B"),)),
        Block("h3", (Piece("C"),)),
        Block("h2", (Piece("D"),)),
    ]
    page = office.make("html", blocks, title="T", language="de", author="Stadt", at=AT).decode()
    assert "<h2>B</h2>\n<h3>C</h3>\n<h2>D</h2>" in page
    assert office.make("pdf", blocks, title="T", language="de", author="Stadt", at=AT).startswith(b"%PDF")
