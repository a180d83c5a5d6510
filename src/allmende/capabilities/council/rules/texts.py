"""Which files are read for search, and when one that could not be had is asked for again: pure."""

from datetime import timedelta

FIRST = timedelta(minutes=10)
MOST_ATTEMPTS = 6
"""The last one about a week after the first; then only when the file changes."""
MOST_TEXT = 100_000
"""Characters of a file that are kept: what the index holds of a thing."""


def again_after(attempts: int) -> timedelta | None:
    """10 minutes, 40 minutes, 2½, 11 and 43 hours after the first, second … attempt; then None."""
    return FIRST * 4 ** (attempts - 1) if attempts < MOST_ATTEMPTS else None
