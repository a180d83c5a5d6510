"""A city full of examples for all tests that look at every page, or take everything away: each leaves no trace in it.

Filling takes most of a minute. It is done once for each state of the sources and each day, and kept as rows and files;
whoever comes later puts them into a migrated database of their own.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.template.base import Template
from django.utils import translation

from tests import cluster, homes

FULL, BEGUN = "full", "begun"
TABLES = (
    "SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    " AND pg_relation_size(oid) > 0 ORDER BY relname"
)
SEQUENCES = (
    "SELECT quote_ident(sequencename), last_value FROM pg_sequences"
    " WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY sequencename"
)
PARTITIONS = (
    "SELECT quote_ident(part.relname), inhparent::regclass::text, pg_get_expr(part.relpartbound, part.oid)"
    " FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid WHERE part.relkind = 'r' ORDER BY 1"
)
"""Months whose partitions were made while the city was filled."""


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    usual = connection.settings_dict["NAME"]
    assert not connection.in_atomic_block, "a city of its own stands first among the fixtures of a test"
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


@pytest.fixture(scope="session")
def _filled(django_db_setup, django_db_blocker) -> str:
    """Name of a database of its own in which the city's examples are, with everything delivered that they caused."""
    from tests.walk import fill_city

    kept = homes.ROOT / ".cache" / "full"
    kept.mkdir(parents=True, exist_ok=True)
    found = kept / f"{homes.fingerprint()}-{homes.day()}"
    with django_db_blocker.unblock(), (kept / "lock").open("w") as lock:
        connection.close()  # nobody may be connected to what is copied
        cluster.server().create_database(FULL, template=connection.settings_dict["NAME"])
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found.exists():
            _put(found)
        else:
            with _connected_to(FULL), translation.override("de"):
                fill_city()
            _keep(kept / "draft")
            (kept / "draft").rename(found)
            homes.forget_all_but(homes.KEPT, kept.glob("*-*"))
    return FULL


def _home() -> Path:
    return Path(os.environ["ALLMENDE_HOME"])


def _keep(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    _home().mkdir(exist_ok=True)
    shutil.copytree(_home(), folder / "home")
    with psycopg.connect(cluster.server().superuser_url(FULL)) as full:
        tables = [table for (table,) in full.execute(TABLES)]
        sequences = dict(full.execute(SEQUENCES).fetchall())
        partitions = full.execute(PARTITIONS).fetchall()
        for number, table in enumerate(tables):
            with full.cursor().copy(f"COPY {table} TO STDOUT") as rows, (folder / f"{number}.rows").open("wb") as file:
                file.writelines(rows)
    (folder / "about.json").write_text(json.dumps({"tables": tables, "sequences": sequences, "partitions": partitions}))


def _put(folder: Path) -> None:
    shutil.copytree(folder / "home", _home(), dirs_exist_ok=True)
    about = json.loads((folder / "about.json").read_text())
    with psycopg.connect(cluster.server().superuser_url(FULL)) as full:
        full.execute("SET LOCAL session_replication_role = replica")
        for name, parent, bound in about["partitions"]:
            full.execute(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {parent} {bound}")
        for (table,) in full.execute(TABLES).fetchall():
            full.execute(f"DELETE FROM {table}")
        for number, table in enumerate(about["tables"]):
            with full.cursor().copy(f"COPY {table} FROM STDIN") as to:
                to.write((folder / f"{number}.rows").read_bytes())
        for sequence, last in about["sequences"].items():
            full.execute("SELECT setval(%s::regclass, %s)", [sequence, last])
    with psycopg.connect(cluster.server().superuser_url(FULL), autocommit=True) as full:
        full.execute("ANALYZE")


@pytest.fixture
def _in_full_city(_filled, django_db_blocker, monkeypatch) -> Iterator[None]:
    # Pages are made as in a city: Django's test tools would copy what every part of every page was made from.
    monkeypatch.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))
    with django_db_blocker.unblock(), _connected_to(_filled):
        yield


@pytest.fixture
def full_city(_in_full_city, db) -> None:
    """The test runs in the filled city; its other fixtures come after this one."""


@pytest.fixture(scope="session")
def _begun(django_db_setup, django_db_blocker) -> str:
    """Name of a database of its own in which the city has begun: its pack is read in, nobody has said anything yet."""
    with django_db_blocker.unblock():
        connection.close()
        cluster.server().create_database(BEGUN, template=connection.settings_dict["NAME"])
        with _connected_to(BEGUN), translation.override("de"):
            call_command("start_city")
            connection.cursor().execute("ANALYZE")
    return BEGUN


@pytest.fixture
def _in_begun_city(_begun, django_db_blocker, request) -> Iterator[None]:
    alone = {"transactional_db", "owner"} & set(request.fixturenames)
    assert not alone, f"{alone} would look at another database"
    with django_db_blocker.unblock(), _connected_to(_begun):
        yield


@pytest.fixture
def begun_city(_in_begun_city, db) -> None:
    """The test runs in a city that has begun, which takes a second each time that it is done anew."""


def pytest_collection_modifyitems(items) -> None:
    """The city is chosen before anything opens a transaction in another one."""
    for item in items:
        if "_in_begun_city" in item.fixturenames:
            item.fixturenames.sort(key=lambda name: name != "_in_begun_city")
