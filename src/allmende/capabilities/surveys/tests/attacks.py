"""What somebody tries who has all published numbers in hand and wants the hidden ones."""

from collections.abc import Iterable, Sequence
from fractions import Fraction


def solvable(equations: Iterable[Sequence[Fraction]], target: Sequence[Fraction]) -> bool:
    """Whether the target is a sum of the equations: then whoever has them knows it. By elimination, exactly."""
    basis: list[tuple[int, list[Fraction]]] = []
    for vector in [*equations, target]:
        rest = list(vector)
        for pivot, row in basis:
            if rest[pivot]:
                factor = rest[pivot] / row[pivot]
                rest = [a - factor * b for a, b in zip(rest, row, strict=True)]
        pivot = next((place for place, value in enumerate(rest) if value), None)
        if pivot is None:
            if vector is target:
                return True
            continue
        basis.append((pivot, rest))
    return False
