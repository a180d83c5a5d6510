"""What no tool finds (WCAG 2.2), walked on every public page; and how much a first view may weigh.

`test_reach.py` lets axe look and sees to reflow and 200 % text. Here: keyboard order and visible focus (2.4.3, 2.4.7,
2.4.11), target size (2.5.8), text spacing (1.4.12), consistent navigation and help (3.2.3, 3.2.6), redundant entry
(3.3.7), dragging (2.5.7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import wait_for_maps

BUDGET = 150_000
"""Bytes over the wire for a first view without a map: page, styles, scripts, fonts, pictures."""
SHIFT = 0.01
"""Largest sum of layout shifts (Layout Instability API); 0.1 counts as good."""
STOPS = 160
"""Tab stops after which a page counts as endless."""
MAP_PARTS = ("/static/places/build/map", "/tiles/", ".pmtiles", "/fonts/map")

TABS = """() => {
  const shown = one => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== 'hidden';
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(one => shown(one) && !one.disabled && one.tabIndex >= 0 && one.type !== 'hidden' && !one.closest('[inert]'))
    .length;
}"""
STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const all = [...document.querySelectorAll('*')];
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const line = one.getClientRects()[0] || box;  // of a link that goes on in the next line, the box holds others too
  const x = Math.min(Math.max(line.left + line.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(line.top + Math.min(line.height / 2, 20), 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const near = ['outlineWidth', 'boxShadow'].some(name => {
    for (let it = one; it && it !== document.body; it = it.parentElement) {
      const look = getComputedStyle(it);
      if (parseFloat(look.outlineWidth) >= 2 && look.outlineStyle !== 'none') return true;
      if (look.boxShadow !== 'none' && it.matches(':focus-within')) return true;
    }
    return style[name] && style[name] !== 'none' && parseFloat(style[name]) >= 2;
  });
  return {
    place: all.indexOf(one),
    radio: one.type === 'radio' ? one.name : '',
    name: one.tagName + ' ' + (one.getAttribute('href') || one.name || one.textContent).trim().slice(0, 60),
    visible: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    covered: top !== null && !one.contains(top) && !top.contains(one)
      && !(one.labels && [...one.labels].some(label => label.contains(top))),
    marked: near,
  };
}"""
NOTE_STOPS = f"""() => {{
  window.__stops = [];
  addEventListener('keyup', event => {{ if (event.key === 'Tab') window.__stops.push(({STOP})()); }}, true);
}}"""
BATCH = 12
"""Presses of Tab after which it is asked whether the page is through."""
SMALL = """() => {
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const spots = [...document.querySelectorAll(kinds)].filter(one =>
    one.getClientRects().length > 0 && getComputedStyle(one).visibility !== 'hidden' && one.tabIndex >= 0);
  const boxes = spots.map(one => {
    const after = getComputedStyle(one, '::after');  // a card is one link: its target is the whole card
    if (after.content !== 'none' && after.position === 'absolute') return one.offsetParent.getBoundingClientRect();
    const label = one.labels && one.labels[0] && one.type !== 'text' ? one.labels[0].getBoundingClientRect() : null;
    const box = one.getBoundingClientRect();
    if (!label || (one.type !== 'checkbox' && one.type !== 'radio')) return box;
    return {left: Math.min(box.left, label.left), right: Math.max(box.right, label.right),
            top: Math.min(box.top, label.top), bottom: Math.max(box.bottom, label.bottom),
            width: Math.max(box.right, label.right) - Math.min(box.left, label.left),
            height: Math.max(box.bottom, label.bottom) - Math.min(box.top, label.top)};
  });
  const inText = one => ['P', 'LI', 'DD', 'TD', 'TH'].includes(one.parentElement.tagName)
    && getComputedStyle(one).display === 'inline';
  const found = [];
  spots.forEach((one, n) => {
    const box = boxes[n];
    if (box.width >= 24 && box.height >= 24 || box.bottom < 0) return;
    if (inText(one) || one.closest('.skips')) return;
    // The exception for spacing: a circle of 24 px around its middle touches no other target.
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    const crowded = boxes.some((other, m) => {
      if (m === n || spots[m].contains(one) || one.contains(spots[m])) return false;
      const dx = Math.max(other.left - x, 0, x - other.right), dy = Math.max(other.top - y, 0, y - other.bottom);
      return Math.hypot(dx, dy) < 12;
    });
    if (!crowded) return;
    const name = (one.getAttribute('href') || one.name || one.textContent).trim().slice(0, 60);
    found.push(`${one.tagName.toLowerCase()} ${name} ${Math.round(box.width)} by ${Math.round(box.height)}`);
  });
  return found;
}"""
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const cut = [...document.querySelectorAll('h1, h2, h3, p, li, a, button, label, legend, td, th, dt, dd, summary')]
    .filter(one => {
      const look = getComputedStyle(one);
      const hides = look.overflowX === 'hidden' || look.overflowY === 'hidden' || look.textOverflow === 'ellipsis';
      return hides && !one.classList.contains('sr') && !one.closest('.sr')
        && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
    });
  return cut.map(one => one.tagName.toLowerCase() + ' ' + one.textContent.trim().slice(0, 60));
}"""
SAME_EVERYWHERE = """() => ({
  menu: [...document.querySelectorAll('body > header nav a')].map(one => one.textContent.trim().replace(/\\s+/g, ' ')),
  help: [...document.querySelectorAll('#help h3')].map(one => one.textContent.trim()),
  foot: [...document.querySelectorAll('body > footer a')].map(one => one.textContent.trim()),
  order: [...document.querySelectorAll('body > header, body > main, body > #help, body > footer')]
    .map(one => one.id || one.tagName.toLowerCase()),
})"""
WATCH_SHIFTS = """
window.__shift = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""
BLOCKING = """() => [...document.querySelectorAll('script[src]')]
  .filter(one => one.type !== 'module' && !one.defer && !one.async).map(one => one.src)"""
PERSONAL = """() => [...document.querySelectorAll('main input')]
  .filter(one => ['email', 'tel'].includes(one.type) || /^(email|telephone|name|first_name|last_name)$/.test(one.name))
  .filter(one => !one.closest('[hidden]') && one.type !== 'hidden' && !one.autocomplete).map(one => one.name)"""


@dataclass
class Seen:
    """What was found on one page, in one visit."""

    name: str
    framed: bool
    """Made to be put into other websites: without our header, help and foot."""
    same: dict[str, Any]
    untold: list[str]
    dragged: int
    faults: list[dict[str, Any]]
    places: list[int]
    small: dict[int, list[str]]
    cut: list[str]


@pytest.fixture(scope="module")
def seen(city, browser) -> Iterator[list[Seen]]:
    """Every page that a visitor may open, opened once and looked at in every way."""
    context = browser.new_context(base_url=city.url, reduced_motion="reduce", locale="de-DE")
    page = context.new_page()
    found = []
    for entry in city.pages():
        if entry["personas"][0] != "visitor":
            continue
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(entry["path"])
        wait_for_maps(page)  # what comes in the middle of the way would be taken for a wrong order
        framed = page.locator("#help").count() == 0 and page.locator("body > header").count() == 0
        same, untold = page.evaluate(SAME_EVERYWHERE), page.evaluate(PERSONAL)
        dragged = page.locator('[draggable="true"]').count()
        small = {1280: page.evaluate(SMALL)}
        places, faults = by_keyboard(page)
        page.set_viewport_size({"width": 360, "height": 900})
        page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
        small[360] = page.evaluate(SMALL)
        cut = page.evaluate(SPACED)
        found.append(Seen(entry["name"], framed, same, untold, dragged, faults, places, small, cut))
    yield found
    context.close()


def by_keyboard(page: Page) -> tuple[list[int], list[dict[str, Any]]]:
    """Where Tab stops, as places in the page; and stops that one does not see. The page itself notes each stop."""
    places: list[int] = []
    faults = []
    page.evaluate(NOTE_STOPS)
    most = min(page.evaluate(TABS) + 5, STOPS)
    for begun in range(0, most, BATCH):
        for _n in range(begun, min(begun + BATCH, most)):
            page.keyboard.press("Tab")
        for stop in page.evaluate("window.__stops.splice(0)"):
            if stop is None or stop["place"] in places:
                return places, faults
            places.append(stop["place"])
            if not (stop["visible"] and stop["marked"]) or stop["covered"]:
                faults.append(stop)
    return places, faults


def test_the_keyboard_reaches_everything_in_order_and_one_sees_where_one_is(seen, subtests):
    for page in seen:
        with subtests.test(page=page.name):
            assert not page.faults, page.faults[:4]
            assert len(page.places) > 5
            assert page.places == sorted(page.places), "the order of the keyboard is not that of the page"


def test_targets_are_large_enough_or_far_enough_apart(seen, subtests):
    for page in seen:
        for width, small in page.small.items():
            with subtests.test(page=page.name, width=width):
                assert not small


def test_nothing_is_cut_off_with_wide_text_spacing(seen, subtests):
    for page in seen:
        with subtests.test(page=page.name):
            assert not page.cut


def test_menu_help_and_foot_stand_at_the_same_place_on_every_page(seen, subtests):
    whole = [page for page in seen if not page.framed]
    first = whole[0].same
    assert first["order"] == ["header", "main", "help", "footer"]
    assert len(first["help"]) >= 3
    assert "Barriere melden" in first["foot"]
    assert len(whole) > 20
    for page in whole:
        with subtests.test(page=page.name):
            assert page.same == first


def test_what_a_browser_knows_already_need_not_be_typed_again(seen, subtests):
    """Fields for one's own name and address say so (1.3.5), so that a browser fills them in (3.3.7)."""
    for page in seen:
        with subtests.test(page=page.name):
            assert not page.untold


def test_nothing_has_to_be_dragged(seen, subtests):
    """What can be dragged can be done by buttons too; nothing asks for it so far but the map, which has its list."""
    for page in seen:
        with subtests.test(page=page.name):
            assert page.dragged == 0


def test_a_first_view_is_light_and_stands_still(city, browser, subtests):
    """Each page of the main menu, with nothing in the browser's cache: weight, shifts, scripts that hold it up."""
    start = browser.new_context(base_url=city.url)
    page = start.new_page()
    page.goto("/")
    menu = page.evaluate(
        "[...document.querySelectorAll('body > header nav a[href^=\"/\"]')].map(a => a.getAttribute('href'))"
    )
    start.close()
    paths = [path for path in dict.fromkeys(["/", *menu]) if not path.startswith("/konto")]
    assert len(paths) >= 3
    for path in paths:
        with subtests.test(path=path):
            context = browser.new_context(base_url=city.url, viewport={"width": 1280, "height": 900})
            context.add_init_script(WATCH_SHIFTS)
            page = context.new_page()
            tools = context.new_cdp_session(page)
            tools.send("Network.enable")
            addresses: dict[str, str] = {}
            weights: dict[str, float] = {}
            tools.on(
                "Network.responseReceived", lambda e, a=addresses: a.update({e["requestId"]: e["response"]["url"]})
            )
            tools.on("Network.loadingFinished", lambda e, w=weights: w.update({e["requestId"]: e["encodedDataLength"]}))
            page.goto(path, wait_until="networkidle")
            page.wait_for_timeout(300)
            sums = {
                addresses.get(id_, ""): weight
                for id_, weight in weights.items()
                if not any(part in addresses.get(id_, "") for part in MAP_PARTS)
            }
            heaviest = sorted(sums.items(), key=lambda row: -row[1])[:5]
            assert sum(sums.values()) <= BUDGET, heaviest
            assert page.evaluate("window.__shift") < SHIFT
            assert page.evaluate(BLOCKING) == []
            context.close()
