"""The query language of SensorThings 1.1 (OData 4.01, part 2: URL conventions): pure, bounded in length and depth."""

from allmende.capabilities.urbandata.rules.odata.filters import Binary, Call, Literal, Node, Path, Unary, parse_filter
from allmende.capabilities.urbandata.rules.odata.options import Options, Order, parse_options
from allmende.capabilities.urbandata.rules.odata.tokens import BadQuery

__all__ = [
    "BadQuery",
    "Binary",
    "Call",
    "Literal",
    "Node",
    "Options",
    "Order",
    "Path",
    "Unary",
    "parse_filter",
    "parse_options",
]
