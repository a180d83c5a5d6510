"""The city map on other websites: a frame with map and list, and the page that gives the code for it.

Nobody is recognised there: the frame sets no cookie, holds no form and no login, and loads nothing from elsewhere.
"""

import re
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from allmende.core import city, manifest
from allmende.core.http import Request
from allmende.engines.places.queries import layers
from allmende.engines.places.views.page import choice, district_of, map_context, near_form

SETTING = "places.embed_hosts"
EVERYBODY = "*"
HOST = re.compile(r"https?://(?:\*\.)?[a-z0-9.-]+(?::\d{1,5})?", re.IGNORECASE)
"""A source of „frame-ancestors“ (CSP level 3, section 6.4.2) that names one website or those below it."""
FRAME = '<iframe src="%s" title="%s" width="100%%" height="760" loading="lazy"></iframe>'


def hosts() -> list[str]:
    """Websites that may show the map; `EVERYBODY` for all. A line that names none counts for nothing."""
    lines = [str(line).strip() for line in city.setting(SETTING, [EVERYBODY])]
    if EVERYBODY in lines:
        return [EVERYBODY]
    return [line for line in lines if HOST.fullmatch(line)]


@xframe_options_exempt
@require_safe
def frame(http_request: HttpRequest) -> HttpResponse:
    """Map and list, for a frame. The same addresses as the page, but for what is near one's own position."""
    policy: dict[str, Any] = {
        **settings.SECURE_CSP,
        "frame-ancestors": hosts() or [CSP.NONE],
        "form-action": [CSP.NONE],
    }
    response: HttpResponse = csp_override(policy)(_frame)(http_request)
    return response


def _frame(http_request: HttpRequest) -> HttpResponse:
    request = cast("Request", http_request)
    context = map_context(request)
    context |= {
        "target": "_top",
        "language": request.viewer.language,
        "home": reverse("places:map") + context["choice"],
    }
    if request.headers.get("X-Part") == "list":
        response = render(request, "places/parts/list.html", context)
        response["Cache-Control"] = "private, no-store"
        return response
    response = render(request, "places/frame.html", context)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Allmende-Until"] = manifest.lookup().next_change(request.at).isoformat()
    return response


@require_safe
def embed(http_request: HttpRequest) -> HttpResponse:
    """How to show the map on one's own website: what it shows, and a line to copy."""
    request = cast("Request", http_request)
    asked, district = layers.chosen(request.GET.getlist("ebene")), district_of(request.GET.get("district", ""))
    address = reverse("places:frame") + choice(asked, district)
    title, allowed = _("Stadtkarte auf der eigenen Website"), hosts()
    context = {
        "title": title,
        "form": near_form("", district),
        "layers": [(layer, layer in asked) for layer in layers.layers()],
        "allowed": bool(allowed),
        "hosts": [] if allowed == [EVERYBODY] else allowed,
        "frame_url": address,
        "code": FRAME % (escape(settings.PUBLIC_URL + address), escape(_("Stadtkarte"))),
        "crumbs": [(_("Stadtkarte"), reverse("places:map")), (title, "")],
    }
    return render(request, "places/embed.html", context)
