"""How far an indicator has come from its baseline to its target. Pure."""

from decimal import Decimal
from enum import StrEnum


class Standing(StrEnum):
    """Where the last value stands."""

    REACHED = "reached"
    TOWARDS = "towards"
    UNCHANGED = "unchanged"
    AWAY = "away"


def is_reached(target: Decimal, value: Decimal, *, higher: bool) -> bool:
    return value >= target if higher else value <= target


def fits(baseline: Decimal, target: Decimal, *, higher: bool) -> bool:
    """Whether the target lies where it is better than at the start."""
    return target > baseline if higher else target < baseline


def share(baseline: Decimal, target: Decimal, value: Decimal) -> Decimal:
    """Of the way from baseline to target: 0 at the start, 1 at the target, below 0 when it got worse.

    The two differ (`fits`).
    """
    return (value - baseline) / (target - baseline)


def standing(baseline: Decimal, target: Decimal, value: Decimal, *, higher: bool) -> Standing:
    if is_reached(target, value, higher=higher):
        return Standing.REACHED
    way = share(baseline, target, value)
    if way > 0:
        return Standing.TOWARDS
    return Standing.UNCHANGED if way == 0 else Standing.AWAY
