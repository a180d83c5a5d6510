"""Under load and at the end: nobody waits without end, and the city keeps its four connections."""

import asyncio
import time

from allmende.project.shell.django_pool import THREADS, DjangoPool
from allmende.project.shell.router import Shell
from allmende.project.tests.shell_client import call, until
from allmende.project.tests.shell_page import Page, serve


def test_a_flood_is_answered_with_a_time_to_come_again():
    page = Page()
    page.open.clear()

    async def steps(shell, pool):
        tasks = [asyncio.create_task(call(shell)) for _ in range(THREADS + 10 + 5)]
        refused = []
        while len(refused) < 5:
            await asyncio.sleep(0.01)
            refused = [task for task in tasks if task.done()]
        assert pool.waiting == 10
        page.open.set()
        return [await task for task in tasks]

    got = serve(page, steps, queue=10)
    assert sorted(answer.status for answer in got) == [200] * 14 + [503] * 5
    refused = next(answer for answer in got if answer.status == 503)
    assert refused["retry-after"] == "2"
    assert "wenigen Sekunden" in refused.text


async def accepted(pool, count):
    """Waits until so many requests stand in the pool."""
    await until(lambda: pool.active >= count)


def test_a_crowd_that_acts_is_not_turned_away_and_takes_no_place_from_readers():
    page = Page()
    page.open.clear()

    async def steps(shell, pool):
        acting = [asyncio.create_task(call(shell, method="POST")) for _ in range(THREADS + 30)]
        await accepted(pool, len(acting))
        reading = [asyncio.create_task(call(shell)) for _ in range(10)]
        await accepted(pool, len(acting) + len(reading))
        one_more = await call(shell)
        too_many = await call(shell, method="POST")
        page.open.set()
        return one_more, too_many, [await task for task in (*acting, *reading)]

    one_more, too_many, got = serve(page, steps, queue=10, deeds=THREADS + 30)
    assert (one_more.status, too_many.status) == (503, 503)
    assert {answer.status for answer in got} == {200}
    assert len(page.asked) == THREADS + 30 + 10


def test_there_are_never_more_than_four_at_once():
    page = Page()
    page.open.clear()

    async def steps(shell, _):
        tasks = [asyncio.create_task(call(shell)) for _ in range(40)]
        await until(lambda: page.most == THREADS)
        await asyncio.sleep(0.1)  # nobody comes after them
        page.open.set()
        await asyncio.gather(*tasks)

    serve(page, steps)
    assert page.most == THREADS
    assert len(page.threads) == THREADS


def test_who_leaves_the_queue_is_not_served():
    page = Page()
    page.open.clear()

    async def steps(shell, pool):
        first = asyncio.create_task(call(shell))
        await until(lambda: page.asked)
        blocker = asyncio.create_task(call(shell))  # waits: the only thread is taken
        await asyncio.sleep(0.01)
        gone = asyncio.Event()
        leaver = asyncio.create_task(call(shell, "/echo", gone=gone))
        await asyncio.sleep(0.01)
        gone.set()
        await leaver
        page.open.set()
        await asyncio.gather(first, blocker)
        return leaver.result()

    assert serve(page, steps, threads=1).status == 0
    assert page.asked == ["/", "/"]


def test_stopping_lets_what_runs_come_to_its_end_and_takes_nothing_new():
    page = Page()
    page.open.clear()

    async def run():
        pool = DjangoPool(page)
        shell = Shell(pool)
        pool.start()
        running = asyncio.create_task(call(shell))
        await until(lambda: page.asked)
        stopping = asyncio.create_task(pool.stop(5))
        await asyncio.sleep(0.01)
        late = await call(shell)
        page.open.set()
        return await running, late, await stopping

    running, late, stopped = asyncio.run(run())
    assert (running.status, late.status, stopped) == (200, 503, True)


def test_stopping_does_not_wait_for_ever():
    page = Page()
    page.open.clear()

    async def run():
        pool = DjangoPool(page)
        pool.start()
        task = asyncio.create_task(call(Shell(pool)))
        await until(lambda: page.asked)
        begun = time.monotonic()
        stopped = await pool.stop(0.1)
        seconds = time.monotonic() - begun
        page.open.set()
        await task
        return stopped, seconds

    stopped, seconds = asyncio.run(run())
    assert not stopped
    assert seconds < 20


def test_it_lives_and_dies_as_the_server_tells_it():
    page = Page()

    async def run():
        shell = Shell(DjangoPool(page), ready=lambda: None)
        told, said = asyncio.Queue(), []

        async def send(message):
            said.append(message["type"])

        life = asyncio.create_task(shell({"type": "lifespan"}, told.get, send))
        await told.put({"type": "lifespan.startup"})
        await until(lambda: said)
        healthy, ready = await call(shell, "/live/healthz"), await call(shell, "/bereit")
        await told.put({"type": "lifespan.shutdown"})
        await life
        return said, healthy.status, ready.status

    assert asyncio.run(run()) == (["lifespan.startup.complete", "lifespan.shutdown.complete"], 200, 200)


def test_it_says_when_it_is_not_ready():
    def broken():
        raise ConnectionError("address of the database")

    async def steps(_shell, pool):
        return await call(Shell(pool, ready=broken), "/bereit")

    got = serve(Page(), steps)
    assert got.status == 503
    assert "address" not in got.text


def test_rooms_serve_their_own_prefixes():
    async def room(scope, receive, send):
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b"room"})

    page = Page()

    async def steps(_shell, pool):
        shell = Shell(pool, routes={"/live/": room})
        return await call(shell, "/live/x"), await call(shell, "/live")

    page.live = page.start
    native, other = serve(page, steps)
    assert (native.status, other.status) == (299, 200)


def test_a_private_file_is_sent_on_djangos_word_alone(tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "letter.pdf").write_bytes(b"dear neighbour")
    (tmp_path / "outside").write_bytes(b"secret")

    def page(environ, start_response):
        name = environ["QUERY_STRING"]
        start_response("200 OK", [("Content-Type", "application/pdf"), ("X-Allmende-File", name)])
        return [b""]

    async def run():
        pool = DjangoPool(page)
        shell = Shell(pool, media=tmp_path / ".")
        pool.start()
        whole = await call(shell, query="private/letter.pdf")
        part = await call(shell, headers=[("range", "bytes=5-")], query="private/letter.pdf")
        other = await call(shell, query="private/../outside")
        await pool.stop(5)
        return whole, part, other

    whole, part, other = asyncio.run(run())
    assert (whole.status, whole.body, whole["x-allmende-file"]) == (200, b"dear neighbour", None)
    assert whole["content-type"] == "application/pdf"
    assert whole["cache-control"] == "private, no-cache"
    assert (part.status, part.body) == (206, b"neighbour")
    assert (other.status, other["x-allmende-file"]) == (404, None)
