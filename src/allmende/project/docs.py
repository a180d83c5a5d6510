"""Open data and interfaces: what programs may fetch, as a page that people can read."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from allmende.core import manifest
from allmende.core.texts import Text
from allmende.project.api import api, openapi_of


@dataclass(frozen=True)
class Operation:
    """One address of the API, in words."""

    method: str
    path: str
    summary: str
    description: str


@dataclass(frozen=True)
class Room:
    name: str
    label: Text
    operations: list[Operation]


def _operations(document: dict[str, Any]) -> list[Operation]:
    return [
        Operation(method.upper(), path, entry.get("summary", ""), entry.get("description", ""))
        for path, methods in document["paths"].items()
        for method, entry in methods.items()
    ]


def interfaces(request: HttpRequest) -> HttpResponse:
    rooms = [
        Room(room.name, room.label, _operations(openapi_of(room.name)))
        for room in manifest.registry().values()
        if room.api
    ]
    context = {
        "rooms": rooms,
        "general": str(api.description),
        "crumbs": [(_("Start"), reverse("portal:start")), (_("Offene Daten und Schnittstellen"), "")],
    }
    return render(request, "project/interfaces.html", context)


def openapi(_request: HttpRequest, room: str) -> HttpResponse:
    """The OpenAPI document of one room."""
    found = manifest.registry().get(room)
    if found is None or not found.api:
        raise Http404
    return JsonResponse(openapi_of(room))
