"""A whole running city (`allmende up` in a home of its own) and a real browser in front of it."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    StorageState,
    expect,
    sync_playwright,
)

from tests import chromium, homes
from tests.cluster import folder_for
from tests.homes import free_port

FLAGS = [
    *chromium.FLAGS,
    "--disable-features=LocalNetworkAccessChecks",  # a page of „another website“ may frame one of this machine
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader",  # maps are drawn without a graphics card
]  # fmt: skip
SERVED_WITHIN = 900
PATIENCE = 120_000
"""Milliseconds for whatever a page or a browser does: no test depends on how busy the machine is."""
expect.set_options(timeout=PATIENCE)


def wait_until(page: Page, expression: str, *, seconds: float = 180) -> None:
    """Waits for a script's expression to be true. Playwright's own way would need `eval`, which our pages forbid."""
    until = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < until, expression
        page.wait_for_timeout(50)


def follow(page: Page, target: Locator) -> None:
    """Clicks what leads to another page, and waits until all of that is there and its scripts have run.

    A click by itself waits for the first byte: what is read then may be half a page, what is pressed may be deaf.
    """
    with page.expect_navigation():
        target.click()


def wait_for_maps(page: Page) -> None:
    """Until what comes into the page by itself is there: maps with their markers, or no place for one."""
    wait_until(page, "document.querySelector('[data-city-map]:not([data-ready], [hidden])') === null", seconds=300)


def open_when(page: Page, address: str, there: Locator, *, seconds: float = 300) -> None:
    """Opens the address until it shows what is meant: for all that the city brings a moment later.

    A public page may be one second old (`docs/decisions/page-cache.md`), and what a worker writes (the Trace, notices,
    the index) comes when the worker comes to it.
    """
    until = time.monotonic() + seconds
    page.goto(address)
    while there.count() == 0:
        assert time.monotonic() < until, f"{address} does not show {there}"
        page.wait_for_timeout(200)
        page.goto(address)


LIST_PAGES = """
import json, time
from tests.walk import walks
from allmende.core.manifest import Persona
from allmende.core.models import Delivery
until = time.monotonic() + 300  # seconds: the workers have brought the examples to where they lead
while Delivery.objects.filter(state=Delivery.State.PENDING).exists() and time.monotonic() < until:
    time.sleep(0.2)
order = list(Persona)
print(json.dumps([
    {"name": walk.name, "path": walk.path, "personas": sorted(walk.page.open_to, key=order.index)}
    for walk in walks() if walk.page.axe and walk.page.open_to and not walk.page.post_only
]))
"""


SHELL = """
import contextlib, io, json, sys, traceback
from django.db import connection
from allmende.core import city
for line in sys.stdin:
    said, error = io.StringIO(), ""
    city.forget()
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), dict(globals()))
    except Exception:
        error = traceback.format_exc()
    connection.close()
    print(json.dumps({"said": said.getvalue(), "error": error}), flush=True)
"""


class City:
    """A city that runs: its address, its outbox, its process."""

    def __init__(self, name: str, home: Path) -> None:
        self.name, self.home = name, home
        self._pages: list[dict[str, Any]] | None = None
        self._sessions: dict[str, StorageState] = {}
        self._shell: subprocess.Popen[str] | None = None
        homes.put_home(name, home)
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = homes.environment(name, home, port=self.port)
        self.log = home.parent / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "allmende.project.cli", "up"],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        until = time.monotonic() + SERVED_WITHIN
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                with urllib.request.urlopen(self.url + "/", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.3)
        raise AssertionError(f"no page within {SERVED_WITHIN} s:\n{self.log.read_text()}")

    def stop(self) -> None:
        if self._shell is not None:
            self._shell.communicate(timeout=60)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)

    def manage(self, *arguments: str) -> str:
        """Runs a management command against this city's database; returns what it printed."""
        if arguments[:-1] == ("shell", "-v", "0", "-c"):
            return self._run(arguments[-1])
        done = subprocess.run(
            [sys.executable, "-m", "allmende.project.cli", "manage", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _run(self, code: str) -> str:
        """In one process for all tests: starting Django takes longer than what they ask of it."""
        if self._shell is None:
            self._shell = subprocess.Popen(
                [sys.executable, "-m", "allmende.project.cli", "manage", "shell", "-v", "0", "-c", SHELL],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        self._shell.stdin.write(json.dumps(code) + "\n")
        self._shell.stdin.flush()
        answer = json.loads(self._shell.stdout.readline())
        assert not answer["error"], answer["error"]
        return answer["said"]

    def pages(self) -> list[dict[str, Any]]:
        """Every HTML page that a manifest declares: its name, the address of its example, the personas who may open it.

        Whoever may do least comes first.
        """
        if self._pages is None:
            self._pages = json.loads(self.manage("shell", "-v", "0", "-c", LIST_PAGES).splitlines()[-1])
        return self._pages

    def session(self, browser: Browser, persona: str) -> StorageState:
        """Cookies of a browser in which the persona has signed in by a demo login."""
        if persona == "visitor":
            return {"cookies": [], "origins": []}
        if persona not in self._sessions:
            context = browser.new_context(base_url=self.url)
            page = context.new_page()
            page.goto("/konto/anmelden/")
            follow(page, page.locator(f"form:has(input[name=person][value={persona}]) button"))
            self._sessions[persona] = context.storage_state()
            context.close()
        return self._sessions[persona]

    @property
    def outbox(self) -> Path:
        return self.home / self.name / "outbox"

    def mail_to(self, address: str, *, having: str = "", within: float = 300) -> str:
        """The newest mail to the address whose text holds the words; waits until the worker has written it."""
        until, seen = time.monotonic() + within, set()
        while time.monotonic() < until:
            for path in sorted(self.outbox.glob("*"), key=lambda path: path.stat().st_mtime, reverse=True):
                mail = message_from_bytes(path.read_bytes(), policy=policy.default)
                body = mail.get_body(("plain",))
                text = body.get_content() if body else ""
                if address in str(mail["To"]):
                    seen.add(f"{mail['Subject']}: {text}")
                if address in str(mail["To"]) and having in f"{mail['Subject']}\n{text}":
                    return f"{mail['Subject']}\n{text}"
            time.sleep(0.2)
        raise AssertionError(f"no mail to {address} that says {having!r}, only {seen}")


@pytest.fixture(scope="package")
def city() -> Iterator[City]:
    """Gera with its examples."""
    with folder_for("allmende-city") as folder:
        running = City("gera", Path(folder) / "home")
        try:
            running.wait()
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """For this folder only: while it runs, its event loop keeps others from having one in this process."""
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=chromium.executable(), args=FLAGS)
    opened = running.new_context

    def patient(**options: Any) -> BrowserContext:
        context = opened(**options)
        context.set_default_timeout(PATIENCE)
        return context

    running.new_context = patient  # type: ignore[method-assign]
    yield running
    running.close()


WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', event => {
  window.__violations.push(event.violatedDirective + ' ' + event.blockedURI);
});
"""


class Watch:
    """What a browser must never see: blocked content, requests to other hosts, errors of scripts."""

    def __init__(self, context: BrowserContext, city: City) -> None:
        self.faults: list[str] = []
        self.own = city.url
        context.add_init_script(WATCH)
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))

    def _request(self, request) -> None:
        if not request.url.startswith((self.own, "data:", "about:", "blob:")):
            self.faults.append(f"request to another host: {request.url}")

    def _console(self, message) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(f"console: {message.text}")


@pytest.fixture
def context(browser: Browser, city: City) -> Iterator[BrowserContext]:
    """A fresh browser with scripts; at the end nothing may have been blocked, fetched elsewhere or thrown."""
    made = browser.new_context(base_url=city.url, locale="de-DE", viewport={"width": 1280, "height": 900})
    watch = Watch(made, city)
    yield made
    for page in made.pages:
        page.wait_for_load_state()
        watch.faults += page.evaluate("window.__violations || []")
    made.close()
    assert not watch.faults


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def plain_page(browser: Browser, city: City) -> Iterator[Page]:
    """A browser without JavaScript."""
    made = browser.new_context(base_url=city.url, locale="de-DE", java_script_enabled=False)
    yield made.new_page()
    made.close()


def code_in(mail: str) -> str:
    """The login code of a mail: one line of its own."""
    found = re.search(r"^\s*([A-Z0-9][A-Z0-9-]{5,10})\s*$", mail, re.MULTILINE)
    assert found, mail
    return found[1]


def pytest_collection_modifyitems(items) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
