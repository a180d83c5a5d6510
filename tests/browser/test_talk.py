"""Talking about an idea in place, and checking what people wrote: the focus is never lost, nothing needs a mouse."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import follow
from tests.browser.test_journey import press

MANY = """
from datetime import timedelta
from django.utils import timezone
from allmende.engines.discussion import builders
from allmende.engines.search.models import Entry
entry = Entry.objects.filter(kind="idea", visibility="public", state="published").order_by("happened_at").first()
start = timezone.now() - timedelta(days=2)
for number in range(30):
    at = start + timedelta(minutes=number)
    builders.comment(entry.ref, f"Stimme {number}", public_name=f"Erle {number}", written_at=at)
print(entry.url)
"""


@pytest.fixture(scope="module")
def idea(city) -> str:
    """Address of an idea with a thread of more than one page."""
    return city.manage("shell", "-v", "0", "-c", MANY).splitlines()[-1]


def signed_in(page, city, browser, persona: str) -> None:
    page.context.add_cookies(city.session(browser, persona)["cookies"])


def focused(page) -> str:
    return page.evaluate("document.activeElement.tagName + '#' + document.activeElement.id")


def test_after_every_swap_in_a_thread_the_focus_is_where_one_goes_on(page, city, browser, idea):
    signed_in(page, city, browser, "resident")
    page.goto(idea)
    before = page.locator("article.comment").count()
    page.get_by_role("link", name="Weitere Kommentare").press("Enter")
    expect(page.locator("article.comment")).not_to_have_count(before)
    first_new = page.locator("article.comment").nth(before).locator("h3")
    expect(first_new).to_be_focused()

    page.get_by_role("link", name="Kommentar schreiben").press("Enter")
    expect(page.locator("#kommentar-neu-body")).to_be_focused()
    page.get_by_role("button", name="Kommentar senden").press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    page.locator("#kommentar-neu-body").fill("Das hilft auch auf dem Schulweg.")
    page.get_by_role("button", name="Kommentar senden").press("Enter")
    expect(page.locator("#kommentar-neu-ziel")).to_be_focused()
    expect(page.locator("#status")).to_have_text("Ihr Kommentar ist veröffentlicht.")

    answer = page.locator("article.comment").first.get_by_role("link", name=re.compile("^Antworten"))
    answer.press("Enter")
    expect(page.locator("textarea:focus")).to_have_count(1)
    page.keyboard.type("Das sehe ich auch so.")
    page.get_by_role("button", name="Antwort senden").press("Enter")
    expect(page.locator("h3:focus")).to_have_count(1)
    assert not focused(page).startswith("BODY")


def say(plain_page, idea, words: str) -> None:
    plain_page.goto(idea)
    follow(plain_page, plain_page.get_by_role("link", name="Kommentar schreiben"))
    plain_page.locator("textarea[name=body]").fill(words)
    follow(plain_page, plain_page.get_by_role("button", name="Kommentar senden"))
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Danke")


def test_a_neighbour_without_scripts_comments_and_somebody_reads_it_first(plain_page, idea):
    say(plain_page, idea, "Ohne Skript, aber mit Meinung.")
    expect(plain_page.locator("main")).to_contain_text("wird geprüft")


def finish_list(page) -> None:
    """What somebody has begun before, as any moderator goes on with it."""
    page.goto("/moderation/")
    while (going_on := page.locator("main").get_by_role("link", name="Weiter mit der Liste")).count():
        press(page, going_on)
        while (posts := page.get_by_role("article")).count():
            press(page, posts.first.get_by_role("button", name=re.compile("Freigeben|Stehen lassen")))
        page.goto("/moderation/")


def test_a_moderator_works_through_the_list_by_keyboard_and_takes_one_back(page, plain_page, city, browser, idea):
    signed_in(page, city, browser, "moderator")
    finish_list(page)
    for words in ("Das fehlt auch bei uns.", "Und am Markt."):
        say(plain_page, idea, words)
    page.goto("/moderation/")
    press(page, page.get_by_role("button", name="Zehn-Minuten-Liste beginnen"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Noch")
    left = page.locator("article.case").count()
    press(page, page.get_by_role("link", name=re.compile("^Genauer ansehen")).first)
    expect(page.locator("[data-keys]")).to_be_visible()
    page.keyboard.press("Alt+Shift+A")
    expect(page.locator("input[type=radio]:focus")).to_have_count(1)
    page.keyboard.press("Space")
    expect(page.locator("#id_refuse-reason")).not_to_have_value("")
    page.keyboard.press("Alt+Shift+F")
    expect(page.locator(".kern-alert").first).to_contain_text(re.compile("Freigegeben|Bleibt"))
    page.goto("/moderation/")
    press(page, page.get_by_role("link", name="Weiter mit der Liste"))
    assert page.locator("article.case").count() == left - 1
    press(page, page.get_by_role("button", name=re.compile("^Entscheidung zurücknehmen")).first)
    expect(page.get_by_role("button", name=re.compile("Freigeben|Stehen lassen")).first).to_be_visible()
    page.get_by_role("button", name="Tastenkürzel ausschalten").press("Enter")
    page.keyboard.press("Alt+Shift+A")
    expect(page.locator("input[type=radio]:focus")).to_have_count(0)
