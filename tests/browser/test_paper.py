"""Paper counts: a form from the pop-up store becomes an idea like any other, and its person can look it up."""

import re
import secrets

from playwright.sync_api import Page, expect

from tests.browser.test_journey import press, release, sign_in_as


def test_a_form_on_paper_becomes_an_idea_that_its_person_finds(page: Page):
    title = f"Ein Handlauf an der Treppe {secrets.token_hex(3)}"
    page.goto("/mitmachen/speicher/1/papier/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    sign_in_as(page, "Beispiel: Sachbearbeitung")
    page.goto("/mitmachen/erfassen/")
    page.get_by_role("group", name="Wie kam der Beitrag?").get_by_label("Papier").check()
    page.get_by_label("Wozu?").select_option(label="Energie und Umwelt: Welche Ideen fehlen noch?")
    page.get_by_label("Der Beitrag in einem Satz").fill(title)
    page.get_by_label("Beschreibung").fill("Die Stufen sind glatt, und man findet keinen Halt.")
    page.get_by_role("group", name="Wie möchte die Person Antwort bekommen?").get_by_label(
        re.compile("Nummer")
    ).first.check()
    press(
        page, page.locator("main").get_by_role("button", name=re.compile("Speichern|Eintragen|erfassen|Absenden")).first
    )
    shown = page.locator("main").inner_text()
    number, code = re.search(r"G-\d{4}-\d{6}", shown), re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", shown)
    assert number, shown
    assert code, shown

    # Somebody else checks it.
    page.context.clear_cookies()
    release(page, title)

    # The person has no account, only the slip with number and code.
    page.context.clear_cookies()
    page.goto("/nachsehen/")
    page.get_by_label("Nummer").fill(number[0])
    page.get_by_label("Code").fill(code[0])
    press(page, page.locator("main").get_by_role("button").first)
    expect(page.locator("main")).to_contain_text(title)
    press(page, page.locator("main").get_by_role("link", name="Zur öffentlichen Seite"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page.locator("main")).to_contain_text("Papier")
