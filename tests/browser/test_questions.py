"""What a page of questions can do in place: texts follow what one types, answers are put in order."""

import re
import secrets

from playwright.sync_api import Page, expect

from tests.browser.test_builder import begin
from tests.browser.test_journey import press

WAYS = "Welchen Weg nehmen Sie oft?"


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url


def begin_survey(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/umfragen/")
    press(page, page.get_by_role("link", name=WAYS))
    press(page, page.get_by_role("link", name=re.compile("Jetzt antworten")))
    press(page, page.get_by_role("button", name="Beginnen"))
    fits(page)


def test_answers_are_put_in_order_with_the_keyboard_or_written_as_text(page: Page):
    begin(page, f"Reihenfolge {secrets.token_hex(3)}")
    press(page, page.get_by_role("link", name=re.compile("^Frage hinzufügen")).first)
    press(page, page.get_by_role("link", name=re.compile("^Eine Antwort auswählen")))
    page.get_by_label("Frage", exact=True).fill("Womit?")
    first = page.get_by_role("textbox", name="Antwort 1", exact=True)
    first.fill("Bus")
    first.press("Enter")
    second = page.get_by_role("textbox", name="Antwort 2", exact=True)
    expect(second).to_be_focused()
    second.fill("Rad")
    up = page.get_by_role("button", name="Nach oben: Rad", exact=True)
    up.press("Enter")
    expect(first).to_have_value("Rad")
    expect(first).to_be_focused()  # further up it does not go
    expect(page.locator("#status")).to_have_text("Antwort 1: Rad")
    page.get_by_role("button", name="Entfernen: Bus", exact=True).press("Enter")
    expect(second).to_have_value("")
    press(page, page.get_by_role("button", name="Alle als Text schreiben"))
    text = page.get_by_label("Antworten zur Auswahl")
    expect(text).to_have_value("Rad")
    text.fill("Rad\nZug")
    press(page, page.get_by_role("button", name="Lieber einzeln bearbeiten"))
    expect(second).to_have_value("Zug")
    press(page, page.get_by_role("button", name="Frage speichern"))
    expect(page.get_by_text("Rad · Zug")).to_be_visible()


def test_texts_follow_what_one_types(page: Page):
    begin_survey(page)
    far = page.get_by_label(re.compile("^Wie weit ist es"))
    expect(far).to_be_hidden()
    page.get_by_label(re.compile("^Wohin führt er")).fill("zum Markt")
    expect(page.get_by_text("Wie weit ist es? (zum Markt)")).to_be_visible()
    far.fill("2,5")
    page.get_by_label(re.compile("^An wie vielen Tagen")).fill("4")
    expect(page.get_by_text("Hin und zurück sind das etwa 20 Kilometer in der Woche.")).to_be_visible()
