"""A page that stands alone: no script, no style, nothing from elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from allmende.ui.office.blocks import Block, Piece

_TAGS = {"strong": "strong", "ins": "ins", "del": "del"}


def _piece(one: Piece, language: str) -> str:
    words = "<br>\n".join(escape(line) for line in one.text.split("\n"))
    tag = _TAGS.get(one.mark, "")
    tongue = f' lang="{escape(one.language)}"' if one.language and one.language != language else ""
    if tag:
        return f"<{tag}{tongue}>{words}</{tag}>"
    return f"<span{tongue}>{words}</span>" if tongue else words


def _block(one: Block, language: str) -> str:
    tag = {"text": "p", "item": "li"}.get(one.shape, one.shape)
    return f"<{tag}>{''.join(_piece(piece, language) for piece in one.pieces)}</{tag}>"


def write(blocks: Sequence[Block], *, title: str, language: str, author: str, at: datetime) -> bytes:
    """The page."""
    body = []
    for is_list, group in groupby(blocks, key=lambda one: one.shape == "item"):
        rows = [_block(one, language) for one in group]
        body += ["<ul>", *rows, "</ul>"] if is_list else rows
    head = (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f'<meta name="author" content="{escape(author)}">\n<meta name="date" content="{at.isoformat()}">\n'
    )
    return f"{head}</head>\n<body>\n<main>\n{'\n'.join(body)}\n</main>\n</body>\n</html>\n".encode()
