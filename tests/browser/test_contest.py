"""A contest from the call to the placing, by everybody who has a part in it: by keyboard and plain forms."""

import re
import secrets
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import open_when
from tests.browser.test_condense import GROUP, QUESTIONS, leave
from tests.browser.test_journey import press, release, sign_in_as

EDITOR = "Beispiel: Redaktion"
JURY = (
    ("Beispiel: Sprecher einer Arbeitsgruppe", "chair@example.org", "Sprecher"),
    ("Beispiel: Einwohnerin", "resident@example.org", "Einwohnerin"),
)  # fmt: skip


def today() -> date:
    """Where the city is."""
    return datetime.now(ZoneInfo("Europe/Berlin")).date()


def optional(page: Page, words: str) -> Locator:
    """A field that may stay empty, and says so in its label."""
    return page.get_by_label(re.compile(rf"^{re.escape(words)}\s*\(freiwillig\)$"))


def new_contest(page: Page, title: str) -> str:
    """The editor's one form; returns the address of the contest."""
    page.goto(f"{GROUP}projekte/neu/")
    page.get_by_label(re.compile("^Ideenwettbewerb:")).check()
    page.get_by_label("Name des Projekts", exact=True).fill(title)
    page.get_by_label("Öffnet am").fill(today().isoformat())
    page.get_by_label("Letzter Tag").fill((today() + timedelta(days=5)).isoformat())
    for question in QUESTIONS:
        optional(page, question).fill("Das steht im Beschluss.")
    page.get_by_label("Jetzt ankündigen").check()
    press(page, page.get_by_role("button", name="Anlegen"))
    parts = page.get_by_role("region", name="Was kann ich jetzt tun?")
    press(page, parts.get_by_role("heading", level=3).get_by_role("link"))
    expect(page.get_by_role("heading", level=2, name="So läuft der Wettbewerb")).to_be_visible()
    return page.url


def set_up(page: Page, contest: str) -> None:
    page.goto(f"{contest}einstellen/")
    page.get_by_label("alle", exact=True).uncheck()
    page.get_by_label("Handwerk").check()
    optional(page, "Preise").fill("Ein Gutschein über 100 Euro")
    press(page, page.get_by_role("button", name="Speichern"))
    for _who, address, name in JURY:
        page.goto(f"{contest}jury-benennen/")
        page.get_by_label("E-Mail-Adresse des Kontos").fill(address)
        page.get_by_label("Name, der öffentlich steht").fill(name)
        press(page, page.get_by_role("button", name="Benennen"))
    expect(page.locator("main")).to_contain_text("Einwohnerin")


def hand_in(page: Page, contest: str, title: str) -> None:
    page.goto(contest)
    press(page, page.get_by_role("link", name="Beitrag einreichen"))
    page.get_by_label("Ihre Idee in einem Satz").fill(title)
    page.get_by_label("Beschreibung").fill("Wir bauen es selbst, die Stadt gibt den Platz.")
    page.get_by_label("ein Handwerksbetrieb").check()
    page.get_by_label(re.compile("Nummer")).first.check()
    press(page, page.get_by_role("button", name="Beitrag absenden"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Danke")


def entries(page: Page) -> Locator:
    """The entries of the contest; its Trace below may name each of them once more, as soon as it is written."""
    return page.locator("#ideas")


def wait_for_entries(page: Page, contest: str, title: str) -> None:
    """The city publishes all of them within a minute after the end."""
    open_when(page, contest, entries(page).get_by_role("link", name=title), seconds=300)


def judge(page: Page, contest: str, who: str, points: dict[str, str]) -> None:
    """One juror, by keyboard: the next entry, the points with the arrow keys, save and go on."""
    sign_in_as(page, who)
    page.goto(f"{contest}jury/")
    expect(page.get_by_role("heading", level=1)).to_have_text("0 von 2 bewertet")
    press(page, page.get_by_role("link", name="Nächsten Beitrag bewerten"))
    for _ in points:
        title = page.get_by_role("heading", level=1).inner_text()
        for group in page.get_by_role("group").all():
            first = group.get_by_role("radio", name="0", exact=True)
            if not first.count():
                continue
            first.focus()
            page.keyboard.press("Space")
            for _step in range(int(points[title])):
                page.keyboard.press("ArrowRight")
            expect(group.get_by_role("radio", name=points[title], exact=True)).to_be_checked()
        press(page, page.get_by_role("button", name="Speichern und weiter"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 von 2 bewertet")


def decide(page: Page, contest: str, mark: str, first: str, second: str) -> None:
    """The editor brings the deciding forward, records the plenary's vote and the council's places."""
    sign_in_as(page, EDITOR)
    page.goto(contest)
    press(page, page.get_by_role("link", name="Wettbewerb führen"))
    press(page, page.get_by_role("link", name="Abstimmung der Vollversammlung festhalten"))
    page.get_by_label("Wann hat die Vollversammlung abgestimmt?").fill(today().isoformat())
    page.get_by_label(f"Stimmen für „{first}“").fill("12")
    page.get_by_label(f"Stimmen für „{second}“").fill("20")
    page.get_by_label("Wer hat gezählt").fill("Das Präsidium hat gezählt.")
    press(page, page.get_by_role("button", name="Speichern"))
    project = page.request.get("/api/v1/participation/projects").json()
    found = next(row["number"] for row in project if mark in str(row["title"]))
    page.goto(f"/mitmachen/projekte/{found}/phasen/")
    page.get_by_label("3. Phase: erster Tag").fill(today().isoformat())
    press(page, page.get_by_role("button", name="Speichern"))
    page.goto(f"{contest}fuehren/")
    press(page, page.get_by_role("link", name="Plätze festhalten"))
    for title, place in ((first, "1"), (second, "2")):
        page.get_by_role("group", name=title).get_by_label("Platz", exact=False).first.fill(place)
    page.get_by_label("Was hat der Stadtrat beschlossen?").fill("Der Stadtrat vergibt zwei Plätze.")
    page.get_by_label("Begründung").fill("Nach Beratung im Ausschuss.")
    press(page, page.get_by_role("button", name="Plätze veröffentlichen"))
    expect(page.get_by_role("heading", name="Bitte prüfen Sie 2 Angaben")).to_be_visible()
    for title in (first, second):
        page.get_by_role("group", name=title).get_by_label("Warum weicht der Platz ab?").fill("Die Jury lag vorn.")
    press(page, page.get_by_role("button", name="Plätze veröffentlichen"))


def test_from_the_call_to_the_placing(page: Page):
    mark = secrets.token_hex(3)
    first, second = f"Ein Rad für die Straße {mark}", f"Bänke aus Holz {mark}"
    sign_in_as(page, EDITOR)
    contest = new_contest(page, f"Wer baut mit {mark}")
    number = contest.rstrip("/").rpartition("/")[2]
    set_up(page, contest)
    leave(page)
    for title in (first, second):
        hand_in(page, contest, title)
    for title in (first, second):
        leave(page)
        release(page, title)
    leave(page)
    page.goto(contest)
    expect(page.locator("main")).to_contain_text("Alle Beiträge erscheinen zusammen")
    expect(page.get_by_role("link", name=first)).to_have_count(0)

    # The call ends; all entries appear together.
    sign_in_as(page, EDITOR)
    page.goto(f"/mitmachen/speicher/{number}/schliessen/")
    press(page, page.get_by_role("button", name="Schließen"))
    leave(page)
    wait_for_entries(page, contest, first)
    expect(entries(page).get_by_role("link", name=second)).to_be_visible()

    # The jury scores, each without the other.
    judge(page, contest, JURY[0][0], {first: "5", second: "3"})
    expect(page.locator("main")).not_to_contain_text("Das Ergebnis der Jury")
    leave(page)
    judge(page, contest, JURY[1][0], {first: "4", second: "3"})
    expect(page.locator("main")).to_contain_text("Alle haben bewertet")
    expect(page.get_by_role("table", name="Ergebnis je Beitrag")).to_contain_text("90,0 von 100")
    leave(page)

    decide(page, contest, mark, first, second)
    leave(page)

    # Everybody reads it, with what differs and why.
    open_when(page, contest, page.get_by_role("heading", level=2, name="Die Plätze"))
    expect(page.locator("main")).to_contain_text("Ein Gutschein über 100 Euro")
    press(page, page.get_by_role("link", name="Ergebnis ansehen", exact=True))
    table = page.get_by_role("table", name="Ergebnis je Beitrag")
    expect(table).to_contain_text("20 Stimmen")
    expect(table).to_contain_text("Die Jury lag vorn.")
    expect(page.locator("main")).not_to_contain_text(JURY[0][0])
    certificate = page.get_by_role("link", name=re.compile(rf"^PDF\b.*{re.escape(first)}$")).get_attribute("href")
    assert page.request.get(certificate).body().startswith(b"%PDF")
