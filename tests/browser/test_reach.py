"""Reachable by everyone: axe finds nothing, nothing scrolls sideways, is blocked or comes from elsewhere."""

import datetime as dt
import os
from pathlib import Path

import pytest

AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
COMBINATIONS = [(lang, theme, width) for lang in ("de", "en") for theme in ("light", "dark") for width in (1280, 360)]
ALL = os.environ.get("ALLMENDE_AXE") == "all"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def combinations_for(number: int) -> list[tuple[str, str, int]]:
    """Two of the eight for each page, others tomorrow; all of them with ALLMENDE_AXE=all (`make test-all`)."""
    if ALL:
        return COMBINATIONS
    turn = (number + dt.datetime.now(tz=dt.UTC).toordinal()) % 4
    return [COMBINATIONS[turn], COMBINATIONS[7 - turn]]


SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_axe_finds_nothing_on_any_page(city, browser, subtests):
    sessions: dict[str, dict] = {}
    for number, entry in enumerate(city.pages()):
        for language, theme, width in combinations_for(number):
            with subtests.test(page=entry["name"], language=language, theme=theme, width=width):
                state = sessions.setdefault(entry["persona"], city.session(browser, entry["persona"]))
                context = browser.new_context(
                    base_url=city.url,
                    storage_state=state,
                    color_scheme="dark" if theme == "dark" else "light",
                    viewport={"width": width, "height": 900},
                    reduced_motion="reduce",
                )
                try:
                    _look(context, city, entry, language, theme)
                finally:
                    context.close()


def _look(context, city, entry, language, theme) -> None:
    from tests.browser.conftest import Watch

    watch = Watch(context, city)
    context.add_cookies([{"name": f"{city.name}_theme", "value": theme, "url": city.url}])
    page = context.new_page()
    prefix = "/en" if language == "en" else ""
    answer = page.goto(prefix + entry["path"])
    if answer is None or "text/html" not in answer.headers.get("content-type", ""):
        pytest.skip("no page")
    assert answer.status == 200
    page.evaluate(AXE)
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    problems = [
        f"{row['id']}: {row['help']}: {[node['target'] for node in row['nodes']][:4]}" for row in found["violations"]
    ]
    assert not problems, problems
    assert page.evaluate(SIDEWAYS) <= 0, "the page scrolls sideways"
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    assert page.evaluate("document.documentElement.lang") == language
    watch.faults += page.evaluate("window.__violations")
    assert not watch.faults, watch.faults


def test_every_title_is_unique(city, browser):
    titles: dict[str, str] = {}
    for entry in city.pages():
        context = browser.new_context(base_url=city.url, storage_state=city.session(browser, entry["persona"]))
        page = context.new_page()
        page.goto(entry["path"])
        title, path = page.title(), page.url
        context.close()
        assert titles.setdefault(title, path) == path, f"{title!r} is the title of {titles[title]} and {path}"


def test_nothing_scrolls_sideways_at_320_pixels_and_with_text_at_200_percent(city, browser, subtests):
    for entry in city.pages():
        with subtests.test(page=entry["name"]):
            context = browser.new_context(
                base_url=city.url,
                storage_state=city.session(browser, entry["persona"]),
                viewport={"width": 320, "height": 800},
            )
            page = context.new_page()
            page.goto(entry["path"])
            narrow = page.evaluate(SIDEWAYS)
            page.set_viewport_size({"width": 1280, "height": 900})
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            large = page.evaluate(SIDEWAYS)
            context.close()
            assert (narrow, large) == (0, 0)
