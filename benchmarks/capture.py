"""Which SQL a page runs: asks Django for a page inside the city's settings and prints queries and answer as JSON.

Usage: python capture.py PATH [COOKIE]
"""

import base64
import json
import sys
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402


def main(path: str, cookie: str = "") -> None:
    """The second request is the one that counts: what is prepared once has been prepared."""
    client = Client(HTTP_HOST="localhost", HTTP_COOKIE=cookie)
    client.get(path)
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - called so by Django
        """With the values in the text, however they were bound: whoever repeats it has nothing else."""
        statements.append(connection.ops.compose_sql(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        response = client.get(path)
    # The lasting connection of a web process is checked and set up once, not per request.
    json.dump(
        {
            "status": response.status_code,
            "body": base64.b64encode(response.content).decode(),
            "statements": statements,
            "database": settings.CONFIG.app_url,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
