"""An editor brings a large video in by pieces and gives it captions; it plays with the picture in sign language."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from allmende.engines.media.builders import mp4
from tests.browser.conftest import City, Watch, follow, wait_until

pytestmark = pytest.mark.browser
SIZE = 20 * 1024 * 1024


@pytest.fixture
def editor(browser: Browser, city: City):
    """The page of somebody who edits."""
    context = browser.new_context(base_url=city.url, storage_state=city.session(browser, "administrator"))
    watch = Watch(context, city)
    yield context.new_page()
    context.close()
    assert not watch.faults


def test_a_large_video_comes_in_pieces_and_gets_captions(editor: Page, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(mp4(mdat=SIZE))
    parts = []
    editor.on("request", lambda request: parts.append(request.url) if request.url.endswith("/teil/") else None)
    editor.goto("/verwaltung/medien/neu/")
    editor.get_by_label("Datei", exact=False).set_input_files(film)
    editor.get_by_label("Titel", exact=True).fill("Rückblick auf die Woche")
    editor.get_by_label("Was steht darin, was ist zu sehen?").fill("Drei Abende, viele Fragen.")
    editor.get_by_role("button", name="Hochladen").click()
    expect(editor.get_by_role("heading", level=1)).to_have_text("Ist bei diesem Video alles da?", timeout=180_000)
    assert len(parts) == 3
    expect(editor.get_by_text("Es fehlt noch: Untertitel")).to_be_visible()
    captions = tmp_path / "a.vtt"
    captions.write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nGuten Abend in Gera\n")
    follow(editor, editor.get_by_role("link", name="Untertitel hochladen"))
    editor.get_by_label("Datei").set_input_files(captions)
    follow(editor, editor.get_by_role("button", name="Untertitel speichern"))
    editor.get_by_text("Mitschrift lesen").click()
    expect(editor.get_by_text("Guten Abend in Gera")).to_be_visible()
    follow(editor, editor.get_by_role("link", name="Löschen"))
    follow(editor, editor.get_by_role("button", name="Löschen"))
    expect(editor.get_by_text("Gelöscht.")).to_be_visible()


def test_the_picture_in_sign_language_runs_with_the_video_and_grows_by_keyboard(editor: Page) -> None:
    editor.goto("/verwaltung/medien/")
    follow(editor, editor.locator("main").get_by_role("link", name=re.compile("Ein Tag am Fluss")))
    larger = editor.get_by_role("button", name="Gebärdenbild größer")
    expect(larger).to_be_visible()  # the page is there, and what joins the two pictures has run
    film, sign = "document.querySelector('[data-film] > video')", "document.querySelector('[data-sign]')"
    wait_until(editor, f"{film}.readyState >= 1 && {sign}.readyState >= 1")
    assert editor.evaluate(f"[{film}.paused, {film}.textTracks.length, {film}.duration]") == [True, 1, 12]
    editor.evaluate(f"{film}.muted = {film}.loop = true; {film}.currentTime = 4; {film}.play()")
    wait_until(editor, f"!{sign}.paused && Math.abs({sign}.currentTime - {film}.currentTime) < 0.6")
    editor.evaluate(f"{film}.pause()")
    wait_until(editor, f"{sign}.paused")
    before = editor.evaluate(f"{sign}.offsetWidth")
    larger.focus()
    editor.keyboard.press("Enter")
    wait_until(editor, f"{sign}.offsetWidth > {before} && document.activeElement !== document.body")
    editor.get_by_role("button", name="Gebärdenbild ausblenden").press("Enter")
    expect(editor.locator("[data-sign]")).to_be_hidden()
    expect(editor.get_by_role("button", name="Gebärdenbild einblenden")).to_be_focused()
