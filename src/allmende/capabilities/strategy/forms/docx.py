"""The words of a Word document (ECMA-376, Office Open XML), read as what it is: a file that may want to do harm.

Nothing is unpacked but the text and the names of the styles; both are read piece by piece up to a limit, whatever the
file says of its own size. DTDs and entities are refused (`defusedxml`), no macro is run, no link followed, no picture
opened. Read is what somebody sees who accepts all changes: struck-out and hidden words are left out.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any, cast

from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from allmende.capabilities.strategy.workflow.texts import Shape
from allmende.core.errors import Invalid

UNPACKED = 24_000_000
"""Bytes of the text with all its marks; 400 paragraphs have a fiftieth of it."""
STYLES = 4_000_000
PARTS = 2_000
DEPTH = 120
LONGEST = 2_000
"""Paragraphs that are read at most."""
CONTENTS = -1
_LEVEL = re.compile(r"(?:heading|überschrift|berschrift) ?(\d)", re.IGNORECASE)
_UNSEEN = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "footnotePr", "sectPr"})
"""Elements whose words do not stand in the text."""
_LEFT = {"drawing": "picture", "pict": "picture", "footnoteReference": "note", "endnoteReference": "note"}
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def broken() -> Invalid:
    return Invalid(
        fields={"file": _("Diese Word-Datei ist beschädigt oder unvollständig. Bitte speichern Sie sie neu als DOCX.")}
    )


def _too_large() -> Invalid:
    return Invalid(
        fields={"file": _("Diese Word-Datei ist zu groß. Bitte lassen Sie nur den Text darin, ohne Bilder.")}
    )


@dataclass
class Words:
    """What was read: (shape, words) in their order, and what was left out."""

    rows: list[tuple[Shape, str]] = field(default_factory=list)
    pictures: int = 0
    notes: int = 0
    tables: int = 0
    changes: bool = False
    """Whether words were struck out or put in with changes being tracked."""


class _Bounded(io.RawIOBase):
    """A part of the archive that ends with an error once more comes out of it than allowed."""

    def __init__(self, inner: IO[bytes], most: int) -> None:
        self.inner, self.left = inner, most

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found = self.inner.read(min(size, 65_536) if size > 0 else 65_536)
        self.left -= len(found)
        if self.left < 0:
            raise _too_large()
        return found


def _name(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _value(element: Any, name: str = "val") -> str:
    """An attribute, whatever its namespace: strict documents have another one."""
    return next((str(text) for key, text in element.attrib.items() if _name(key) == name), "")


def _steps(part: IO[bytes], most: int) -> Iterator[tuple[str, str, Any]]:
    """(start or end, local name, element) of a part. What was read is let go of at once: many empty elements fill the
    memory as well as long ones. Attributes are there at the start, text at the end.
    """
    depth = 0
    stack: list[Any] = []
    for event, element in iterparse(cast("Any", _Bounded(part, most)), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            depth += 1
            if depth > DEPTH:
                raise broken()
            stack.append(element)
            yield event, _name(element.tag), element
        else:
            depth -= 1
            yield event, _name(element.tag), element
            stack.pop()
            if stack:
                stack[-1].remove(element)


def _levels(bundle: zipfile.ZipFile) -> dict[str, int]:
    """Style → level of heading, 1 for a title, `CONTENTS` for lines of a table of contents.

    By the names of the styles, which are English in every Word.
    """
    found: dict[str, int] = {}
    try:
        part = bundle.open("word/styles.xml")
    except KeyError:
        return found
    style = ""
    with part:
        for event, name, element in _steps(part, STYLES):
            if event == "start" and name == "style":
                style = _value(element, "styleId")
            elif event == "start" and name == "name" and style:
                found[style] = _level_of(_value(element).casefold())
    return {style: level for style, level in found.items() if level}


def _level_of(name: str) -> int:
    if name.startswith("toc"):
        return CONTENTS
    return 1 if name in {"title", "titel"} else int((_LEVEL.match(name) or "00")[1])


def _looked_at(bundle: zipfile.ZipFile) -> None:
    """Raises Invalid for a file that is too much, or that is no Word document."""
    parts = {part.filename: part for part in bundle.infolist()}
    if len(bundle.infolist()) > PARTS:
        raise _too_large()
    if "word/document.xml" not in parts:
        raise Invalid(fields={"file": _("In dieser Datei steckt kein Word-Dokument. Wir lesen DOCX und Markdown.")})
    if any("vbaproject" in name.casefold() for name in parts):
        raise Invalid(fields={"file": _("In dieser Word-Datei stecken Makros. Bitte speichern Sie sie ohne Makros.")})
    if parts["word/document.xml"].flag_bits & 1:
        raise Invalid(fields={"file": _("Diese Word-Datei ist mit einem Passwort geschützt. Bitte nehmen Sie es weg.")})
    if parts["word/document.xml"].file_size > UNPACKED:
        raise _too_large()


class _Reader:
    """Collects paragraphs from the steps of a document."""

    def __init__(self, levels: dict[str, int]) -> None:
        self.levels = levels
        self.found = Words()
        self.unseen = 0
        self.rows: list[_Row] = []
        """The paragraphs that are open: a text box stands within one."""

    def step(self, event: str, name: str, element: Any) -> None:
        if name in _UNSEEN:
            self.unseen += 1 if event == "start" else -1
            self.found.changes = self.found.changes or name in {"del", "moveFrom"}
            return
        if self.unseen:
            return
        if event == "start":
            self._start(name)
        else:
            self._end(name, element)

    def _start(self, name: str) -> None:
        if name == "p":
            self.rows.append(_Row())
        elif name == "r" and self.rows:
            self.rows[-1].hidden = False
        elif name == "ins":
            self.found.changes = True
        elif name == "tbl":
            self.found.tables += 1
        elif name in _LEFT:
            if _LEFT[name] == "picture":
                self.found.pictures += 1
            else:
                self.found.notes += 1

    def _end(self, name: str, element: Any) -> None:
        if not self.rows:
            return
        row = self.rows[-1]
        if name == "t" and not row.hidden:
            row.words.append(element.text or "")
        elif name in _SIGNS and not row.hidden:
            row.words.append(_SIGNS[name])
        elif name == "vanish":
            row.hidden = _value(element) not in {"0", "false", "off"}
        elif name == "pStyle":
            row.level = self.levels.get(_value(element), 0)
            row.listed = row.listed or "list" in _value(element).casefold()
        elif name == "outlineLvl":
            row.level = row.level or _level(_value(element))
        elif name == "numPr":
            row.listed = True
        elif name == "p":
            self._close(self.rows.pop())

    def _close(self, row: "_Row") -> None:
        words = "\n".join(" ".join(line.split()) for line in "".join(row.words).split("\n")).strip()
        if not words or row.level == CONTENTS:
            return
        if len(self.found.rows) >= LONGEST:
            raise _too_large()
        shape = Shape.ITEM if row.listed else Shape.TEXT
        if row.level:
            shape = Shape.HEADING if row.level == 1 else Shape.SUBHEADING
        self.found.rows.append((shape, words))


@dataclass
class _Row:
    words: list[str] = field(default_factory=list)
    level: int = 0
    listed: bool = False
    hidden: bool = False


def _level(text: str) -> int:
    """Of w:outlineLvl, which counts from 0 and has 9 for body text."""
    return int(text) + 1 if text in set("012345678") else 0


def read(content: bytes) -> Words:
    """The text of a document. Raises Invalid with a sentence at `file` for what cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            _looked_at(bundle)
            reader = _Reader(_levels(bundle))
            with bundle.open("word/document.xml") as part:
                for event, name, element in _steps(part, UNPACKED):
                    reader.step(event, name, element)
    except Invalid:
        raise
    except Exception as error:  # a file made to do harm may fail anywhere below
        raise broken() from error
    return reader.found
