"""Search page, permanent addresses, Atom feed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date, quote_etag, urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.search import queries
from allmende.engines.search.forms import SearchForm, kinds
from allmende.engines.search.models import Entry
from allmende.ui import errors
from allmende.ui.views import announce


@dataclass(frozen=True)
class Hit:
    """One found thing, ready for the page."""

    url: str
    headline: str | SafeString
    snippet: str | SafeString
    language: str
    """Language of the words where it is not the page's."""
    kind: str
    state: str
    happened_at: datetime
    open_until: datetime | None
    next_step: str
    next_step_language: str
    office: str
    due: datetime | None


def _hit(entry: Entry, language: str, at: datetime) -> Hit:
    own = entry.title_language(language)
    return Hit(
        url=entry.path(language),
        headline=getattr(entry, "headline", entry.title(language)),
        snippet=getattr(entry, "snippet", entry.summary(language)),
        language="" if own == language else own,
        kind=entry.kind_label,
        state=entry.state_label(language),
        happened_at=entry.happened_at,
        open_until=entry.open_until if entry.open_until and entry.open_until > at else None,
        next_step=entry.next_step_text(language),
        next_step_language="" if entry.next_step_language(language) == language else entry.next_step_language(language),
        office=entry.office_name(language),
        due=entry.due,
    )


@require_safe
def search(http_request: HttpRequest) -> HttpResponse:
    """/suche/?q=…&art=…&after=…: what fits, best first; without words what is open and what is new."""
    request = cast("Request", http_request)
    language = request.viewer.language
    words = queries.clean(request.GET.get("q", ""))
    art = request.GET.get("art", "")
    art = art if art in dict(kinds()) else ""
    after = request.GET.get("after", "")
    chosen = [art] if art else []
    context: dict[str, Any] = {
        "form": SearchForm({"q": words, "art": art}) if words else SearchForm(initial={"art": art}),
        "words": words,
        "search_words": words,
        "art": art,
        "at": request.at,
        "crumbs": [(_("Suche"), "")],
    }
    if words:
        found = queries.find(words, request.viewer, request.at, language=language, kinds=chosen, after=after)
        more = f"?{urlencode({'q': words, **({'art': art} if art else {}), 'after': found.next})}" if found.next else ""
        context |= {"hits": [_hit(entry, language, request.at) for entry in found.entries], "more_url": more}
        context |= {"found": found, "sentence": sentence(words, found), "narrow": _narrow(words, art, found)}
    else:
        open_now = queries.open_now(request.viewer, request.at)
        shown = {entry.id for entry in open_now}
        latest = [e for e in queries.latest(request.viewer, request.at, kinds=chosen) if e.id not in shown]
        context["open_now"] = [_hit(entry, language, request.at) for entry in open_now]
        context["latest"] = [_hit(entry, language, request.at) for entry in latest]
    if getattr(request, "htmx", False) and after:
        response = announce(render(request, "search/more.html", context), _("Weitere Treffer stehen darunter."))
    else:
        response = render(request, "search/search.html", context)
    response["X-Allmende-Until"] = queries.next_change(request.at).isoformat()
    return response


def sentence(words: str, found: queries.Results) -> str:
    """The number of hits, in words that name what was looked for."""
    if found.similar and found.entries:
        return _("Genau dazu steht hier nichts. Ähnlich geschrieben ist:")
    if not found.total:
        return _("Zu „%(words)s“ haben wir nichts gefunden") % {"words": words}
    return ngettext("%(n)s Treffer für „%(words)s“", "%(n)s Treffer für „%(words)s“", found.total) % {
        "n": found.total,
        "words": words,
    }


def _narrow(words: str, art: str, found: queries.Results) -> list[tuple[str, str, bool]]:
    """Tabs: everything, and each kind in which something was found."""
    everything = sum(row.count for row in found.kinds)
    if len(found.kinds) + bool(art) <= 1:
        return []
    rows = [(_("Alles (%(n)s)") % {"n": everything}, f"?{urlencode({'q': words})}", not art)]
    rows += [
        (f"{row.label} ({row.count})", f"?{urlencode({'q': words, 'art': row.kind})}", row.kind == art)
        for row in found.kinds
    ]
    return rows


@require_safe
def permanent(request: HttpRequest, kind: str, id_: UUID, capability: str = "") -> HttpResponse:
    """The address that stays. It leads on for now (302), since a thing's own address may change and things may go."""
    at = cast("Request", request).at
    path = queries.place_for(kind, id_, at, capability=capability)
    if path is None:
        raise NotFound
    if not path:
        return errors.page(request, HTTPStatus.GONE)
    language = cast("Request", request).viewer.language
    return HttpResponseRedirect(path if language == settings.LANGUAGE_CODE else f"/{language}{path}")


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


def example() -> Mapping[str, Any] | None:
    """Arguments of the permanent address for the access matrix."""
    row = Entry.objects.filter(removed_at__isnull=True, visibility="public").order_by("-happened_at").first()
    return {"kind": row.kind, "id_": row.object_id} if row else None


def full_example() -> Mapping[str, Any] | None:
    row = Entry.objects.filter(removed_at__isnull=True, visibility="public").order_by("-happened_at").first()
    return {"capability": row.capability, "kind": row.kind, "id_": row.object_id} if row else None
