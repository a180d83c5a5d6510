"""What a document is made of."""

from dataclasses import dataclass
from typing import Literal

type Mark = Literal["", "strong", "ins", "del"]
type Shape = Literal["h1", "h2", "h3", "text", "item"]
LEVELS: tuple[Shape, ...] = ("h1", "h2", "h3")


@dataclass(frozen=True)
class Piece:
    """Some words of a block. `language` is empty when they are in the document's."""

    text: str
    mark: Mark = ""
    language: str = ""


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or a point of a list; a line break in the words stays one."""

    shape: Shape
    pieces: tuple[Piece, ...]
