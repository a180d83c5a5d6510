"""The city map and the place picker, as people use them who have no mouse, no script, or no map."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_reach import found_by_axe

READY = 30_000
"""Milliseconds within which a map is drawn without a graphics card."""


def idea_form(page: Page) -> None:
    """The form for an idea, with what is voluntary unfolded."""
    page.goto("/mitmachen/ideen/neu/")
    store = page.locator("main a[href*='speicher=']").first
    if not page.locator("#id_title").count():
        store.click()
    fold = page.locator("details", has=page.locator("#id_place"))
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()


def press_until(page: Page, key: str, selector: str, most: int = 40) -> None:
    """Goes on by keyboard until what the selector names has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {key}")


def test_a_place_is_picked_by_keyboard_only_and_told_in_words(page: Page) -> None:
    idea_form(page)
    page.locator("#id_body").focus()
    press_until(page, "Tab", "#id_place")
    page.keyboard.type("Martkgasse 3")  # a slip of the pen
    press_until(page, "Tab", "[data-place-search]")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=place_at]").first).to_be_focused()
    assert page.evaluate("document.activeElement !== document.body")
    page.keyboard.press("Space")
    expect(page.locator("[data-place-chosen]")).to_contain_text("Gewählt: Marktgasse 3, Stadtteil Stadtmitte")
    expect(page.locator("#status")).to_have_text("Gewählt: Marktgasse 3, Stadtteil Stadtmitte")
    expect(page.locator("#id_place")).to_have_value("Marktgasse 3")
    assert found_by_axe(page) == []


def test_the_map_is_as_good_a_way_and_needs_no_mouse(page: Page) -> None:
    idea_form(page)
    page.locator("#id_place").focus()
    press_until(page, "Tab", "[data-place-map]")
    page.keyboard.press("Enter")
    expect(page.locator("canvas.maplibregl-canvas")).to_be_focused(timeout=READY)
    page.keyboard.press("ArrowUp")
    press_until(page, "Tab", ".map-as-list")
    page.keyboard.press("Enter")
    expect(page.locator("[data-place-chosen]")).to_contain_text("Gewählt:")
    expect(page.locator("#status")).to_have_text(re.compile("^Gewählt: "))
    page.locator("[data-place-clear]").press("Enter")
    expect(page.locator("#id_place")).to_be_focused()
    assert page.locator("#id_place").input_value() == ""


def test_where_i_am_is_asked_only_on_request(page: Page) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 12.0602, "latitude": 50.8462})
    idea_form(page)
    assert page.locator("[data-place-chosen]").is_hidden()
    page.locator("[data-place-here]").press("Enter")
    expect(page.locator("[data-place-chosen]")).to_contain_text("Stadtteil Lusan")


def test_without_script_the_place_is_a_step_of_the_form(plain_page: Page) -> None:
    idea_form(plain_page)
    plain_page.locator("#id_title").fill("Eine Bank am Markt")
    plain_page.locator("#id_place").fill("Bahnhofstr. 5")
    plain_page.get_by_role("button", name="Ort suchen").click()
    assert plain_page.locator(".errors").count() == 0
    assert plain_page.locator("#id_title").input_value() == "Eine Bank am Markt"
    choice = plain_page.get_by_role("radio", name=re.compile("^Bahnhofstraße 5, Stadtteil"))
    assert choice.is_checked()  # it was named beyond doubt


def test_the_city_map_shows_markers_and_the_same_as_a_list(page: Page) -> None:
    page.goto("/karte/?ebene=ideen&ebene=orte")
    expect(page.locator("[data-city-map][data-ready]")).to_be_visible(timeout=READY)
    pins = page.locator("button.pin")
    assert pins.count() > 3
    assert all(pins.nth(number).get_attribute("aria-label") for number in range(pins.count()))
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Näher heran").first.press("Enter")
    expect(page).to_have_url(re.compile("karte="))
    page.get_by_role("button", name="Diesen Ausschnitt als Liste zeigen").press("Enter")
    expect(page.locator("#map-list-title")).to_be_focused()
    expect(page.locator("#map-list-title")).to_have_text("In diesem Ausschnitt")


def test_a_marker_is_opened_and_closed_by_keyboard(page: Page) -> None:
    page.goto("/karte/?ebene=orte&karte=15/50.8798/12.0846")
    expect(page.locator("[data-city-map][data-ready]")).to_be_visible(timeout=READY)
    pin = page.locator("button.pin:not(.pin--many)").first
    pin.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".map-card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".map-card")).to_have_count(0)
    expect(pin).to_be_focused()


def test_without_script_the_list_has_everything(plain_page: Page) -> None:
    plain_page.goto("/karte/")
    plain_page.get_by_label("Bekannte Orte").check()
    plain_page.get_by_label("In der Nähe von").fill("Marktgasse 3")
    plain_page.get_by_role("button", name="Anwenden").click()
    assert "In der Nähe: Marktgasse 3" in plain_page.locator("#map-list-title").inner_text()
    first = plain_page.locator("section[aria-labelledby=layer-orte] li").first.inner_text()
    assert " m entfernt" in first
