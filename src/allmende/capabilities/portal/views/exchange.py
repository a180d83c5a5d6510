"""Feeds to other websites, and what came from the city's official website."""

import hashlib
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.http import http_date, quote_etag, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.portal.actions import exchange as actions
from allmende.capabilities.portal.forms.exchange import SourceForm
from allmende.capabilities.portal.queries import exchange as queries
from allmende.capabilities.portal.rules import exchange as rules
from allmende.capabilities.portal.views.notices import ours
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.templatetags.ui import prose
from allmende.ui.views import announce, render_form

NOTHING_YET = datetime(2020, 1, 1, tzinfo=UTC)


class WholeAtom(Atom1Feed):
    """Atom (RFC 4287) with the whole text in `content`."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["html"]:
            handler.addQuickElement("content", item["html"], {"type": "html"})


class WholeRss(Rss201rev2Feed):
    """RSS 2.0 with the whole text in `content:encoded`."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["html"]:
            handler.addQuickElement("content:encoded", item["html"])


FORMATS: dict[str, tuple[type[SyndicationFeed], str]] = {
    "atom": (WholeAtom, "application/atom+xml; charset=utf-8"),
    "rss": (WholeRss, "application/rss+xml; charset=utf-8"),
}


def printable(text: str) -> str:
    """Without signs that XML 1.0 forbids (section 2.2)."""
    return "".join(sign for sign in text if sign in "\t\n\r" or " " <= sign < "\ufffe" or sign > "\uffff")


@ours
@require_safe
def feed(request: Request, topic: str, form: str = "atom") -> HttpResponse:
    """/feeds/<topic>.atom or .rss, whole. Answers 304 when nothing is new since the reader's last visit."""
    found = queries.TOPICS.get(topic)
    if found is None:
        raise NotFound
    language = request.viewer.language
    rows = queries.fed(found, request.at, language)
    newest = max((row.updated for row in rows), default=NOTHING_YET)
    state = repr((form, language, city.current().portal, [(row.id, row.updated, row.text) for row in rows]))
    etag = quote_etag(hashlib.sha256(state.encode()).hexdigest()[:32])
    response = get_conditional_response(request, etag=etag, last_modified=int(newest.timestamp()))
    if response is None or response.status_code != HTTPStatus.NOT_MODIFIED:
        response = HttpResponse(_written(found, rows, language, form), content_type=FORMATS[form][1])
    response["ETag"], response["Last-Modified"] = etag, http_date(newest.timestamp())
    response["Cache-Control"] = "public, max-age=60"
    return response


def _written(topic: queries.Topic, rows: list[queries.Fed], language: str, form: str) -> str:
    kind = FORMATS[form][0]
    name = city.current().portal
    here = settings.PUBLIC_URL + reverse("portal:feed" if form == "atom" else "portal:feed_rss", args=[topic.slug])
    document = kind(
        title=f"{name}: {topic.title}",
        link=settings.PUBLIC_URL + reverse("portal:feeds"),
        description=str(topic.summary),
        language=language,
        feed_url=here,
        feed_guid=here,
        author_name=name,
    )
    for row in rows:
        document.add_item(
            title=printable(row.title),
            link=settings.PUBLIC_URL + row.path,
            description=printable(row.summary),
            unique_id=row.id,
            unique_id_is_permalink=False,
            pubdate=row.published,
            updateddate=row.updated,
            categories=row.categories,
            html=printable(str(prose(row.text))),
        )
    text: str = document.writeString("utf-8")
    return text


@ours
@require_safe
def feeds(request: Request) -> HttpResponse:
    """/feeds/: every feed with its addresses, and what they are good for."""
    rows = [
        {
            "topic": topic,
            "atom": reverse("portal:feed", args=[topic.slug]),
            "rss": reverse("portal:feed_rss", args=[topic.slug]),
        }
        for topic in queries.TOPICS.values()
    ]
    context = {"rows": rows, "all_url": reverse("search:feed"), "crumbs": [(_("Feeds"), "")]}
    return render(request, "portal/exchange/feeds.html", context)


# What came from the official website


@ours
@require_safe
def website(request: Request) -> HttpResponse:
    """/von-der-website/: the newest first, each with its source and the link to the whole."""
    part = queries.items(after=request.GET.get("after", "")[:120])
    more = f"?{urlencode({'after': part.next})}" if part.next else ""
    context: dict[str, Any] = {"items": part.items, "more_url": more}
    if request.htmx and request.GET.get("after"):
        return announce(
            render(request, "portal/exchange/more.html", context), _("Weitere Nachrichten stehen darunter.")
        )
    context |= {
        "crumbs": [(_("Von der amtlichen Website"), "")],
        "configures": rules.may_configure(request.viewer),
        "example": any(item.source.is_example for item in part.items),
    }
    response = render(request, "portal/exchange/website.html", context)
    response["X-Allmende-Until"] = (request.at + timedelta(days=1)).isoformat()
    return response


@ours
@require_safe
def website_item(request: Request, number: int) -> HttpResponse:
    """One thing: its first lines, where it comes from, and the way there."""
    item = queries.item_by_number(number)
    context = {
        "item": item,
        "crumbs": [(_("Von der amtlichen Website"), reverse("portal:website")), (item.title, "")],
        "example": item.source.is_example,
    }
    response = render(request, "portal/exchange/item.html", context)
    response["X-Allmende-Until"] = (request.at + timedelta(days=1)).isoformat()
    return response


@ours
@require_safe
def sources(request: Request) -> HttpResponse:
    """Which feeds are read, when, and what is wrong with them."""
    rules.require_may_configure(request.viewer)
    rows = [
        {"source": row, "problem": rules.PROBLEMS.get(row.problem, ""), "url": reverse("portal:source", args=[row.pk])}
        for row in queries.sources()
    ]
    return render(request, "portal/exchange/sources.html", {"rows": rows, "crumbs": [(_("Gelesene Feeds"), "")]})


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: Request, source_id: UUID | None = None) -> HttpResponse:
    """Enters a feed, or changes one."""
    rules.require_may_configure(request.viewer)
    found = queries.source(source_id) if source_id else None
    names = ("url", "title", "language", "is_active")
    form = SourceForm(request.POST or None, initial={name: getattr(found, name) for name in names} if found else {})
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.save_source(
                actor=request.actor,
                source_id=source_id,
                **{name: form.cleaned_data[name] for name in names},
                at=request.at,
            )
            messages.success(request, _("Gespeichert. In den nächsten Minuten wird gelesen."))
            return redirect("portal:sources")
    title = _("Feed ändern") if found else _("Feed eintragen")
    back = reverse("portal:sources")
    context = {
        "title": title,
        "submit": _("Speichern"),
        "cancel_url": back,
        "crumbs": [(_("Gelesene Feeds"), back), (title, "")],
    }
    return render_form(request, "portal/elections/form.html", form, context)
