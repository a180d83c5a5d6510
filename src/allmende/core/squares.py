"""How many things lie where: what a map asks the public index, and what it is told.

What an embargo held back once is not counted; squares that are too small give an empty answer.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Squares:
    """What a map asks for: which kinds (room, kind), in which box (west, south, east, north), how large a square.

    All in degrees.
    """

    kinds: Collection[tuple[str, str]]
    box: tuple[float, float, float, float]
    width: float
    height: float
    district: str = ""


@dataclass(frozen=True)
class Square:
    """How many things of a kind lie in a square, and around which point; `one` is the entry of a single one."""

    capability: str
    kind: str
    count: int
    longitude: float
    latitude: float
    one: UUID | None = None
