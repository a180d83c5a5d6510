"""From what came out of a survey to what rests on it: cited by keyboard, and both questions on the finding's page."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import City, open_when
from tests.browser.test_journey import press, sign_in_as

SURVEY = "Wie sind Sie unterwegs? Umfrage zur Mobilität"


def finding(page: Page) -> str:
    """The first result of the mobility survey, from the list of surveys on; returns its address."""
    page.goto("/umfragen/")
    main = page.locator("main")
    press(page, main.get_by_role("link", name=SURVEY))
    press(page, main.get_by_role("link", name=re.compile("^Ergebnisse lesen")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Was kam heraus?")
    press(page, main.locator("section.finding h2 a").first)
    return page.url


def test_a_finding_is_cited_and_leads_back_to_its_survey(page: Page, city: City) -> None:
    assert city.url
    sign_in_as(page, "Beispiel: Redaktion")
    here = finding(page)
    origins = page.locator("section[aria-labelledby=trace-origins]")
    outcomes = page.locator("section[aria-labelledby=trace-outcomes]")
    expect(origins.get_by_role("heading", name="Woher kommt das?")).to_be_visible()
    expect(origins).to_contain_text(SURVEY)
    expect(outcomes).to_contain_text("Noch beruft sich nichts auf dieses Ergebnis.")

    press(page, page.locator("section[aria-labelledby=cite]").get_by_role("link", name=re.compile("verknüpfen$")))
    page.get_by_label("Suchwort").fill("Energie und Umwelt")
    press(page, page.locator("main").get_by_role("button", name="Suchen"))
    page.locator("input[name=target]").first.check()
    page.get_by_label("Warum?").fill("Diese Sache beruht auf dem Ergebnis der Umfrage.")
    press(page, page.locator("main").get_by_role("button", name="Verknüpfen"))
    expect(page.get_by_text("Die Verknüpfung ist da.")).to_be_visible()

    open_when(page, here, outcomes.get_by_role("listitem"))
    open_when(page, here, origins.get_by_role("listitem"))
    expect(origins.get_by_role("listitem").first).to_contain_text(SURVEY)
    expect(outcomes).not_to_contain_text("Noch beruft sich nichts")
