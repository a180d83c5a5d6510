"""A budget vote from its opening to the result, on a telephone of 360 pixels: the office sets it up, people vote with
and without an account, by keyboard and without scripts, somebody brings a paper, the clock counts."""

import re
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import City, Watch, follow, open_when
from tests.browser.test_condense import GROUP, QUESTIONS, leave
from tests.browser.test_journey import press, sign_in_as, tab_to

PROPOSALS = (("Drei Bänke am Weg", "12.000"), ("Ein Brunnen im Park", "30.000"), ("Bäume vor der Schule", "25.000"))
CLOCK = """
from datetime import timedelta
from django.utils import timezone
from allmende.capabilities.participation.models import Poll
from allmende.engines.ballots.models import Vote
now = timezone.now()
poll = Poll.objects.get(number={number})
Vote.objects.filter(pk=poll.vote_id).update(opens_at=now - timedelta(days=9), closes_at=now)
"""


@pytest.fixture
def narrow(browser: Browser, city: City) -> Iterator[BrowserContext]:
    """A telephone; nothing may be blocked, fetched elsewhere or thrown, and no page is wider than it."""
    made = browser.new_context(base_url=city.url, locale="de-DE", viewport={"width": 360, "height": 740})
    watch = Watch(made, city)
    yield made
    for page in made.pages:
        watch.faults += page.evaluate("window.__violations || []")
    made.close()
    assert not watch.faults


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url


def project_with_proposals(page: Page, title: str) -> str:
    """By the office: a project in which voting has begun, and what can be voted for; returns its address."""
    today = datetime.now(ZoneInfo("Europe/Berlin")).date()
    page.goto(f"{GROUP}projekte/neu/")
    page.get_by_label("Name des Projekts", exact=True).fill(title)
    page.get_by_role("radio", name=re.compile("^Bürgerhaushalt")).check()
    page.get_by_label("Öffnet am").fill((today - timedelta(days=60)).isoformat())
    page.get_by_label("Letzter Tag").fill((today - timedelta(days=31)).isoformat())
    for question in QUESTIONS:
        page.get_by_label(re.compile(rf"^{re.escape(question)}(?! \(englisch)")).fill("Das steht im Beschluss.")
    page.get_by_label("Jetzt ankündigen").check()
    press(page, page.get_by_role("button", name="Anlegen"))
    project = page.url
    press(page, page.get_by_role("link", name="Phasen ändern"))
    for place in range(page.locator("select[name^=who_]").count()):
        page.locator("select[name^=who_]").nth(place).select_option("everyone")
    press(page, page.get_by_role("button", name="Speichern"))
    for name, cost in PROPOSALS:
        page.goto(f"{project}vorschlaege/neu/")
        page.get_by_label("Wie soll der Vorschlag auf dem Stimmzettel heißen?").fill(name)
        page.get_by_label("Ja, die Stadt kann das umsetzen").check()
        page.get_by_label("Was kostet es?").fill(cost)
        press(page, page.get_by_role("button", name="Speichern"))
    fits(page)
    return project


def open_vote(page: Page, project: str, question: str) -> str:
    """By the office, in one form; returns the address of the vote."""
    page.goto(project)
    press(page, page.get_by_role("link", name="Abstimmung eröffnen"))
    fits(page)
    page.get_by_label("Welche Frage steht auf dem Stimmzettel?").fill(question)
    page.get_by_label(re.compile("^Wie viel Geld ist da")).fill("40.000")
    press(page, page.get_by_role("button", name="Abstimmung eröffnen"))
    expect(page.get_by_role("heading", name=re.compile("Bitte prüfen Sie 1 Angabe"))).to_be_visible()
    expect(page.get_by_label(re.compile("^Wie viel Geld ist da"))).to_have_value("40.000")
    page.get_by_label(re.compile("Danach lässt sich nichts mehr ändern")).check()
    press(page, page.get_by_role("button", name="Abstimmung eröffnen"))
    expect(page.get_by_role("heading", level=1, name=question)).to_be_visible()
    return page.url


def with_an_account(page: Page, vote: str) -> None:
    """By keyboard: too much at first, then what fits, then something else."""
    sign_in_as(page, "Beispiel: Einwohnerin")
    page.goto(vote)
    fits(page)
    press(page, page.get_by_role("link", name="Abstimmen"))
    expect(page.get_by_text("Wie geheim ist das?")).to_be_visible()
    rest = page.locator("#rest")
    expect(rest).to_have_text(re.compile(r"Noch frei: 40\.000"))
    for name, _cost in PROPOSALS[:2]:
        tab_to(page, name)
        page.keyboard.press("Space")
    expect(rest).to_have_text(re.compile(r"Zu viel: 2\.000"))
    fits(page)
    press(page, page.get_by_role("button", name="Stimme abgeben"))
    expect(page.get_by_text(re.compile("Das sind 2.000 € mehr als das Budget")).first).to_be_visible()
    for name, _cost in PROPOSALS[:2]:
        expect(page.get_by_label(name)).to_be_checked()
    page.get_by_label(PROPOSALS[1][0]).uncheck()
    press(page, page.get_by_role("button", name="Stimme abgeben"))
    expect(page.get_by_role("heading", level=1, name="Danke für Ihre Stimme")).to_be_visible()
    fits(page)
    page.goto(f"{vote}stimmzettel/")
    expect(page.get_by_text("Sie haben schon abgestimmt")).to_be_visible()
    page.get_by_label(PROPOSALS[2][0]).check()
    press(page, page.get_by_role("button", name="Stimme ändern"))
    expect(page.get_by_role("heading", level=1, name="Ihre Stimme ist geändert")).to_be_visible()


def as_a_guest(page: Page, vote: str, city: City) -> None:
    """Without an account and without scripts, by a link in a mail."""
    guest = f"nachbar-{secrets.token_hex(3)}@example.org"
    page.goto(f"{vote}stimmzettel/")
    page.get_by_label("Ihre E-Mail-Adresse").fill(guest)
    follow(page, page.get_by_role("button", name="Link senden"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("E-Mails")
    link = re.search(r"https?://[^/\s]*(/mitmachen/\S+zugang=\S+)", city.mail_to(guest))
    assert link
    page.goto(link[1])
    page.get_by_label(PROPOSALS[0][0]).check()
    page.get_by_label(re.compile("Bestätigung per E-Mail")).check()
    follow(page, page.get_by_role("button", name="Stimme abgeben"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke für Ihre Stimme")
    confirmation = city.mail_to(guest, having="Ihre Stimme ist da")
    assert not [name for name, _cost in PROPOSALS if name in confirmation]


def on_paper(page: Page, vote: str) -> None:
    """Entered at the counter, and not a second time."""
    sign_in_as(page, "Beispiel: Moderation")
    page.goto(f"{vote}zettel/")
    fits(page)
    for words in ("Der Zettel ist eingegeben", "Dieser Zettel zählt nicht noch einmal"):
        page.get_by_label(re.compile("Nummer auf dem Zettel")).fill("17")
        page.get_by_label(PROPOSALS[0][0]).check()
        press(page, page.get_by_role("button", name="Zettel eingeben"))
        expect(page.get_by_text(words).first).to_be_visible()


def too_late(page: Page, vote: str, city: City) -> None:
    """The time is over while somebody still fills in a paper: said clearly, and nothing typed is lost."""
    sign_in_as(page, "Beispiel: Einwohnerin")
    page.goto(f"{vote}stimmzettel/")
    city.manage("shell", "-v", "0", "-c", CLOCK.format(number=vote.rstrip("/").rpartition("/")[2]))
    page.get_by_label(PROPOSALS[2][0]).uncheck()
    press(page, page.get_by_role("button", name=re.compile("Stimme (ändern|abgeben)")))
    expect(page.get_by_text("Ihre Stimme konnte nicht mehr gezählt werden").first).to_be_visible()
    expect(page.get_by_label(PROPOSALS[0][0])).to_be_checked()


def test_from_opening_to_result(narrow: BrowserContext, plain_page: Page, city: City):
    page, mark = narrow.new_page(), secrets.token_hex(3)
    sign_in_as(page, "Beispiel: Redaktion")
    project = project_with_proposals(page, f"Geld für Wege {mark}")
    vote = open_vote(page, project, f"Wofür geben wir das Geld aus? {mark}")
    leave(page)
    with_an_account(page, vote)
    as_a_guest(plain_page, vote, city)
    leave(page)
    on_paper(page, vote)
    leave(page)
    too_late(page, vote, city)
    # The clock counts within a minute or two.
    open_when(page, vote, page.get_by_role("heading", name="Das hat gewonnen"), seconds=300)
    fits(page)
    said = "2 von 3 Vorschlägen haben gewonnen. Zusammen kosten sie 37.000 € von 40.000 €."
    expect(page.get_by_text(said).first).to_be_visible()
    expect(page.get_by_text("3 Menschen haben abgestimmt.")).to_be_visible()
    expect(page.get_by_text(re.compile("Portal: 2, Papier: 1"))).to_be_visible()
    page.get_by_text("Protokoll der Auszählung").click()
    expect(page.get_by_text(f"„{PROPOSALS[0][0]}“ kommt dazu").first).to_be_visible()
    for name in ("ergebnis.pdf", "stimmen.pb", "ergebnis.json"):
        assert page.request.get(f"{vote}{name}").ok, name
