"""The start page and the texts of the city."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdown_it import MarkdownIt

from allmende.capabilities.portal import queries
from allmende.core import city, manifest
from allmende.core.http import Request
from allmende.core.texts import Text

TEXTS: dict[str, tuple[str, Text]] = {
    "impressum": ("imprint", gettext_lazy("Impressum")),
    "datenschutz": ("privacy", gettext_lazy("Datenschutz")),
    "barrierefreiheit": ("accessibility", gettext_lazy("Erklärung zur Barrierefreiheit")),
}


@dataclass(frozen=True)
class Call:
    """A button of the start page."""

    label: str
    url: str
    summary: str


def calls() -> list[Call]:
    """What the rooms ask people to do, most important first."""
    found = sorted((call for room in manifest.registry().values() for call in room.calls), key=lambda call: call.order)
    return [Call(str(call.label), reverse(call.url_name), str(call.summary)) for call in found]


def start(request: Request) -> HttpResponse:
    found = queries.start(request.viewer, request.at)
    main, *others = calls() or [None]
    return render(request, "portal/start.html", {"start": found, "call": main, "calls": others, "at": request.at})


def markdown(source: str) -> SafeString:
    """Markdown of the city's own texts as HTML; raw HTML inside is shown as text."""
    return mark_safe(MarkdownIt("commonmark", {"html": False}).render(source))  # noqa: S308 - html is off


@dataclass(frozen=True)
class Retention:
    """One kind of personal data, for the register on the privacy page."""

    label: Text
    purpose: Text
    days: int | None


def text(request: Request, word: str) -> HttpResponse:
    if word not in TEXTS:
        raise Http404
    key, title = TEXTS[word]
    here = city.current()
    language = request.viewer.language
    source = here.text(key, language)
    register = []
    if key == "privacy":
        register = [
            Retention(data.label, data.purpose, data.retention.days if data.retention else None)
            for room in manifest.registry().values()
            for data in room.personal_data
        ]
    context = {
        "title": title,
        "body": markdown(source),
        "language": language if language in here.texts.get(key, {}) else "de",
        "register": register,
        "crumbs": [(_("Start"), reverse("portal:start")), (title, "")],
    }
    return render(request, "portal/text.html", context)
