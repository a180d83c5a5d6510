"""Reachable by everyone: axe finds nothing, nothing scrolls sideways, is blocked or comes from elsewhere."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Watch, wait_for_maps, wait_until
from tests.walk import ALL

AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
COMBINATIONS = [(lang, theme, width) for lang in ("de", "en") for theme in ("light", "dark") for width in (1280, 360)]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FIND = """async tags => {
  const options = {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], preload: {assets: ['media']}};
  return (await axe.run(document, options)).violations;
}"""
FACTS = """() => ({
  headings: document.querySelectorAll('h1').length,
  lang: document.documentElement.lang,
  title: document.title,
  blocked: window.__violations,
})"""
SIDEWAYS = """() => {
  const wide = document.documentElement;
  const over = wide.scrollWidth - wide.clientWidth;
  if (over <= 0) return '';
  const found = [...document.querySelectorAll('body *')].filter(
    one => one.getBoundingClientRect().right > wide.clientWidth + 1 && !one.closest('.table, [tabindex="0"]'));
  const names = found.map(one => one.tagName.toLowerCase() + '.' + [...one.classList].join('.'));
  return over + ' px: ' + names.slice(-4).join(' ');
}"""


def looks_at(number: int, personas: list[str]) -> list[tuple[str, str, str, int]]:
    """How a page is looked at: (persona, language, theme, width).

    Two of the eight combinations for each page, others tomorrow; with ALLMENDE_AXE=all (`make test-all`) each of them.
    Whoever may do most on the page sees other buttons than who may do least: both look.
    """
    least, most = personas[0], personas[-1]
    turn = (number + dt.datetime.now(tz=dt.UTC).toordinal()) % 4
    one, other = COMBINATIONS[turn], COMBINATIONS[7 - turn]
    if not ALL:
        return [(least, *one), (most, *other)]
    return [(least, *each) for each in COMBINATIONS] + ([(most, *one), (most, *other)] if most != least else [])


MUST_BE_FILLED = 'main form[method="post"] :is([required], [aria-required="true"])'
SEND_EMPTY = """() => {
  const must = '[required], [aria-required="true"]';
  const form = [...document.querySelectorAll('main form[method="post"]')].find(one => one.querySelector(must));
  for (const field of form.querySelectorAll(must)) {
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = false;
    else field.value = '';
  }
  const [button] = form.querySelectorAll('button:not([type="button"])');
  setTimeout(() => form.requestSubmit(button), 0);
}"""
LEADS_NOWHERE = """() => [...document.querySelectorAll('.errors a[href^="#"]')]
  .map(one => one.getAttribute('href')).filter(target => !document.querySelector(target))"""


class Readers:
    """One browser per persona, kept for all pages: starting a new one would take longer than reading the page."""

    def __init__(self, city, browser) -> None:
        self.city, self.browser = city, browser
        self.pages: dict[str, tuple] = {}
        self.themes: dict[str, str] = {}

    def page(self, persona: str, *, width: int = 1280, theme: str = "light"):
        """The persona's page in this width and theme, and the watch over it."""
        if persona not in self.pages:
            state = self.city.session(self.browser, persona)
            context = self.browser.new_context(
                base_url=self.city.url, storage_state=state, reduced_motion="reduce", locale="de-DE"
            )
            context.add_init_script(AXE)  # kept by the browser: sent once, not once a page
            self.pages[persona] = (context.new_page(), Watch(context, self.city))
        page, watch = self.pages[persona]
        if page.viewport_size != (size := {"width": width, "height": 900}):
            page.set_viewport_size(size)
        if self.themes.get(persona) != theme:
            self.themes[persona] = theme
            page.emulate_media(color_scheme=theme)
            page.context.add_cookies([{"name": f"{self.city.name}_theme", "value": theme, "url": self.city.url}])
        watch.faults.clear()
        return page, watch

    def close(self) -> None:
        for page, _watch in self.pages.values():
            page.context.close()


def found_by_axe(page) -> list[str]:
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE)
    return [
        f"{row['id']}: {row['help']}: {[(node['target'], node['html'][:120]) for node in row['nodes']][:4]}"
        for row in page.evaluate(FIND, TAGS)
    ]


def resized(page, width: int, *, text: str = "100%") -> str:
    """What stands out when the window has this width and text this size."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", text)
    wait_until(page, f"innerWidth === {width}")
    return page.evaluate(SIDEWAYS)


@dataclass
class Look:
    """What one persona saw of a page in one language, theme and width."""

    name: str
    path: str
    persona: str
    language: str
    theme: str
    width: int
    kind: str
    status: int
    facts: dict[str, Any]
    problems: list[str]
    sideways: str
    faults: list[str]
    must_be_filled: bool
    narrow: str = ""
    """What stands out at 320 px, and with text at 200 %: for one German look of each page."""
    large: str = ""


@pytest.fixture(scope="module")
def readers(city, browser) -> Iterator[Readers]:
    made = Readers(city, browser)
    yield made
    made.close()


@pytest.fixture(scope="module")
def looks(city, readers) -> list[Look]:
    """Every page, opened once for each way to look at it; the tests below say what had to be there.

    One persona after the other, one width and theme after the other: each change has the page before drawn once more.
    """
    found: dict[tuple[int, int], Look] = {}
    planned = [
        (way, number, turn, entry)
        for number, entry in enumerate(city.pages())
        for turn, way in enumerate(looks_at(number, entry["personas"]))
    ]
    for way, number, turn, entry in sorted(planned, key=lambda row: (row[0][0], row[0][2:], row[1:3])):
        persona, language, theme, width = way
        page, watch = readers.page(persona, width=width, theme=theme)
        answer = page.goto(("/en" if language == "en" else "") + entry["path"])
        wait_for_maps(page)
        problems, facts = found_by_axe(page), page.evaluate(FACTS)
        look = found[number, turn] = Look(
            entry["name"], page.url.split("?")[0], persona, language, theme, width,
            answer.headers["content-type"], answer.status, facts, problems, page.evaluate(SIDEWAYS),
            [*watch.faults, *facts["blocked"]], page.locator(MUST_BE_FILLED).count() > 0,
        )  # fmt: skip
        if turn == 0:  # German, as whoever may do least
            look.narrow = resized(page, 320)
            look.large = resized(page, 1280, text="200%")
    return [look for _place, look in sorted(found.items())]


def test_axe_finds_nothing_on_any_page(looks, subtests):
    for look in looks:
        said = {"page": look.name, "persona": look.persona, "language": look.language}
        with subtests.test(**said, theme=look.theme, width=look.width):
            assert "text/html" in look.kind
            assert look.status == 200
            assert not look.problems, look.problems
            assert not look.sideways
            assert look.facts["headings"] == 1
            assert look.facts["lang"] == look.language
            assert not look.faults, look.faults


def test_every_title_is_unique_and_nothing_scrolls_sideways_at_320_pixels_or_with_text_at_200_percent(
    city, looks, subtests
):
    titles: dict[str, str] = {}
    german: dict[str, Look] = {}
    for look in looks:
        if look.language == "de":
            german.setdefault(look.name, look)
    assert german.keys() == {entry["name"] for entry in city.pages()}
    for look in german.values():
        with subtests.test(page=look.name):
            assert (look.narrow, look.large) == ("", "")
            title = look.facts["title"]
            assert titles.setdefault(title, look.path) == look.path, f"{title!r} also titles {titles[title]}"


def test_a_form_that_comes_back_says_what_is_missing(city, looks, readers, subtests):
    """Sent empty: title and summary say so, every line of it leads to its field, axe finds nothing there either."""
    tried = 0
    fillable = {(look.name, look.persona) for look in looks if look.must_be_filled}
    for number, entry in enumerate(city.pages()):
        for persona in (entry["personas"][-1], entry["personas"][0]):
            if (entry["name"], persona) not in fillable:
                continue
            _persona, language, theme, width = looks_at(number, [persona])[0]
            with subtests.test(page=entry["name"], persona=persona, language=language, theme=theme, width=width):
                page, watch = readers.page(persona, width=width, theme=theme)
                page.goto(("/en" if language == "en" else "") + entry["path"])
                with page.expect_navigation() as coming:
                    page.evaluate(SEND_EMPTY)
                tried += 1
                assert coming.value.status == 422
                assert page.title().startswith("Fehler:" if language == "de" else "Error:")
                wait_until(page, "document.activeElement.closest('.errors') !== null")  # autofocus comes with a drawing
                assert page.locator(".errors a").count() >= 1
                assert not page.evaluate(LEADS_NOWHERE)
                assert page.locator("[aria-invalid=true]").count() >= 1
                problems = found_by_axe(page)
                assert not problems, problems
                assert not page.evaluate(SIDEWAYS)
                watch.faults += page.evaluate("window.__violations")
                assert not watch.faults, watch.faults
            break
    assert tried > 10
