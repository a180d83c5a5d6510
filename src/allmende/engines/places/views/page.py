"""/karte/: the city map, and the same things as a list beside it. The list is the page; the map comes on top of it."""

import re
from dataclasses import replace
from typing import Any, cast
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from allmende.core import city, manifest
from allmende.core.http import Request
from allmende.engines.places import queries
from allmende.engines.places.forms import NearForm
from allmende.engines.places.queries import ground, layers
from allmende.engines.places.queries.grouping import Box
from allmende.engines.places.queries.layers import Item, Wanted
from allmende.engines.places.views import tiles

CACHE_KEYS = frozenset({"ebene", "district", "near", "karte", "nach"})
"""Query keys of pages that everybody gets alike; a position („lage“) is not among them."""
VIEW = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)/(-?\d{1,2}(?:\.\d{1,6})?)/(-?\d{1,3}(?:\.\d{1,6})?)")
"""„13.5/50.8806/12.0833“: zoom, latitude, longitude, as OpenStreetMap writes it."""
POSITION = re.compile(r"(-?\d{1,2}(?:\.\d{1,7})?),(-?\d{1,3}(?:\.\d{1,7})?)")


@require_safe
def city_map(http_request: HttpRequest) -> HttpResponse:
    """Layers (`ebene`, repeated), `district`, near what (words, or `lage` from the device), `karte` as permalink."""
    request = cast("Request", http_request)
    context = map_context(request)
    if getattr(request, "htmx", False) or request.headers.get("X-Part") == "list":
        response = render(request, "places/parts/list.html", context)
        response["Cache-Control"] = "private, no-store"
        return response
    response = render(request, "places/map.html", context)
    response["X-Allmende-Until"] = manifest.lookup().next_change(request.at).isoformat()
    return response


def map_context(request: Request) -> dict[str, Any]:
    """What the map and its list show for this address, here and in a frame."""
    here = city.current()
    asked = layers.chosen(request.GET.getlist("ebene"))
    wanted = Wanted(asked, district=district_of(request.GET.get("district", "")))
    near_words = request.GET.get("near", "").strip()[:200]
    place = _near(request, near_words)
    if place is not None:
        wanted = replace(wanted, near=place.point)
    box = request.GET.get("bbox", "")
    if box:
        wanted = replace(wanted, box=Box.parse(box))
    sections = layers.sections(wanted, request.viewer, request.at, after=request.GET.get("nach", ""))
    names = {slug: district.name for slug, district in here.districts.items()}
    return {
        "form": near_form(near_words, wanted.district),
        "layers": [(layer, layer in asked) for layer in layers.layers()],
        "sections": [
            {
                "section": section,
                "rows": [(item, meta(item, names)) for item in section.items],
                "all_url": _address(request, ebene=section.layer.key) if len(asked) > 1 else "",
                "more_url": _address(request, ebene=section.layer.key, nach=section.next) if section.next else "",
                "sentence": ngettext("%(n)s Ort", "%(n)s Orte", section.total) % {"n": section.total},
            }
            for section in sections
        ],
        "total": sum(section.total for section in sections),
        "place": place,
        "not_found": bool(near_words) and place is None,
        "near_words": near_words,
        "map": _map(request, wanted, asked),
        "sources": queries.sources(),
        "narrowed": bool(wanted.district or near_words or wanted.box),
        "in_view": bool(wanted.box),
        "whole_url": request.path,
        "choice": choice(asked, wanted.district),
        "crumbs": [(_("Stadtkarte"), "")],
    }


def district_of(slug: str) -> str:
    return slug if slug in city.current().districts else ""


def _near(request: Request, words: str) -> queries.Place | None:
    """The place that things are to be near: words that were typed, or the device's own position."""
    position = POSITION.fullmatch(request.GET.get("lage", ""))
    if position:
        return queries.place_at(float(position[2]), float(position[1]))
    found = queries.find(words, limit=1) if words else []
    return found[0] if found else None


def near_form(near: str, district: str) -> NearForm:
    form = NearForm(initial={"near": near, "district": district})
    every = sorted(city.current().districts.values(), key=lambda row: row.name)
    form.fields["district"].choices = [("", _("ganze Stadt")), *((row.slug, row.name) for row in every)]  # type: ignore[attr-defined]
    return form


def choice(asked: list[layers.Layer], district: str) -> str:
    """Layers and district as a query string."""
    values = [("ebene", layer.key) for layer in asked] + ([("district", district)] if district else [])
    return f"?{urlencode(values)}"


def _address(request: Request, **changes: str) -> str:
    """This page with some keys set; those of pages and of the view fall away."""
    values = [(key, value) for key, value in request.GET.items() if key in {"district", "near", "lage"} and value]
    return f"?{urlencode([*values, *changes.items()])}"


def meta(item: Item, districts: dict[str, str]) -> list[str]:
    """What stands below a title: state, district, how far."""
    note = format_html('<span lang="{}">{}</span>', item.note_language, item.note) if item.note_language else item.note
    parts = [note, districts.get(item.district, "")]
    if item.distance is not None:
        parts.append(distance(item.distance))
    return [part for part in parts if part]


def distance(metres: float) -> str:
    """„350 m“, „1,2 km“."""
    from django.utils.formats import number_format

    if metres < 950:  # noqa: PLR2004 - from there on, kilometres are easier to grasp
        return _("%(n)s m entfernt") % {"n": max(10, round(metres / 10) * 10)}
    return _("%(n)s km entfernt") % {"n": number_format(metres / 1000, decimal_pos=1)}


def _pmtiles() -> str:
    """Address of the city's own PMTiles file: the first below `media/public/karten/`, served with byte ranges."""
    folder = settings.MEDIA_ROOT / "public" / "karten"
    found = sorted(folder.glob("*.pmtiles")) if folder.is_dir() else []
    return f"/medien/karten/{quote(found[0].name)}" if found else ""


def _map(request: Request, wanted: Wanted, asked: list[layers.Layer]) -> dict[str, Any]:
    """What the map's script needs, as attributes of its element."""
    view = VIEW.fullmatch(request.GET.get("karte", ""))
    extent = ground.extent()
    centre = city.current().centre
    found: dict[str, Any] = {
        "data": reverse("places:layer", kwargs={"key": "ebene"}).removesuffix("ebene/"),
        "ground": reverse("places:ground"),
        "extent": ",".join(f"{value:.5f}" for value in extent) if extent else "",
        "centre": f"{centre[0]},{centre[1]}",
        "layers": ",".join(layer.key for layer in asked),
        "district": wanted.district,
    }
    if tiles.address():
        found["style"] = reverse("places_tiles:style")
    elif pack := _pmtiles():
        found["tiles"] = pack
    if view:
        found["view"] = ",".join(view.groups())
    if wanted.near:
        found["near"] = f"{wanted.near[0]},{wanted.near[1]}"
    return found
