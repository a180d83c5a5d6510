"""A small writer of Word documents (ECMA-376, Office Open XML): headings, paragraphs, lists, languages, no more.

Words travel as XML text; what XML 1.0 cannot hold is left out.
"""

import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from allmende.ui.office.blocks import LEVELS, Block, Piece

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNSEEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LANGUAGES = {"de": "de-DE", "en": "en-GB"}
_SIZES = {1: 36, 2: 28, 3: 24}
"""Half points, as the format counts."""

_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
    '<Override PartName="/word/numbering.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_ROOTS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)
_PARTS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{_REL}/numbering" Target="numbering.xml"/></Relationships>'
)
_POINTS = (
    f'{_HEAD}<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/>'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
    '<w:pPr><w:ind w:left="567" w:hanging="283"/></w:pPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
_LISTED = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
_MARKS = {"strong": "<w:b/>", "ins": '<w:u w:val="single"/>', "del": "<w:strike/>"}
"""In the order of the schema: bold, strike, underline, language."""


def _text(words: str) -> str:
    return escape(UNSEEN.sub("", words))


class Document:
    """One document; add to it in order, then `make`. The same calls give the same bytes."""

    def __init__(self, title: str, *, language: str, author: str, at: datetime) -> None:
        self.title, self.language, self.author, self.at = title, language, author, at
        self.body: list[str] = []

    def heading(self, words: str, level: int, *, language: str = "") -> None:
        """A heading of level 1 to 3."""
        self._add(words, language, style=f"Heading{level}")

    def paragraph(self, words: str, *, language: str = "", lead: str = "") -> None:
        """Each line its own paragraph; `lead` stands before it in bold."""
        for number, line in enumerate(words.splitlines() or [""]):
            self._add(line, language, lead=lead if number == 0 else "")

    def add(self, block: Block) -> None:
        """A block with all its pieces."""
        level = LEVELS.index(block.shape) + 1 if block.shape in LEVELS else 0
        style = f'<w:pPr><w:pStyle w:val="Heading{level}"/></w:pPr>' if level else ""
        listed = _LISTED if block.shape == "item" else ""
        self.body.append(f"<w:p>{style}{listed}{''.join(self._run(piece) for piece in block.pieces)}</w:p>")

    def _run(self, one: Piece) -> str:
        tongue = _LANGUAGES.get(one.language, "") if one.language != self.language else ""
        marks = _MARKS.get(one.mark, "") + (f'<w:lang w:val="{tongue}"/>' if tongue else "")
        lines = "<w:br/>".join(f'<w:t xml:space="preserve">{_text(line)}</w:t>' for line in one.text.split("\n"))
        return f"<w:r>{f'<w:rPr>{marks}</w:rPr>' if marks else ''}{lines}</w:r>"

    def _add(self, words: str, language: str, *, style: str = "", lead: str = "") -> None:
        properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        bold = f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{_text(lead)}</w:t></w:r>' if lead else ""
        tongue = _LANGUAGES.get(language, "") if language != self.language else ""
        run = f'<w:rPr><w:lang w:val="{tongue}"/></w:rPr>' if tongue else ""
        self.body.append(f'<w:p>{properties}{bold}<w:r>{run}<w:t xml:space="preserve">{_text(words)}</w:t></w:r></w:p>')

    def _styles(self) -> str:
        tongue = _LANGUAGES.get(self.language, "de-DE")
        first = (
            f'{_HEAD}<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/>'
            f'<w:lang w:val="{tongue}"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120"/></w:pPr>'
            '</w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
            '<w:name w:val="Normal"/></w:style>'
        )
        found = [
            f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
            '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/>'
            f'<w:pPr><w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="{level - 1}"/></w:pPr>'
            f'<w:rPr><w:b/><w:sz w:val="{size}"/></w:rPr></w:style>'
            for level, size in _SIZES.items()
        ]
        return "".join([first, *found, "</w:styles>"])

    def _core(self) -> str:
        moment = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<dc:title>{_text(self.title)}</dc:title><dc:creator>{_text(self.author)}</dc:creator>"
            f"<dc:language>{_LANGUAGES.get(self.language, 'de-DE')}</dc:language>"
            f"<dcterms:created xsi:type={quoteattr('dcterms:W3CDTF')}>{moment}</dcterms:created></cp:coreProperties>"
        )

    def make(self) -> bytes:
        """The file."""
        document = (
            f'{_HEAD}<w:document xmlns:w="{_W}"><w:body>{"".join(self.body)}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
            '<w:pgMar w:top="1417" w:right="1134" w:bottom="1134" w:left="1417" w:header="708" w:footer="708" '
            'w:gutter="0"/></w:sectPr></w:body></w:document>'
        )
        parts = {
            "[Content_Types].xml": _TYPES, "_rels/.rels": _ROOTS, "docProps/core.xml": self._core(),
            "word/document.xml": document, "word/_rels/document.xml.rels": _PARTS, "word/styles.xml": self._styles(),
            "word/numbering.xml": _POINTS,
        }  # fmt: skip
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content.encode(), zipfile.ZIP_DEFLATED)
        return out.getvalue()


def write(blocks: Sequence[Block], *, title: str, language: str, author: str, at: datetime) -> bytes:
    """A document of blocks."""
    paper = Document(title, language=language, author=author, at=at)
    for block in blocks:
        paper.add(block)
    return paper.make()
