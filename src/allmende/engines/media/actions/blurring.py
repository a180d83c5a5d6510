"""Parts of a picture made unreadable for good: faces, number plates, door signs."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image as Pillow

BLOCKS = 4
"""Along the longer side of a part: so few that no face and no sign can be computed back from the means."""
QUALITY = 88


@dataclass(frozen=True)
class Part:
    """A rectangle in shares of the picture's width and height, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


def pixelated(content: bytes, parts: Sequence[Part]) -> bytes:
    """The picture as JPEG, each part laid over with a few large blocks of its mean colours.

    `content` is a rendition that this room has drawn itself, never an upload. Parts may reach over the edge.
    """
    with Pillow.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGB")
    for part in parts:
        left, top = (
            max(0, math.floor(share * size)) for share, size in zip((part.left, part.top), picture.size, strict=True)
        )
        right = min(picture.width, math.ceil((part.left + part.width) * picture.width))
        bottom = min(picture.height, math.ceil((part.top + part.height) * picture.height))
        if right <= left or bottom <= top:
            continue
        size = (right - left, bottom - top)
        across, down = (max(1, math.floor(BLOCKS * side / max(size))) for side in size)
        coarse = picture.crop((left, top, right, bottom)).resize((across, down), Pillow.Resampling.BOX)
        picture.paste(coarse.resize(size, Pillow.Resampling.NEAREST), (left, top))
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()
