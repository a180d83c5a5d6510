"""The shell with the real Django and the real database behind it."""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from tests.cluster import server

from allmende.core.manifest import Page
from allmende.project.shell import content, marker
from allmende.project.shell.compose import database_answers
from allmende.project.shell.django_pool import THREADS, DjangoPool
from allmende.project.shell.page_cache import PageCache
from allmende.project.shell.page_key import Keys
from allmende.project.shell.router import Shell
from allmende.project.shell.versions import ListeningVersions
from allmende.project.tests.shell_client import call, until
from allmende.project.wsgi import application


@pytest.mark.django_db(transaction=True)
def test_a_process_has_exactly_four_connections_however_many_ask():
    together = threading.Barrier(THREADS)

    def backend():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            found = cursor.fetchone()[0]
        with contextlib.suppress(threading.BrokenBarrierError):  # afterwards nobody waits for anybody
            together.wait(60)
        return found

    async def run():
        pool = DjangoPool(application)
        pool.start()
        first = await asyncio.gather(*(pool.run(backend) for _ in range(THREADS)))
        together.abort()
        more = await asyncio.gather(*(pool.run(backend) for _ in range(40)))
        assert await pool.stop(60)
        return set(first), set(more)

    first, more = asyncio.run(run())
    assert len(first) == THREADS
    assert more <= first
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [list(first)])
        assert cursor.fetchone()[0] == 0, "connections outlive the threads"


@pytest.mark.django_db(transaction=True)
def test_a_city_asked_for_nothing_but_its_readiness_is_ready_again_after_its_database_was():
    def ask_and_lose() -> list[str]:
        said = []
        for lost in (False, True, False, False):
            if lost:
                with psycopg.connect(server().superuser_url()) as superuser:
                    superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
                connection.health_check_done = True  # it breaks in the middle of a question, not between two
            with contextlib.suppress(OperationalError):
                database_answers()
                said.append("ready")
                continue
            said.append("not ready")
        connection.close()
        return said

    async def run():
        pool = DjangoPool(application)
        pool.start()
        said = await pool.run(ask_and_lose)
        assert await pool.stop(60)
        return said

    assert asyncio.run(run())[2:] == ["ready", "ready"]


def page_of(count):
    """A WSGI application with one public page, which shows what is in the database."""

    def page(environ, start_response):
        with connection.cursor() as cursor:
            cursor.execute("SELECT value::text FROM core_setting WHERE key = 'test.shown'")
            row = cursor.fetchone()
        count.append(1)
        day = (timezone.now() + timezone.timedelta(days=1)).isoformat()
        start_response("200 OK", [("X-Allmende-Cache", "public"), ("X-Allmende-Until", day)])
        return [(row[0] if row else "nothing").encode()]

    return page


def write(value):
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_setting (key, value, changed_at) VALUES ('test.shown', %s, now())"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [value],
        )


@pytest.mark.django_db(transaction=True)
def test_what_is_written_shows_at_once_and_otherwise_the_database_has_peace():
    made = []

    async def run():
        pool = DjangoPool(page_of(made))
        versions = ListeningVersions(content.connection_parameters(), content.channel())
        keys = Keys("gera", ("de", "en"), frozenset())
        shell = Shell(pool, cache=lambda ask: PageCache(ask, keys=keys, versions=versions), beside=(versions,))
        pool.start()
        versions.start()
        await until(lambda: versions.known_until() is None)
        seen = [(await call(shell)).text for _ in range(50)]
        quiet = len(made)
        for number in range(5):
            await pool.run(lambda number=number: write(str(number)))
            async with asyncio.timeout(60):  # a second on a machine that does nothing else
                while (await call(shell)).text != str(number):  # noqa: ASYNC110 - a visitor reloads
                    await asyncio.sleep(0.005)
        await versions.stop()
        assert await pool.stop(60)
        return set(seen), quiet

    assert asyncio.run(run()) == ({"nothing"}, 1)


def marked(page, path="/", cookies="", answer=None, monkeypatch=None, method="get"):
    request = getattr(RequestFactory(), method)(path, headers={"cookie": cookies})
    request.resolver_match = type("Match", (), {"view_name": "room:list"})()
    monkeypatch.setattr(marker, "cached_pages", lambda: {page.url_name: page.cache_query} if page.cached else {})
    response = marker.PublicPageMiddleware(lambda _: answer or HttpResponse("page"))(request)
    return response.get("X-Allmende-Cache") == "public"


LIST = Page("room:list", frozenset(), cached=True, cache_query=frozenset({"seite"}))


@pytest.mark.parametrize(
    ("change", "public"),
    [
        ({}, True),
        ({"path": "/?seite=2"}, True),
        ({"cookies": "gera_theme=dark"}, True),
        ({"path": "/?wort=x"}, False),
        ({"path": "/?seite=2&wort=x"}, False),
        ({"cookies": f"{settings.SESSION_COOKIE_NAME}=abc"}, False),
        ({"answer": HttpResponse(status=404)}, False),
        ({"method": "post"}, False),
        ({"page": Page("room:list", frozenset())}, False),
        ({"page": Page("room:other", frozenset(), cached=True)}, False),
    ],
)
def test_only_declared_pages_with_known_queries_for_nobody_in_particular_are_public(change, public, monkeypatch):
    assert marked(**{"page": LIST, "monkeypatch": monkeypatch, **change}) is public


def test_an_answer_that_sets_a_cookie_is_not_public(monkeypatch):
    answer = HttpResponse("page")
    answer.set_cookie("gera_theme", "dark")
    assert not marked(LIST, answer=answer, monkeypatch=monkeypatch)


@pytest.mark.django_db
def test_a_page_says_from_which_tables_it_was_made(monkeypatch):
    from allmende.accounts.models import Person

    def view(request):
        request.resolver_match = type("Match", (), {"view_name": "room:list"})()
        return HttpResponse(str(Person.objects.filter(role_grants__role="editor").count()))

    monkeypatch.setattr(marker, "cached_pages", lambda: {"room:list": frozenset()})
    response = marker.PublicPageMiddleware(view)(RequestFactory().get("/"))
    assert response["X-Allmende-Tables"] == "accounts_person,core_setting"


def test_the_server_can_load_it_into_an_empty_process():
    """Nothing is set up there yet; the order of imports decides whether the city starts."""
    code = "from allmende.project.asgi import application; print(type(application).__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)
    assert done.stdout.strip() == "Shell", done.stderr[-2000:]
