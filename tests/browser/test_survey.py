"""A survey on a telephone of 360 pixels: answered page by page, gone on with on another device, entered from paper."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import City, Watch
from tests.browser.test_journey import press, sign_in_as

SURVEY = "Wie finden Sie dieses Portal?"


@pytest.fixture
def telephones(browser: Browser, city: City) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """Two of them; nothing may be blocked, fetched elsewhere or thrown, and no page is wider than they are."""
    made = [
        browser.new_context(base_url=city.url, locale="de-DE", viewport={"width": 360, "height": 740})
        for _each in range(2)
    ]
    watches = [Watch(one, city) for one in made]
    yield made[0], made[1]
    for one, watch in zip(made, watches, strict=True):
        for page in one.pages:
            watch.faults += page.evaluate("window.__violations || []")
        one.close()
    assert not [fault for watch in watches for fault in watch.faults]


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url


def begin(page: Page) -> None:
    page.goto("/umfragen/")
    fits(page)
    press(page, page.get_by_role("link", name=SURVEY))
    fits(page)
    press(page, page.get_by_role("link", name=re.compile("Jetzt antworten")))
    fits(page)
    press(page, page.get_by_role("button", name="Beginnen"))


def test_a_survey_is_answered_on_a_telephone_and_gone_on_with_on_another(telephones):
    first, second = (one.new_page() for one in telephones)
    begin(first)
    fits(first)
    first.get_by_role("checkbox", name="etwas nachlesen").check()
    first.get_by_role("radio", name="ja", exact=True).check()
    press(first, first.get_by_role("button", name="Weiter"))
    fits(first)
    first.get_by_text("Später weitermachen").click()
    code = first.locator(".code").inner_text()

    second.goto("/umfragen/")
    press(second, second.get_by_role("link", name=SURVEY))
    press(second, second.get_by_role("link", name="Angefangene Antworten fortsetzen"))
    second.get_by_label("Code zum Fortsetzen").fill(code.lower())
    press(second, second.get_by_role("button", name="Weitermachen"))
    fits(second)
    expect(second.get_by_text("Hier geht es für Sie weiter: Seite 2 von 2.")).to_be_visible()
    press(second, second.get_by_role("button", name="Zurück"))
    expect(second.get_by_role("checkbox", name="etwas nachlesen")).to_be_checked()
    press(second, second.get_by_role("button", name="Weiter"))
    second.get_by_label(re.compile("^Was sollen wir zuerst verbessern")).fill("Größere Schrift bitte 🙂")
    press(second, second.get_by_role("button", name="Weiter"))
    expect(second.get_by_role("heading", name="Stimmt alles?")).to_be_visible()
    expect(second.get_by_text("etwas nachlesen")).to_be_visible()
    expect(second.get_by_text("Größere Schrift bitte 🙂")).to_be_visible()
    fits(second)
    press(second, second.get_by_role("button", name="Antworten absenden"))
    expect(second.get_by_role("heading", name="Danke für Ihre Antworten")).to_be_visible()
    fits(second)

    first.goto("/umfragen/")
    press(first, first.get_by_role("link", name=SURVEY))
    press(first, first.get_by_role("link", name=re.compile("Jetzt antworten")))
    expect(first.get_by_role("heading", name="Bevor Sie beginnen")).to_be_visible()


def test_a_clerk_enters_what_came_on_paper(telephones):
    page = telephones[0].new_page()
    sign_in_as(page, "Beispiel: Sachbearbeitung")
    page.goto("/umfragen/")
    press(page, page.get_by_role("link", name=SURVEY))
    press(page, page.get_by_role("link", name="Papier eingeben"))
    fits(page)
    press(page, page.get_by_role("button", name="Bogen eingeben"))
    expect(page.get_by_role("heading", name=re.compile("^Bitte prüfen Sie"))).to_be_visible()
    page.get_by_role("radio", name="nein", exact=True).check()
    press(page, page.get_by_role("button", name="Bogen eingeben"))
    if page.get_by_text("weitere Fragen").count():  # „Was haben Sie vermisst?“ came up by the answer
        press(page, page.get_by_role("button", name="Bogen eingeben"))
    expect(page.get_by_text("Der Bogen ist eingegeben. Der nächste bitte.")).to_be_visible()
