"""The calendar for other programs and other websites: feed, list for a frame, list as JSON, list to copy.

None of it sets a cookie, loads anything from elsewhere or tells anybody who looked.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from allmende.capabilities.portal.queries import calendar as queries
from allmende.capabilities.portal.views.calendar import html
from allmende.capabilities.portal.views.calendar.pages import crumbs, filters_of, ours, query_of, until
from allmende.core import city
from allmende.core.http import Request

FEED_BACK = timedelta(days=90)
FEED_AHEAD = timedelta(days=400)
FEED_MOST = 1000
LISTED = 12
FRAME = '<iframe src="%s" title="%s" width="100%%" height="600" loading="lazy"></iframe>'
FRAME_POLICY: dict[str, Any] = {
    **settings.SECURE_CSP,
    "frame-ancestors": ["*"],
    "form-action": [CSP.NONE],
    "connect-src": [CSP.NONE],
}
"""For the list in a frame only: it holds no form and no login, so nothing can be clicked by trick."""


@ours
@require_safe
def feed(request: Request) -> HttpResponse:
    """The calendar to subscribe to, narrowed by the same filters as the pages."""
    language, at = request.viewer.language, request.at
    filters, _selects = filters_of(request.GET, _own_groups(request), language)
    events = queries.events_between(filters, at - FEED_BACK, at + FEED_AHEAD, at, limit=FEED_MOST)
    name = f"{city.current().portal}: {_('Kalender')}"
    body = queries.feed(events, language=language, name=name)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="kalender.ics"'
    return until(response, queries.next_change(at), at=at)


def _own_groups(request: Request) -> list[tuple[str, str]]:
    """Groups are looked up only when one is asked for."""
    return queries.groups(request.viewer, request.at, request.viewer.language) if request.GET.get("group") else []


def _listed(request: Request) -> tuple[queries.Filters, list[queries.Item]]:
    language = request.viewer.language
    filters, _selects = filters_of(request.GET, _own_groups(request), language)
    items, _next = queries.agenda(filters, request.viewer, request.at, language=language, limit=LISTED)
    return filters, items


@xframe_options_exempt
@csp_override(FRAME_POLICY)
@ours
@require_safe
def frame(request: Request) -> HttpResponse:
    """The next dates, to be shown in a frame on other websites."""
    _filters, items = _listed(request)
    context = {
        "rows": _plain_rows(items),
        "home": settings.PUBLIC_URL + reverse("portal:calendar"),
        "language": request.viewer.language,
    }
    response = render(request, "portal/calendar/frame.html", context)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return until(response, queries.next_change(request.at), at=request.at)


def _plain_rows(items: list[queries.Item]) -> list[dict[str, Any]]:
    zone = city.current().zone
    return [
        {
            "url": settings.PUBLIC_URL + item.url,
            "title": item.title,
            "language": item.title_language,
            "starts": item.starts_at.astimezone(zone),
            "hour": html.hour(item, zone),
            "place": item.place or (_("online") if item.online else ""),
            "cancelled": item.state == "cancelled",
        }
        for item in items
    ]


@ours
@require_safe
def listing_json(request: Request) -> HttpResponse:
    """The next dates for scripts of other websites; any website may read it, nobody is recognised."""
    _filters, items = _listed(request)
    zone = city.current().zone
    rows = [
        {
            "title": item.title,
            "language": item.title_language,
            "url": settings.PUBLIC_URL + item.url,
            "starts_at": item.starts_at.astimezone(zone).isoformat(timespec="minutes"),
            "ends_at": item.ends_at.astimezone(zone).isoformat(timespec="minutes") if item.ends_at else None,
            "all_day": item.all_day,
            "place": item.place,
            "online": item.online,
            "kind": item.kind_label,
            "cancelled": item.state == "cancelled",
        }
        for item in items
    ]
    response = JsonResponse({"events": rows}, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return until(response, queries.next_change(request.at), at=request.at)


@ours
@require_safe
def embed(request: Request) -> HttpResponse:
    """How to show the calendar on one's own website: three ways, each to copy."""
    filters, items = _listed(request)
    query, language = query_of(filters), request.viewer.language
    title = _("Kalender auf der eigenen Website")
    frame_url = settings.PUBLIC_URL + reverse("portal:calendar_frame") + query
    _found, selects = filters_of(request.GET, queries.groups(request.viewer, request.at, language), language)
    context = {
        "title": title,
        "frame_code": FRAME % (frame_url, _("Nächste Termine")),
        "json_url": settings.PUBLIC_URL + reverse("portal:calendar_json") + query,
        "feed_url": settings.PUBLIC_URL + reverse("portal:calendar_feed") + query,
        "plain_language": next((i.title_language for i in items if i.title_language != request.viewer.language), ""),
        "plain_code": render_to_string("portal/calendar/plain_list.html", {"rows": _plain_rows(items)}).strip(),
        "selects": [(select.name, select.label, html.options(select)) for select in selects],
        "text": filters.text,
        "clear_url": request.path if filters.narrow else "",
        "crumbs": crumbs((title, "")),
    }
    response = render(request, "portal/calendar/embed.html", context)
    return until(response, queries.next_change(request.at), at=request.at)
