"""The whole way, as the people go it: what a resident says becomes a goal, a text, a decision, a pilot, an effect.

And whoever said it first is told of each step, to the last one.
"""

import re
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, follow, open_when
from tests.browser.test_condense import leave
from tests.browser.test_council import PAPER
from tests.browser.test_journey import press, release, sign_in_as, sign_up, submit_idea
from tests.browser.test_strategy import answer_and_publish, draft, order, suggest_wording

GOAL = "4.2 Auch nachts nach Hause"
MEMBER = "Stimme: Ratsmitglied"


def new_pilot(page: Page, name: str) -> str:
    """Made by the portfolio's team as an answer to the goal, and put forward; returns its address."""
    page.goto("/pilotprojekte/neu/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("In zwei Sätzen", exact=True).fill("Zehn Lampen dimmen, wenn niemand kommt.")
    page.get_by_label("Leitendes Amt").select_option(label="Amt für Umwelt")
    press(page, page.get_by_role("button", name="Speichern", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    address = page.url
    page.goto(f"{address}antwortet-auf/?q=Auch nachts nach Hause")
    page.locator("#form").get_by_label(re.compile("Auch nachts nach Hause")).first.check()
    page.get_by_label("Warum?").fill("So wird es nachts auf den Wegen hell.")
    press(page, page.get_by_role("button", name="Speichern", exact=True))
    step(page, address, "publish")
    return address


def step(page: Page, address: str, verb: str) -> None:
    page.goto(f"{address}schritt/{verb}/")
    with page.expect_navigation():
        page.locator("main form").get_by_role("button").first.click()


def tie_to_pilot(page: Page, name: str) -> None:
    """The office says that the paper whose page is open led to the pilot."""
    press(page, page.get_by_role("link", name=re.compile("Den ganzen Weg ansehen")).first)
    press(page, page.get_by_role("link", name="Verknüpfen mit …"))
    pilot = page.get_by_label(re.compile(rf"{re.escape(name)}.*\(Pilot"))
    open_when(page, f"{page.url}?q={name}", pilot)
    pilot.check()
    page.get_by_label("Warum?").fill("Über diesen Vorschlag wurde hier abgestimmt.")
    press(page, page.get_by_role("button", name="Verknüpfen", exact=True))


def vote(page: Page, name: str) -> None:
    """The council's office records the vote once more: one member voted otherwise than was written down."""
    page.goto("/stadtrat/")
    press(page, page.get_by_role("main").get_by_role("link", name=PAPER).first)
    paper = page.url
    way = page.get_by_role("region", name="Der Weg durch die Gremien").get_by_role("listitem")
    press(page, way.last.get_by_role("link", name="Zur Sitzung"))
    agenda = page.get_by_role("region", name="Tagesordnung").get_by_role("listitem").filter(has_text=f"3 {PAPER}")
    press(page, agenda.get_by_role("link", name=re.compile("^Abstimmung (berichtigen|eintragen)")).first)
    page.locator("summary", has_text="Namentlich").click()
    member = page.get_by_label(re.compile(f"^{MEMBER}")).first
    member.select_option(label="Nein" if member.input_value() == "yes" else "Ja")
    press(page, page.get_by_role("button", name="Speichern", exact=True))
    open_when(page, paper, page.get_by_role("region", name="Was wurde entschieden?").get_by_text("berichtigt"))
    expect(page.get_by_role("region", name="Was wurde entschieden?")).to_contain_text(re.compile(r"\d+ Ja, \d+ Nein"))
    tie_to_pilot(page, name)


def measure(page: Page, pilot: str, name: str) -> None:
    """An indicator of the pilot, and its first value."""
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    page.goto(f"{pilot}kennzahl/")
    page.get_by_label("Was wird gemessen?", exact=True).fill(name)
    page.get_by_label("Einheit", exact=True).fill("kWh")
    page.get_by_label("weniger", exact=True).check()
    page.get_by_label("Ausgangswert", exact=True).fill("100")
    page.get_by_label("Ausgangswert gemessen am").fill((today - timedelta(days=200)).isoformat())
    page.get_by_label("Zielwert").fill("60")
    page.get_by_label("Zu erreichen bis zum").fill((today + timedelta(days=200)).isoformat())
    page.get_by_label("Wie wird gerechnet?", exact=True).fill("Summe der Zähler.")
    page.get_by_label("Woher kommen die Zahlen?", exact=True).fill("Stadtwerke")
    press(page, page.get_by_role("button", name="Speichern", exact=True))
    page.goto(f"{page.url.partition('?')[0]}wert/")
    page.get_by_label(re.compile("^Wert in kWh")).fill("80")
    page.get_by_label("Gemessen am").fill(today.isoformat())
    page.get_by_label("Wo steht die Zahl?").fill("Jahresbericht der Stadtwerke")
    press(page, page.get_by_role("button", name="Wert eintragen", exact=True))


def test_what_a_resident_says_is_followed_to_its_measured_effect(
    page: Page, plain_page: Page, browser: Browser, city: City
):
    mark = secrets.token_hex(3)
    idea, name, figure = f"Warmes Licht am Steg {mark}", f"Licht, wenn jemand kommt {mark}", f"Strom am Steg {mark}"

    # A resident says what is missing; it is checked, and becomes part of a goal.
    address = sign_up(page, city)
    submit_idea(page, idea)
    context = browser.new_context(base_url=city.url, locale="de-DE")
    staff = context.new_page()
    release(staff, idea)
    leave(staff)
    sign_in_as(staff, "Beispiel: Redaktion")
    open_when(staff, f"/strategie/ordnen/?q={mark}", staff.locator("label", has_text=idea))
    order(staff, idea, GOAL, f"Licht auf dem Heimweg, {mark}.")
    assert GOAL.split(" ", 1)[1] in city.mail_to(address, having=f"Licht auf dem Heimweg, {mark}.")

    # The text of the strategy is talked about; the next version says what became of what was said.
    leave(staff)
    wording = f"Sechs Trinkbrunnen entstehen bis 2037, der erste {mark} an der Elster."
    text = draft(plain_page)
    suggest_wording(plain_page, text, wording)
    release(staff, mark)
    leave(staff)
    answer_and_publish(staff, text, mark, f"An der Elster sitzen viele, {mark}.")
    open_when(staff, text, staff.locator(".document", has_text=wording))
    press(staff, staff.get_by_role("link", name=re.compile("Was für Fassung .* gesagt und geändert wurde")).first)
    expect(staff.locator(".synopsis > li", has_text=mark).first).to_contain_text(f"An der Elster sitzen viele, {mark}.")

    # The goal leads to a proposal, the proposal to the council, whose vote everybody reads.
    sign_in_as(staff, "Beispiel: Redaktion")
    pilot = new_pilot(staff, name)
    leave(staff)
    sign_in_as(staff, "Beispiel: Sachbearbeitung")
    vote(staff, name)
    leave(staff)

    # The council has decided: the pilot begins, and its effect is measured.
    sign_in_as(staff, "Beispiel: Redaktion")
    step(staff, pilot, "decide")
    assert "/pilotprojekte/" in city.mail_to(address, having=f"Beschlossen: Der Pilot „{name}“")
    step(staff, pilot, "start")
    assert "/pilotprojekte/" in city.mail_to(address, having=f"Es geht los: Der Pilot „{name}“")
    measure(staff, pilot, figure)
    assert "/pilotprojekte/" in city.mail_to(address, having=f"Gemessen: {figure}")
    context.close()

    # Whoever said it first was told of every step, and sees the whole way from the idea on.
    open_when(page, "/mitteilungen/", page.locator("main", has_text=f"Gemessen: {figure}"))
    open_when(page, "/mitmachen/ideen/", page.locator("main").get_by_role("link", name=idea))
    follow(page, page.locator("main").get_by_role("link", name=idea).first)
    follow(page, page.get_by_role("link", name=re.compile("Den ganzen Weg ansehen")).first)
    onward = page.get_by_role("region", name="Was wurde daraus?")
    open_when(page, page.url, onward.filter(has_text=name).filter(has_text=figure))
    expect(onward).to_contain_text("Auch nachts nach Hause")
