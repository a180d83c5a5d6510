"""Search page, suggestions while typing, permanent addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.search import queries
from allmende.engines.search.forms import CHOSEN, SearchForm, filters_of
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
    """Language of the headline where it is not the page's."""
    snippet_language: str
    """The same of the snippet."""
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
        snippet_language="" if entry.summary_language(language) == language else entry.summary_language(language),
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
    """/suche/?q=…: what fits, best first, narrowed as chosen; without words what is open and new.

    `genau=1` leaves out what was probably meant.
    """
    request = cast("Request", http_request)
    language = request.viewer.language
    words = queries.clean(request.GET.get("q", ""))
    asked = {key: value for key in CHOSEN if (value := request.GET.get(key, ""))}
    filters = filters_of(asked, request.at)
    after = request.GET.get("after", "")
    context: dict[str, Any] = {
        "words": words,
        "search_words": words,
        "narrowed": bool(filters.kinds or filters.states or filters.districts or filters.since),
        "at": request.at,
        "crumbs": [(_("Suche"), "")],
    }
    if words:
        exactly = request.GET.get("genau") == "1"
        found = queries.find(
            words, request.viewer, request.at, language=language, after=after, filters=filters, exactly=exactly
        )
        kept: dict[str, str] = {"q": words, **{key: asked[key] for key in ("art", "stadtteil") if key in asked}}
        same: dict[str, str] = {"q": words, **asked, **({"genau": "1"} if exactly else {})}
        context |= {
            "found": found,
            "hits": [_hit(entry, language, request.at) for entry in found.entries],
            "more_url": f"?{urlencode({**same, 'after': found.next})}" if found.next else "",
            "sentence": sentence(words, found),
            "narrow": _narrow(words, asked, found),
            "exactly_url": f"?{urlencode({**same, 'genau': '1'})}",
            "all_url": f"?{urlencode({'q': words})}",
            "save_query": f"?{urlencode(kept)}",
        }
        context["form"] = SearchForm({"q": words, **asked}, at=request.at, states=found.states)
    else:
        open_now = queries.open_now(request.viewer, request.at)
        shown = {entry.id for entry in open_now}
        latest = [e for e in queries.latest(request.viewer, request.at, kinds=filters.kinds) if e.id not in shown]
        context["open_now"] = [_hit(entry, language, request.at) for entry in open_now]
        context["latest"] = [_hit(entry, language, request.at) for entry in latest]
        context["form"] = SearchForm(initial=asked, at=request.at)
    if getattr(request, "htmx", False) and after:
        response = announce(render(request, "search/more.html", context), _("Weitere Treffer stehen darunter."))
    else:
        response = render(request, "search/search.html", context)
    response["X-Allmende-Until"] = queries.next_change(request.at).isoformat()
    return response


def sentence(words: str, found: queries.Results) -> str:
    """The number of hits, in words that name what was looked for."""
    if not found.total:
        return _("Zu „%(words)s“ haben wir nichts gefunden") % {"words": words}
    if found.partly:
        return ngettext(
            "%(n)s Treffer passt zu einem Teil von „%(words)s“",
            "%(n)s Treffer passen zu einem Teil von „%(words)s“",
            found.total,
        ) % {"n": grouped(found.total), "words": words}
    return ngettext("%(n)s Treffer für „%(words)s“", "%(n)s Treffer für „%(words)s“", found.total) % {
        "n": grouped(found.total),
        "words": found.meant or words,
    }


def grouped(number: int) -> str:
    """A number as people read it: 23.561 in German, 23,561 in English."""
    return number_format(number, force_grouping=True)


def _narrow(words: str, asked: Mapping[str, str], found: queries.Results) -> list[tuple[str, str, bool]]:
    """Tabs: everything, and each kind in which something was found."""
    everything = sum(row.count for row in found.kinds)
    art = asked.get("art", "")
    if len(found.kinds) + bool(art) <= 1:
        return []
    others = {"q": words, **{key: value for key, value in asked.items() if key not in {"art", "stand"}}}
    rows = [(_("Alles (%(n)s)") % {"n": grouped(everything)}, f"?{urlencode(others)}", not art)]
    rows += [
        (f"{row.label} ({grouped(row.count)})", f"?{urlencode({**others, 'art': row.kind})}", row.kind == art)
        for row in found.kinds
    ]
    return rows


@require_safe
def suggestions(http_request: HttpRequest) -> HttpResponse:
    """/suche/vorschlaege/?q=…: what may be meant, for the list below the search box.

    With `liste=1` as OpenSearch Suggestions 1.1 have it: what was typed, then the completions.
    """
    request = cast("Request", http_request)
    typed = queries.clean(request.GET.get("q", ""))
    found = queries.suggest(typed, request.viewer, request.at, language=request.viewer.language)
    if request.GET.get("liste") == "1":
        kind = "application/x-suggestions+json"
        response = JsonResponse([typed, [row.text for row in found]], safe=False, content_type=kind)
    else:
        rows = [{"text": row.text, "url": row.url, "kind": row.kind, "language": row.language} for row in found]
        said = ngettext("%(n)s Vorschlag", "%(n)s Vorschläge", len(rows)) % {"n": len(rows)}
        response = JsonResponse({"suggestions": rows, "said": said if rows else _("Keine Vorschläge")})
    response["X-Allmende-Until"] = queries.next_change(request.at).isoformat()
    return response


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


def example() -> Mapping[str, Any] | None:
    """Arguments of the permanent address for the access matrix."""
    row = Entry.objects.filter(removed_at__isnull=True, visibility="public").order_by("-happened_at").first()
    return {"kind": row.kind, "id_": row.object_id} if row else None


def full_example() -> Mapping[str, Any] | None:
    row = Entry.objects.filter(removed_at__isnull=True, visibility="public").order_by("-happened_at").first()
    return {"capability": row.capability, "kind": row.kind, "id_": row.object_id} if row else None
