"""The operator's map style and what it names, by our own address."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.core import city
from allmende.engines.places.adapters import tiles

SETTING = "places.style_url"


def address() -> str:
    """Of the operator's style; empty for our own ground."""
    return str(city.setting(SETTING, "") or "").strip()


def _style(request: HttpRequest) -> tiles.Style:
    if not address():
        raise Http404

    def ours(number: int) -> str:
        return request.build_absolute_uri(reverse("places_tiles:part", kwargs={"number": number, "rest": "-"}))[:-1]

    return tiles.style(address(), ours)


def _away() -> HttpResponse:
    response = HttpResponse(
        _("Die Grundkarte ist gerade nicht erreichbar."), status=503, content_type="text/plain; charset=utf-8"
    )
    response["Retry-After"] = "60"
    return response


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The style with our addresses in it."""
    try:
        document: dict[str, Any] = _style(request).document
    except (tiles.UnreachableError, AttributeError, TypeError, KeyError):
        return _away()
    response = JsonResponse(document)
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def part(request: HttpRequest, number: int, rest: str) -> HttpResponse:
    """A tile, a range of glyphs, a sprite: only what the style names."""
    try:
        body = tiles.part(_style(request), number, rest)
    except LookupError:
        raise Http404 from None
    except tiles.UnreachableError:
        return _away()
    response = HttpResponse(body, content_type=tiles.content_type(body), status=200 if body else 204)
    response["Cache-Control"] = "public, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    return response
