"""Nobody in where they don't belong: every address as every persona, against the matrix that the manifests declare."""

from django.utils.translation import override

from allmende.core.manifest import Persona
from tests.walk import clients, own_url_names, walks

FROM_PROJECT = {"interfaces", "openapi"}
"""Composed by the project itself, open to everyone."""
SAME_PLACE = {"account_request_login_code"}
"""Second names of an address that is declared: `account_login`."""


def test_every_address_is_declared_by_a_manifest():
    from allmende.core import manifest

    declared = {page.url_name for room in manifest.registry().values() for page in room.pages}
    undeclared = own_url_names() - declared - FROM_PROJECT - SAME_PLACE
    assert not undeclared


def test_every_address_opens_for_whom_it_is_declared_and_for_nobody_else(full_city, subtests):
    people = clients()
    for walk in walks():
        for persona, client in people.items():
            with subtests.test(page=walk.name, persona=persona.value):
                response = client.get(walk.path)
                status = response.status_code
                target = response.headers.get("Location", "")
                to_login = status in {301, 302} and "/konto/anmelden" in target
                if persona in walk.page.open_to:
                    if walk.page.post_only:
                        assert status == 405, f"{walk.path} answers GET with {status}"
                    else:
                        assert status in {200, 204, 301, 302, 303}, f"{walk.path} gives {status}"
                        assert not to_login, f"{walk.path} asks {persona} to sign in"
                else:
                    allowed = {403, 404, 405} if persona != Persona.VISITOR else {401, 403, 404, 405}
                    assert status in allowed or to_login, f"{walk.path} opens for {persona}: {status}"


def test_a_page_asks_the_database_at_most_fifteen_times(full_city, subtests, django_assert_max_num_queries):
    from django.test import Client

    from allmende.core import city

    people = clients()
    for walk in walks():
        if walk.page.post_only or not walk.page.open_to:
            continue
        persona = min(walk.page.open_to, key=list(Persona).index)
        client: Client = people[persona]
        city.forget()
        client.get(walk.path)  # fills what a process keeps
        with subtests.test(page=walk.name), django_assert_max_num_queries(15):
            client.get(walk.path)


def test_english_pages_hold_no_german_interface_text(full_city, subtests):
    """Every sentence of the interface is translated; people's own words are marked with their language."""
    import re

    people = clients()
    telltale = re.compile(r"\b(und|oder|nicht|werden|Ihre?[nmrs]?|mit|für|zurück|bitte)\b")
    for walk in walks():
        if walk.page.post_only or not walk.page.axe or not walk.page.open_to:
            continue
        persona = min(walk.page.open_to, key=list(Persona).index)
        with subtests.test(page=walk.name), override("en"):
            response = people[persona].get(walk.address("en"))
            if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
                continue
            text = response.content.decode()
            text = re.sub(r"<(script|style|head)\b.*?</\1>", " ", text, flags=re.DOTALL)
            text = strip_marked(text)
            found = telltale.findall(text)
            assert not found, (
                walk.path,
                [text[max(0, m.start() - 60) : m.end() + 60] for m in telltale.finditer(text)][:3],
            )


def strip_marked(html: str) -> str:
    """The text of a page without elements that carry another `lang` than the page."""
    from html.parser import HTMLParser

    void = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.stack: list[bool] = []
            self.words: list[str] = []

        def handle_starttag(self, tag, attrs):
            if tag in void:
                return
            language = dict(attrs).get("lang")
            inherited = self.stack[-1] if self.stack else False
            self.stack.append(inherited if language is None else language != "en")

        def handle_endtag(self, tag):
            if tag not in void and self.stack:
                self.stack.pop()

        def handle_data(self, data):
            if not (self.stack and self.stack[-1]):
                self.words.append(data)

    reader = Reader()
    reader.feed(html)
    return " ".join(reader.words)
