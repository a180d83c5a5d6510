"""The public page cache: everybody gets a page quickly, and nobody gets somebody else's."""

import asyncio
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.project.shell.django_pool import Answer
from allmende.project.shell.page_entry import may_be_kept
from allmende.project.tests.cached_city import KEYS, City
from allmende.project.tests.shell_client import scope_for


def test_a_page_is_made_once_for_all():
    async def run():
        city = City()
        return [await city.page() for _ in range(5)], city.made

    assert asyncio.run(run()) == (["<p>1</p>"] * 5, 1)


DIFFERENT = [
    {"host": "jena.test"},
    {"path": "/en/"},
    {"query": "seite=2"},
    {"query": "seite=3"},
    {"headers": [("cookie", "gera_theme=dark")]},
    {"headers": [("cookie", "gera_theme=light")]},
    {"headers": [("cookie", "gera_size=large")]},
    {"headers": [("cookie", "gera_language=en")]},
    {"headers": [("cookie", "gera_theme=dark; gera_language=en")]},
    {"headers": [("hx-request", "true")]},
    {"headers": [("hx-request", "true"), ("hx-boosted", "true")]},
    {"headers": [("hx-history-restore-request", "true"), ("hx-request", "true")]},
]


def test_every_way_to_look_at_it_is_a_page_of_its_own():
    async def run():
        city = City()
        first = [await city.page(**{"path": "/", **way}) for way in [{}, *DIFFERENT]]
        again = [await city.page(**{"path": "/", **way}) for way in [{}, *DIFFERENT]]
        return first, again

    first, again = asyncio.run(run())
    assert len(set(first)) == len(DIFFERENT) + 1
    assert again == first


def test_the_order_of_display_cookies_does_not_matter():
    one = scope_for(headers=[("cookie", "gera_theme=dark; gera_size=large")])
    two = scope_for(headers=[("cookie", "gera_size=large"), ("cookie", "gera_theme=dark")])
    assert KEYS.key(one, trusted=False) == KEYS.key(two, trusted=False) is not None


@pytest.mark.parametrize(
    "way",
    [
        {"headers": [("cookie", "gera_session=abc")]},
        {"headers": [("cookie", "gera_theme=dark; gera_csrf=abc")]},
        {"headers": [("cookie", "jena_theme=dark")]},
        {"headers": [("cookie", "gera_theme=<script>")]},
        {"headers": [("cookie", "gera_theme=dark; gera_theme=light")]},
        {"headers": [("cookie", "")]},
        {"headers": [("authorization", "Bearer abc")]},
        {"headers": [("content-length", "0")]},
        {"headers": [("host", "other")]},
        {"query": "wort=Bäume"},
        {"query": "seite=2&token=abc"},
        {"query": "seite=2&%74oken=abc"},
        {"query": "seite=" + "2" * 300},
        {"method": "POST"},
        {"host": ""},
    ],
)
def test_who_is_somebody_in_particular_is_not_answered_from_the_cache(way):
    assert KEYS.key(scope_for(**way), trusted=False) is None


def test_the_scheme_counts_when_a_trusted_proxy_says_it():
    scope = scope_for(headers=[("x-forwarded-proto", "https")])
    assert KEYS.key(scope, trusted=True) != KEYS.key(scope, trusted=False) == KEYS.key(scope_for(), trusted=False)


@pytest.mark.parametrize(
    "header",
    [
        (b"set-cookie", b"gera_session=abc"),
        (b"vary", b"User-Agent"),
        (b"vary", b"Cookie, HX-Target"),
        (b"cache-control", b"private"),
        (b"cache-control", b"no-store"),
        (b"content-encoding", b"gzip"),
        (b"content-security-policy", b"script-src 'nonce-abc'"),
        (b"x-allmende-file", b"private/letter.pdf"),
    ],
)
def test_what_is_meant_for_one_is_never_kept_whatever_django_says(header):
    async def run():
        city = City()
        city.headers = [header]
        found = await city.cache.find(KEYS.key(scope_for(), trusted=False), scope_for())
        assert isinstance(found, Answer)
        return city.cache.bytes

    assert asyncio.run(run()) == 0


@pytest.mark.parametrize("text", ["csrfmiddlewaretoken", 'hx-headers=\'{"X-CSRFToken": "a"}\'', "CSRFMiddlewareToken"])
def test_a_page_with_a_token_is_refused_and_reported(text, caplog):
    answer = Answer(200, [(b"x-allmende-cache", b"public")], f"<input name={text}>".encode())
    assert not may_be_kept(answer, b"/mitmachen/")
    assert "/mitmachen/" in caplog.text


@pytest.mark.parametrize("status", [201, 302, 404, 422, 500])
def test_only_success_is_kept(status):
    assert not may_be_kept(Answer(status, [(b"x-allmende-cache", b"public")]), b"")


def test_nothing_is_kept_that_django_did_not_declare_public():
    assert not may_be_kept(Answer(200, [], b"page"), b"")
    assert not may_be_kept(Answer(200, [(b"x-allmende-cache", b"private")], b"page"), b"")


def test_the_shells_own_headers_do_not_leave_the_house():
    async def run():
        got = await City().get()
        assert got["x-allmende-cache"] is got["x-allmende-until"] is got["x-request-id"] is None
        assert got["vary"] == "Cookie, HX-Request, Accept-Encoding"
        assert got["cache-control"] == "no-cache"

    asyncio.run(run())


def test_a_browser_that_has_the_page_gets_no_second_copy():
    async def run():
        city = City()
        first = await city.get()
        again = await city.get(headers=[("if-none-match", first["etag"])])
        city.versions.bump()
        changed = await city.get(headers=[("if-none-match", first["etag"])])
        return again.status, again.body, again["etag"] == first["etag"], again["content-length"], changed.status

    assert asyncio.run(run()) == (304, b"", True, None, 200)


def test_a_browser_that_takes_it_gets_the_small_form():
    async def run():
        city = City()
        city.body = "Bäume " * 500 + "{}"
        plain = await city.get()
        small = await city.get(headers=[("accept-encoding", "gzip, deflate, br")])
        assert gzip.decompress(small.body) == plain.body
        assert small["content-length"] == str(len(small.body))
        assert len(small.body) < len(plain.body) / 5
        assert (await city.get(headers=[("accept-encoding", "br")]))["content-encoding"] is None

    asyncio.run(run())


def test_head_is_answered_from_what_is_there():
    async def run():
        city = City()
        got = await city.get()
        head = await city.get(method="HEAD")
        return head.status, head.body, head["content-length"] == got["content-length"], city.made

    assert asyncio.run(run()) == (200, b"", True, 1)


def test_memory_is_bounded_and_what_is_read_most_stays():
    async def run():
        city = City(most_bytes=100_000)
        city.body = "x" * 10_000 + "{}"
        for number in range(200):
            await city.get("/", query="seite=1")
            await city.get("/", query=f"seite={number + 2}")
            assert city.cache.bytes <= 100_000
        made = city.made
        await city.get("/", query="seite=1")
        return made, city.made, len(city.cache._entries)

    made, after, kept = asyncio.run(run())
    assert made == after == 201
    assert kept < 10


names = st.sampled_from(["gera_theme", "gera_size", "gera_language", "gera_session", "other", "", "gera_theme "])
cookie_values = st.sampled_from(["dark", "large", "en", "x", "", "dark;", '"dark"'])


@given(st.lists(st.tuples(names, cookie_values), max_size=4), st.binary(max_size=20))
def test_no_cookie_but_the_display_cookies_ever_reaches_the_cache(pairs, noise):
    header = "; ".join(f"{name}={value}" for name, value in pairs).encode() + noise
    scope = scope_for(headers=[("cookie", header)])
    key = KEYS.key(scope, trusted=False)
    if key is not None:
        shown = dict(pair.split("=") for pair in key[3].decode().split("&"))
        assert shown.keys() <= {"gera_theme", "gera_size", "gera_language"}
        assert header.count(b"=") == len(shown)
