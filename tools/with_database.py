"""Runs a command with a throw-away PostgreSQL as the city's database: some of Django's checks ask the server.

Usage: python tools/with_database.py COMMAND [ARGUMENT …]; ends with the command's exit code.
"""

import os
import subprocess
import sys

from allmende.project.servers.postgres import APP, OWNER, ephemeral


def main(command: list[str]) -> int:
    """An empty database, both roles."""
    with ephemeral() as server:
        server.create_database("city")
        urls = {"DATABASE_URL": server.url(APP, "city"), "DATABASE_OWNER_URL": server.url(OWNER, "city")}
        return subprocess.run(command, env={**os.environ, **urls}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
