"""Fixtures for every test: the app role for the tests, jobs that really run. `tests/cluster.py` starts the server."""

import inspect
import os
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from tests.cluster import server
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ("tests.full_city",)
settings.register_profile("allmende", deadline=None)  # no test depends on how busy the machine is
settings.load_profile("allmende")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    """The database is there and migrated (`tests/cluster.py`)."""
    from django.test import TransactionTestCase

    kept = _kept_rows()

    def empty(case: TransactionTestCase) -> None:
        _empty_all_tables(kept)

    # Emptying tables takes the owner: the app role may not touch the audit.
    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock():
        from django.db import connections

        connections.close_all()


def _kept_rows() -> dict[str, bytes]:
    """What migrations have put in (the editor's root, its languages), by table, as COPY writes it."""
    kept = {}
    with psycopg.connect(server().superuser_url("city"), autocommit=True) as connection:
        tables = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'wagtail%'"
        ).fetchall()
        for (table,) in tables:
            with connection.cursor().copy(f"COPY {table} TO STDOUT") as rows:
                if found := b"".join(rows):
                    kept[table] = found
    return kept


KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission")


def _empty_all_tables(kept: dict[str, bytes]) -> None:
    """Only those that anything was ever written to: TRUNCATE makes new files for each table it names or reaches."""
    with psycopg.connect(server().superuser_url("city")) as connection:
        names = connection.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND pg_relation_size(oid) > 0 AND relname <> ALL(%s)",
            [list(KEPT_TABLES)],
        ).fetchall()
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("; ".join(f"DELETE FROM {name}" for (name,) in names))
        connection.execute(
            "SELECT setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences"
            " WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename <> ALL(%s)",
            [[f"{table}_id_seq" for table in KEPT_TABLES]],
        )
        for table, rows in kept.items():
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as to:
                to.write(rows)
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', column_name::text), 1000)"
                f" FROM information_schema.columns WHERE table_name = '{table}' AND is_identity = 'YES'"
            )


@pytest.fixture
def owner(db) -> Iterator[psycopg.Connection]:
    """A raw connection with the owner's rights; sees only what is committed."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def deliver(db) -> Callable[[], int]:
    """Runs the waiting deliveries in this process, event by event, until none is left; returns how many ran."""
    from tests.walk import deliver_all

    return deliver_all


@pytest.fixture(autouse=True)
def _fresh_city(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees another's copy of the city's settings, or its language; and none reads them once more in the middle,
    because it takes longer than the copy is trusted: it would count one query too many.
    """
    from django.utils import translation

    from allmende.core import city

    city.forget()
    monkeypatch.setattr(city, "FRESH_FOR", 3600.0)
    translation.activate("de")
    yield
    city.forget()
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _plain_settings() -> None:
    """Pages can be drawn without collected assets: addresses of static files carry no hash in tests. And a password is
    hashed at once, where a real one takes as long as anybody who tries out passwords shall need.
    """
    from django.conf import settings
    from django.test.signals import setting_changed

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    quick = {
        "STORAGES": {**settings.STORAGES, "staticfiles": plain},
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }
    for name, value in quick.items():
        setattr(settings, name, value)
        setting_changed.send(sender=None, setting=name, value=value, enter=True)


SLOW_FILES = (
    *("test_pages*.py", "test_*_pages.py", "test_seeds*.py"),  # pages made from templates, examples of whole packs
    *("test_doctor.py", "test_outside.py", "test_shell_benchmarks.py", "test_shell_django.py"),  # own processes
    *("test_hostile*.py", "test_reporting.py", "test_staff_pages.py"),  # every page of the full city
    *("media/tests/test_storage.py", "media/tests/test_texts.py"),  # services that answer late or never; own processes
)
"""Left out of `make test-fast`, as is what asks for a page: together they take most of the time."""
ASKS_FOR_A_PAGE = re.compile(r"\b(client|visitor|browser)\b|\b(Client|client\w*|signed_in|browser\w*|login)\(|\.post\(")
WRITES_THROUGHOUT = re.compile(r"^pytestmark = (?!.*central).*django_db", re.MULTILINE)


BROWSER = "tests/browser/"
READS_EVERYTHING = "tests/test_architecture.py"
"""Keeps what it has read of the whole source for its next test."""


class InTurn(LoadScopeScheduling):
    """Hands tests out one by one, but a file whose tests start servers as a whole: it has one city for all of them.

    pytest-xdist's own groups (`--dist loadgroup`) do not reach pytest 9.2, whose node ids cannot be extended.
    """

    driver = None

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return file if file == READS_EVERYTHING or starts_servers(file) else nodeid

    def _assign_work_unit(self, node) -> None:
        """One worker drives the browser, with the city that it started for it; others join when all else is done."""
        mine = self.driver in {None, node}
        wanted = next((scope for scope in self.workqueue if scope.startswith(BROWSER) == mine), None)
        if wanted is not None:
            self.workqueue.move_to_end(wanted, last=False)
            self.driver = node if mine else self.driver
        super()._assign_work_unit(node)


@cache
def starts_servers(file: str) -> bool:
    text = (Path(__file__).parent / file).read_text()
    return file.startswith(BROWSER) or re.search(r"pytest\.mark\.(browser|servers)", text) is not None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log) -> InTurn:
    config.option.loadscopereorder = False  # the order is that of the collection
    return InTurn(config, log)


FIRST = (
    "tests/browser/test_reach.py",  # opens a city for all that follow
    "tests/test_hostile_input.py",  # fills a city for all that follow
    "tests/test_hostile_api.py",
    "tests/test_access.py",
    "tests/test_outside.py",
    "src/allmende/accounts/tests/test_erasure.py",
    "tests/browser/test_wcag.py",
    "tests/browser/",
    "src/allmende/project/tests/test_backup.py",
    "src/allmende/project/tests/test_operator_guide.py",
    "src/allmende/project/tests/test_supervisor.py",
    "src/allmende/ui/tests/test_scripts.py",
    "tests/",
    "src/allmende/project/",
    "src/allmende/capabilities/participation/tests/test_seeds.py",
)
"""What takes longest, so that no worker is alone with it in the end."""


def _turn(item) -> int:
    path = item.path.relative_to(Path(__file__).parent).as_posix()
    return next((place for place, start in enumerate(FIRST) if path.startswith(start)), len(FIRST))


def _is_slow_file(path: Path) -> bool:
    return any(path.match(pattern) for pattern in SLOW_FILES)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What `make test-fast` leaves out as a whole is not even read: that would take as long as the tests."""
    if "not slow" not in config.option.markexpr:
        return None
    if collection_path.is_dir():
        return True if collection_path == Path(__file__).parent / "tests" / "browser" else None
    if not fnmatch(collection_path.name, "test_*.py"):
        return None
    slow = _is_slow_file(collection_path)
    return True if slow or WRITES_THROUGHOUT.search(collection_path.read_text()) else None


def pytest_collection_modifyitems(items) -> None:
    """What takes longest comes first. What writes into the database is slow, but for each room's central actions."""
    items.sort(key=_turn)
    for item in items:
        if _is_slow(item):
            item.add_marker(pytest.mark.slow)


def _is_slow(item) -> bool:
    if _is_slow_file(item.path):
        return True
    database = item.get_closest_marker("django_db")
    if database is None and not {"db", "transactional_db"} & set(item.fixturenames):
        return False
    return (
        item.get_closest_marker("central") is None
        or (database is not None and bool(database.kwargs.get("transaction")))
        or bool({"transactional_db", "full_city"} & set(item.fixturenames))
        or getattr(item.obj, "is_hypothesis_test", False)
        or ASKS_FOR_A_PAGE.search(inspect.getsource(inspect.unwrap(item.function))) is not None
    )
