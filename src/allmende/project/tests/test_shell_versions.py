"""Whatever changes in the database is heard by every process at once, and silence is noticed."""

import asyncio

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from allmende.project.shell import content
from allmende.project.shell.versions import EVERYTHING, ListeningVersions, LocalVersions
from allmende.project.tests.shell_client import until


def listening(steps, channel="gera_content", parameters=None):
    heard = []

    async def run():
        versions = ListeningVersions(parameters or content.connection_parameters(), channel, heard.append)
        versions.start()
        try:
            await until(lambda: versions.known_until() is None)
            return await steps(versions, heard)
        finally:
            await versions.stop()

    return asyncio.run(run())


async def write(statement, *arguments, role="app"):
    """Writes as another process would."""
    url = {"app": settings.CONFIG.app_url, "owner": settings.CONFIG.owner_url}[role]
    async with await psycopg.AsyncConnection.connect(
        url, autocommit=True, dbname=settings.DATABASES["default"]["NAME"]
    ) as c:
        await c.execute(statement, arguments)


@pytest.mark.django_db(transaction=True)
def test_every_table_that_a_page_may_show_is_watched():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'allmende_content'")
        assert sorted(row[0] for row in cursor.fetchall()) == content.watched_tables()
    assert "core_setting" in content.watched_tables()
    assert not content.UNWATCHED & set(content.watched_tables())


@pytest.mark.django_db(transaction=True)
def test_laying_the_triggers_again_changes_nothing():
    assert content.install_triggers(connection) == []


@pytest.mark.django_db(transaction=True)
def test_a_change_is_heard_with_its_commit():
    async def steps(versions, heard):
        before = versions.current
        await write("INSERT INTO core_setting (key, value, changed_at) VALUES ('test.x', '1', now())")
        await until(lambda: versions.current > before)
        await write("DELETE FROM core_setting WHERE key = 'test.x'")
        await until(lambda: len(heard) == 2)
        assert versions.changed_at(before, frozenset(("core_setting", "search_entry"))) is not None
        assert versions.changed_at(before, frozenset(("search_entry",))) is None
        assert versions.changed_at(versions.current, None) is None
        return heard

    assert listening(steps) == ["core_setting", "core_setting"]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_heard():
    async def steps(versions, heard):
        with pytest.raises(psycopg.errors.DivisionByZero):
            await write(
                "WITH w AS (INSERT INTO core_setting (key, value, changed_at) VALUES ('test.y', '1', now())"
                " RETURNING 1) SELECT 1 / 0 FROM w"
            )
        await asyncio.sleep(0.5)
        return heard

    assert listening(steps) == []


@pytest.mark.django_db(transaction=True)
def test_silence_is_noticed_and_what_was_missed_counts_as_a_change():
    """PostgreSQL ends our connection: pages are kept for a second only until it hears again."""

    async def steps(versions, _heard):
        before = versions.current
        await write(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gera changes'"
            " AND datname = current_database()"
        )
        await until(lambda: versions.known_until() is not None)
        await until(lambda: versions.known_until() is None)
        return versions.changed_at(before, frozenset()) is not None

    assert listening(steps)


def test_without_a_database_it_stays_silent_and_keeps_trying():
    async def run():
        versions = ListeningVersions({"host": "/nowhere", "dbname": "none"}, "gera_content")
        versions.start()
        await asyncio.sleep(0.1)
        silent = versions.known_until()
        await versions.stop()
        return silent

    assert asyncio.run(run()) is not None


@given(
    st.lists(st.sampled_from(["a", "b", "c", EVERYTHING]), max_size=40),
    st.integers(0, 40),
    st.sets(st.sampled_from("abc")),
)
def test_a_page_is_told_of_the_first_change_of_what_it_shows(changes, version, tables):
    now = iter(range(1, 100))
    versions = LocalVersions(lambda: float(next(now)))
    for table in changes:
        versions.bump(table)
    first = [
        float(number) for number, table in enumerate(changes, 1) if number > version and table in {*tables, EVERYTHING}
    ]
    assert versions.changed_at(version, frozenset(tables)) == min(first, default=None)
    assert versions.changed_at(version, None) == (float(version + 1) if version < len(changes) else None)


def test_what_is_forgotten_counts_as_changed_long_ago():
    versions = LocalVersions()
    for _ in range(5000):
        versions.bump("a")
    assert versions.changed_at(10, frozenset("a")) == float("-inf")
    assert versions.changed_at(10, frozenset("b")) is None
    assert versions.changed_at(4999, frozenset("a")) > 0


def test_a_statement_names_its_tables_however_it_is_written():
    tables = content.tables_in('SELECT "core_setting"."key" FROM core_setting JOIN accounts_person p ON true')
    assert tables == {"core_setting", "accounts_person"}
    assert content.tables_in("SELECT core_settings, my_core_setting, core_event FROM x") == set()
    composed = sql.SQL("SELECT * FROM {}").format(sql.Identifier("core_setting"))
    assert content.tables_in(repr(composed)) == {"core_setting"}
