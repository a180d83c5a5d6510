"""Idea → theme → closed store with its document, as the people do it: by keyboard and plain forms."""

import re
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.conftest import open_when
from tests.browser.test_journey import press, release, sign_in_as

GROUP = "/mitmachen/gruppen/energie-umwelt/"
QUESTIONS = (
    "Was ist offen?", "Was ist schon entschieden?", "Wer entscheidet?", "Wann?", "Was ändert das Ergebnis?",
)  # fmt: skip


def new_project(page: Page, title: str) -> str:
    """The editor's one form; returns the address of the topic store that came of it."""
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    page.goto(f"{GROUP}projekte/neu/")
    page.get_by_label("Name des Projekts", exact=True).fill(title)
    page.get_by_label("Öffnet am").fill(today.isoformat())
    page.get_by_label("Letzter Tag").fill((today + timedelta(days=5)).isoformat())
    for question in QUESTIONS:
        page.get_by_label(re.compile(rf"^{re.escape(question)}\s*\(freiwillig\)$")).fill("Das steht im Beschluss.")
    page.get_by_label("Jetzt ankündigen").check()
    press(page, page.get_by_role("button", name="Anlegen"))
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    expect(page.get_by_role("table", name="Phasen")).to_contain_text("Sammeln")
    parts = page.get_by_role("region", name="Was kann ich jetzt tun?")
    press(page, parts.get_by_role("heading", level=3).get_by_role("link"))
    return page.url


def leave(page: Page) -> None:
    """The next one sits down at the same screen."""
    page.context.clear_cookies()


def hand_in(page: Page, store: str, title: str) -> None:
    page.goto(store)
    press(page, page.get_by_role("link", name="Idee einbringen").first)
    page.get_by_label("Ihre Idee in einem Satz").fill(title)
    page.get_by_label("Beschreibung").fill("Damit man abends sieht, wohin man tritt.")
    page.get_by_label(re.compile("Nummer")).first.check()
    press(page, page.get_by_role("button", name="Idee absenden"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Danke")


def test_from_the_idea_to_the_document(page: Page):
    mark = secrets.token_hex(3)
    project, theme = f"Wege am Abend {mark}", f"Licht auf Wegen {mark}"
    titles = [f"Eine Lampe am Steg {mark}", f"Mehr Licht im Park {mark}"]
    sign_in_as(page, "Beispiel: Redaktion")
    store = new_project(page, project)
    leave(page)
    for title in titles:
        hand_in(page, store, title)
    for title in titles:
        leave(page)
        release(page, title)

    # The moderator orders them, by keyboard and plain form.
    page.goto(store)
    press(page, page.get_by_role("link", name="Ideen ordnen"))
    for title in titles:
        box = page.get_by_role("checkbox", name=title)
        box.focus()
        page.keyboard.press("Space")
        expect(box).to_be_checked()
    page.get_by_label("Name des neuen Themas").fill(theme)
    press(page, page.get_by_role("button", name="Einordnen"))
    expect(page.get_by_role("link", name=f"{theme} (2)")).to_be_visible()
    # A step is taken back, and done again.
    press(page, page.get_by_role("button", name=re.compile("^Zurücknehmen")).first)
    expect(page.get_by_role("link", name=f"{theme} (2)")).to_have_count(0)
    for title in titles:
        page.get_by_role("checkbox", name=title).check()
    page.get_by_label("Name des neuen Themas").fill(theme)
    press(page, page.get_by_role("button", name="Einordnen"))
    press(page, page.get_by_role("link", name=f"{theme} (2)"))
    press(page, page.get_by_role("link", name="Name und Zusammenfassung ändern"))
    page.get_by_label("Was ist den Ideen gemeinsam?").fill("Abends soll man sehen, wohin man tritt.")
    press(page, page.get_by_role("button", name="Speichern"))
    leave(page)

    # The editor closes the store; its document is there at once.
    sign_in_as(page, "Beispiel: Redaktion")
    page.goto(f"{store}schliessen/")
    press(page, page.get_by_role("button", name="Schließen"))
    leave(page)
    read = page.get_by_role("link", name="Ergebnis lesen", exact=True)
    open_when(page, store, read)
    press(page, read)
    expect(page.get_by_role("heading", level=2, name=theme)).to_be_visible()
    expect(page.locator("main")).to_contain_text("Abends soll man sehen, wohin man tritt.")
    page.locator("summary", has_text=f"2 Beiträge: {theme}").click()
    for title in titles:
        expect(page.get_by_role("article").get_by_role("link", name=title)).to_be_visible()
    for name, start in (("PDF", b"%PDF"), ("Word (DOCX)", b"PK"), ("CSV", b"\xef\xbb\xbf"), ("JSON", b"{")):
        address = page.get_by_role("link", name=name, exact=True).get_attribute("href")
        assert page.request.get(address).body().startswith(start)
    page.goto(f"{store}ordnen/")
    expect(page.get_by_role("button", name="Einordnen")).to_have_count(0)
