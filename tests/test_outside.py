"""A real city behind https: what its answers carry, and what they never carry."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from allmende.core.manifest import Persona
from allmende.project.shell.django_pool import Answer
from allmende.project.shell.page_entry import may_be_kept
from tests import cluster
from tests.walk import clients, walks

SOURCE = Path(__file__).resolve().parents[1] / "src"
HOST = "city.example"
VISIT = """
import json
from django.core.management import call_command
from django.test import Client
from allmende.accounts import builders
from allmende.core import city
call_command("collectstatic", interactive=False, verbosity=0)
call_command("start_city")
city.forget()
builders.person(email="anna@example.org", password="a long enough password")
client = Client(headers={"host": "city.example"})
plain = client.get("/suche/?q=baum")
start = client.get("/", secure=True)
login = client.get("/konto/anmelden/passwort/", secure=True)
there = client.post("/konto/anmelden/passwort/", {"login": "anna@example.org", "password": "a long enough password"},
                    secure=True)
dark = client.get("/anzeige/?theme=dark&size=large", secure=True)
def said(response):
    return {"status": response.status_code, "headers": dict(response.items()),
            "cookies": {name: {key: value for key, value in morsel.items() if value}
                        for name, morsel in response.cookies.items()}}
print(json.dumps({"plain": said(plain), "start": said(start), "login": said(login), "there": said(there),
                  "dark": said(dark)}))
"""


def outside(database: str) -> dict[str, str]:
    """The environment of an installation that people reach at https://city.example."""
    ours = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}  # made at the first start
    return ours | {
        "PYTHONPATH": str(SOURCE),
        "DATABASE_URL": cluster.server().url("allmende_app", database),
        "PUBLIC_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXIES": "127.0.0.1",
        "DEMO": "0",
    }


def manage(database: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "allmende.project.cli", "manage", *arguments],
        env=outside(database),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def answers(empty_city) -> dict[str, dict]:
    """What a resident's browser is told, from the first page to the choice of dark colours."""
    return json.loads(manage(empty_city, "shell", "-v", "0", "-c", VISIT).splitlines()[-1])


def test_django_has_nothing_to_say_against_the_settings(empty_city):
    manage(empty_city, "check", "--deploy", "--fail-level", "WARNING")


def test_an_address_without_https_leads_to_the_one_with_it(answers):
    plain = answers["plain"]
    assert (plain["status"], plain["headers"]["Location"]) == (301, f"https://{HOST}/suche/?q=baum")
    assert not plain["cookies"]


def test_cookies_go_nowhere_but_to_this_city_over_https(answers):
    assert not answers["start"]["cookies"], "whoever only reads gets no cookie"
    assert answers["there"]["status"] == 302
    cookies = answers["login"]["cookies"] | answers["there"]["cookies"] | answers["dark"]["cookies"]
    assert {"gera_session", "gera_csrf", "gera_theme", "gera_size"} <= cookies.keys()
    for name, flags in cookies.items():
        assert flags["secure"], name
        assert flags["httponly"], name
        assert flags["samesite"] == "Lax", name
        assert flags["path"] == "/", name
        assert "domain" not in flags, name
    assert int(cookies["gera_session"]["max-age"]) <= 14 * 24 * 3600


@pytest.mark.parametrize("page", ["start", "login", "there", "dark"])
def test_every_answer_tells_the_browser_to_be_strict(answers, page):
    headers = answers[page]["headers"]
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "//" not in policy
    assert "*" not in policy


def test_what_is_for_one_person_is_kept_by_nobody(full_city, subtests):
    """No proxy and no shared computer keeps what a signed-in person sees, unless everybody sees the same."""
    people = clients()
    anybody = Client(headers={"host": "localhost"})
    for walk in list(walks()):
        if Persona.RESIDENT in walk.page.open_to and not walk.page.post_only:
            with subtests.test(page=walk.name):
                response = people[Persona.RESIDENT].get(walk.path)
                said = response.headers.get("Cache-Control", "")
                if "private" not in said and "no-store" not in said:
                    assert response.content == anybody.get(walk.path).content, said


def test_every_answer_names_its_request(full_city, subtests):
    """By this id a person on the telephone and the log find each other."""
    people = clients()
    for walk in list(walks()):
        with subtests.test(page=walk.name):
            answers = [people[persona].get(walk.path) for persona in (Persona.VISITOR, Persona.ADMINISTRATOR)]
            assert len({answer["X-Request-ID"] for answer in answers}) == len(answers)


def test_a_page_that_is_cached_holds_nothing_that_is_meant_for_one_person(full_city, subtests):
    """It holds no token, sets no cookie, varies by nothing that is not in the key, and says so to the shell."""
    client = Client(headers={"host": "localhost"})
    for walk in list(walks()):  # all of them before a request changes the language
        if walk.page.cached:
            for language in ("de", "en") if walk.page.axe else ("de",):  # files have one address
                with subtests.test(page=walk.name, language=language):
                    client.cookies.clear()
                    response = client.get(walk.address(language))
                    assert b"csrfmiddlewaretoken" not in response.content
                    assert not response.cookies
                    headers = [(n.lower().encode(), v.encode("latin-1", "replace")) for n, v in response.items()]
                    assert may_be_kept(Answer(response.status_code, headers, response.content), walk.path.encode())
