"""A draft text from a file: which kind it is, what stands in it, what was left out. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allmende.capabilities.strategy.actions import NewParagraph
from allmende.capabilities.strategy.forms import docx, markdown
from allmende.capabilities.strategy.forms.source import source_of
from allmende.capabilities.strategy.models.texts import MOST_PARAGRAPHS, PARAGRAPH_LIMIT
from allmende.capabilities.strategy.workflow.texts import Shape
from allmende.core.errors import Invalid

LARGEST = 8 * 1024 * 1024
ACCEPT = (
    ".docx,.md,.markdown,.txt,text/markdown,application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)
_ZIP, _OLD_WORD, _PDF, _RTF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf"
_CONTROLS = frozenset(range(9)) | frozenset(range(14, 32))


@dataclass(frozen=True)
class Imported:
    """What a file holds: its paragraphs, sentences on what was left out or guessed, and the text for the field."""

    paragraphs: Sequence[NewParagraph]
    notes: Sequence[str]
    source: str


def _wrong(sentence: str) -> Invalid:
    return Invalid(fields={"file": sentence})


def _decoded(content: bytes) -> tuple[str, str]:
    """Text and the name of its encoding. Raises Invalid for what is no text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            raise _wrong(_("Diese Datei ist unvollständig. Bitte speichern Sie sie neu als UTF-8.")) from None
    if any(sign in _CONTROLS for sign in content):
        raise _wrong(_("Das ist keine Textdatei. Wir lesen Word (DOCX) und Markdown."))
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "Windows-1252"


def _markdown(content: bytes) -> tuple[list[tuple[Shape, str]], list[str]]:
    text, encoding = _decoded(content)
    found = markdown.read(text)
    notes = []
    if encoding == "Windows-1252":
        notes.append(_("Die Datei ist nicht in UTF-8 gespeichert. Bitte prüfen Sie Umlaute und Anführungszeichen."))
    if found.pictures:
        notes.append(_pictures(found.pictures))
    if found.raw:
        notes.append(_("HTML in der Datei wurde ausgelassen."))
    return found.rows, notes


def _pictures(count: int) -> str:
    words = ngettext("%(n)s Bild wurde ausgelassen.", "%(n)s Bilder wurden ausgelassen.", count)
    return words % {"n": count}


def _docx(content: bytes) -> tuple[list[tuple[Shape, str]], list[str]]:
    found = docx.read(content)
    notes = []
    if found.changes:
        notes.append(_("In der Datei sind Änderungen markiert. Gelesen ist der Text mit allen Änderungen."))
    if found.tables:
        words = ngettext(
            "%(n)s Tabelle steht hier als Absätze, einer für jede Zelle.",
            "%(n)s Tabellen stehen hier als Absätze, einer für jede Zelle.",
            found.tables,
        )
        notes.append(words % {"n": found.tables})
    if found.pictures:
        notes.append(_pictures(found.pictures))
    if found.notes:
        words = ngettext("%(n)s Fußnote wurde ausgelassen.", "%(n)s Fußnoten wurden ausgelassen.", found.notes)
        notes.append(words % {"n": found.notes})
    return found.rows, notes


def read(content: bytes) -> Imported:
    """Paragraphs of a DOCX or Markdown file. Raises Invalid with a sentence at `file` for anything else.

    Paragraphs that are too long are read and named in the notes; the form says so again before anything is saved.
    """
    if not content.strip():
        raise _wrong(_("Diese Datei ist leer."))
    if content.startswith(_OLD_WORD):
        raise _wrong(_("Das ist eine alte oder geschützte Word-Datei. Bitte speichern Sie sie als DOCX ohne Passwort."))
    if content.startswith(_PDF):
        raise _wrong(
            _("Das ist ein PDF. Darin sind Absätze nicht sicher zu erkennen. Bitte nehmen Sie die Word-Datei.")
        )
    if content.startswith(_RTF):
        raise _wrong(_("Das ist eine RTF-Datei. Bitte speichern Sie sie als DOCX."))
    rows, notes = _docx(content) if content.startswith(_ZIP) else _markdown(content)
    if not rows:
        raise _wrong(_("In dieser Datei haben wir keinen Text gefunden."))
    if len(rows) > MOST_PARAGRAPHS:
        raise _wrong(
            _("Das sind %(n)s Absätze. Ein Text hat höchstens %(most)s. Bitte teilen Sie die Datei.")
            % {"n": len(rows), "most": MOST_PARAGRAPHS}
        )
    paragraphs = [NewParagraph(_kept(words, shape), shape.value) for shape, words in rows]
    for number, one in enumerate(paragraphs, start=1):
        if len(one.body) > PARAGRAPH_LIMIT:
            notes.append(
                _("Absatz %(n)s hat %(length)s Zeichen, höchstens %(most)s passen. Bitte teilen Sie ihn.")
                % {"n": number, "length": len(one.body), "most": PARAGRAPH_LIMIT}
            )
    return Imported(paragraphs, notes, source_of(paragraphs))


def _kept(words: str, shape: Shape) -> str:
    """As the field can hold it: no empty line within a paragraph, headings and points on one line."""
    lines = [line.strip() for line in words.replace("\0", "").splitlines() if line.strip()]
    return "\n".join(lines) if shape is Shape.TEXT else " ".join(lines)
