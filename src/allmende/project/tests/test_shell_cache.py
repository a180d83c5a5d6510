"""The public page cache: everybody gets a page quickly, nobody gets somebody else's, and never one a second too old."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmende.project.shell.django_pool import Answer, BusyError, DjangoPool
from allmende.project.shell.page_cache import PageCache
from allmende.project.shell.page_entry import LONGEST, may_be_kept
from allmende.project.shell.page_key import Keys
from allmende.project.shell.router import Shell
from allmende.project.shell.versions import LocalVersions
from allmende.project.tests.shell_client import call, scope_for

KEYS = Keys("gera", ("de", "en"), frozenset(("seite", "gruppe")))
NOW = 1_800_000_000.0


class City:
    """A city with a clock that the test turns, and a page that says how often it was made."""

    def __init__(self, **options):
        self.time = 1000.0
        self.made = 0
        self.lasts = 300.0
        self.cost = 0.0
        self.headers = []
        self.status = 200
        self.body = "<p>{}</p>"
        self.gate = asyncio.Event()
        self.gate.set()
        self.seen = []
        self.busy = False
        self.versions = LocalVersions(self.clock)
        self.cache = PageCache(
            self.ask,
            keys=KEYS,
            versions=self.versions,
            clock=self.clock,
            wall=lambda: NOW + self.time,
            busy=lambda: self.busy,
            **options,
        )
        self.shell = Shell(DjangoPool(lambda *_: [b""]), cache=lambda _ask: self.cache)

    def clock(self):
        return self.time

    async def ask(self, scope):
        begun = self.time
        self.made += 1
        self.seen.append(scope)
        made = self.made
        await self.gate.wait()
        self.time += self.cost
        until = datetime.fromtimestamp(NOW + begun + self.lasts, UTC).isoformat() if self.lasts else None
        return Answer(
            self.status,
            [
                (b"content-type", b"text/html; charset=utf-8"),
                (b"x-allmende-cache", b"public"),
                (b"x-request-id", b"somebody"),
                *([(b"x-allmende-until", until.encode())] if until else []),
                *self.headers,
            ],
            self.body.format(made).encode(),
            begun=begun,
        )

    async def get(self, path="/", headers=(), method="GET", **more):
        return await call(self.shell, path, method, headers, **more)

    async def page(self, *args, **more):
        return (await self.get(*args, **more)).text


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


def test_after_a_change_the_next_visitor_sees_it():
    async def run():
        city = City()
        before = await city.page()
        city.time += 60
        assert await city.page() == before
        city.versions.bump()
        return before, await city.page()

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>")


def test_a_change_of_something_else_costs_nothing():
    async def run():
        city = City()
        city.headers = [(b"x-allmende-tables", b"core_setting,participation_idea")]
        seen = []
        for table in ("search_entry", "notify_notice", "participation_idea", "search_entry", "core_setting", ""):
            seen.append(await city.page())
            city.versions.bump(table)
            city.time += 2
        seen.append(await city.page())
        return seen

    assert asyncio.run(run()) == [f"<p>{number}</p>" for number in (1, 1, 1, 2, 2, 3, 4)]


def test_under_constant_change_a_page_is_at_most_a_second_old():
    """Somebody supports an idea every 10 ms, making the page takes 100 ms: it is neither old nor made every time."""

    async def run():
        city = City()
        city.cost = 0.1
        changes = []
        worst = 0.0
        for step in range(500):
            city.time += 0.01
            city.versions.bump()
            changes.append(city.time)
            city.body = f"{step} {{}}"
            entry, _ = await city.cache.find(KEYS.key(scope_for(), trusted=False), scope_for())
            shown = int(entry.body["body"].split()[0])
            worst = max(worst, city.time - min(changes[shown + 1 :], default=city.time))
        return worst, city.made

    worst, made = asyncio.run(run())
    assert worst <= 1.0
    assert 5 < made < 25


def test_while_a_page_is_made_anew_the_old_one_is_shown_for_one_second_and_no_longer(monkeypatch):
    monkeypatch.setattr("allmende.project.shell.page_cache.PATIENCE", 0.01)

    async def run():
        city = City()
        await city.page()
        city.versions.bump()
        city.gate.clear()
        soon = await city.page()
        city.time += 0.99
        later = await city.page()
        city.time += 0.02
        waiting = asyncio.create_task(city.page())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        city.gate.set()
        return soon, later, await waiting, city.made

    assert asyncio.run(run()) == ("<p>1</p>", "<p>1</p>", "<p>2</p>", 2)


def test_when_threads_are_scarce_the_old_page_comes_at_once(monkeypatch):
    monkeypatch.setattr("allmende.project.shell.page_cache.PATIENCE", 60)

    async def run():
        city = City()
        await city.page()
        city.versions.bump()
        city.busy = True
        got = [await asyncio.wait_for(city.page(), 5) for _ in range(100)]
        assert city.made == 1, "nor is anything made meanwhile"
        city.time += 1
        return set(got), await city.page()

    assert asyncio.run(run()) == ({"<p>1</p>"}, "<p>2</p>")


def test_an_operator_sees_how_a_page_came():
    """Cache-Status, RFC 9211."""

    async def run():
        city = City()
        said = [(await city.get())["cache-status"] for _ in range(2)]
        city.versions.bump()
        city.busy = True
        said.append((await city.get())["cache-status"])
        city.busy = False
        said.append((await city.get())["cache-status"])
        return said

    assert asyncio.run(run()) == [
        "allmende; fwd=miss; stored",
        "allmende; hit",
        "allmende; hit; detail=stale",
        "allmende; fwd=stale; stored",
    ]


def test_a_hundred_people_at_once_make_one_page():
    async def run():
        city = City()
        city.gate.clear()
        people = [asyncio.create_task(city.page()) for _ in range(100)]
        await asyncio.sleep(0)
        city.gate.set()
        return {await person for person in people}, city.made

    assert asyncio.run(run()) == ({"<p>1</p>"}, 1)


def test_who_asked_first_may_leave_and_the_others_still_get_the_page():
    async def run():
        city = City()
        city.gate.clear()
        first = asyncio.create_task(city.page())
        await asyncio.sleep(0.01)
        second = asyncio.create_task(city.page())
        await asyncio.sleep(0.01)
        first.cancel()
        city.gate.set()
        return await second, city.made

    assert asyncio.run(run()) == ("<p>1</p>", 1)


def test_an_embargo_ends_at_its_minute():
    """A page that will change at 18:00 is not shown at 18:00, although nothing was written."""

    async def run():
        city = City()
        city.lasts = 30.0
        await city.page()
        city.time += 29.99
        before = await city.page()
        city.time += 0.02
        return before, await city.page()

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>")


def test_a_page_that_does_not_say_when_it_changes_is_kept_for_one_second():
    async def run():
        city = City()
        city.lasts = 0
        await city.page()
        city.time += 0.6
        same = await city.page()
        city.time += 0.41
        return same, await city.page()

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>")


def test_a_page_in_demand_is_renewed_before_its_second_ends():
    async def run():
        city = City()
        city.lasts = 0
        await city.page()
        city.time += 0.8
        same = await city.page()
        await asyncio.sleep(0.01)
        return same, await city.page(), city.made

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>", 2)


def test_nothing_is_kept_for_longer_than_five_minutes():
    async def run():
        city = City()
        city.lasts = 1e6
        await city.page()
        city.time += LONGEST + 1
        return await city.page()

    assert asyncio.run(run()) == "<p>2</p>"


@pytest.mark.parametrize("until", ["tomorrow", "2026-11-21T18:00:00", "0", "9" * 400])
def test_a_moment_that_is_none_keeps_nothing(until):
    async def run():
        city = City()
        city.lasts = 0
        city.headers = [(b"x-allmende-until", until.encode())]
        got = [await city.page(), await city.page()]
        return got, city.cache.bytes

    assert asyncio.run(run()) == (["<p>1</p>", "<p>2</p>"], 0)


def test_while_changes_are_not_heard_pages_are_kept_for_one_second():
    async def run():
        city = City()
        await city.page()
        city.time += 100
        city.versions.silent_since = city.time - 0.5
        still = await city.page()
        city.time += 0.51
        new = await city.page()
        city.time += 0.99
        kept = await city.page()
        city.time += 0.02
        return still, new, kept, await city.page()

    assert asyncio.run(run()) == ("<p>1</p>", "<p>2</p>", "<p>2</p>", "<p>3</p>")


def test_a_page_that_is_no_longer_public_is_not_shown_again():
    async def run():
        city = City()
        await city.page()
        city.versions.bump()
        city.status = 404
        found = await city.cache.find(KEYS.key(scope_for(), trusted=False), scope_for())
        return found, city.cache.bytes

    assert asyncio.run(run()) == (None, 0)


def test_people_who_waited_for_a_page_that_is_not_public_are_answered_one_by_one():
    async def run():
        city = City()
        city.headers = [(b"set-cookie", b"a=1")]
        key = KEYS.key(scope_for(), trusted=False)
        city.gate.clear()
        waiting = [asyncio.create_task(city.cache.find(key, scope_for())) for _ in range(3)]
        await asyncio.sleep(0.01)
        city.gate.set()
        found = [await task for task in waiting]
        return [type(one).__name__ for one in found], await city.cache.find(key, scope_for())

    assert asyncio.run(run()) == (["Answer", "NoneType", "NoneType"], None)


def test_a_full_house_is_told_to_everybody_who_waits():
    async def run():
        city = City()

        async def full(_scope):
            raise BusyError

        city.cache.ask = full
        return [answer.status for answer in await asyncio.gather(*(city.get() for _ in range(3)))]

    assert asyncio.run(run()) == [503, 503, 503]


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


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(minutes=20)), st.integers(0, 1200))
def test_a_page_is_never_shown_after_the_moment_it_named(lasts, later):
    async def run():
        city = City()
        city.lasts = lasts.total_seconds() or 0.001
        await city.page()
        city.time += later
        shown = await city.page()
        assert shown == ("<p>1</p>" if later < min(city.lasts, LONGEST) and city.made == 1 else "<p>2</p>")

    asyncio.run(run())
