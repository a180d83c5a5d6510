"""A fault from the inbox to „it is really done“, the same thing reported twice, a photo whose number plate goes."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, follow, open_when

TWO_OF_ONE = """
from django.utils import timezone
from allmende.capabilities.reports import actions
from allmende.core import city
from allmende.core.actor import Actor
from allmende.engines.media import builders as pictures
from allmende.engines.media import interface as media
for words in ("Die Laterne am Brunnen ist aus.", "Am Brunnen ist die Laterne aus."):
    image = media.take_image(pictures.jpeg(600, 400), alt="Laterne am Brunnen")
    data = actions.ReportData(words, "licht", "Am Brunnen", city.current().centre)
    made = actions.submit_report(actor=Actor(), data=data, image_id=image.pk, at=timezone.now())
    print(made.number, made.token)
"""


@pytest.fixture
def reported(city: City) -> list[tuple[str, str]]:
    """Number and private link of two reports of the same thing, just come in, each with a photo."""
    lines = city.manage("shell", "-v", "0", "-c", TWO_OF_ONE).splitlines()[-2:]
    return [(number, token) for number, token in (line.split() for line in lines)]


STORM = """
from django.utils import timezone
from allmende.capabilities.reports import actions
from allmende.core import city
from allmende.core.actor import Actor
for number in range(15):
    words = f"Ein Ast liegt auf dem Weg, Baum {number}."
    data = actions.ReportData(words, "winterdienst", "Am Park", city.current().centre)
    made = actions.submit_report(actor=Actor(), data=data, at=timezone.now())
    print(made.token)
"""
LINK = """
from allmende.capabilities.reports.models import Handover
print(Handover.objects.get(report__number={number}).link)
"""


@pytest.fixture
def desk(page: Page, city: City, browser: Browser) -> Page:
    page.context.add_cookies(city.session(browser, "clerk")["cookies"])
    return page


def take(page: Page, step: str, words: tuple[str, str] | None = None) -> None:
    """One step of a report, from its page on the desk."""
    follow(page, page.get_by_role("link", name=step, exact=True))
    if words:
        page.get_by_label(words[0]).fill(words[1])
    follow(page, page.get_by_role("button", name=step, exact=True))


def test_a_fault_goes_from_the_inbox_to_really_done(desk, city, browser, reported):
    number, token = reported[0]
    desk.goto("/meldungen/eingang/?state=new")
    follow(desk, desk.locator("table").get_by_role("link", name=f"(Nr. {number})"))
    expect(desk.get_by_text("Die Laterne am Brunnen ist aus.").first).to_be_visible()
    take(desk, "Prüfen")
    take(desk, "In Arbeit nehmen")
    take(desk, "Erledigt melden", ("Was wurde getan?", "Neue Lampe eingesetzt."))

    reporter = browser.new_context(base_url=city.url, locale="de-DE").new_page()
    reporter.goto(f"/meldungen/meine/?schein={token}")
    expect(reporter.get_by_text("Neue Lampe eingesetzt.")).to_be_visible()
    follow(reporter, reporter.get_by_role("button", name="Ja, es ist erledigt"))
    expect(reporter.get_by_text("Sie haben bestätigt, dass es erledigt ist.")).to_be_visible()
    reporter.context.close()

    desk.goto(f"/meldungen/{number}/bearbeiten/")
    expect(desk.get_by_text("Bestätigt: Es ist erledigt.")).to_be_visible()


def test_the_same_thing_reported_twice_becomes_one_and_two_again(desk, reported):
    (first, _token), (second, _other) = reported
    desk.goto(f"/meldungen/{second}/bearbeiten/")
    same = desk.get_by_role("region", name="Ist es dasselbe?")
    follow(desk, same.get_by_role("link", name=re.compile(rf"Zusammenlegen.*\(Nr\. {first}\)")))
    expect(desk.get_by_label("Nummer der anderen Meldung")).to_have_value(first)
    follow(desk, desk.get_by_role("button", name="Zusammenlegen"))
    follow(desk, desk.get_by_role("button", name="Zusammenlegen zurücknehmen"))
    expect(desk.get_by_text("Die Meldung läuft wieder für sich.").first).to_be_visible()


def test_a_part_of_a_photo_is_covered_by_keyboard_alone(desk, reported):
    number, _token = reported[0]
    desk.goto(f"/meldungen/{number}/bearbeiten/")
    follow(desk, desk.get_by_role("link", name="Gesichter und Kennzeichen unkenntlich machen"))
    desk.get_by_role("button", name="Noch ein Rechteck").press("Enter")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        desk.keyboard.press(key)
    sides = [desk.get_by_label(f"Bereich 1: {side}", exact=True) for side in
             ("Prozent von links", "Prozent von oben", "Breite in Prozent", "Höhe in Prozent")]  # fmt: skip
    for side, value in zip(sides, ("42", "39", "20", "21"), strict=True):
        expect(side).to_have_value(value)
    sides[0].fill("10")
    box = desk.get_by_role("application", name="Bereich 1: 10, 39, 20, 21 %")
    expect(box).to_be_visible()
    desk.get_by_role("button", name="Noch ein Rechteck").press("Enter")
    desk.keyboard.press("Delete")
    expect(desk.get_by_label("Bereich 2: Prozent von links", exact=True)).to_have_value("")
    follow(desk, desk.get_by_role("button", name="Unkenntlich machen"))
    expect(desk.get_by_text("Das Bild ist noch verborgen, bis Sie es zeigen.")).to_be_visible()


def test_a_storm_night_is_one_thing_with_one_answer(desk, city, browser):
    """Fifteen fallen branches within minutes are one line in the inbox; one answer reaches everybody who sent one."""
    tokens = city.manage("shell", "-v", "0", "-c", STORM).splitlines()[-15:]
    storm = desk.get_by_role("region", name="Viele auf einmal").get_by_role("link", name="Schnee und Eis")
    open_when(desk, "/meldungen/eingang/", storm)
    follow(desk, storm)
    desk.get_by_role("radio", name="In Arbeit nehmen").check()
    desk.get_by_label("Was sagen Sie allen, die es gemeldet haben?").fill("Die Wege werden heute geräumt.")
    follow(desk, desk.get_by_role("button", name="Allen antworten"))
    reporter = browser.new_context(base_url=city.url, locale="de-DE").new_page()
    for token in (tokens[0], tokens[-1]):
        answered = reporter.get_by_text("Die Wege werden heute geräumt.").first
        open_when(reporter, f"/meldungen/meine/?schein={token}", answered)
    reporter.context.close()


def test_those_outside_answer_by_their_link_without_an_account(desk, city, browser, reported):
    number, _token = reported[0]
    desk.goto(f"/meldungen/{number}/bearbeiten/")
    take(desk, "Prüfen")
    follow(desk, desk.get_by_role("link", name="Nach außen geben", exact=True))
    desk.get_by_label("Wer bekommt es?").fill("Stadtwerke")
    desk.get_by_label("E-Mail-Adresse der Stelle").fill("stoerung@stadtwerke.example")
    follow(desk, desk.get_by_role("button", name="Link per E-Mail senden"))
    link = city.manage("shell", "-v", "0", "-c", LINK.format(number=number)).splitlines()[-1]
    party = browser.new_context(base_url=city.url, locale="de-DE").new_page()
    party.goto(f"/meldungen/extern/?schein={link}")
    party.get_by_role("radio", name="Es ist erledigt").check()
    party.get_by_label("Was möchten Sie dazu sagen?").fill("Kabel getauscht.")
    follow(party, party.get_by_role("button", name="Antwort absenden"))
    expect(party.get_by_text("Danke, Ihre Antwort ist da.")).to_be_visible()
    party.context.close()
    desk.goto(f"/meldungen/{number}/bearbeiten/")
    expect(desk.get_by_text("Kabel getauscht.").first).to_be_visible()
