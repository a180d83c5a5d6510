"""For readers that are programs: Atom feed, sitemap, description of the search for browsers."""

import hashlib
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date, quote_etag, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.search import queries
from allmende.engines.search.models import Entry


class Feed(Atom1Feed):
    """Atom (RFC 4287) with the link to older entries (RFC 5005, section 3)."""

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if self.feed["older"]:
            handler.addQuickElement("link", "", {"rel": "next", "href": self.feed["older"]})


@require_safe
def feed(http_request: HttpRequest) -> HttpResponse:
    """/feed/: what is public, last changed first. Answers 304 when nothing is new since the reader's last visit."""
    request = cast("Request", http_request)
    language = request.viewer.language
    before = request.GET.get("before", "")
    entries, older = queries.fed(request.at, before=before)
    name = city.current().portal
    state = repr((name, language, before, older, [(entry.id, entry.fed_at) for entry in entries]))
    etag = quote_etag(hashlib.sha256(state.encode()).hexdigest()[:32])
    newest = max((entry.fed_at for entry in entries if entry.fed_at), default=datetime(2020, 1, 1, tzinfo=UTC))
    response = get_conditional_response(request, etag=etag, last_modified=int(newest.timestamp()))
    if response is None or response.status_code != HTTPStatus.NOT_MODIFIED:
        response = HttpResponse(
            _atom(entries, language, name, before=before, older=older),
            content_type="application/atom+xml; charset=utf-8",
        )
    response["ETag"], response["Last-Modified"] = etag, http_date(newest.timestamp())
    response["Cache-Control"] = "public, max-age=60"
    return response


def _atom(entries: list[Entry], language: str, name: str, *, before: str, older: str) -> str:
    here = settings.PUBLIC_URL + reverse("search:feed")
    document = Feed(
        title=_("%(portal)s: Neues") % {"portal": name},
        link=settings.PUBLIC_URL + reverse("search:search"),
        description="",
        language=language,
        feed_url=here + (f"?{urlencode({'before': before})}" if before else ""),
        feed_guid=here,
        author_name=name,
        older=f"{here}?{urlencode({'before': older})}" if older else "",
    )
    for entry in entries:
        document.add_item(
            title=_printable(entry.title(language)),
            link=settings.PUBLIC_URL + entry.path(language),
            description=_printable(entry.summary(language)),
            unique_id=f"urn:uuid:{entry.object_id}",
            unique_id_is_permalink=False,
            pubdate=entry.happened_at,
            updateddate=entry.fed_at,
            categories=[entry.kind_label],
        )
    text: str = document.writeString("utf-8")
    return text


def _printable(text: str) -> str:
    """Without signs that XML 1.0 forbids (section 2.2); people paste all sorts of things."""
    return "".join(sign for sign in text if sign in "\t\n\r" or " " <= sign < "\ufffe" or sign > "\uffff")


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """/suche/opensearch.xml: lets a browser search here from its address bar (OpenSearch 1.1)."""
    context = {
        "name": city.current().portal,
        "origin": settings.PUBLIC_URL,
        "search": settings.PUBLIC_URL + reverse("search:search"),
        "suggestions": settings.PUBLIC_URL + reverse("search:suggestions"),
        "here": settings.PUBLIC_URL + reverse("search:opensearch"),
        "logo": settings.PUBLIC_URL + reverse("city:logo"),
    }
    kind = "application/opensearchdescription+xml; charset=utf-8"
    return render(request, "search/opensearch.xml", context, content_type=kind)


@require_safe
def sitemap(http_request: HttpRequest, part: int = 0) -> HttpResponse:
    """/sitemap.xml: every public page in both languages, in parts when there are many (sitemaps.org 0.9)."""
    request = cast("Request", http_request)
    parts = max(1, -(-queries.count_public_pages(request.at) // queries.SITEMAP))
    if not 0 <= part <= parts:
        raise NotFound
    if part == 0 and parts > 1:
        links = [
            settings.PUBLIC_URL + reverse("search_plain:sitemap_part", args=[number + 1]) for number in range(parts)
        ]
        response = render(request, "search/sitemap_index.xml", {"links": links}, content_type="application/xml")
    else:
        rows = queries.public_pages(request.at, part or 1)
        pages = [(settings.PUBLIC_URL + path, f"{settings.PUBLIC_URL}/en{path}", at) for path, at in rows]
        response = render(request, "search/sitemap.xml", {"pages": pages}, content_type="application/xml")
    response["X-Allmende-Until"] = queries.next_change(request.at).isoformat()
    return response


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """/robots.txt: pages of staff and of single persons are nobody's search result; the sitemap names the rest."""
    rules = ("Disallow: /verwaltung/", "Disallow: /konto/", "Disallow: /en/verwaltung/", "Disallow: /en/konto/")
    address = settings.PUBLIC_URL + reverse("search_plain:sitemap")
    lines = ("User-agent: *", *rules, "", f"Sitemap: {address}", "")
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
