"""The built script in a real browser, on small pages: what focus, counter, drafts and status region do for people."""

import hashlib
import re
import time

import pytest
from django import forms as django_forms
from django.template.loader import render_to_string
from django.utils import translation
from tests import chromium as installed

from allmende.project.config import ROOT
from allmende.ui import forms

pytestmark = pytest.mark.browser
BUILD = ROOT / "src/allmende/ui/static/ui/build"
SITE = "http://localhost"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
HEAD = (
    '<!doctype html><html lang="de"><head><title>Probe</title>'
    """<meta name="htmx-config" content='{"mode": "same-origin", "history": false, """
    """"includeIndicatorCSS": false, "extensions": "no-code"}'>"""
    '<script type="module" src="/ui.js"></script></head><body><main><h1>Probe</h1>'
    '<div id="status" role="status" data-lost="Nichts ist verloren."></div>'
)

READY = "() => !document.querySelector('[hx-get], [hx-post]') || document.querySelector('[data-htmx-powered]')"


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed.executable(), args=installed.FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def show(chromium):
    """Opens a page with this body; `answers` maps a path to (status, headers, body) or a function of the request."""
    context = chromium.new_context()
    context.set_default_timeout(120_000)  # milliseconds: nothing depends on how busy the machine is
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    answers: dict = {}

    def serve(route):
        path = re.sub(r"^https?://[^/]+", "", route.request.url).split("?")[0]
        if path == "/ui.js":
            return route.fulfill(content_type="text/javascript", body=(BUILD / "ui.js").read_text())
        found = answers.get(path)
        if callable(found):
            found = found(route.request)
        if found is None:
            return route.abort()
        status, headers, body = found
        return route.fulfill(
            status=status,
            headers={"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8", **headers},
            body=body,
        )

    context.route("**/*", serve)

    def open_(body: str, extra: dict | None = None):
        answers.update(extra or {})
        answers["/"] = (200, {}, HEAD + body + "</main></body></html>")
        page.goto(SITE + "/")
        page.wait_for_function(
            "() => document.querySelector('[data-htmx-powered]') || !document.querySelector('[hx-get],[hx-post]')"
        )
        return page

    open_.page = page
    yield open_
    assert complaints == []
    context.close()


KEPT = "() => Object.keys(localStorage).length === 1"


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim().slice(0, 40)")


def wait_focus(page, expected):
    page.wait_for_function(
        "wanted => (document.activeElement.id || document.activeElement.textContent.trim()) === wanted",
        arg=expected,
        timeout=120_000,
    )


def test_more_leads_to_the_first_new_heading(show):
    body = (
        '<ul id="list"><li><h3><a href="#1">Alt</a></h3></li></ul>'
        '<a id="more" href="/more" hx-get="/more" hx-target="#list" hx-swap="beforeend" data-more>Mehr anzeigen</a>'
    )
    page = show(body, {"/more": (200, {}, "<li><h3>Neu eins</h3></li><li><h3>Neu zwei</h3></li>")})
    page.focus("#more")
    page.keyboard.press("Enter")
    wait_focus(page, "Neu eins")
    assert page.locator("#list > li").count() == 3


def test_an_action_in_place_keeps_the_focus(show):
    button = '<form id="support" hx-post="/support" hx-swap="outerHTML"><button id="go">{}</button></form>'
    page = show(button.format("Unterstützen"), {"/support": (200, {}, button.format("Nicht mehr unterstützen"))})
    page.focus("#go")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nicht mehr")
    wait_focus(page, "go")


def test_an_action_whose_button_goes_leads_into_what_came(show):
    body = '<div id="box"><button id="go" hx-post="/x" hx-target="#box" hx-swap="innerHTML">Los</button></div>'
    page = show(body, {"/x": (200, {}, "<h2>Danke</h2><p>Ist da.</p>")})
    page.focus("#go")
    page.keyboard.press("Enter")
    wait_focus(page, "Danke")


ROWS = '<section><h2 id="head">Wartend</h2><ul>{}</ul></section>'
ROW = (
    '<li><h3><a id="a{0}" href="#{0}">Zeile {0}</a></h3>'
    '<button id="b{0}" hx-post="/gone" hx-target="closest li" hx-swap="delete">Weg</button></li>'
)


@pytest.mark.parametrize(("count", "gone", "expected"), [(3, 2, "a3"), (3, 3, "a2"), (1, 1, "head")])
def test_a_row_that_goes_hands_the_focus_on(show, count, gone, expected):
    page = show(ROWS.format("".join(ROW.format(n) for n in range(1, count + 1))), {"/gone": (200, {}, "<p>weg</p>")})
    page.focus(f"#b{gone}")
    page.keyboard.press("Enter")
    wait_focus(page, expected)
    assert page.locator("li").count() == count - 1


def test_a_trigger_may_name_where_the_focus_goes(show):
    button = '<button id="go" hx-get="/x" hx-target="#box" data-focus="#there">Los</button>'
    body = f'<div id="box"></div><h2 id="there">Dort</h2>{button}'
    page = show(body, {"/x": (200, {}, "<p>da</p>")})
    page.focus("#go")
    page.keyboard.press("Enter")
    wait_focus(page, "there")


def test_the_status_region_says_one_sentence_per_action(show):
    trigger = '{"status": {"text": "Sie unterst\\u00fctzen diese Idee."}}'
    body = '<div id="box"></div><button id="go" hx-get="/x" hx-target="#box">Los</button>'
    page = show(body, {"/x": (200, {"HX-Trigger": trigger}, "<p>da</p>")})
    assert page.inner_text("#status") == ""
    page.click("#go")
    page.wait_for_function("() => document.getElementById('status').textContent === 'Sie unterstützen diese Idee.'")


def test_a_lost_connection_is_said_and_nothing_is_lost(show):
    page = show('<button id="go" hx-get="/nowhere">Los</button><input id="t">')
    page.fill("#t", "Text")
    page.click("#go")
    page.wait_for_function("() => document.getElementById('status').textContent.includes('Nichts ist verloren')")
    assert page.input_value("#t") == "Text"


def test_code_in_an_attribute_is_not_run(show):
    page = show(
        '<button id="go" hx-get="/x" hx-swap="none" hx-vals="js:{a: window.ran = 1}">Los</button>',
        {"/x": (200, {}, "")},
    )
    page.click("#go")
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None


class Idea(forms.Form):
    proof = True
    title = django_forms.CharField(label="Titel")
    body = forms.LongText(label="Text", max_length=20)


def form_page(autosave="here"):
    with translation.override("de"):
        return render_to_string("ui/parts/form.html", {"form": Idea(), "submit": "Senden", "autosave": autosave})


def test_the_counter_is_seen_at_once_and_heard_late_and_rarely(show):
    show.page.clock.install(time=0)
    page = show(form_page())
    page.clock.pause_at(3600)  # from here on the test turns it: nothing depends on how busy the machine is
    page.fill("#id_body", "kurz")
    seen, heard = page.locator("#id_body-count [aria-hidden]"), page.locator("#id_body-count [aria-live]")
    assert seen.inner_text() == "Noch 16 Zeichen"
    page.clock.run_for(1200)
    assert heard.text_content() == ""
    page.fill("#id_body", "x" * 18)
    assert heard.text_content() == ""
    page.clock.run_for(1200)
    assert heard.text_content() == "Noch 2 Zeichen"
    page.fill("#id_body", "x" * 23)
    assert seen.inner_text() == "3 Zeichen zu viel"
    assert page.input_value("#id_body") == "x" * 23


def test_a_draft_survives_on_the_device_and_is_offered_again(show):
    page = show(form_page())
    page.fill("#id_title", "Bänke an der Elster")
    page.wait_for_function(KEPT)
    page.goto(SITE + "/")
    assert page.input_value("#id_title") == ""
    page.wait_for_selector("text=Sie haben hier schon etwas geschrieben.")
    page.click("text=Entwurf einsetzen")
    assert page.input_value("#id_title") == "Bänke an der Elster"
    assert focused(page) == "id_title"


def test_a_draft_follows_into_the_other_language_and_goes_when_it_was_sent(show):
    english = (200, {}, HEAD + form_page() + "</main></body></html>")
    done = (200, {}, HEAD + '<div data-draft-done="/"></div></main></body></html>')
    page = show(form_page(), {"/en/": english, "/danke/": done})
    page.fill("#id_title", "Bänke")
    page.goto(SITE + "/en/")
    page.click("text=Entwurf einsetzen")
    assert page.input_value("#id_title") == "Bänke"
    page.goto(SITE + "/danke/")
    page.wait_for_function("() => Object.keys(localStorage).length === 0")


def test_a_draft_can_be_thrown_away(show):
    page = show(form_page())
    page.fill("#id_title", "Bänke")
    page.wait_for_function(KEPT)
    page.goto(SITE + "/")
    page.click("text=Entwurf löschen")
    page.goto(SITE + "/")
    assert page.locator("[data-draft]").is_hidden()
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_draft_goes_to_the_server_in_silence(show):
    sent = []

    def keep(request):
        sent.append((request.headers.get("x-draft"), request.post_data))
        return 204, {}, ""

    page = show(form_page("/entwurf/"), {"/entwurf/": keep})
    with page.expect_response(SITE + "/entwurf/"):
        page.fill("#id_title", "Bänke")
    page.wait_for_timeout(200)  # nothing comes after the answer
    assert [header for header, _body in sent] == ["1"]
    assert "Bänke" in sent[0][1]
    assert page.inner_text("#status") == ""
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_the_browser_works_for_the_form_without_a_focus_stop(show):
    page = show(form_page())
    page.type("#id_title", "B")
    page.wait_for_function("() => document.querySelector('[name=_proof]').value", timeout=120_000)
    values = page.evaluate("['_challenge', '_proof'].map(name => document.querySelector(`[name=${name}]`).value)")
    digest = int.from_bytes(hashlib.sha256(":".join(values).encode()).digest())
    assert digest >> (256 - forms.base.PROOF_BITS) == 0
    assert Idea({"title": "x", "body": "y", "_challenge": values[0], "_proof": values[1]}).proven
    assert focused(page) == "id_title"


def test_the_summary_of_errors_has_the_focus_and_leads_to_the_field(show):
    with translation.override("de"):
        body = render_to_string("ui/parts/form.html", {"form": Idea({"title": ""}), "submit": "Senden"})
    page = show(body)
    wait_focus(page, "errors")
    page.click("text=Bitte füllen Sie das Feld „Titel“ aus. >> nth=0")
    wait_focus(page, "id_title")


def test_a_login_about_to_end_is_said_and_one_key_extends_it(show):
    ends = int(time.time()) + 60
    body = (
        f'<div id="session" data-ends="{ends}" hidden><p>Ihre Anmeldung endet in zwei Minuten.</p>'
        '<form method="post" action="/bleiben/"><button id="stay">Angemeldet bleiben</button></form></div>'
    )
    answer = (
        200,
        {"Content-Type": "application/json"},
        f'{{"ends": {ends + 9999}, "text": "Sie bleiben angemeldet."}}',
    )
    page = show(body, {"/bleiben/": answer})
    page.wait_for_selector("#stay:visible")
    page.wait_for_function("() => document.getElementById('status').textContent.includes('zwei Minuten')")
    page.focus("#stay")
    page.keyboard.press("Enter")
    page.wait_for_selector("#session", state="hidden")
    assert focused(page) == "Probe"


def test_escape_closes_a_menu_and_gives_the_focus_back(show):
    page = show('<details data-menu><summary id="menu">Menü</summary><a id="first" href="#x">Start</a></details>')
    page.click("#menu")
    page.focus("#first")
    page.keyboard.press("Escape")
    assert focused(page) == "menu"
    assert page.locator("details[open]").count() == 0
