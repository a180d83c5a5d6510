"""Bad input never ends in an error of ours: every form and every endpoint, fed with what nobody should send."""

from html.parser import HTMLParser
from urllib.parse import quote
from uuid import UUID

import pytest
from django.conf import settings as city_settings
from django.http import QueryDict
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from allmende.core.manifest import Persona
from tests.walk import EAGER, clients, undone, walks

CITY_ID = city_settings.CITY_ID
HOSTILE = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ["", "\x00", "' OR 1=1 --", "<script>alert(1)</script>", "{{ 7*7 }}", "\u202e", "a" * 5000, "9" * 20,
         "-1", "0", "2026-02-30", "../../etc/passwd", "%00", "\U0001f600" * 50, "NaN", "on", "true", "null"]
    ),
)  # fmt: skip


class Forms(HTMLParser):
    """The forms of a page: (action, method, names of fields)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, set[str]]] = []
        self.open = False

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self.found.append((values.get("action") or "", (values.get("method") or "get").lower(), set()))
            self.open = True
        elif tag in {"input", "textarea", "select", "button"} and self.open and values.get("name"):
            self.found[-1][2].add(values["name"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = False


def most_trusted(walk, people):
    """A client of whoever gets deepest into the page; what is open to nobody, the administrator tries."""
    return people[max(walk.page.open_to, key=list(Persona).index, default=Persona.ADMINISTRATOR)]


def attack(client, target: str, method: str, names: list[str]) -> None:
    """Sends hostile values for any of the fields; no answer may be an error of ours."""
    send = client.post if method == "post" else client.get

    @settings(EAGER, max_examples=10)
    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(names, HOSTILE)))
    def once(values):
        with undone():
            response = send(target, values)
        assert response.status_code < 500, (target, values)

    once()


def test_no_form_of_any_page_ever_breaks(full_city, subtests):
    people = clients()
    seen: set[tuple[str, str, frozenset[str]]] = set()
    for walk in list(walks()):
        client = most_trusted(walk, people)
        page = client.get(walk.path)
        if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
            continue
        forms = Forms()
        forms.feed(page.content.decode())
        for action, method, names in forms.found:
            target = action.split("?")[0] or walk.path.split("?")[0]
            key = (target, method, frozenset(names))
            if key in seen or "abmelden" in target:
                continue
            seen.add(key)
            with subtests.test(page=walk.name, form=target, method=method):
                attack(client, target, method, sorted(names))


@pytest.fixture
def keys_read(monkeypatch) -> set[str]:
    """The keys that code looks for in a query string, as it looks for them."""
    keys: set[str] = set()

    def watched(name: str):
        original = getattr(QueryDict, name)

        def look(self, key, *more, **named):
            if isinstance(key, str):
                keys.add(key)
            return original(self, key, *more, **named)

        return look

    for name in ("__getitem__", "__contains__", "get", "getlist"):
        monkeypatch.setattr(QueryDict, name, watched(name))
    return keys


def test_hostile_query_strings_never_break_a_page(full_city, keys_read, subtests):
    """Every value for every key that a page reads: alone, so that no other key ends the request before."""
    bad = ["%00", "%FF%FE%F0%9F%98%80", "%27%20OR%201=1..%2f..", "9" * 40, "-1", "[{{7*7}}]" + "x" * 3000]
    people = clients()
    for walk in list(walks()):
        client, path = most_trusted(walk, people), walk.path.split("?")[0]
        keys_read.clear()
        client.get(walk.path)
        with subtests.test(page=walk.name):
            for key in sorted({*keys_read, *walk.page.cache_query} - {"csrfmiddlewaretoken"}) or ["q"]:
                for value in bad:
                    with undone():
                        response = client.get(f"{path}?{key}={value}")
                    assert response.status_code < 500, (walk.path, key, value)


MADE_UP = {
    int: [0, 10**9, 10**40],
    str: ["a" * 2000, "-", "%00", "%F0%9F%98%80", "..%2f..%2fetc"],
    UUID: [UUID(int=0), UUID(int=2**128 - 1)],
}


def test_made_up_addresses_never_break_a_page(full_city, subtests):
    people = clients()
    for walk in list(walks()):
        kwargs = dict(walk.page.kwargs() or {})
        for name, value in kwargs.items():
            with subtests.test(page=walk.name, argument=name):
                example = quote(str(value))
                for other in MADE_UP[type(value)]:
                    path = walk.path.replace(f"/{example}", f"/{other}", 1)
                    assert most_trusted(walk, people).get(path).status_code < 500, path


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": f'{CITY_ID}_session="\\000"'},
        {"cookie": f"{CITY_ID}_session={'x' * 3000}; {CITY_ID}_theme=<script>; {CITY_ID}_language=xx"},
        {"cookie": ";;=;\xff\xfe=\xff"},
        {"accept-language": "xx-" + "q=" * 500},
        {"hx-request": "true", "hx-target": "\x01", "hx-current-url": "http://[", "referer": "http://["},
        {"x-forwarded-for": "\x00, nobody", "x-forwarded-proto": "gopher", "x-request-id": "\x01" * 50},
        {"authorization": "Bearer \xff\x00", "idempotency-key": "\x00" * 300},
        {"if-none-match": "W/", "if-modified-since": "yesterday", "range": "bytes=9-1"},
        {"content-type": "multipart/form-data; boundary=", "content-length": "-1"},
        {"host": "localhost:port"},
        {"host": "\x00"},
    ],
    ids=" ".join,
)
def test_hostile_headers_never_break_a_page(full_city, headers):
    client = Client(headers={"host": "localhost"})
    for path in ("/", "/suche/?q=baum", "/mitmachen/ideen/neu/", "/api/v1/participation/ideas"):
        for send in (client.get, client.post):
            response = send(path, headers=headers)
            assert response.status_code < 500, (send.__name__, path)
