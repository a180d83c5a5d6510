"""Need meets offer: two people say what they need, the city puts it together and answers both, with a partner."""

import re
import secrets

from playwright.sync_api import Page, expect

from tests.browser.conftest import open_when
from tests.browser.test_journey import press, release, sign_in_as


def leave(page: Page) -> None:
    """The next one sits down at the same screen."""
    page.context.clear_cookies()


def state_need(page: Page, title: str) -> str:
    """By a guest who wants no message; returns the address of the receipt."""
    page.goto("/mitmachen/bedarf/")
    press(page, page.get_by_role("link", name="Wunsch nennen"))
    page.get_by_label("Ihr Wunsch in einem Satz").fill(title)
    page.get_by_label("Beschreibung").fill("Wer abends musiziert, stört sonst die Nachbarn.")
    page.get_by_label(re.compile("Nummer")).first.check()
    press(page, page.get_by_role("button", name="Wunsch absenden"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Danke")
    return page.url


def test_need_meets_offer(page: Page):
    mark = secrets.token_hex(3)
    group, partner = f"Räume für Musik {mark}", f"Ein Keller mit dicken Wänden {mark}"
    titles = [f"Ein Proberaum am Freitag {mark}", f"Musik machen nach acht Uhr {mark}"]
    receipts = []
    for title in titles:
        receipts.append(state_need(page, title))
        leave(page)
    for title in titles:
        release(page, title)
        leave(page)

    # A partner telephones; the moderator puts the wishes together, by keyboard and plain form.
    sign_in_as(page, "Beispiel: Moderation")
    page.goto("/mitmachen/bedarf/bearbeiten/")
    press(page, page.get_by_role("link", name="Angebot erfassen"))
    page.get_by_label("Telefon").check()
    page.get_by_label("Wer bietet das an?").fill(f"Musikverein {mark}")
    page.get_by_label(re.compile("Was können Sie beitragen")).fill(partner)
    page.get_by_label("Beschreibung").fill("Freitags ab 18 Uhr frei.")
    page.get_by_label(re.compile("unseren Namen nennen")).check()
    press(page, page.get_by_role("button", name="An die Stadt senden"))
    expect(page.get_by_role("link", name=partner)).to_be_visible()
    press(page, page.get_by_role("link", name=re.compile("^Ordnen, mit Vorschlägen")).first)
    for title in titles:
        page.get_by_role("checkbox", name=title).check()
    page.get_by_label("Name des neuen Themas").fill(group)
    press(page, page.get_by_role("button", name="Einordnen"))
    expect(page.get_by_role("link", name=f"{group} (2)")).to_be_visible()
    leave(page)

    # The office answers all of them at once; first it forgets something.
    sign_in_as(page, "Beispiel: Sachbearbeitung")
    page.goto("/mitmachen/bedarf/bearbeiten/")
    press(page, page.get_by_role("link", name=re.compile(f"^Antworten.*{group}")))
    page.get_by_label("Partner machen ein Angebot").check()
    press(page, page.get_by_role("button", name="Antwort veröffentlichen"))
    expect(page.locator("#errors")).to_be_focused()
    page.get_by_label("Antwort", exact=True).fill("Ab sofort ist freitags ein Keller offen, kostenlos.")
    page.get_by_label("Mit einem Partner?").select_option(label=f"Musikverein {mark}: {partner}")
    press(page, page.get_by_role("button", name="Antwort veröffentlichen"))
    expect(page.get_by_role("heading", level=1, name=group)).to_be_visible()
    leave(page)

    # Everybody sees it, in the list, on the group's page and at each wish; nobody sees what else the partner said.
    ours = page.get_by_role("main").get_by_role("link", name=group)
    open_when(page, "/mitmachen/bedarf/?show=offer", ours)
    press(page, ours)
    answer = page.get_by_role("region", name="Antwort der Stadt")
    expect(answer).to_contain_text("freitags ein Keller offen")
    expect(answer).to_contain_text(f"Musikverein {mark}")
    expect(page.locator("body")).not_to_contain_text("Freitags ab 18 Uhr frei.")
    press(page, page.get_by_role("link", name=titles[0]).first)
    expect(page.get_by_role("main")).to_contain_text("Die Stadt hat allen in dieser Gruppe geantwortet")
    expect(page.get_by_role("main").get_by_text("beantwortet", exact=True).first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Was wurde daraus?")
