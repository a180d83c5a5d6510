"""The city map and the place picker, as people use them who have no mouse, no script, or no map."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, follow, open_when, wait_until
from tests.browser.test_journey import press
from tests.browser.test_reach import found_by_axe

READY = 120_000
"""Milliseconds within which a map is drawn without a graphics card."""


def idea_form(page: Page) -> None:
    """The form for an idea, with what is voluntary unfolded."""
    page.goto("/mitmachen/ideen/neu/?speicher=1")
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
    follow(plain_page, plain_page.get_by_role("button", name="Ort suchen"))
    assert plain_page.locator(".errors").count() == 0
    assert plain_page.locator("#id_title").input_value() == "Eine Bank am Markt"
    choice = plain_page.get_by_role("radio", name=re.compile("^Bahnhofstraße 5, Stadtteil"))
    assert choice.is_checked()  # it was named beyond doubt


def test_the_city_map_shows_markers_and_the_same_as_a_list(page: Page) -> None:
    page.goto("/karte/?ebene=ideen&ebene=orte")
    expect(page.locator("[data-city-map][data-ready]")).to_be_visible(timeout=READY)
    wait_until(page, "document.querySelectorAll('button.pin').length > 3")
    assert all(page.locator("button.pin").evaluate_all("pins => pins.map(pin => pin.getAttribute('aria-label'))"))
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
    follow(plain_page, plain_page.get_by_role("button", name="Anwenden"))
    assert "In der Nähe: Marktgasse 3" in plain_page.locator("#map-list-title").inner_text()
    first = plain_page.locator("section[aria-labelledby=layer-orte] li").first.inner_text()
    assert " m entfernt" in first


def test_a_position_that_is_not_given_leaves_the_other_ways_and_says_so(page: Page) -> None:
    page.context.grant_permissions([])  # nothing is granted: the browser refuses
    page.goto("/karte/")
    page.locator("[data-map-here]").press("Enter")
    note = page.locator("[data-map-note]")
    expect(note).to_be_visible()
    expect(note).to_contain_text("Ihr Standort ist nicht freigegeben")
    expect(page.locator("#status")).to_contain_text("Ihr Standort ist nicht freigegeben")
    assert "lage=" not in page.url
    idea_form(page)
    page.locator("[data-place-here]").press("Enter")
    expect(page.locator("[data-place-choices]")).to_contain_text("Ihr Standort ist nicht freigegeben")
    page.locator("#id_place").fill("Marktgasse 3")
    page.locator("[data-place-search]").press("Enter")
    page.locator("input[name=place_at]").first.check()
    expect(page.locator("[data-place-chosen]")).to_contain_text("Marktgasse 3")


def test_another_website_shows_the_map_and_learns_nothing(browser: Browser, city: City) -> None:
    """In its frame the map is drawn, the list is equal, links lead out of it, and no cookie comes along."""
    context = browser.new_context(locale="de-DE", viewport={"width": 800, "height": 900})
    page = context.new_page()
    frame = f'<iframe src="{city.url}/karte/einbetten/karte/?ebene=orte" width="700" height="800"></iframe>'
    whole = f'<iframe src="{city.url}/karte/"></iframe>'
    page.route(
        "http://elsewhere.example/",
        lambda route: route.fulfill(body=f"<!doctype html>{frame}{whole}", content_type="text/html"),
    )
    page.goto("http://elsewhere.example/")
    shown, refused = page.frames[1:]
    expect(shown.locator("[data-city-map][data-ready]")).to_be_visible(timeout=READY)
    expect(shown.locator("button.pin").first).to_be_visible()
    listed = shown.locator(".map-rows li")
    assert listed.count() > 3
    assert shown.locator("form, input").count() == 0
    targets = shown.locator("a[href^='/']").evaluate_all("links => links.map(link => link.target)")
    assert set(targets) == {"_top"}
    assert shown.evaluate("document.documentElement.lang") == "de"
    shown.get_by_role("button", name="Näher heran").first.press("Enter")
    shown.get_by_role("button", name="Diesen Ausschnitt als Liste zeigen").press("Enter")
    expect(shown.locator("#map-list-title")).to_be_focused()
    assert refused.get_by_role("heading", level=1).count() == 0
    assert context.cookies() == []
    context.close()


def test_the_code_for_ones_own_website_holds_the_choice(page: Page, city: City) -> None:
    page.goto("/karte/?ebene=orte&district=lusan")
    press(page, page.get_by_role("link", name="Auf der eigenen Website zeigen"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Stadtkarte auf der eigenen Website")
    code = page.get_by_role("textbox", name="Zum Kopieren").input_value()
    assert f'src="{city.url}/karte/einbetten/karte/?ebene=orte&amp;district=lusan"' in code
    assert found_by_axe(page) == []


# A base map of the city's own


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def member(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


def vector_tile() -> bytes:
    """All of it is water (Mapbox Vector Tile 2.1, section 4.3: commands MoveTo 1, LineTo 2, ClosePath 7)."""
    zigzag = [-100, -100, 4296, 0, 0, 4296, -4296, 0]
    steps = [number << 1 if number >= 0 else (-number << 1) - 1 for number in zigzag]
    commands = [1 | 1 << 3, *steps[:2], 2 | 3 << 3, *steps[2:], 7 | 1 << 3]
    feature = varint(3 << 3) + varint(3) + member(4, b"".join(map(varint, commands)))  # type 3: polygon
    layer = member(1, b"water") + member(2, feature) + varint(5 << 3) + varint(4096) + varint(15 << 3) + varint(2)
    return member(3, layer)


def pmtiles() -> bytes:
    """The smallest file there is: one tile, the whole world (PMTiles specification, version 3)."""
    tile = vector_tile()
    root = b"".join(map(varint, (1, 0, 1, len(tile), 1)))  # one entry: tile 0, run of 1, length, offset 0
    about = json.dumps({"vector_layers": [{"id": "water", "fields": {}}]}).encode()
    places, at = b"", 127
    for body in (root, about, b"", tile):
        places += at.to_bytes(8, "little") + len(body).to_bytes(8, "little")
        at += len(body)
    counts = (1).to_bytes(8, "little") * 3
    world = b"".join(int(value * 1e7).to_bytes(4, "little", signed=True) for value in (-180, -85, 180, 85))
    centre = bytes([0]) + (0).to_bytes(4, "little") * 2
    kinds = bytes([1, 1, 1, 1, 0, 0])  # clustered; nothing compressed; vector tiles; zoom 0 to 0
    return b"PMTiles\x03" + places + counts + kinds + world + centre + root + about + tile


PIXEL = """at => {
  const map = document.querySelector('canvas.maplibregl-canvas');
  const copy = document.createElement('canvas');
  [copy.width, copy.height] = [map.width, map.height];
  const pen = copy.getContext('2d');
  pen.drawImage(map, 0, 0);
  return [...pen.getImageData(map.width * at[0], map.height * at[1], 1, 1).data].slice(0, 3);
}"""
OUTSIDE = "/karte/?ebene=orte&karte=12.0/50.8806/12.4000"
"""A look at where the city has no districts, so that only the base map is drawn."""


def painted(colour: list[int]) -> str:
    """An expression for a browser: whether the middle of the map has this colour."""
    return f"({PIXEL})([0.5, 0.5]).join() === '{','.join(map(str, colour))}'"


def rgb(page: Page, token: str) -> list[int]:
    value = page.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--city-{token}')").strip()
    return [int(value[place : place + 2], 16) for place in (1, 3, 5)]


def test_the_citys_own_tiles_are_drawn_from_one_file_read_in_parts(page: Page, city: City) -> None:
    page.goto(OUTSIDE)
    expect(page.locator("[data-city-map][data-ready]")).to_be_visible(timeout=READY)
    wait_until(page, painted(rgb(page, "sand")))  # our own ground
    folder = city.home / city.name / "media" / "public" / "karten"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "probe.pmtiles"
    file.write_bytes(pmtiles())
    parts: list[int] = []
    page.on("response", lambda answer: parts.append(answer.status) if answer.url.endswith(".pmtiles") else None)
    try:
        page.goto(f"{OUTSIDE}&lage=50.8806,12.0833")  # a page that nobody keeps
        expect(page.locator("[data-city-map][data-ready]")).to_be_visible(timeout=READY)
        wait_until(page, painted(rgb(page, "line")))
        assert parts
        assert set(parts) == {206}
    finally:
        file.unlink()


STYLE = {
    "version": 8,
    "sources": {"base": {"type": "vector", "tiles": ["/t/{z}/{x}/{y}.pbf"], "maxzoom": 0}},
    "layers": [
        {"id": "ground", "type": "background", "paint": {"background-color": "#102030"}},
        {"id": "water", "type": "fill", "source": "base", "source-layer": "water", "paint": {"fill-color": "#405060"}},
    ],
}


@contextmanager
def operators_server() -> Iterator[tuple[str, list[str]]]:
    """Style and tiles on a server of their own, and what was asked of it."""
    asked: list[str] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            known = {"/style.json": json.dumps(STYLE).encode(), "/t/0/0/0.pbf": vector_tile()}
            self.send_response(200 if self.path in known else 404)
            self.end_headers()
            self.wfile.write(known.get(self.path, b""))

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/style.json", asked
    finally:
        server.shutdown()
        server.server_close()


def set_style(city: City, address: str) -> None:
    city.manage(
        "shell",
        "-v",
        "0",
        "-c",
        "from allmende.core.models import Setting; "
        f"Setting.objects.update_or_create(key='places.style_url', defaults={{'value': {address!r}}})",
    )


def test_an_operators_style_is_drawn_and_no_browser_asks_another_host(page: Page, city: City) -> None:
    """The fixture `page` fails on any request that does not go to the city itself."""
    with operators_server() as (address, asked):
        set_style(city, address)
        try:
            # Each process reads the settings again by itself.
            open_when(page, f"{OUTSIDE}&lage=50.8806,12.0833", page.locator("[data-city-map][data-style]"))
            expect(page.locator("[data-city-map][data-ready]")).to_be_visible(timeout=READY)
            wait_until(page, painted([64, 80, 96]))
            assert "/t/0/0/0.pbf" in asked
        finally:
            set_style(city, "")
            open_when(page, f"{OUTSIDE}&lage=50.8806,12.0833", page.locator("[data-city-map]:not([data-style])"))
