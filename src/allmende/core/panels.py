"""What a room adds to the pages of another room, without either knowing the other: panels, and things to choose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.refs import Ref
from allmende.core.texts import Text


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


@dataclass(frozen=True)
class Decidable:
    """Things of one kind of this room that a decision can be about: of a council, part by part of a paper.

    `offered` lists them for a form, the likeliest first, and no more than one can choose from.
    """

    kind: str
    label: Text
    offered: Callable[[datetime], Sequence[Ref]]


@dataclass(frozen=True)
class Collecting:
    """Things of one kind of this room that take in impulses which other rooms have found, as long as they are open.

    `offered` lists them for a form, the likeliest first, and no more than one can choose from.
    """

    kind: str
    label: Text
    offered: Callable[[datetime], Sequence[Ref]]


def collecting(at: datetime) -> list[Ref]:
    """What takes in impulses now. Whoever shows them asks the public index what may be seen."""
    rooms = manifest.registry().values()
    return [ref for room in rooms for one in room.collecting for ref in one.offered(at)]


def decidable(at: datetime) -> list[tuple[Text, list[Ref]]]:
    """What rooms offer: (what they are, which). Whoever shows them asks the public index what may be seen."""
    rooms = manifest.registry().values()
    return [(one.label, list(one.offered(at))) for room in rooms for one in room.decidable]


def may_be_decided(ref: Ref) -> bool:
    """Whether things of this kind are decided on at all."""
    room = manifest.registry().get(ref.capability)
    return room is not None and ref.kind in {one.kind for one in room.decidable}
