"""A small writer of OpenDocument texts (OASIS OpenDocument 1.3, ISO/IEC 26300): headings, paragraphs, lists, languages.

Words travel as XML text; what XML 1.0 cannot hold is left out.
"""

import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from xml.sax.saxutils import escape

from allmende.ui.office.blocks import LEVELS, Block, Piece
from allmende.ui.office.docx import UNSEEN

TYPE = "application/vnd.oasis.opendocument.text"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMES = (
    f'xmlns:office="{_NS}office:1.0" xmlns:style="{_NS}style:1.0" xmlns:text="{_NS}text:1.0" '
    f'xmlns:fo="{_NS}xsl-fo-compatible:1.0" xmlns:meta="{_NS}meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'office:version="1.3"'
)
_COUNTRIES = {"de": "DE", "en": "GB"}
_MARKS = {
    "strong": 'fo:font-weight="bold"',
    "ins": 'style:text-underline-style="solid" style:text-underline-type="single"',
    "del": 'style:text-line-through-style="solid" style:text-line-through-type="single"',
}
_SIZES = {1: "18pt", 2: "14pt", 3: "12pt"}
_MANIFEST = (
    f'{_HEAD}<manifest:manifest xmlns:manifest="{_NS}manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{TYPE}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}.xml" manifest:media-type="text/xml"/>'
        for name in ("content", "styles", "meta")
    )
    + "</manifest:manifest>"
)


def _tongue(language: str) -> str:
    """Attributes of a language; nothing for one that has no country here."""
    country = _COUNTRIES.get(language)
    return f'fo:language="{language}" fo:country="{country}"' if country else ""


def _words(text: str) -> str:
    """Runs of spaces and line breaks are elements here."""
    lines = [escape(UNSEEN.sub("", line)).replace("\t", "<text:tab/>") for line in text.split("\n")]
    return "<text:line-break/>".join(line.replace("  ", " <text:s/>") for line in lines)


def _style(one: Piece, language: str) -> str:
    """The name of the automatic style of a piece; empty for plain words."""
    tongue = one.language if one.language in _COUNTRIES and one.language != language else ""
    return "-".join(filter(None, (one.mark, tongue)))


def _block(one: Block, language: str) -> str:
    words = "".join(
        f'<text:span text:style-name="{style}">{_words(piece.text)}</text:span>'
        if (style := _style(piece, language))
        else _words(piece.text)
        for piece in one.pieces
    )
    if one.shape in LEVELS:
        level = LEVELS.index(one.shape) + 1
        return f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}">{words}</text:h>'
    paragraph = f'<text:p text:style-name="Text_20_body">{words}</text:p>'
    return f"<text:list-item>{paragraph}</text:list-item>" if one.shape == "item" else paragraph


def _content(blocks: Sequence[Block], language: str) -> str:
    body = []
    for is_list, group in groupby(blocks, key=lambda one: one.shape == "item"):
        rows = "".join(_block(one, language) for one in group)
        body.append(f'<text:list text:style-name="Points">{rows}</text:list>' if is_list else rows)
    used = {_style(piece, language): piece for one in blocks for piece in one.pieces if _style(piece, language)}
    styles = "".join(
        f'<style:style style:name="{name}" style:family="text"><style:text-properties '
        f"{_MARKS.get(piece.mark, '')} {_tongue(piece.language) if piece.language != language else ''}/></style:style>"
        for name, piece in sorted(used.items())
    )
    return (
        f"{_HEAD}<office:document-content {_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{''.join(body)}</office:text></office:body></office:document-content>"
    )


def _styles(language: str) -> str:
    headings = "".join(
        f'<style:style style:name="Heading_20_{level}" style:display-name="Heading {level}" style:family="paragraph" '
        f'style:parent-style-name="Standard" style:next-style-name="Text_20_body" '
        f'style:default-outline-level="{level}"><style:paragraph-properties fo:keep-with-next="always" '
        f'fo:margin-top="0.4cm" fo:margin-bottom="0.2cm"/><style:text-properties fo:font-size="{size}" '
        'fo:font-weight="bold"/></style:style>'
        for level, size in _SIZES.items()
    )
    return (
        f'{_HEAD}<office:document-styles {_NAMES}><office:styles><style:default-style style:family="paragraph">'
        f'<style:text-properties fo:font-size="11pt" {_tongue(language)}/></style:default-style>'
        '<style:style style:name="Standard" style:family="paragraph"/><style:style style:name="Text_20_body" '
        'style:display-name="Text body" style:family="paragraph" style:parent-style-name="Standard">'
        f'<style:paragraph-properties fo:margin-bottom="0.2cm"/></style:style>{headings}'
        '<text:list-style style:name="Points"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
        '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
        '<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.5cm" '
        'fo:margin-left="1cm"/></style:list-level-properties></text:list-level-style-bullet></text:list-style>'
        '</office:styles><office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties '
        'fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2.5cm"/></style:page-layout>'
        '</office:automatic-styles><office:master-styles><style:master-page style:name="Standard" '
        'style:page-layout-name="A4"/></office:master-styles></office:document-styles>'
    )


def _meta(title: str, language: str, author: str, at: datetime) -> str:
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    named = "".join(
        f"<{tag}>{escape(UNSEEN.sub('', words))}</{tag}>"
        for tag, words in (
            ("dc:title", title), ("dc:creator", author), ("dc:date", moment), ("dc:language", language)
        )
    )  # fmt: skip
    return f"{_HEAD}<office:document-meta {_NAMES}><office:meta>{named}</office:meta></office:document-meta>"


def write(blocks: Sequence[Block], *, title: str, language: str, author: str, at: datetime) -> bytes:
    """The file; its first part says uncompressed what it is, as the standard asks."""
    parts = {
        "content.xml": _content(blocks, language), "styles.xml": _styles(language),
        "meta.xml": _meta(title, language, author, at), "META-INF/manifest.xml": _MANIFEST,
    }  # fmt: skip
    out, day = BytesIO(), (1980, 1, 1, 0, 0, 0)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", day), TYPE.encode(), zipfile.ZIP_STORED)
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, day), content.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()
