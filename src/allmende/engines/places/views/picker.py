"""What the place picker asks: which places are meant by words, what is at a point. Both answer with choices."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from allmende.core.http import Request
from allmende.engines.places.forms import choices
from allmende.engines.places.queries import place_at
from allmende.engines.places.queries.words import LONGEST

NAME = 40
"""Characters of a field's name."""


def _name(request: HttpRequest) -> str:
    """Name of the field that the choices belong to; only what a field can be called."""
    name = request.GET.get("name", "")[:NAME]
    return name if name.replace("-", "_").isidentifier() else "place"


@never_cache
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """/orte/suche/?q=…: choices for these words."""
    return render(request, "places/parts/choices.html", choices(request.GET.get("q", "")[:LONGEST], _name(request)))


@never_cache
@require_safe
def here(http_request: HttpRequest) -> HttpResponse:
    """/orte/hier/?lon=…&lat=…: what is at this point, already chosen. Nothing of it is kept or logged."""
    request = cast("Request", http_request)
    try:
        place = place_at(float(request.GET.get("lon", "")), float(request.GET.get("lat", "")))
    except ValueError:
        place = None
    context = {"found": [place] if place else [], "name": _name(request), "chosen": place.token if place else ""}
    return render(request, "places/parts/choices.html", {**context, "outside": place is None})
