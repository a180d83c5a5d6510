"""The opinion map from statement to bridging statement: by keyboard with scripts, and once without any."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import City, follow, wait_until
from tests.browser.test_journey import press

ANSWERED = re.compile(r"Sie haben zu (\d+) von (\d+) Aussagen etwas gesagt")
ANSWERS = ("Ich stimme zu", "Ich stimme nicht zu", "Überspringen")


def begin(page: Page) -> str:
    """From the list of surveys into the example's conversation; returns the address of its map."""
    page.goto("/umfragen/")
    follow(page, page.locator("main").get_by_role("link", name="Wie soll unsere Stadt 2037 sein?"))
    start = page.url
    press(page, page.get_by_role("link", name=re.compile("^Mitmachen ?: ")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sagen Sie, was Sie davon halten")
    return start


def bridging(page: Page) -> str:
    """The first statement that all groups share, with its counts, above the groups and above the picture."""
    headings = page.locator("main h2").all_inner_texts()
    assert headings.index("Darin sind sich alle Gruppen einig") < headings.index("Diese Gruppen zeigen sich")
    assert headings.index("Diese Gruppen zeigen sich") < headings.index("Die Karte als Bild")
    first = page.locator("section[aria-labelledby=shared] li").first
    expect(first).to_contain_text(re.compile(r"Gruppe A: \d+ von \d+ stimmen"))
    return first.locator("p").first.inner_text()


def test_from_statement_to_bridge_by_keyboard(page: Page, city: City) -> None:
    assert city.url
    start = begin(page)
    press(page, page.get_by_role("button", name="Anfangen"))
    expect(page.locator("#statement")).to_be_visible()
    for turn in range(8):
        said = page.locator("#statement").inner_text()
        page.get_by_role("button", name=ANSWERS[turn % 3], exact=True).press("Enter")
        wait_until(page, f"document.querySelector('#sitting').innerText.includes('zu {turn + 1} von')")
        assert page.locator("#statement").inner_text() != said
        expect(page.locator("#statement")).to_be_focused()
    expect(page.locator("#sitting")).to_contain_text(re.compile("stehen Sie zurzeit der Gruppe [A-E] am nächsten"))

    press(page, page.get_by_role("link", name="Eigene Aussage schreiben"))
    page.get_by_label("Ihre Aussage").fill("An jeder Haltestelle soll ein Baum stehen.")
    press(page, page.get_by_role("button", name="Aussage einreichen"))
    expect(page.get_by_text("Danke. Ihre Aussage wird geprüft.")).to_be_visible()

    press(page, page.get_by_role("link", name="Zum Ergebnis"))
    assert page.url == start
    assert bridging(page)


def test_the_same_without_scripts(plain_page: Page) -> None:
    page = plain_page
    begin(page)
    follow(page, page.get_by_role("button", name="Anfangen"))
    for turn in range(3):
        number = page.locator("input[name=number]").input_value()
        follow(page, page.get_by_role("button", name=ANSWERS[turn], exact=True))
        found = ANSWERED.search(page.locator("#sitting").inner_text())
        assert found is not None
        assert int(found[1]) == turn + 1
        assert page.locator("input[name=number]").input_value() != number
    page.get_by_text("Letzte Antworten ändern").click()
    follow(page, page.locator("details[open] a").first)
    expect(page.locator("#sitting")).to_contain_text(re.compile("Ihre Antwort bisher: (Ich stimme|Über)"))
    follow(page, page.get_by_role("button", name="Ich stimme zu", exact=True))
    found = ANSWERED.search(page.locator("#sitting").inner_text())
    assert found is not None
    assert int(found[1]) == 3
    follow(page, page.get_by_role("link", name="Zum Ergebnis"))
    assert bridging(page)
