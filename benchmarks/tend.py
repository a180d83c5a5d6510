"""What autovacuum does within minutes of a large change, done at once: benchmarks measure a city, not its first minute.

The platform's own role may not do it (tables belong to the owner), so PostgreSQL would skip every table and only warn.
"""

import psycopg
from django.conf import settings
from django.db import connection


def tend() -> None:
    """Statistics, and which pages everybody sees; in a test's transaction nothing, since nobody else sees its rows."""
    if connection.in_atomic_block:
        return
    with psycopg.connect(settings.CONFIG.owner_url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
