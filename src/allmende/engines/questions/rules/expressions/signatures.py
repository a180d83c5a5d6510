"""The functions that expressions may use, with the least and most of their arguments."""

MANY = 100

SIGNATURES: dict[str, tuple[int, int]] = {
    "if": (3, 3), "coalesce": (1, MANY), "once": (1, 1), "not": (1, 1), "true": (0, 0), "false": (0, 0),
    "boolean": (1, 1), "boolean-from-string": (1, 1), "number": (1, 1), "string": (1, 1), "int": (1, 1),
    "selected": (2, 2), "count-selected": (1, 1), "selected-at": (2, 2),
    "count": (1, 1), "count-non-empty": (1, 1), "sum": (1, MANY), "min": (1, MANY), "max": (1, MANY),
    "abs": (1, 1), "round": (1, 2), "floor": (1, 1), "ceiling": (1, 1), "pow": (2, 2), "sqrt": (1, 1), "exp": (1, 1),
    "log": (1, 1), "log10": (1, 1), "pi": (0, 0),
    "concat": (1, MANY), "join": (2, MANY), "string-length": (1, 1), "normalize-space": (1, 1), "contains": (2, 2),
    "starts-with": (2, 2), "ends-with": (2, 2), "substr": (2, 3), "substring": (2, 3), "substring-before": (2, 2),
    "substring-after": (2, 2), "translate": (3, 3), "upper-case": (1, 1), "lower-case": (1, 1), "regex": (2, 2),
    "today": (0, 0), "now": (0, 0), "date": (1, 1), "date-time": (1, 1), "format-date": (2, 2),
    "decimal-date-time": (1, 1), "decimal-time": (1, 1), "position": (1, 1),
}  # fmt: skip
