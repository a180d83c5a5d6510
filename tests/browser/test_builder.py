"""Building a questionnaire as an editor does it: with the keyboard, on a phone, without script, and two at once."""

import re
import secrets

from playwright.sync_api import Page, expect

from tests.browser.test_journey import press, sign_in_as


def begin(page: Page, title: str, start: str = "Mit einem leeren Blatt") -> None:
    sign_in_as(page, "Beispiel: Redaktion")
    page.goto("/umfragen/fragebogen/")
    press(page, page.get_by_role("link", name="Neuer Fragebogen"))
    page.get_by_label("Worum geht es?").fill(title)
    page.get_by_label(start).check()
    press(page, page.get_by_role("button", name="Anlegen"))
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def add(page: Page, kind: str, label: str, *, options: str = "") -> None:
    press(page, page.get_by_role("link", name=re.compile("^Frage hinzufügen")).first)
    press(page, page.get_by_role("link", name=re.compile(rf"^{kind}")))
    page.get_by_label("Frage", exact=True).fill(label)
    for number, option in enumerate(options.split("\n") if options else [], 1):
        page.get_by_role("textbox", name=f"Antwort {number}", exact=True).fill(option)
    press(page, page.get_by_role("button", name="Frage speichern"))
    expect(page.get_by_role("link", name=label)).to_be_visible()


def build(page: Page) -> None:
    """Two questions, the second only for those who ride a bike; moved, deleted, brought back."""
    begin(page, f"Radfahren {secrets.token_hex(3)}")
    add(page, "Mehrere Antworten auswählen", "Womit fahren Sie?", options="Fahrrad\nBus\nAuto")
    add(page, "Ganze Zahl", "Wie viele Kilometer?")
    press(page, page.get_by_role("link", name="Wie viele Kilometer?"))
    page.get_by_text("Nur manchmal fragen").click()
    page.get_by_label("1. Bedingung: Bei welcher Frage?").select_option(label="1. Womit fahren Sie?")
    page.get_by_label("1. Bedingung: Antwort zur Auswahl").select_option(label="Fahrrad")
    press(page, page.get_by_role("button", name="Frage speichern"))
    expect(page.get_by_text("Wenn Sie bei Frage 1 „Fahrrad“ angekreuzt haben")).to_be_visible()
    press(page, page.get_by_role("button", name=re.compile("^Löschen ?: Wie viele Kilometer")))
    expect(page.get_by_role("link", name="Wie viele Kilometer?")).to_have_count(0)
    press(page, page.get_by_role("button", name="Zurückholen"))
    expect(page.get_by_role("link", name="Wie viele Kilometer?")).to_be_visible()
    press(page, page.get_by_role("button", name=re.compile("^Nach oben ?: Wie viele Kilometer")))
    expect(page.locator(".builder-label").first).to_contain_text("Wie viele Kilometer?")


def test_built_with_the_keyboard(page: Page):
    build(page)


def test_built_on_a_phone(page: Page):
    page.set_viewport_size({"width": 360, "height": 740})
    build(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_built_without_script(plain_page: Page):
    build(plain_page)


def test_tried_out_before_anybody_is_asked(page: Page):
    begin(page, f"Probe {secrets.token_hex(3)}", "Unterwegs in der Stadt")
    press(page, page.get_by_role("link", name="Ausprobieren"))
    expect(page.get_by_text("Wie sind Sie in der Stadt unterwegs?").first).to_be_visible()
