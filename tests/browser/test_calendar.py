"""A visitor finds an event, narrows the list, registers and takes it into their own calendar: by keyboard alone."""

import re
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_when, wait_until
from tests.browser.test_journey import enter, tab_to

pytestmark = pytest.mark.browser


def test_a_visitor_finds_narrows_registers_and_takes_the_event_along(page: Page) -> None:
    page.goto("/")
    enter(page, "Kalender")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was ist los in der Stadt?")
    tab_to(page, "Auswahl einschränken")
    page.keyboard.press("Enter")
    tab_to(page, "Was?")
    page.keyboard.type("Barcamp")
    enter(page, "Anwenden")
    assert "kind=barcamp" in page.url
    titles = page.locator("#dates h3").all_inner_texts()
    assert titles
    assert all(title.startswith("Barcamp") for title in titles)

    enter(page, "Barcamp: Wirtschaft")
    expect(page.get_by_text("Plätze sind noch frei")).to_be_visible()
    before = int(re.search(r"(\d+) Plätze sind noch frei", page.locator("main").inner_text())[1])
    enter(page, "Anmelden: Barcamp: Wirtschaft")
    enter(page, "Platz sichern")  # empty: the page comes back and says what is missing
    expect(page).to_have_title(re.compile("^Fehler:"))
    tab_to(page, "Ihr Name")  # its line in the summary, which leads to the field
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Ihr Name")).to_be_focused()
    page.keyboard.type("Linde 7")
    tab_to(page, "per E-Mail")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    wait_until(page, "document.querySelector('[data-proof]').value !== ''")  # the browser has worked meanwhile
    enter(page, "Platz sichern")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind angemeldet")
    expect(page.get_by_text(re.compile(r"G-\d{4}-\d{6}"))).to_be_visible()

    tab_to(page, "In den eigenen Kalender")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    (entry,) = Calendar.from_ical(Path(waiting.value.path()).read_bytes()).walk("VEVENT")
    assert str(entry["SUMMARY"]) == "Barcamp: Wirtschaft"
    assert str(entry["STATUS"]) == "CONFIRMED"
    assert entry["DTSTART"].dt < entry["DTEND"].dt

    enter(page, "Platz freigeben")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind abgemeldet")
    page.goto("/kalender/?kind=barcamp")
    enter(page, "Barcamp: Wirtschaft")
    open_when(page, page.url, page.locator("main").get_by_text(re.compile(rf"\b{before} Plätze sind noch frei")))


def test_the_month_is_a_table_on_a_desk_and_a_list_on_a_phone(page: Page) -> None:
    page.goto("/kalender/monat/")
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("columnheader")).to_have_count(7)
    page.set_viewport_size({"width": 360, "height": 800})
    expect(page.get_by_role("table")).to_have_count(0)
    expect(page.locator(".month-list")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_another_website_shows_the_list_in_a_frame(browser: Browser, city: City) -> None:
    """A page of another origin may frame the list, and nothing else of the portal."""
    context = browser.new_context()
    page = context.new_page()
    page.route(
        "http://elsewhere.example/",
        lambda route: route.fulfill(
            body="".join(f'<iframe src="{city.url}/kalender/{path}"></iframe>' for path in ("einbetten/liste/", "")),
            content_type="text/html",
        ),
    )
    page.goto("http://elsewhere.example/")
    frames = page.frames[1:]
    expect(frames[0].get_by_role("heading", name="Nächste Termine")).to_be_visible()
    assert frames[1].get_by_role("heading", level=1).count() == 0
    context.close()
