"""A resident finds out what the council decides: from the menu to the paper, its meeting, and back, by keyboard too."""

import json
import urllib.request

from playwright.sync_api import Page, expect

from tests.browser.test_journey import press

PAPER = "Welche der 14 Vorschläge werden umgesetzt?"


def test_a_resident_reads_what_was_decided_and_in_which_meeting(page: Page, city):
    page.goto(f"{city.url}/stadtrat/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was entscheidet der Stadtrat?")
    press(page, page.get_by_role("main").get_by_role("link", name=PAPER).first)
    expect(page.get_by_role("heading", level=1)).to_have_text(PAPER)
    decided = page.get_by_role("region", name="Was wurde entschieden?")
    expect(decided).to_contain_text("beschlossen")
    way = page.get_by_role("region", name="Der Weg durch die Gremien").get_by_role("listitem")
    expect(way).to_have_count(3)
    press(page, way.last.get_by_role("link", name="Zur Sitzung"))
    agenda = page.get_by_role("region", name="Tagesordnung")
    expect(agenda.get_by_role("heading", name="3.14")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("Mühlgraben")
    who = page.get_by_role("complementary", name="Auf einen Blick")
    press(page, who.get_by_role("link", name="Stadtrat", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Stadtrat")


def test_programs_read_the_same_without_cookies(city):
    with urllib.request.urlopen(f"{city.url}/oparl/1.1/system", timeout=120) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
        assert json.load(answer)["type"] == "https://schema.oparl.org/1.1/System"
