"""Under load: nobody waits for a slow client, nobody waits without end, and the city keeps its four connections."""

import asyncio
import logging
import threading
import time

import pytest

from allmende.project.shell import body
from allmende.project.shell.django_pool import THREADS, DjangoPool
from allmende.project.shell.router import Shell
from allmende.project.shell.stream import MEMORY
from allmende.project.tests.shell_client import call, until


class Page:
    """A WSGI application whose answers the test decides, and which says who asked."""

    def __init__(self):
        self.open = threading.Event()
        self.open.set()
        self.threads = set()
        self.asked = []
        self.running = self.most = 0
        self.lock = threading.Lock()
        self.closed = 0

    def __call__(self, environ, start_response):
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
            self.threads.add(threading.current_thread().name)
            self.asked.append(environ["PATH_INFO"])
        try:
            return getattr(self, environ["PATH_INFO"].strip("/") or "start")(environ, start_response)
        finally:
            with self.lock:
                self.running -= 1

    def start(self, environ, start_response):
        self.open.wait(20)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [b"hello ", b"there"]

    def echo(self, environ, start_response):
        start_response("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    def broken(self, environ, start_response):
        raise ValueError("a secret in a message")

    def exits(self, environ, start_response):
        raise SystemExit

    def written(self, environ, start_response):
        write = start_response("200 OK", [])
        write(b"one ")
        return [b"two"]

    def pieces(self, environ, start_response):
        start_response("200 OK", [])
        return Pieces(self, [b"x" * 50_000] * 60)

    def late(self, environ, start_response):
        def parts():
            start_response("201 Created", [])
            yield b"late"

        return parts()

    def breaks(self, environ, start_response):
        def parts():
            yield b"first"
            raise ValueError("in the middle")

        start_response("200 OK", [])
        return parts()

    def nothing(self, environ, start_response):
        start_response("204 No Content", [])
        return [b""]


class Pieces:
    def __init__(self, page, parts):
        self.page, self.parts = page, parts

    def __iter__(self):
        return iter(self.parts)

    def close(self):
        self.page.closed += 1


def serve(page, steps, **options):
    """Runs `steps(shell, pool)` with a shell around the page."""

    async def run():
        pool = DjangoPool(page, **options)
        shell = Shell(pool, body_limit=100_000)
        pool.start()
        try:
            return await asyncio.wait_for(steps(shell, pool), 120)
        finally:
            page.open.set()
            assert await pool.stop(60)

    return asyncio.run(run())


def ask(page, path="/", method="GET", headers=(), **more):
    return serve(page, lambda shell, _: call(shell, path, method, headers, **more))


def test_an_answer_arrives_as_it_was_given():
    got = ask(Page())
    assert (got.status, got.body, got["set-cookie"]) == (200, b"hello there", "a=1, b=2")
    assert got["content-length"] == "11"
    assert got["cache-control"] == "private, no-cache"


def test_head_has_no_content_but_its_length():
    got = ask(Page(), method="HEAD")
    assert (got.status, got.body, got["content-length"]) == (200, b"", "11")


def test_no_content_is_no_content():
    got = ask(Page(), "/nothing")
    assert (got.status, got["content-length"]) == (204, None)


def test_what_is_written_the_old_way_comes_first():
    assert ask(Page(), "/written").body == b"one two"


def test_a_status_set_with_the_first_piece_counts():
    got = ask(Page(), "/late")
    assert (got.status, got.body) == (201, b"late")


def test_a_long_answer_comes_piece_by_piece_and_is_closed():
    page = Page()
    got = ask(page, "/pieces")
    assert len(got.body) == 3_000_000
    assert got.pieces > 10
    assert page.closed == 1


def test_a_slow_reader_holds_no_thread():
    """The whole of a long answer has left Django's thread while its reader has not taken a byte."""
    page = Page()

    async def steps(shell, pool):
        from allmende.project.shell.environ import build, no_body
        from allmende.project.tests.shell_client import scope_for

        answer = await pool.call(build(scope_for("/pieces"), no_body(), 0, trusted=False, request_id="x"))
        await until(lambda: page.closed == 1)
        assert answer.stream._pending <= MEMORY
        received = b""
        while piece := await answer.stream.read():
            received += piece
        answer.stream.close()
        return received

    assert serve(page, steps) == b"x" * 3_000_000


def test_an_answer_that_breaks_off_is_not_mistaken_for_a_complete_one(caplog):
    with pytest.raises(ConnectionAbortedError):
        ask(Page(), "/breaks")


@pytest.mark.parametrize("path", ["/broken", "/exits"])
def test_an_error_is_a_page_that_helps_and_a_line_without_what_was_sent(path, caplog):
    page = Page()

    async def steps(shell, pool):
        first = await call(shell, path, "POST", [("content-length", "9")], body=b"my secret")
        return first, await call(shell, "/")

    with caplog.at_level(logging.ERROR):
        got, after = serve(page, steps, threads=1)
    assert got.status == 500
    assert got["x-request-id"]
    assert got["x-request-id"] in got.text
    assert "secret" not in got.text
    assert "my secret" not in caplog.text
    assert after.status == 200


def test_a_body_that_is_too_large_is_refused_with_a_page():
    page = Page()
    got = ask(page, "/echo", "POST", [("content-length", "100001")], body=b"never read")
    assert (got.status, got["connection"]) == (413, "close")
    assert "zu groß" in got.text
    assert not page.asked
    chunked = ask(page, "/echo", "POST", [("transfer-encoding", "chunked")], body=[b"x" * 60_000] * 2)
    assert chunked.status == 413
    assert not page.asked


def test_a_body_of_just_the_limit_is_read_whole():
    assert ask(Page(), "/echo", "POST", [("content-length", "100000")], body=[b"x" * 50_000] * 2).body == b"100000"


@pytest.mark.parametrize("length", ["-1", "abc", "4", "6", "1" * 20])
def test_a_length_that_is_not_the_length_is_refused(length):
    assert ask(Page(), "/echo", "POST", [("content-length", length)], body=b"12345").status in (400, 413)


def test_a_sender_who_stops_in_the_middle_is_given_up(monkeypatch):
    monkeypatch.setattr(body, "STALL", 0.05)
    page = Page()

    async def steps(shell, _):
        stuck = asyncio.Event()
        sent = []

        async def receive():
            if sent:
                await stuck.wait()
            sent.append(1)
            return {"type": "http.request", "body": b"a", "more_body": True}

        answers = []

        async def send(message):
            answers.append(message)

        from allmende.project.tests.shell_client import scope_for

        await shell(scope_for("/echo", "POST", [("content-length", "10")]), receive, send)
        return answers

    assert serve(page, steps)[0]["status"] == 408
    assert not page.asked


def test_slow_senders_hold_no_thread():
    """Twenty people upload over a bad line; somebody else still gets a page at once."""
    page = Page()

    async def steps(shell, _):
        stuck = asyncio.Event()

        async def receive():
            await stuck.wait()
            return {"type": "http.disconnect"}

        async def send(_message): ...

        from allmende.project.tests.shell_client import scope_for

        slow = [
            asyncio.create_task(shell(scope_for("/echo", "POST", [("content-length", "10")]), receive, send))
            for _ in range(20)
        ]
        await asyncio.sleep(0)
        got = await asyncio.wait_for(call(shell, "/"), 60)
        stuck.set()
        await asyncio.gather(*slow)
        return got

    assert serve(page, steps).status == 200
    assert page.asked == ["/"]


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
