"""One document as PDF (tagged, PDF/UA-1), DOCX, ODT or HTML, for those who go on reading or writing elsewhere.

A room lays out blocks (headings, paragraphs, points of a list) once; each form has the same words, headings, lists and
languages. What is marked as new or struck out says so in words too, which the room adds: colours and lines alone do not
reach everybody. The same blocks give the same bytes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from allmende.ui import pdf
from allmende.ui.office import docx, html, odt
from allmende.ui.office.blocks import LEVELS, Block, Mark, Piece, Shape

FORMS = {
    "pdf": ("PDF", "application/pdf"),
    "docx": ("Word (DOCX)", docx.TYPE),
    "odt": ("OpenDocument (ODT)", odt.TYPE),
    "html": ("HTML", "text/html; charset=utf-8"),
}
"""Ending of the file → what it is called, and its media type."""

__all__ = ["FORMS", "Block", "Mark", "Piece", "Shape", "make"]


def make(form: str, blocks: Iterable[Block], *, title: str, language: str, author: str, at: datetime) -> bytes:
    """The file. `form` is one of `FORMS`, `language` (de, en) the document's own, `at` its date.

    Raises KeyError for a form that is none.
    """
    laid = _in_order(blocks)
    if form == "pdf":
        values = {"blocks": [asdict(one) for one in laid]}
        return pdf.make("ui/pdf/blocks.typ", values, title=title, language=language, author=author, at=at)
    writer = {"docx": docx.write, "odt": odt.write, "html": html.write}[form]
    return writer(laid, title=title, language=language, author=author, at=at)


def _in_order(blocks: Iterable[Block]) -> Sequence[Block]:
    """Headings leave no level out (PDF/UA-1, WCAG 1.3.1): one that would is raised."""
    found, last = [], 0
    for block in blocks:
        one = block
        if block.shape in LEVELS:
            last = min(LEVELS.index(block.shape), last) + 1
            one = replace(block, shape=LEVELS[last - 1])
        found.append(one)
    return found
