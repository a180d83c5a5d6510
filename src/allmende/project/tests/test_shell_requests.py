"""What Django hears of a request is what a person sent, and what only a proxy may say comes from a proxy."""

import asyncio
import io
from wsgiref.validate import validator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from allmende.project.shell import environ
from allmende.project.shell.django_pool import DjangoPool
from allmende.project.shell.router import Shell
from allmende.project.tests.shell_client import call, scope_for


def built(scope, *, body=b"", trusted=False):
    return environ.build(scope, io.BytesIO(body), len(body), trusted=trusted, request_id="id-12345678")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/", ""),
        ("/mitmachen/ideen/", "seite=2&wort=Bäume"),
        ("/mitmachen/gruppen/b%C3%BCrger/", ""),
        ("/a%20b//c/%E2%82%AC", "x=%20&y"),
    ],
)
def test_the_environment_is_the_one_that_a_reference_builds(path, query):
    headers = [("Accept", "text/html"), ("X-One", "1"), ("Cookie", "a=b"), ("Content-Type", "text/plain")]
    query = query.encode().decode("latin-1")
    reference = EnvironBuilder(
        method="POST", path="/", headers=dict(headers), data=b"hello", base_url="http://gera.test/"
    )
    expected = reference.get_environ()
    headers.append(("Content-Length", "5"))
    ours = built(scope_for(path, "POST", headers, query=query.encode("latin-1").decode()), body=b"hello")
    same = ["REQUEST_METHOD", "SCRIPT_NAME", "SERVER_PROTOCOL", "HTTP_HOST", "HTTP_ACCEPT", "HTTP_X_ONE", "HTTP_COOKIE"]
    same += ["CONTENT_TYPE", "CONTENT_LENGTH", "wsgi.url_scheme", "wsgi.version"]
    assert {key: ours[key] for key in same} == {key: expected[key] for key in same}
    from urllib.parse import unquote_to_bytes

    assert ours["PATH_INFO"].encode("latin-1") == unquote_to_bytes(path)


def test_the_standards_own_checker_finds_nothing():
    def page(environ, start_response):
        environ["wsgi.input"].read(5)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"fine"]

    async def run():
        shell = Shell(pool := DjangoPool(validator(page)))
        pool.start()
        try:
            return await call(shell, "/a%20b", "POST", [("content-length", "5")], body=b"hello", query="a=b")
        finally:
            await pool.stop(5)

    got = asyncio.run(run())
    assert (got.status, got.body) == (200, b"fine")


def test_a_header_that_came_twice_is_one_with_both_values():
    got = built(scope_for(headers=[("accept", "a"), ("accept", "b"), ("cookie", "x=1"), ("cookie", "y=2")]))
    assert got["HTTP_ACCEPT"] == "a,b"
    assert got["HTTP_COOKIE"] == "x=1; y=2"


@pytest.mark.parametrize("name", ["x_forwarded_for", "proxy", "http_host", "x-forwarded-for", "x-real-ip", "forwarded"])
def test_a_visitor_cannot_speak_for_a_proxy(name):
    got = built(scope_for(headers=[(name, "evil")]))
    assert "evil" not in got.values()


def test_a_proxy_that_we_trust_is_believed():
    proxies = environ.Proxies(("192.0.2.0/24", "2001:db8::1"))
    scope = scope_for(headers=[("x-forwarded-for", "198.51.100.1"), ("x-request-id", "from-the-proxy")])
    assert proxies.trusted(scope)
    got = built(scope, trusted=True)
    assert got["HTTP_X_FORWARDED_FOR"] == "198.51.100.1"
    assert got["HTTP_X_REQUEST_ID"] == "from-the-proxy"
    assert not proxies.trusted(scope_for(client="198.51.100.1"))
    assert not proxies.trusted(scope_for(client="no address"))
    assert not proxies.trusted(scope_for(client=""))
    assert environ.Proxies(("unix",)).trusted(scope_for(client=""))


def test_a_visitor_does_not_choose_the_request_id():
    assert built(scope_for(headers=[("x-request-id", "chosen-by-me")]))["HTTP_X_REQUEST_ID"] == "id-12345678"


names = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":"), min_size=1, max_size=20)
values = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
hostile = st.lists(
    st.tuples(
        names
        | st.sampled_from(
            ["cookie", "host", "content-length", "transfer-encoding", "range", "x_forwarded_for", "proxy", "connection"]
        ),
        values,
    ),
    max_size=8,
)


@pytest.mark.slow
@given(hostile, st.text(max_size=30), st.text(max_size=30), st.binary(max_size=20))
def test_no_request_whatever_its_headers_breaks_the_shell(headers, path, query, sent):
    from urllib.parse import quote

    heard = []

    def page(environ, start_response):
        heard.append(environ)
        environ["wsgi.input"].read()
        start_response("200 OK", [])
        return [b""]

    async def run():
        shell = Shell(pool := DjangoPool(page, threads=1))
        pool.start()
        try:
            return await call(shell, "/" + quote(path), "POST", headers, body=sent, query=quote(query))
        finally:
            await pool.stop(5)

    got = asyncio.run(run())
    assert got.status in (200, 400, 413, 404)
    for environment in heard:
        assert "HTTP_PROXY" not in environment
        assert "HTTP_X_FORWARDED_FOR" not in environment
        assert "HTTP_TRANSFER_ENCODING" not in environment
        assert all(isinstance(value, str) for key, value in environment.items() if key.startswith("HTTP_"))


@pytest.mark.parametrize("name", ["host", "content-length", "content-type"])
def test_a_request_that_contradicts_itself_is_refused(name):
    shell = Shell(DjangoPool(lambda *_: [b""]))
    got = asyncio.run(call(shell, headers=[(name, "1"), (name, "2")], host=""))
    assert got.status == 400
