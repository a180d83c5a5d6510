"""Fixtures for every test: a real PostgreSQL for the session, the app role for the tests, jobs that really run."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

_stack = ExitStack()
SECRET = "a secret for tests only, never used anywhere else"  # noqa: S105 - it is none


def pytest_configure(config: pytest.Config) -> None:
    """Starts a throw-away server before Django reads its settings, so that tests run as the app role."""
    from allmende.project.servers.postgres import ephemeral

    home = Path(_stack.enter_context(tempfile.TemporaryDirectory(prefix="allmende-test-", ignore_cleanup_errors=True)))
    home.chmod(0o755)
    server = _stack.enter_context(ephemeral(home / "postgres"))
    server.create_database("city")
    os.environ.update(
        ALLMENDE_HOME=str(home / "home"),
        CITY="gera",
        DEMO="0",
        SECRET_KEY=SECRET,
        DATABASE_URL=server.url("allmende_app", "city"),
        DATABASE_OWNER_URL=server.url("allmende_owner", "city"),
    )
    config.stash[SERVER] = server


SERVER: pytest.StashKey = pytest.StashKey()


def pytest_unconfigure() -> None:
    _stack.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, request) -> Iterator[None]:
    """Migrates as the owner, in a process of its own, as an installation does; the tests then use what is there."""
    import subprocess
    import sys

    environment = {**os.environ, "ALLMENDE_ROLE": "owner"}
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--settings", "allmende.project.settings"],
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[1] / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    from django.test import TransactionTestCase

    def empty(case: TransactionTestCase) -> None:
        _empty_all_tables()

    # Emptying tables takes the owner: the app role may not touch the audit.
    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock():
        from django.db import connections

        connections.close_all()


def _empty_all_tables() -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        names = owner.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchall()
        owner.execute("TRUNCATE " + ", ".join(name for (name,) in names) + " RESTART IDENTITY CASCADE")


@pytest.fixture
def owner(db) -> Iterator[psycopg.Connection]:
    """A raw connection with the owner's rights; sees only what is committed."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def deliver(db) -> Callable[[], int]:
    """Runs the waiting deliveries in this process, event by event, until none is left; returns how many ran."""

    def run() -> int:
        from allmende.core import events
        from allmende.core.models import Delivery

        count = 0
        while True:
            waiting = list(
                Delivery.objects.filter(state="pending").order_by("event_id", "id").values_list("event_id", "handler")
            )
            if not waiting:
                return count
            for sequence, handler in waiting:
                events.run_delivery(sequence, handler)
                count += 1

    return run


@pytest.fixture(autouse=True)
def _fresh_city() -> Iterator[None]:
    """No test sees another's copy of the city's settings, or its language."""
    from django.utils import translation

    from allmende.core import city

    city.forget()
    translation.activate("de")
    yield
    city.forget()
    translation.deactivate()
