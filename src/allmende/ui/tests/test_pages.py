import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.errors import Closed, NotAllowed, TooMany
from allmende.core.models import Setting
from allmende.ui import errors, views
from allmende.ui.middleware import DomainErrorMiddleware

pytestmark = pytest.mark.django_db

PAGES = ["/anzeige/", "/hilfe/", "/hilfe/formular/", "/leichte-sprache/", "/gebaerdensprache/", "/ui/"]


@pytest.fixture
def ask():
    """A request as the middlewares would have made it, for views that are called directly."""

    def make(path="/", method="get", data=None, **headers):
        request = getattr(RequestFactory(), method)(path, data or {}, headers=headers)
        request.id, request.at, request.viewer, request.user = "r-1", datetime.now(UTC), Viewer(), AnonymousUser()
        return request

    return make


@pytest.mark.parametrize("path", [*PAGES, *[f"/en{path}" for path in PAGES]])
def test_a_page_opens_in_both_languages_and_is_whole(client: Client, tree, no_inline, path):
    response = client.get(path)
    assert response.status_code == 200
    html = response.content.decode()
    no_inline(html)
    page = tree(html)
    assert page.all("html")[0]["lang"] == ("en" if path.startswith("/en") else "de")
    assert len(page.all("h1")) == 1
    assert len(page.ids) == len(set(page.ids))
    assert page.broken_references() == set()
    assert re.search(r'<div id="status"[^>]* role="status"[^>]*></div>', html), "empty in the first HTML"
    assert page.all("section", id="help")
    assert "csrfmiddlewaretoken" not in html, "public pages hold no token"


def test_the_english_pages_are_english(client: Client):
    html = client.get("/en/hilfe/").content.decode()
    assert "How do you reach us?" in html
    assert "Leichte Sprache" not in html


def test_a_visitor_costs_no_query_and_no_session(client: Client, django_assert_max_num_queries):
    client.get("/anzeige/")
    with django_assert_max_num_queries(1):  # the city's settings, which a process keeps for two seconds
        response = client.get("/anzeige/")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(
    ("kind", "value"), [("theme", "dark"), ("theme", "system"), ("size", "large"), ("size", "small")]
)
def test_a_choice_of_display_is_kept_and_shown(client: Client, settings, kind, value):
    response = client.get("/anzeige/", {kind: value, "next": "/hilfe/?a=1"})
    assert (response.status_code, response["Location"]) == (302, "/hilfe/?a=1")
    assert response.cookies[f"{settings.CITY_ID}_{kind}"].value == value
    attribute = {"theme": "data-kern-theme", "size": "data-size"}[kind]
    assert f'{attribute}="{value}"' in client.get("/hilfe/").content.decode()


def test_a_strange_choice_changes_nothing(client: Client, settings):
    response = client.get("/anzeige/", {"theme": "pink"})
    assert response.status_code == 200
    assert not response.cookies
    client.cookies[f"{settings.CITY_ID}_theme"] = '"><script>'
    assert 'data-kern-theme="system"' in client.get("/hilfe/").content.decode()


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "http:evil.example",
    " //evil.example",
    "evil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_to_another_site(client: Client, target):
    response = client.get("/anzeige/", {"theme": "dark", "next": target})
    assert (response.status_code, response["Location"]) == (302, "/anzeige/")


@given(target=st.text(max_size=60))
def test_whatever_is_asked_for_stays_on_this_site(target):
    found = views.safe_next(RequestFactory().get("/"), target)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


def test_the_stylesheet_of_colours_may_be_kept_for_ever_under_its_version(client: Client, tree):
    (link,) = [
        row
        for row in tree(client.get("/hilfe/").content.decode()).all("link", rel="stylesheet")
        if "theme.css" in row["href"]
    ]
    response = client.get(link["href"])
    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]
    assert "--city-primary:" in response.content.decode()
    assert "immutable" not in client.get("/theme.css?v=old")["Cache-Control"]


def test_the_logo_is_an_image_that_runs_nothing(client: Client):
    response = client.get(reverse("city:logo"))
    assert response["Content-Type"] == "image/svg+xml"
    assert "sandbox" in response["Content-Security-Policy"]


def test_the_language_switch_keeps_the_page(client: Client, tree):
    page = tree(client.get("/anzeige/?next=/hilfe/").content.decode())
    assert next(row["href"] for row in page.all("a", hreflang="en")) == "/en/anzeige/?next=/hilfe/"


@pytest.mark.parametrize("status", sorted(errors.WORDS))
def test_every_error_page_says_what_to_do(ask, tree, no_inline, status):
    for language in ("de", "en"):
        with translation.override(language):
            response = errors.page(ask("/irgendwo/"), status)
            html = response.content.decode()
            words = errors.WORDS[status]
            assert response.status_code == status
            assert str(words.title) in html
            assert str(words.then) in html
            assert tree(html).all("section", id="help")
            no_inline(html)


def test_a_missing_page_helps(client: Client):
    response = client.get("/gibt-es-nicht/")
    assert response.status_code == 404
    assert "Diese Seite haben wir nicht gefunden" in response.content.decode()


def handled(request, error):
    return DomainErrorMiddleware(lambda _request: None).process_exception(request, error)


def test_a_rule_of_the_house_becomes_a_page_with_its_own_sentence(ask):
    with translation.override("de"):
        closed = handled(ask(), Closed("Die Sammlung ist seit gestern geschlossen."))
        assert closed.status_code == 409
        assert "seit gestern geschlossen" in closed.content.decode()
        assert handled(ask(), NotAllowed()).status_code == 403


def test_too_many_requests_name_the_waiting_time(ask):
    request = ask()
    response = handled(request, TooMany(retry_at=request.at + timedelta(seconds=90)))
    assert (response.status_code, response["Retry-After"]) == (429, "90")


def test_a_partial_update_that_is_refused_goes_to_the_status_region(ask):
    response = handled(ask(**{"HX-Request": "true"}), NotAllowed("Das dürfen nur Mitglieder."))
    assert response["HX-Retarget"] == "#status"
    assert "Das dürfen nur Mitglieder." in response.content.decode()
    assert "<html" not in response.content.decode()


def test_the_api_answers_for_itself(ask):
    assert handled(ask("/api/v1/x/"), NotAllowed()) is None


def test_a_programming_error_is_not_swallowed(ask):
    assert handled(ask(), KeyError("x")) is None


def test_without_a_database_people_still_get_a_page(ask):
    from django.db import OperationalError

    response = handled(ask(), OperationalError("gone"))
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    html = response.content.decode()
    assert "Wir sind gleich wieder da" in html
    assert 'href="tel:' in html, "the telephone works when the database does not"
    assert "/theme.css" in html


def test_a_form_that_was_open_too_long_loses_nothing(ask, tree):
    data = {
        "title": "Bänke <b>",
        "body": "Zeile 1\nZeile 2",
        "password": "geheim",
        "_once": "0" * 32,
        "csrfmiddlewaretoken": "old",
    }
    with translation.override("de"):
        response = errors.csrf_failure(ask("/mitmachen/ideen/neu/?a=1", "post", data))
    html = response.content.decode()
    assert response.status_code == 403
    assert "geheim" not in html
    page = tree(html)
    assert page.all("form", action="/mitmachen/ideen/neu/?a=1")
    hidden = {row["name"]: row["value"] for row in page.all("input", type="hidden")}
    assert hidden["title"] == "Bänke <b>"
    assert hidden["body"] == "Zeile 1\nZeile 2"
    assert hidden["_once"] == "0" * 32
    assert hidden["csrfmiddlewaretoken"] != "old"


def test_a_message_for_the_status_region_travels_as_plain_ascii():
    from django.http import HttpResponse

    response = views.announce(HttpResponse(), "Sie unterstützen diese Idee.")
    assert response["HX-Trigger"].isascii()
    assert json.loads(response["HX-Trigger"]) == {"status": {"text": "Sie unterstützen diese Idee."}}


def test_nobody_extends_a_login_that_is_none(client: Client):
    assert client.post("/anzeige/angemeldet-bleiben/").status_code == 401
    assert client.get("/anzeige/angemeldet-bleiben/").status_code == 405


def test_a_login_brings_the_warning_and_can_be_extended(client: Client, tree, settings):
    someone = get_user_model().objects.create_user("someone@example.org", None)
    client.force_login(someone, backend=settings.AUTHENTICATION_BACKENDS[0])
    html = client.get("/hilfe/").content.decode()
    (box,) = tree(html).all("div", id="session")
    assert "hidden" in box
    first = int(box["data-ends"])
    answer = client.post("/anzeige/angemeldet-bleiben/").json()
    assert answer["ends"] >= first
    assert answer["text"] == "Sie bleiben angemeldet."
    response = client.post("/anzeige/angemeldet-bleiben/", {"next": "/hilfe/"}, headers={"Accept": "text/html"})
    assert (response.status_code, response["Location"]) == (302, "/hilfe/")


def test_a_stale_token_leads_to_the_page_that_keeps_the_words():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/anzeige/angemeldet-bleiben/", {"title": "Bänke an der Elster"})
    assert response.status_code == 403
    html = response.content.decode()
    assert "Bitte noch einmal absenden" in html
    assert "Bänke an der Elster" in html


def test_what_is_kept_of_the_frame_follows_the_city(client: Client):
    """The parts that are made once for all: another setting, page, language or person brings their own."""
    assert "0365 00 11 22" not in client.get("/anzeige/").content.decode()
    values = city.pack().settings()
    values["city.contact"] = {**values["city.contact"], "telephone": "0365 00 11 22"}
    Setting.objects.bulk_create(Setting(key=key, value=value) for key, value in values.items())
    city.forget()
    try:
        assert "0365 00 11 22" in client.get("/anzeige/").content.decode()
    finally:
        Setting.objects.all().delete()
        city.forget()
    assert "0365 00 11 22" not in client.get("/anzeige/").content.decode()


def test_each_page_names_itself_in_the_frame(client: Client, tree):
    for path, language in (("/hilfe/", "de"), ("/anzeige/", "de"), ("/en/hilfe/", "en"), ("/hilfe/", "de")):
        html = client.get(path).content.decode()
        assert f"?seite={path}" in html
        assert ("Suchen …" in html) is (language == "de")


def test_words_of_a_search_stay_on_its_page(client: Client):
    assert 'value="Trinkbrunnen"' in client.get("/suche/", {"q": "Trinkbrunnen"}).content.decode()
    assert "Trinkbrunnen" not in client.get("/suche/").content.decode()
