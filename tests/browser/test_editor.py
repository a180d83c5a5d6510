"""An editor writes, a colleague checks and releases, it is translated and scheduled; a visitor sees it in its time."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import City, Watch, follow, open_when

pytestmark = pytest.mark.browser
ALT = "Eine Holzbrücke mit Geländer über dem Fluss"


@pytest.fixture
def desk_of(browser: Browser, city: City) -> Iterator:
    """A browser of its own for each person of the demonstration, by key; „visitor“ is nobody."""
    opened, watches = [], []

    def made(persona: str, **options) -> Page:
        context = browser.new_context(
            base_url=city.url, locale="de-DE", viewport={"width": 1280, "height": 900},
            storage_state=city.session(browser, persona), **options,
        )  # fmt: skip
        watches.append(Watch(context, city))
        opened.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    yield made
    for context in opened:
        context.close()
    assert [fault for watch in watches for fault in watch.faults] == []


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "steg.jpg"
    Image.new("RGB", (1200, 800), f"#{secrets.token_hex(3)}").save(path, "JPEG")  # one that nobody has sent before
    return path


def box(where: Page | Locator, label: str) -> Locator:
    """A text field by what stands above it."""
    return where.get_by_role("textbox", name=label).first


def write(page: Page, title: str, picture: Path) -> None:
    """From the portal's staff pages into the editor: a piece of news with picture, saved as a draft."""
    page.goto("/verwaltung/")
    follow(page, page.locator("main").get_by_role("link", name="Schreiben").first)
    follow(page, page.get_by_role("link", name="Nachricht schreiben"))
    box(page, "Titel").fill(title)
    box(page, "Zusammenfassung").fill("Ab Montag kommt man wieder trocken hinüber.")
    page.get_by_role("button", name="Bild auswählen").first.click()
    chooser = page.locator(".modal-dialog")
    chooser.get_by_role("tab", name="Hochladen").click()
    box(chooser, "Titel").fill("Steg")
    chooser.locator("input[type=file]").set_input_files(picture)
    box(chooser, "Bildnachweis").fill("Stadtarchiv")
    chooser.get_by_role("button", name="Hochladen").click()
    expect(chooser.get_by_text("Dieses Feld ist erforderlich").first).to_be_visible()
    box(chooser, "Was das Bild zeigt").fill(ALT)
    chooser.locator("input[type=file]").set_input_files(picture)
    chooser.get_by_role("button", name="Hochladen").click()
    expect(page.locator(".chooser__title").first).to_have_text("Steg")
    expect(page.get_by_text("Gespeichert", exact=True)).to_be_visible()  # what is typed is kept without a press
    save(page)


def save(page: Page) -> None:
    follow(page, page.get_by_role("button", name="Entwurf speichern"))
    expect(page.locator(".messages")).to_contain_text("Seite")


def open_at_desk(page: Page, title: str) -> None:
    page.goto("/verwaltung/redaktion/")
    follow(page, page.locator("main").get_by_role("link", name=title).first)


def step(page: Page, button: str, says: str) -> None:
    follow(page, page.get_by_role("button", name=button))
    expect(page.get_by_role("status").first).to_be_attached()
    expect(page.locator("main")).to_contain_text(says)


def check_and_release(colleague: Page, title: str) -> None:
    open_at_desk(colleague, title)
    step(colleague, "Als geprüft vermerken", "Geprüft von")
    step(colleague, "Freigeben", "Freigegeben von")


def test_an_editor_writes_translates_and_schedules(desk_of, picture: Path) -> None:
    title = f"Der Steg ist wieder offen {secrets.token_hex(2)}"
    english = f"The footbridge is open again {secrets.token_hex(2)}"
    editor, colleague, visitor = desk_of("editor"), desk_of("administrator"), desk_of("visitor")
    write(editor, title, picture)
    edit_address = editor.url

    # nobody reads a draft, and whoever wrote it is told that somebody else should check
    visitor.goto("/aktuelles/")
    expect(visitor.get_by_role("heading", name=title)).to_have_count(0)
    open_at_desk(editor, title)
    expect(editor.locator("main")).to_contain_text("Besser prüft ihn jemand anderes")
    expect(editor.get_by_role("button", name="Freigeben")).to_have_count(0)

    # a colleague checks and releases: everybody sees it, with the picture and its words
    check_and_release(colleague, title)
    news = visitor.locator("main").get_by_role("link", name=title)
    open_when(visitor, "/aktuelles/", news)
    follow(visitor, news.first)
    expect(visitor.get_by_role("heading", level=1)).to_have_text(title)
    expect(visitor.get_by_role("img", name=ALT)).to_be_visible()
    expect(visitor.locator("main")).to_contain_text("Stadtarchiv")
    address = visitor.url

    # in English it says that it is not translated yet; then the editor translates it
    follow(visitor, visitor.get_by_role("link", name="English"))
    expect(visitor.locator("#not-translated")).to_be_visible()
    editor.goto(edit_address.replace("/edit/", "/").replace("/pages/", "/translation/submit/page/"))
    editor.get_by_label("English").check()
    follow(editor, editor.get_by_role("button", name="Absenden"))
    box(editor, "Titel").fill(english)
    box(editor, "Zusammenfassung").fill("From Monday on you get across with dry feet.")
    save(editor)
    check_and_release(colleague, english)
    open_when(visitor, visitor.url, visitor.get_by_role("heading", level=1, name=english))
    expect(visitor.locator("#not-translated")).to_have_count(0)

    # a new version for the day after tomorrow: until then everybody reads the old one
    moment = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=2)
    editor.goto(edit_address)
    box(editor, "Zusammenfassung").fill("Jetzt auch mit Geländer.")
    schedule(editor, f"{moment:%d.%m.%Y} 09:00")
    expect(editor.locator(".messages")).to_contain_text("Seite")
    open_at_desk(colleague, title)
    step(colleague, "Als geprüft vermerken", "Geprüft von")
    step(colleague, "Freigeben", "Neue Fassung ab")
    visitor.goto(address)
    expect(visitor.locator("main")).to_contain_text("trocken hinüber")
    expect(visitor.locator("main")).not_to_contain_text("Geländer.")

    # the editors can look ahead, as anybody at any time
    for hour, words in (("08:59", "trocken hinüber"), ("09:00", "Jetzt auch mit Geländer.")):
        open_at_desk(editor, title)
        editor.get_by_label("Wann").fill(f"{moment:%Y-%m-%d}T{hour}")
        follow(editor, editor.get_by_role("button", name="Ansehen"))
        expect(editor.locator("main")).to_contain_text(words)


def schedule(page: Page, moment: str) -> None:
    """Sets from when the version counts, in the side panel „Status“."""
    page.get_by_role("button", name="Status umschalten").click()
    page.get_by_role("button", name="Zeitplan festlegen").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Veröffentlicht ab").fill(moment)
    with page.expect_navigation():  # by keyboard, since the little calendar lies over the button
        dialog.get_by_role("button", name="Zeitplan speichern").press("Enter")
