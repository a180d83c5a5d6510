"""Waits until the worker has nothing left to do, with the settings of a running city; prints the seconds (JSON)."""

import json
import sys
import time

import psycopg

from allmende.project.config import Config

OPEN = """
SELECT (SELECT count(*) FROM core_delivery WHERE state = 'pending')
     + (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'
        OR status = 'todo' AND coalesce(scheduled_at, now()) <= now())
"""
PATIENCE = 600


def main() -> None:
    """Three times nothing to do, a second apart."""
    begun = time.monotonic()
    quiet = 0
    with psycopg.connect(Config.from_environment().app_url, autocommit=True) as connection:
        while quiet < 3 and time.monotonic() - begun < PATIENCE:
            row = connection.execute(OPEN).fetchone()
            quiet = quiet + 1 if row is not None and row[0] == 0 else 0
            time.sleep(1)
    json.dump(time.monotonic() - begun, sys.stdout)


if __name__ == "__main__":
    main()
