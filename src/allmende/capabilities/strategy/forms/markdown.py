"""The paragraphs of a Markdown file (CommonMark): words only, its marks are read and not kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from allmende.capabilities.strategy.workflow.texts import Shape


@dataclass
class Words:
    """What was read: (shape, words) in their order, and what was left out."""

    rows: list[tuple[Shape, str]] = field(default_factory=list)
    pictures: int = 0
    raw: int = 0
    """Pieces of HTML."""


def _inline(tokens: Sequence[Token], found: Words) -> str:
    """The words of a line; a link keeps its address behind its words."""
    words: list[str] = []
    links: list[str] = []
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            words.append(token.content)
        elif token.type == "softbreak":
            words.append(" ")
        elif token.type == "hardbreak":
            words.append("\n")
        elif token.type == "link_open":
            links.append(str(token.attrGet("href") or ""))
        elif token.type == "link_close":
            target = links.pop() if links else ""
            if target.startswith(("https://", "http://")) and target not in "".join(words):
                words.append(f" ({target})")
        elif token.type == "image":
            found.pictures += 1
        elif token.type == "html_inline":
            found.raw += 1
    return "".join(words).strip()


def read(text: str) -> Words:
    """The paragraphs of the file, in their order. Nothing in it is run, fetched or kept as HTML."""
    found = Words()
    shape, depth = Shape.TEXT, 0
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "heading_open":
            shape = Shape.HEADING if token.tag == "h1" else Shape.SUBHEADING
        elif token.type == "heading_close":
            shape = Shape.TEXT
        elif token.type == "list_item_open":
            depth += 1
        elif token.type == "list_item_close":
            depth -= 1
        elif token.type == "html_block":
            found.raw += 1
        elif token.type in {"inline", "fence", "code_block"}:
            words = _inline(token.children or [], found) if token.type == "inline" else token.content.strip()
            if words:
                found.rows.append((Shape.ITEM if depth and shape is Shape.TEXT else shape, words))
    return found
