"""Changes something that pages show, again and again, as people do while others read.

Usage: python change.py SECONDS_BETWEEN SECONDS, with the settings of a running city. Prints how many there were (JSON).
"""

import json
import sys
import time

import psycopg

from allmende.project.config import Config


def main(between: float, seconds: float) -> None:
    """Each change is a transaction of its own, as an action is."""
    end = time.monotonic() + seconds
    changes = 0
    with psycopg.connect(Config.from_environment().app_url, autocommit=True) as connection:
        while time.monotonic() < end:
            time.sleep(between)
            connection.execute(
                "UPDATE participation_idea SET modified = clock_timestamp() WHERE id ="
                " (SELECT id FROM participation_idea WHERE state = 'published' ORDER BY number DESC LIMIT 1)"
            )
            changes += 1
    json.dump(changes, sys.stdout)


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
