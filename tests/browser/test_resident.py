"""Residents as they are: without an account, and as a club; on a phone, and without JavaScript."""

import re
import secrets

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, code_in, follow

FIRST = """
from allmende.engines.search.models import Entry
print(Entry.objects.filter(kind="idea", visibility="public", state="published").order_by("happened_at").first().url)
"""


@pytest.fixture(scope="module")
def idea(city: City) -> str:
    """Address of a public idea."""
    return city.manage("shell", "-v", "0", "-c", FIRST).splitlines()[-1]


def test_a_guest_on_a_phone_writes_and_changes_it_with_number_and_code(browser: Browser, city: City, idea: str):
    context = browser.new_context(
        base_url=city.url, locale="de-DE", java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto(idea)
    follow(page, page.get_by_role("link", name="Kommentar schreiben"))
    page.get_by_label("Ihr Kommentar").fill("Bitte mit einer Lehne für ältere Menschen.")
    follow(page, page.get_by_role("button", name="Kommentar senden"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke")
    shown = page.locator("main").inner_text()
    number = re.search(r"[A-Z]-\d{4}-\d{6}", shown)
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", shown)
    assert number, shown
    assert code, shown
    comment = page.locator("article.comment").get_attribute("id") or ""
    page.goto(f"/diskussion/kommentar/{comment.removeprefix('kommentar-')}/mit-code/")
    page.get_by_label("Nummer").fill(number.group())
    page.get_by_label("Code").fill(code.group())
    follow(page, page.get_by_role("button", name="Weiter"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Was möchten Sie tun?")
    follow(page, page.get_by_role("link", name="Ändern"))
    page.get_by_label("Ihr Kommentar").fill("Bitte mit Lehne und Armstützen.")
    follow(page, page.get_by_role("button", name="Änderung speichern"))
    page.goto(f"/diskussion/kommentar/{comment.removeprefix('kommentar-')}/mit-code/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ist das Ihr Kommentar?")
    context.close()


def sign_up(browser: Browser, city: City, name: str) -> tuple[Page, str]:
    """Someone with an account, in a browser of their own."""
    page = browser.new_context(base_url=city.url, locale="de-DE").new_page()
    address = f"{secrets.token_hex(4)}@example.org"
    page.goto("/konto/neu/")
    page.get_by_label("E-Mail-Adresse").fill(address)
    page.get_by_label("Anzeigename").fill(name)
    follow(page, page.get_by_role("button", name="Code senden"))
    page.get_by_label("Code").fill(code_in(city.mail_to(address)))
    follow(page, page.get_by_role("button", name="Weiter"))
    expect(page.get_by_role("link", name="Mein Konto")).to_be_visible()
    return page, address


def test_two_residents_found_a_club_and_write_in_its_name(browser: Browser, city: City, idea: str):
    anna, _hers = sign_up(browser, city, "Linde 41")
    bernd, his = sign_up(browser, city, "Eiche 42")
    anna.goto("/konto/gruppen/")
    anna.get_by_label("Name der Gruppe").fill("Freundeskreis Stadtpark")
    anna.get_by_label("Verein").check()
    follow(anna, anna.get_by_role("button", name="Gruppe anlegen"))
    expect(anna.locator("main")).to_contain_text("Noch kann die Gruppe nicht im eigenen Namen schreiben")
    anna.get_by_label("E-Mail-Adresse").fill(his)
    anna.get_by_label("ist für die Gruppe verantwortlich").check()
    anna.get_by_role("button", name="Einladung senden").click()
    letter = city.mail_to(his, having="einladung/")
    link = re.search(r"/konto/gruppen/einladung/\S+", letter)
    assert link, letter
    bernd.goto(link.group())
    follow(bernd, bernd.locator("main").get_by_role("button"))
    bernd.goto(f"{idea}")
    bernd.get_by_role("link", name="Kommentar schreiben").click()
    bernd.get_by_label("Freundeskreis Stadtpark").check()
    bernd.locator("textarea").fill("Wir gießen die Beete mit.")
    bernd.get_by_role("button", name="Kommentar senden").click()
    mine = bernd.locator("article.comment", has_text="Wir gießen die Beete mit.")
    expect(mine).to_contain_text("Freundeskreis Stadtpark")
    expect(mine).to_contain_text("Verein")
    expect(mine).not_to_contain_text("Eiche 42")
    for page in (anna, bernd):
        page.context.close()
