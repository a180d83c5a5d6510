"""Who may link, what of a large graph a picture shows, and where it draws it: pure functions."""

from allmende.engines.trace.rules.choosing import Chosen, bridged, choose
from allmende.engines.trace.rules.drawing import BOX_WIDTH, Box, Drawing, Line, draw
from allmende.engines.trace.rules.lettering import wrapped
from allmende.engines.trace.rules.linking import LINKERS, linking_grant, may_link

__all__ = [
    "BOX_WIDTH",
    "LINKERS",
    "Box",
    "Chosen",
    "Drawing",
    "Line",
    "bridged",
    "choose",
    "draw",
    "linking_grant",
    "may_link",
    "wrapped",
]
