"""Feeds that miss nothing.

A row's `modified` is clock time at write, but the row is seen only after its commit. A reader that remembers
"everything up to 12:00:05" would miss a row written at 12:00:04 in a transaction that commits at 12:00:09. So a feed
serves only rows older than the start of the oldest transaction that is still open.
"""

from datetime import UTC, datetime
from typing import Annotated

from django.db import connection
from pydantic import AfterValidator, AwareDatetime


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("This instant is out of range.") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An instant that a program sends, in UTC: PostgreSQL refuses zones that are further than 15:59 hours from it."""


def safe_until() -> datetime:
    """The instant before which every write is visible: start of the oldest other open transaction, else now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least(min(xact_start), clock_timestamp()) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        row = cursor.fetchone()
    value: datetime = row[0]
    return value
