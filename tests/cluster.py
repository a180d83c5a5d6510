"""Starts a throw-away PostgreSQL before Django reads its settings, so that tests run as the app role.

Loaded by `-p tests.cluster`: pytest-django sets Django up before any conftest is read.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from allmende.project.servers.postgres import Cluster

SECRET = "a secret for tests only, never used anywhere else"
_stack = ExitStack()
_running: "list[Cluster]" = []


def server() -> "Cluster":
    """The running throw-away PostgreSQL."""
    return _running[0]


def pytest_addoption() -> None:
    """The first hook that is called; it adds no option."""
    from allmende.project.servers.postgres import ephemeral

    home = Path(_stack.enter_context(tempfile.TemporaryDirectory(prefix="allmende-test-", ignore_cleanup_errors=True)))
    home.chmod(0o755)
    _running.append(_stack.enter_context(ephemeral(home / "postgres")))
    server().create_database("city")
    os.environ.update(
        ALLMENDE_HOME=str(home / "home"),
        CITY="gera",
        DEMO="0",
        STAFF_SECOND_FACTOR="0",  # tests sign in by a session; what the rule does is tested where it lives
        SECRET_KEY=SECRET,
        DATABASE_URL=server().url("allmende_app", "city"),
        DATABASE_OWNER_URL=server().url("allmende_owner", "city"),
    )


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _stack.close()
