"""The strategy as the people use it: impulse into a goal, a paragraph answered, the next version with its synopsis."""

import re
import secrets

from playwright.sync_api import Page, expect

from tests.browser.conftest import follow, open_when
from tests.browser.test_condense import leave
from tests.browser.test_journey import press, release, sign_in_as, tab_to


def draft(page: Page) -> str:
    """The text that everybody can talk about; returns its address."""
    page.goto("/strategie/")
    region = page.get_by_role("region", name="Texte der Strategie")
    press(page, region.get_by_role("link").first)
    return page.url


def order(page: Page, title: str, goal: str, reason: str) -> None:
    """Orders an impulse on the team's board, which is open, by keyboard."""
    box = page.get_by_role("checkbox", name=title, exact=True)
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    goals = page.get_by_label("In welches Ziel?")
    goals.focus()
    goals.select_option(label=goal)
    tab_to(page, "Warum?")
    page.keyboard.type(reason)
    press(page, page.get_by_role("button", name="Einordnen"))
    expect(box).to_have_count(0)


def suggest_wording(guest: Page, address: str, wording: str) -> None:
    """Somebody without an account words the paragraph about the fountains anew."""
    guest.goto(address)
    paragraph = guest.locator(".paragraph", has_text="Sechs Trinkbrunnen entstehen bis 2037").first
    follow(guest, paragraph.get_by_role("link", name=re.compile("Etwas dazu sagen")))
    follow(guest, guest.get_by_role("link", name="Lieber einen anderen Wortlaut vorschlagen"))
    guest.get_by_label("So soll der Absatz heißen").fill(wording)
    guest.get_by_label("gar nicht: Ich schaue mit Nummer und Code selbst nach").check()
    follow(guest, guest.get_by_role("button", name="Absenden"))
    expect(guest.get_by_role("heading", level=1)).to_contain_text("Danke")


def answer_and_publish(page: Page, address: str, mark: str, reason: str) -> None:
    """The team takes a suggested wording over; the next version says so."""
    sign_in_as(page, "Beispiel: Redaktion")
    page.goto(f"{address}antworten/?art=vorschlaege")
    page.locator(".ordering-list > li", has_text=mark).get_by_role("checkbox").check()
    page.get_by_label("übernommen", exact=True).check()
    page.get_by_label("Warum?").fill(reason)
    press(page, page.get_by_role("button", name="Antworten"))
    expect(page.locator("main")).to_contain_text("1 Rückmeldung ist beantwortet.")

    # Two of the team have written at one paragraph: that is put together first.
    page.goto(f"{address}schreiben/")
    waiting = page.get_by_role("region", name="Hier haben zwei gleichzeitig geschrieben").get_by_role("link")
    while waiting.count():
        press(page, waiting.first)
        press(page, page.get_by_role("button", name="Speichern"))
    page.goto(f"{address}schritt/evaluate/")
    press(page, page.get_by_role("button", name="Auswerten"))
    page.goto(f"{address}schritt/open/")
    page.get_by_label(re.compile("Was ist neu an dieser Fassung")).fill("Ein anderer Ort für einen Brunnen.")
    press(page, page.get_by_role("button", name="Zur Diskussion stellen"))
    leave(page)


def test_an_impulse_is_ordered_into_a_goal_by_keyboard_with_its_reason(page: Page):
    reason = f"Das gehört hierher {secrets.token_hex(3)}."
    sign_in_as(page, "Beispiel: Redaktion")
    page.goto("/strategie/ordnen/")
    box = page.locator("input[name=impulses]").first
    order(
        page, page.locator(f"label[for='{box.get_attribute('id')}']").inner_text(), "4.2 Auch nachts nach Hause", reason
    )
    page.goto("/strategie/")
    press(page, page.locator("main").get_by_role("link", name=re.compile("Auch nachts nach Hause")).first)
    expect(page.get_by_role("region", name="Woher kommt das?")).to_contain_text(reason)


def test_dragging_ticks_chooses_and_leads_to_the_reason(page: Page):
    sign_in_as(page, "Beispiel: Redaktion")
    page.goto("/strategie/ordnen/")
    drops = page.locator(".ordering-drops")
    expect(drops).to_be_visible()
    row = page.locator("[data-impulse]").last
    row.drag_to(drops.locator("[data-drop]").first)
    expect(row.get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_label("Warum?")).to_be_focused()
    expect(page.get_by_label("In welches Ziel?")).not_to_have_value("")


def test_a_suggested_wording_becomes_the_next_version(page: Page, plain_page: Page):
    mark = secrets.token_hex(3)
    wording = f"Sechs Trinkbrunnen entstehen bis 2037, der erste {mark} am Markt."

    address = draft(plain_page)  # somebody without an account and without scripts
    suggest_wording(plain_page, address, wording)
    release(page, mark)
    leave(page)
    answer_and_publish(page, address, mark, f"Der Markt ist der wärmste Platz, {mark}.")
    open_when(page, address, page.locator(".document", has_text=wording))
    press(page, page.get_by_role("link", name=re.compile("Was für Fassung .* gesagt und geändert wurde")).first)
    entry = page.locator(".synopsis > li", has_text=mark)
    expect(entry.locator("ins").first).to_contain_text(mark)
    expect(entry).to_contain_text("Der Markt ist der wärmste Platz")
