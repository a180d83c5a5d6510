"""What programs ask for: suggestions while somebody types, the description of the search, the sitemap, robots."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.utils import timezone

from allmende.engines.search import queries
from allmende.engines.search.builders import drop_thing, put_thing

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture
def visitor(client):
    client.defaults["HTTP_HOST"] = "localhost"
    return client


def suggested(visitor, typed, path="/suche/vorschlaege/", **more):
    return visitor.get(path, {"q": typed, **more}).json()


def test_suggestions_are_words_first_then_things_with_their_address(db, visitor):
    put_thing("Kaputte Laternen", url="/beispiel/1/")
    put_thing("Laternenumzug", url="/beispiel/2/", titles={"de": "Laternenumzug", "en": "Lantern parade"})
    told = suggested(visitor, "neue later")
    words = [row["text"] for row in told["suggestions"] if not row["url"]]
    assert set(words) == {"neue Laternen", "neue Laternenumzug"}  # what stands before stays
    things = [row for row in suggested(visitor, "later")["suggestions"] if row["url"]]
    assert {(row["text"], row["url"], row["kind"], row["language"]) for row in things} == {
        ("Kaputte Laternen", "/beispiel/1/", "Ding", ""),
        ("Laternenumzug", "/beispiel/2/", "Ding", ""),
    }
    assert suggested(visitor, "later")["said"] == "4 Vorschläge"
    english = suggested(visitor, "later", path="/en/suche/vorschlaege/")
    rows = {row["url"]: row for row in english["suggestions"] if row["url"]}
    assert rows["/en/beispiel/1/"]["language"] == "de"  # said in German to a screen reader
    assert (rows["/en/beispiel/2/"]["text"], rows["/en/beispiel/2/"]["language"]) == ("Lantern parade", "")
    assert english["said"] == "4 suggestions"


@pytest.mark.parametrize("typed", ["", "la", "12", "laterne ", "qqqq", "'); DROP", "\x00"])
def test_what_leads_nowhere_suggests_nothing_and_says_so(db, visitor, typed):
    put_thing("Etwas anderes")
    assert suggested(visitor, typed) == {"suggestions": [], "said": "Keine Vorschläge"}


def test_browsers_get_suggestions_in_their_own_form(db, visitor):
    put_thing("Kaputte Laternen")
    response = visitor.get("/suche/vorschlaege/", {"q": "later", "liste": "1"})
    assert response["Content-Type"] == "application/x-suggestions+json"
    assert response.json() == ["later", ["Laternen", "Kaputte Laternen"]]


def test_suggestions_name_nothing_that_may_not_be_seen_yet(db, visitor):
    at = timezone.now()
    put_thing("Geheimlaterne", visibility="role:moderator:participation")
    put_thing("Morgenlaterne", visible_from=at + timedelta(hours=2))
    drop_thing(put_thing("Gesternlaterne"))
    for typed in ("gehei", "morge", "geste", "laterne"):
        assert suggested(visitor, typed)["suggestions"] == []
    response = visitor.get("/suche/vorschlaege/", {"q": "morge"})
    assert response["X-Allmende-Until"] == (at + timedelta(hours=2)).isoformat()


def test_the_description_of_the_search_leads_browsers_to_it(db, visitor):
    put_thing("Kaputte Laternen")
    response = visitor.get("/suche/opensearch.xml")
    assert response["Content-Type"].startswith("application/opensearchdescription+xml")
    document = ET.fromstring(response.content)
    assert 0 < len(document.findtext(f"{OPENSEARCH}ShortName")) <= 16
    addresses = {url.get("type"): url.get("template") for url in document.findall(f"{OPENSEARCH}Url")}
    for kind in ("text/html", "application/x-suggestions+json"):
        path = addresses[kind].replace("{searchTerms}", "laterne").partition("//")[2].partition("/")[2]
        assert "Kaputte" in visitor.get(f"/{path}").content.decode() or kind != "text/html"
        assert visitor.get(f"/{path}").status_code == 200
    page = visitor.get("/suche/").content.decode()
    assert 'type="application/opensearchdescription+xml"' in page


def locations(visitor, path="/sitemap.xml"):
    document = ET.fromstring(visitor.get(path).content)
    return document, [row.text for row in document.iter(f"{SITEMAP}loc")]


def test_the_sitemap_lists_each_public_page_once_in_both_languages(db, visitor):
    put_thing("Laternen", url="/beispiel/1/")
    put_thing("Anderes auf derselben Seite", url="/beispiel/1/")
    put_thing("Abschnitt", url="/beispiel/1/#abschnitt")
    put_thing("Geheim", url="/beispiel/geheim/", visibility="role:moderator:")
    put_thing("Morgen", url="/beispiel/morgen/", visible_from=timezone.now() + timedelta(days=1))
    drop_thing(put_thing("Weg", url="/beispiel/weg/"))
    document, found = locations(visitor)
    assert [address.partition("//")[2].partition("/")[2] for address in found] == ["beispiel/1/"]
    links = {link.get("hreflang"): link.get("href") for link in document.iter(f"{XHTML}link")}
    assert links["de"] == found[0]
    assert links["en"].endswith("/en/beispiel/1/")
    assert document.findtext(f".//{SITEMAP}lastmod")


def test_a_long_sitemap_comes_in_parts_without_a_gap(db, visitor, monkeypatch):
    monkeypatch.setattr(queries, "SITEMAP", 3)
    monkeypatch.setattr("allmende.engines.search.queries.pages.SITEMAP", 3)
    for number in range(7):
        put_thing(f"Ding {number}", url=f"/beispiel/{number}/")
    document, parts = locations(visitor)
    assert document.tag == f"{SITEMAP}sitemapindex"
    assert len(parts) == 3
    pages = [page for part in parts for page in locations(visitor, "/" + part.split("/", 3)[3])[1]]
    assert len(pages) == len(set(pages)) == 7
    assert visitor.get("/sitemap-4.xml").status_code == 404


def test_robots_are_kept_from_pages_of_persons_and_shown_the_sitemap(db, visitor):
    lines = visitor.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /konto/" in lines
    assert "Disallow: /en/verwaltung/" in lines
    assert any(line.startswith("Sitemap: ") and line.endswith("/sitemap.xml") for line in lines)
