"""Public holidays: those of the whole country and those of the state of Thuringia, computed for any year.

Sources: Unity Treaty art. 2(2) (3 October), the holiday acts of the states for what all of them share, and for
Thuringia the ThürFGtG, section 2 (Reformation Day; World Children's Day since 2019).
"""

from datetime import date, timedelta
from functools import cache

FIXED = ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))
"""Month and day: New Year, Labour Day, German Unity, Christmas."""
AFTER_EASTER = (-2, 1, 39, 50)
"""Days from Easter Sunday: Good Friday, Easter Monday, Ascension, Whit Monday."""
STATES: dict[str, tuple[tuple[int, int], ...]] = {"thüringen": ((9, 20), (10, 31)), "thuringia": ((9, 20), (10, 31))}


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus/Jones/Butcher; Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int, state: str) -> frozenset[date]:
    """All public holidays of a year. `state` by name; an unknown one has those of the whole country."""
    fixed = FIXED + STATES.get(state.strip().casefold(), ())
    return frozenset(
        [date(year, month, day) for month, day in fixed]
        + [easter(year) + timedelta(days=days) for days in AFTER_EASTER]
    )
