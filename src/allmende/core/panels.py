"""What a room adds to the page of a thing of another room, without either knowing the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.refs import Ref


@dataclass(frozen=True)
class Panel:
    """For pages of things of this room and kind: `draw` gives finished markup, or nothing at all.

    It shows only what the viewer may see at that time.
    """

    capability: str
    kind: str
    draw: Callable[[Ref, Viewer, datetime], SafeString]


def panels_on(ref: Ref, viewer: Viewer, at: datetime) -> list[SafeString]:
    """What rooms add to the page of this thing, in their order; without what is empty."""
    drawn = [
        panel.draw(ref, viewer, at)
        for room in manifest.registry().values()
        for panel in room.panels
        if (panel.capability, panel.kind) == (ref.capability, ref.kind)
    ]
    return [one for one in drawn if one]
