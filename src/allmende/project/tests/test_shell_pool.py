"""One answer on its way through the pool: as it was given, piece by piece, and nobody waits for a slow client."""

import asyncio
import logging

import pytest

from allmende.project.shell import body
from allmende.project.shell.stream import MEMORY
from allmende.project.tests.shell_client import call, until
from allmende.project.tests.shell_page import Page, ask, serve


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
