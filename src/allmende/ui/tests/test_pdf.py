"""PDFs are tagged, titled, in their language (practice.md 20); what people wrote is drawn, never run."""

import io
import os
from datetime import UTC, datetime

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmende.ui import pdf

AT = datetime(2026, 11, 22, 9, 30, 1, 250, tzinfo=UTC)
SHOW = """#import "/ui/pdf/house.typ": data, house, lines
#show: house
= #data.heading
#lines(data.body)
"""


@pytest.fixture(scope="module")
def show():
    """A template of one heading and one text, below the package as those of the rooms are."""
    folder = pdf.ROOT / "ui" / "tests"
    path = folder / f"show-for-test-{os.getpid()}.typ"  # tests run in two processes
    path.write_text(SHOW)
    before = pdf._find

    def find(template):
        return path if template == "show" else before(template)

    pdf._find = find
    yield lambda heading, body, **more: pdf.make(
        "show", {"heading": heading, "body": body}, **{"title": "Probe", "language": "de", "at": AT, **more}
    )
    pdf._find = before
    path.unlink()


def text_of(content: bytes) -> str:
    """The text as a screen reader gets it, by the fonts' ToUnicode tables."""
    with pikepdf.open(io.BytesIO(content)) as document:
        found = []
        for page in document.pages:
            tables = {str(name): _table(font) for name, font in page.Resources.get("/Font", {}).items()}
            font: dict[int, str] = {}
            for step in pikepdf.parse_content_stream(page):
                if str(step.operator) == "Tf":
                    font = tables[str(step.operands[0])]
                elif str(step.operator) in {"Tj", "TJ"}:
                    parts = step.operands[0] if str(step.operator) == "TJ" else step.operands
                    for part in parts:
                        if isinstance(part, pikepdf.String):
                            raw = bytes(part)
                            found += [font.get(int.from_bytes(raw[i : i + 2]), "") for i in range(0, len(raw), 2)]
        return "".join(found)


def _table(font) -> dict[int, str]:
    import re

    words = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    return {
        int(code, 16): bytes.fromhex(sign).decode("utf-16-be")
        for code, sign in re.findall(r"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>\n", words)
    }


def structure(content: bytes) -> list[str]:
    """The names of the tags in reading order."""
    with pikepdf.open(io.BytesIO(content)) as document:
        found = []

        def walk(node):
            if isinstance(node, pikepdf.Array):
                for one in node:
                    walk(one)
            elif isinstance(node, pikepdf.Dictionary):
                if "/S" in node:
                    found.append(str(node.S))
                if "/K" in node:
                    walk(node.K)

        walk(document.Root.StructTreeRoot.K)
        return found


def test_it_is_tagged_titled_and_in_its_language(show):
    made = show(
        "Überschrift", "Ein Absatz.\n\nNoch einer.", title="Stapel & Briefe", author="Stadt Gera", language="en"
    )
    with pikepdf.open(io.BytesIO(made)) as document:
        assert document.Root.MarkInfo.Marked == True  # noqa: E712 - a PDF's own truth
        assert str(document.Root.Lang) == "en"
        assert document.Root.ViewerPreferences.DisplayDocTitle == True  # noqa: E712
        assert str(document.docinfo["/Title"]) == "Stapel & Briefe"
        assert str(document.docinfo["/Author"]) == "Stadt Gera"
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
    assert structure(made) == ["/Document", "/H1", "/P", "/P"]


def test_the_same_input_gives_the_same_file(show):
    assert show("Gleich", "Text") == show("Gleich", "Text")


@pytest.mark.parametrize(
    "hostile",
    [
        "#panic()",
        '#read("/core/actor.py")',
        '#eval("1/0")',
        "$ x^2 $",
        "= Kopf\n= Kopf",
        '"]} #import "@preview/x:1.0.0"',
        "\\u{41} \\",
        "`raw` *strong* _emph_ @ref <label> // comment /* no */ ~ --- ... https://example.org",
        "'; ) ] }",
    ],
)
def test_markup_in_peoples_words_is_only_text(show, hostile):
    made = show(hostile.replace("\n", " "), hostile)
    flat = "".join(text_of(made).split())
    assert "".join(hostile.split()) in flat
    assert structure(made).count("/H1") == 1
    assert "/Link" not in structure(made)


def test_signs_without_a_glyph_become_question_marks_and_nothing_else_changes(show):
    made = show("Bänke 🪑", "Łódź, Straße, „Zitat“ – 12 € · 漢字 🌳🌳")
    assert "Bänke ?" in text_of(made)
    assert "Łódź, Straße, „Zitat“ – 12 € · ?? ??" in text_of(made)


def test_many_different_signs_without_a_glyph_end_quickly_in_common_signs(show):
    made = show("Viele", "Straße " + "".join(chr(0x4E00 + n) for n in range(300)))
    assert "Straße ???" in text_of(made)


def test_the_last_resort_is_signs_that_every_font_has(show):
    common = "".join(chr(n) for n in range(0x20, 0x2100) if not pdf._COMMON.search(chr(n)))
    assert "?" * 2 not in text_of(show("Alle", common))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(max_size=200))
def test_whatever_people_write_there_is_a_pdf_with_one_heading(show, heading, body):
    made = show(f"Zu {heading}", body)
    assert made.startswith(b"%PDF-")
    assert structure(made).count("/H1") == 1


def test_an_unknown_template_and_one_that_does_not_fit_say_so():
    with pytest.raises(FileNotFoundError):
        pdf.make("notify/pdf/nothing.typ", {}, title="x", language="de", at=AT)
    with pytest.raises(FileNotFoundError):
        pdf.make("../../../pyproject.toml", {}, title="x", language="de", at=AT)
    with pytest.raises(pdf.PdfError, match="letters"):
        pdf.make("notify/pdf/letters.typ", {"words": "geheim"}, title="x", language="de", at=AT)
