"""Reachable by everyone: axe finds nothing, nothing scrolls sideways, is blocked or comes from elsewhere."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Watch, wait_until
from tests.walk import ALL

AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
COMBINATIONS = [(lang, theme, width) for lang in ("de", "en") for theme in ("light", "dark") for width in (1280, 360)]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FIND = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
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

    def page(self, persona: str, *, width: int = 1280, theme: str = "light"):
        """The persona's page in this width and theme, and the watch over it."""
        if persona not in self.pages:
            state = self.city.session(self.browser, persona)
            context = self.browser.new_context(
                base_url=self.city.url, storage_state=state, reduced_motion="reduce", locale="de-DE"
            )
            self.pages[persona] = (context.new_page(), Watch(context, self.city))
        page, watch = self.pages[persona]
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.context.add_cookies([{"name": f"{self.city.name}_theme", "value": theme, "url": self.city.url}])
        watch.faults.clear()
        return page, watch

    def close(self) -> None:
        for page, _watch in self.pages.values():
            page.context.close()


def found_by_axe(page) -> list[str]:
    page.evaluate(AXE)
    return [
        f"{row['id']}: {row['help']}: {[(node['target'], node['html'][:120]) for node in row['nodes']][:4]}"
        for row in page.evaluate(FIND, TAGS)["violations"]
    ]


@pytest.fixture(scope="module")
def readers(city, browser) -> Iterator[Readers]:
    made = Readers(city, browser)
    yield made
    made.close()


def test_axe_finds_nothing_on_any_page(city, readers, subtests):
    for number, entry in enumerate(city.pages()):
        for persona, language, theme, width in looks_at(number, entry["personas"]):
            with subtests.test(page=entry["name"], persona=persona, language=language, theme=theme, width=width):
                page, watch = readers.page(persona, width=width, theme=theme)
                answer = page.goto(("/en" if language == "en" else "") + entry["path"])
                assert "text/html" in answer.headers["content-type"]
                assert answer.status == 200
                problems = found_by_axe(page)
                assert not problems, problems
                assert not page.evaluate(SIDEWAYS)
                assert page.locator("h1").count() == 1
                assert page.evaluate("document.documentElement.lang") == language
                watch.faults += page.evaluate("window.__violations")
                assert not watch.faults, watch.faults


def test_every_title_is_unique_and_nothing_scrolls_sideways_at_320_pixels_or_with_text_at_200_percent(
    city, readers, subtests
):
    titles: dict[str, str] = {}
    for entry in city.pages():
        with subtests.test(page=entry["name"]):
            page, _watch = readers.page(entry["personas"][0], width=320)
            page.goto(entry["path"])
            title, path = page.title(), page.url.split("?")[0]
            narrow = page.evaluate(SIDEWAYS)
            page.set_viewport_size({"width": 1280, "height": 900})
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            large = page.evaluate(SIDEWAYS)
            assert (narrow, large) == ("", "")
            assert titles.setdefault(title, path) == path, f"{title!r} is the title of {titles[title]} and {path}"


def test_a_form_that_comes_back_says_what_is_missing(city, readers, subtests):
    """Sent empty: title and summary say so, every line of it leads to its field, axe finds nothing there either."""
    tried = 0
    for number, entry in enumerate(city.pages()):
        for persona in dict.fromkeys([entry["personas"][-1], entry["personas"][0]]):
            _persona, language, theme, width = looks_at(number, [persona])[0]
            with subtests.test(page=entry["name"], persona=persona, language=language, theme=theme, width=width):
                page, watch = readers.page(persona, width=width, theme=theme)
                page.goto(("/en" if language == "en" else "") + entry["path"])
                if page.locator(MUST_BE_FILLED).count() == 0:
                    continue
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
