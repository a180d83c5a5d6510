import re
from html.parser import HTMLParser

import pytest


class Tree(HTMLParser):
    """Flat view of a page: every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag, **attributes):
        return [
            found
            for name, found in self.elements
            if name == tag
            and all(found.get(key.rstrip("_").replace("_", "-")) == value for key, value in attributes.items())
        ]

    @property
    def ids(self):
        return [found["id"] for _tag, found in self.elements if found.get("id")]

    def broken_references(self):
        """Labels, descriptions and links inside the page that lead nowhere."""
        known = set(self.ids)
        wanted = set()
        for _tag, found in self.elements:
            for name in ("for", "aria-describedby", "aria-labelledby"):
                wanted |= set(found.get(name, "").split())
            if found.get("href", "").startswith("#") and found["href"] != "#":
                wanted.add(found["href"][1:])
        return wanted - known


@pytest.fixture
def tree():
    return Tree


@pytest.fixture
def no_inline():
    """Asserts that a page has nothing that the content security policy forbids."""

    def check(html: str) -> None:
        assert not re.search(r"<[^>]+\sstyle=", html), "inline style"
        assert not re.search(r"<style", html), "style element"
        assert not re.search(r"<[^>]+\son[a-z]+=", html), "handler in an attribute"
        for script in re.findall(r"<script[^>]*>", html):
            assert "src=" in script, script
        assert not re.search(r"(?:src|href|action)=\"https?://", html), "another host"

    return check
