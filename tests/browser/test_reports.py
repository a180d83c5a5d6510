"""Reporting a fault as people do it: on a phone, by keyboard, by what a screen reader is told, without a network."""

import re
import secrets

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import City, follow, wait_until

COUNT = """
from allmende.capabilities.reports.models import Report
print(Report.objects.filter(words="{words}").count())
"""
PROVEN = """
from allmende.capabilities.reports.models import Report
print(Report.objects.get(words="{words}").is_proven)
"""
PHONE = {"width": 360, "height": 740}


def reports_with(city: City, words: str) -> int:
    return int(city.manage("shell", "-v", "0", "-c", COUNT.format(words=words)).splitlines()[-1])


def fits(page: Page) -> None:
    """No sideways scrolling."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def phone(browser: Browser, city: City):
    context = browser.new_context(
        base_url=city.url, locale="de-DE", viewport=PHONE, geolocation={"longitude": 12.08, "latitude": 50.88},
        permissions=["geolocation"],
    )  # fmt: skip
    yield context
    context.close()


def test_a_report_takes_four_pages_on_a_narrow_phone(phone: BrowserContext, city: City):
    page, words = phone.new_page(), f"Die Laterne ist aus {secrets.token_hex(4)}"
    page.goto("/meldungen/neu/")
    page.get_by_label("Was ist los?").fill(words)
    fits(page)
    follow(page, page.get_by_role("button", name="Weiter"))
    page.get_by_role("textbox", name="Wo ist es?").fill("Hinter dem Haus am Bach")
    fits(page)
    follow(page, page.get_by_role("button", name="Weiter"))
    expect(page.get_by_role("radio", name="Straßenbeleuchtung")).to_be_checked()
    fits(page)
    follow(page, page.get_by_role("button", name="Weiter"))
    fits(page)
    wait_until(page, "document.querySelector('[name=_proof]').value !== ''")  # without a key pressed on this page
    follow(page, page.get_by_role("button", name="Meldung absenden"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke, Ihre Meldung ist da")
    fits(page)
    assert city.manage("shell", "-v", "0", "-c", PROVEN.format(words=words)).splitlines()[-1] == "True"


def press_to(page: Page, name: str, role: str) -> None:
    """Tab until the control of this role and name has the focus: nothing else is touched."""
    target = page.get_by_role(role, name=name)  # type: ignore[arg-type]
    for _press in range(80):
        if target.evaluate_all("found => found.some((one) => one === document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{role} {name} is not reached by keyboard")


def test_a_report_by_keyboard_alone(phone: BrowserContext, city: City):
    page, words = phone.new_page(), f"Das Schlagloch ist tief {secrets.token_hex(4)}"
    page.goto("/meldungen/neu/")
    press_to(page, "Was ist los?", "textbox")
    page.keyboard.type(words)
    press_to(page, "Weiter", "button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press_to(page, "Wo ist es?", "textbox")
    page.keyboard.type("Hinter dem Haus am Bach")
    press_to(page, "Weiter", "button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press_to(page, "Straße und Gehweg", "radio")
    press_to(page, "Weiter", "button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press_to(page, "Meldung absenden", "button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke, Ihre Meldung ist da")
    assert reports_with(city, words) == 1


def test_where_one_stands_is_a_place_by_keyboard_alone(phone: BrowserContext):
    page = phone.new_page()
    page.goto("/meldungen/neu/")
    page.get_by_role("textbox", name="Was ist los?").fill("Die Laterne ist aus.")
    follow(page, page.get_by_role("button", name="Weiter"))
    press_to(page, "Wo ich gerade bin", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Gewählt:")).to_be_visible()
    press_to(page, "Weiter", "button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was für ein Schaden ist es?")


def test_the_form_says_by_name_and_role_all_that_it_asks(page: Page):
    page.goto("/meldungen/neu/")
    said = page.locator("main").aria_snapshot()
    for line in ('heading "Was ist los?" [level=1]', 'textbox "Was ist los?"', 'button "Weiter"', 'link "112"'):
        assert line in said, said
    page.get_by_role("textbox", name="Was ist los?").fill("Die Laterne ist aus.")
    follow(page, page.get_by_role("button", name="Weiter"))
    said = page.locator("main").aria_snapshot()
    for line in ('textbox "Wo ist es?"', 'button "Wo ich gerade bin"', 'button "Auf der Karte zeigen"'):
        assert line in said, said
    assert 'button "Ort suchen"' in said


def test_what_is_written_without_a_network_is_sent_once_when_it_is_back(phone: BrowserContext, city: City):
    page, words = phone.new_page(), f"Der Kasten brummt {secrets.token_hex(4)}"
    page.goto("/meldungen/neu/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wait_until(page, "caches.match('/meldungen/entwuerfe/').then((found) => found !== undefined)")
    phone.set_offline(True)
    page.goto("/meldungen/neu/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ohne Netz melden")
    fits(page)
    page.get_by_label("Was ist los?").fill(words)
    page.get_by_label("Wo ist es?").fill("Hinter dem Haus am Bach")
    page.get_by_label("Was für ein Schaden ist es?").select_option("licht")
    page.get_by_role("button", name="Auf diesem Gerät speichern").click()
    expect(page.locator("[data-list]")).to_contain_text("Wird gesendet, sobald Sie Netz haben.")
    page.get_by_label("Was ist los?").fill("Noch unfertig")
    page.get_by_role("button", name="Auf diesem Gerät speichern").click()
    expect(page.locator("[data-list]")).to_contain_text("Es fehlt noch: wo es ist, die Art des Schadens.")
    fits(page)
    assert reports_with(city, words) == 0
    phone.set_offline(False)
    expect(page.locator("[data-list]")).to_contain_text("Gesendet. Nummer")
    page.goto("/meldungen/entwuerfe/")
    expect(page.locator("[data-list]")).to_contain_text("Gesendet. Nummer")
    page.wait_for_load_state("networkidle")
    assert reports_with(city, words) == 1
    page.get_by_role("button", name=re.compile("Löschen.*Noch unfertig")).click()
    expect(page.get_by_text("Noch unfertig")).to_have_count(0)
    follow(page, page.get_by_role("link", name="Zu meiner Meldung"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Straßenbeleuchtung")


def test_a_form_that_is_sent_into_the_void_becomes_a_draft(phone: BrowserContext, city: City):
    page, words = phone.new_page(), f"Die Bank ist kaputt {secrets.token_hex(4)}"
    page.goto("/meldungen/neu/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wait_until(page, "caches.match('/meldungen/entwuerfe/').then((found) => found !== undefined)")
    wait_until(page, "navigator.serviceWorker.controller !== null")
    page.get_by_label("Was ist los?").fill(words)
    phone.set_offline(True)
    follow(page, page.get_by_role("button", name="Weiter"))
    expect(page.locator("[data-list]")).to_contain_text(words)
    page.get_by_role("button", name=re.compile(f"Weiterschreiben.*{words}")).click()
    expect(page.get_by_label("Was ist los?")).to_have_value(words)
    assert reports_with(city, words) == 0


def test_nothing_else_of_the_site_is_kept_for_the_time_without_a_network(phone: BrowserContext):
    page = phone.new_page()
    page.goto("/meldungen/neu/")
    wait_until(page, "caches.match('/meldungen/entwuerfe/').then((found) => found !== undefined)")
    page.goto("/meldungen/")
    kept = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map(async (name) => (await (await caches.open(name)).keys())"
        ".map((one) => new URL(one.url).pathname)))).then((found) => found.flat())"
    )
    pages = [path for path in kept if not path.endswith((".css", ".js", ".svg"))]
    assert pages == ["/meldungen/entwuerfe/"]
