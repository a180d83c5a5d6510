"""The main job on real content, as the people do it: by keyboard alone, and once without JavaScript.

A newcomer runs `make up`, sees Gera's portal, submits an idea into a working group's topic store, a moderator publishes
it, the newcomer follows it and sees where it stands.
"""

import re
import secrets

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import City, code_in, follow, open_when, wait_until

ACTIVE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return '';
  const label = one.labels && one.labels.length ? one.labels[0].innerText : '';
  return [label, one.getAttribute('aria-label') || '', one.innerText || '', one.value || ''].join(' ')
    .replace(/\\s+/g, ' ').replace(/ : /g, ': ').trim();
}"""


SEEN = """() => ['', '::after'].some(part => {
  const style = getComputedStyle(document.activeElement, part);
  return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
})"""


def tab_to(page: Page, words: str, *, most: int = 150) -> None:
    """Presses Tab until what has the focus is called by these words; the focus must never be lost on the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in page.evaluate(ACTIVE):
            assert page.evaluate(SEEN), f"the focus on {words!r} cannot be seen"
            return
    raise AssertionError(f"no way by keyboard to {words!r}")


def enter(page: Page, words: str) -> None:
    """Goes to a link or button and presses Enter; waits for the page that follows."""
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_up(page: Page, city: City) -> str:
    """A new account, by keyboard: address, code from the mail."""
    address = f"newcomer-{secrets.token_hex(4)}@example.org"
    page.goto("/")
    enter(page, "Anmelden")
    enter(page, "Konto")
    tab_to(page, "E-Mail-Adresse")
    page.keyboard.type(address)
    enter(page, "Code senden")
    code = code_in(city.mail_to(address))
    tab_to(page, "Code")
    page.keyboard.type(code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Mein Konto")).to_be_visible()
    return address


def submit_idea(page: Page, title: str) -> None:
    """From the start page into the topic store of a working group, by keyboard."""
    page.goto("/")
    enter(page, "Idee einbringen")
    enter(page, "Energie und Umwelt")
    tab_to(page, "Ihre Idee in einem Satz")
    page.keyboard.type(title)
    tab_to(page, "Beschreibung")
    page.keyboard.type("Damit man abends sieht, wohin man tritt.")
    enter(page, "Idee absenden")


def sign_in_as(page: Page, person: str) -> None:
    """A demo login, by keyboard."""
    page.goto("/konto/anmelden/")
    press(page, page.get_by_role("button", name=person))


def next_list(page: Page) -> None:
    """Begins the ten-minute list, or goes on with the one that was begun."""
    main = page.locator("main")
    for words in ("Weiter mit der Liste", "Noch zehn Minuten", "Zehn-Minuten-Liste beginnen"):
        found = main.get_by_role("link", name=words).or_(main.get_by_role("button", name=words))
        if found.count():
            press(page, found.first)
            return
    raise AssertionError("nothing to check")


def press(page: Page, target: Locator) -> None:
    """Enter on what has the focus; the browser without scripts does the same."""
    target.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def release(page: Page, title: str) -> None:
    """The moderator's way: the list, post by post, until this one is released; it may hold what others wrote before."""
    sign_in_as(page, "Beispiel: Moderation")
    page.goto("/moderation/")
    next_list(page)
    for _ in range(60):
        posts = page.get_by_role("article")
        mine = posts.filter(has_text=title)
        found = mine.count() > 0
        if not posts.count():
            next_list(page)
            continue
        post = mine if found else posts.first
        press(page, post.get_by_role("button", name=re.compile("Freigeben|Stehen lassen")))
        if found:
            return
    raise AssertionError("the idea is not on the list")


def publish(browser: Browser, city: City, title: str, *, scripts: bool = True) -> None:
    context = browser.new_context(base_url=city.url, locale="de-DE", java_script_enabled=scripts)
    release(context.new_page(), title)
    context.close()


def find_public(page: Page, title: str) -> None:
    """Waits until the portal shows the idea, then opens it."""
    ours = page.locator("main").get_by_role("link", name=title)
    open_when(page, "/mitmachen/ideen/", ours)
    follow(page, ours.first)
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def a_title() -> str:
    return f"Warmes Licht am Steg {secrets.token_hex(3)}"


def test_a_newcomer_runs_make_up_and_sees_geras_portal(page):
    page.goto("/")
    assert page.title() == "Unser Gera"
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gera")
    expect(page.get_by_role("heading", name="Jetzt mitreden")).to_be_visible()
    expect(page.get_by_text("Beispiel:").first).to_be_visible()
    tab_to(page, "Zum Inhalt", most=1)
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_newcomer_submits_an_idea_into_a_working_groups_topic_store(page, city):
    sign_up(page, city)
    title = a_title()
    submit_idea(page, title)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("Nächster Schritt")
    visitor = page.request.get("/mitmachen/ideen/")
    assert title in page.content()
    assert title not in visitor.text(), "an idea is private until it is released"


def test_a_moderator_publishes_it(page, city, browser):
    sign_up(page, city)
    title = a_title()
    submit_idea(page, title)
    publish(browser, city, title)
    find_public(page, title)


def test_the_newcomer_follows_it_and_sees_where_it_stands(page, city, browser):
    address = sign_up(page, city)
    title = a_title()
    submit_idea(page, title)
    publish(browser, city, title)
    mail = city.mail_to(address, having=title)
    assert "/mitmachen/ideen/" in mail
    find_public(page, title)
    main = page.locator("main")
    expect(main).to_contain_text("Sie folgen")
    expect(main).to_contain_text("Nächster Schritt")
    expect(page.get_by_role("heading", name="Woher kommt das?")).to_be_visible()
    expect(page.get_by_role("heading", name="Was wurde daraus?")).to_be_visible()
    open_when(page, page.url, page.locator("ol.trace", has_text="Energie und Umwelt"))  # its worker is another one
    open_when(page, "/mitteilungen/", page.locator("main", has_text=title))


def test_someone_else_supports_comments_and_follows_by_keyboard(page, city):
    sign_up(page, city)
    page.goto("/mitmachen/ideen/?text=Trinkbrunnen")  # however many have been published since
    enter(page, "Trinkbrunnen auf den Plätzen")
    before = int(re.search(r"(\d+)\s+Menschen", page.locator("main").inner_text())[1])
    tab_to(page, "Unterstützen")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(f"{before + 1} Menschen")
    wait_until(page, "document.activeElement !== document.body")  # the focus stays in place
    tab_to(page, "Folgen")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Sie folgen")


@pytest.mark.parametrize("kind", ["gar nicht: Ich schaue mit Nummer und Code selbst nach"])
def test_without_javascript_a_guest_submits_and_looks_it_up_by_number_and_code(plain_page, browser, city, kind):
    page, title = plain_page, a_title()
    page.goto("/")
    follow(page, page.get_by_role("link", name="Idee einbringen").first)
    follow(page, page.locator("main").get_by_role("link", name=re.compile("Energie und Umwelt")).first)
    page.get_by_label("Ihre Idee in einem Satz").fill(title)
    page.get_by_label("Beschreibung").fill("Damit man abends sieht, wohin man tritt.")
    page.get_by_label(kind).check()
    follow(page, page.get_by_role("button", name="Idee absenden"))
    receipt = page.locator("main").inner_text()
    assert "Code" in receipt, receipt
    number = re.search(r"[A-Z]-\d{4}-\d{6}", receipt)
    code = re.search(r"\b[A-Z0-9]{4}[- ]?[A-Z0-9]{4}\b(?!\d)", receipt.split("Code", 1)[1])
    assert number, receipt
    assert code, receipt
    page.goto("/nachsehen/")
    page.get_by_label("Nummer").fill(number[0])
    page.get_by_label("Code").fill(code[0])
    follow(page, page.get_by_role("button", name="Nachsehen"))
    expect(page.locator("main")).to_contain_text(title)

    publish(browser, city, title, scripts=False)
    open_when(page, "/mitmachen/ideen/", page.locator("main", has_text=title))


def test_what_was_typed_never_disappears(page, city):
    """An error keeps the words and takes the focus to a summary that leads to the field."""
    page.goto("/mitmachen/ideen/neu/?speicher=1")
    tab_to(page, "Beschreibung")
    page.keyboard.type("Ein Text, an dem ich lange saß.")
    enter(page, "Idee absenden")
    assert page.title().startswith("Fehler:")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.get_by_label("Beschreibung")).to_have_value("Ein Text, an dem ich lange saß.")
    summary = page.get_by_role("link", name=re.compile("Idee in einem Satz|Satz")).first
    summary.click()
    field = page.locator("[name=title]")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")


def test_switching_the_language_keeps_the_page(page):
    page.goto("/mitmachen/")
    follow(page, page.get_by_role("link", name="English"))
    assert page.url.endswith("/en/mitmachen/")
    assert page.evaluate("document.documentElement.lang") == "en"
