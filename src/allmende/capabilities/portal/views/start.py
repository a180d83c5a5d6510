"""The start page and the texts of the city."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from markdown_it import MarkdownIt

from allmende.capabilities.portal.queries.start import start as find
from allmende.core import city, manifest
from allmende.core.http import Request
from allmende.core.texts import Text
from allmende.engines.search.interface import Entry, next_change

TEXTS: dict[str, tuple[str, Text]] = {
    "impressum": ("imprint", gettext_lazy("Impressum")),
    "datenschutz": ("privacy", gettext_lazy("Datenschutz")),
    "barrierefreiheit": ("accessibility", gettext_lazy("Erklärung zur Barrierefreiheit")),
}
SOON = timedelta(days=7)
"""From here on a closing date is told in days left, and stands out."""


@dataclass(frozen=True)
class Call:
    """A button of the start page."""

    label: str
    url: str


@dataclass(frozen=True)
class Card:
    """An entry as a card (ui/parts/card.html); `language` is that of the author's words."""

    title: str
    url: str
    text: str
    tag: str
    tag_kind: str
    meta: list[str]
    language: str


@dataclass(frozen=True)
class DateTile:
    """An entry that begins, as a tile (ui/parts/dates.html)."""

    starts: datetime
    title: str
    url: str
    text: str


def calls() -> list[Call]:
    """What the rooms ask people to do, most important first."""
    found = sorted((call for room in manifest.registry().values() for call in room.calls), key=lambda call: call.order)
    return [Call(str(call.label), reverse(call.url_name)) for call in found]


def card(entry: Entry, language: str, at: datetime) -> Card:
    tag, kind = entry.state_label(language), ""
    if entry.open_until is not None:
        tag, kind = closing(entry.open_until, at)
    return Card(
        title=entry.title(language),
        url=entry.path(language),
        text=entry.summary(language),
        tag=tag,
        tag_kind=kind,
        meta=figures(entry),
        language=entry.title_language(language),
    )


def news_card(entry: Entry, language: str) -> Card:
    """A piece of news: its day stands where other cards have their state."""
    return Card(
        title=entry.title(language),
        url=entry.path(language),
        text=entry.summary(language),
        tag="",
        tag_kind="",
        meta=[formats.date_format(timezone.localtime(entry.happened_at), "DATE_FORMAT")],
        language=entry.title_language(language),
    )


def closing(until: datetime, at: datetime) -> tuple[str, str]:
    """How long something is still open, in words, and whether that is urgent. Periods are half-open."""
    if until - at > SOON:
        last = timezone.localtime(until - timedelta(microseconds=1))
        return _("bis %(day)s") % {"day": formats.date_format(last, "MONTH_DAY_FORMAT")}, ""
    days = (timezone.localtime(until - timedelta(microseconds=1)).date() - timezone.localtime(at).date()).days
    if days == 0:
        return _("nur noch heute"), "hot"
    return ngettext("noch %(days)s Tag", "noch %(days)s Tage", days) % {"days": days}, "hot"


def figures(entry: Entry) -> list[str]:
    """Few numbers, each with its word."""
    words = {
        "ideas": lambda n: ngettext("%(n)s Idee", "%(n)s Ideen", n),
        "supports": lambda n: ngettext("%(n)s Unterstützung", "%(n)s Unterstützungen", n),
        "comments": lambda n: ngettext("%(n)s Kommentar", "%(n)s Kommentare", n),
    }
    return [words[key](n) % {"n": n} for key, n in entry.figures.items() if key in words and n]


def start(request: Request) -> HttpResponse:
    found = find(request.viewer, request.at)
    language = request.viewer.language
    asked = calls()
    context = {
        "start": found,
        "call": asked[0] if asked else None,
        "calls": asked[1:],
        "open_cards": [card(entry, language, request.at) for entry in found.open_now],
        "news_cards": [news_card(entry, language) for entry in found.news],
        "latest_cards": [card(entry, language, request.at) for entry in found.latest],
        "example_title": found.example.title(language) if found.example else "",
        "example_url": found.example.path(language) if found.example else "",
        "dates": [
            DateTile(entry.happened_at, entry.title(language), entry.path(language), entry.summary(language))
            for entry in found.upcoming
        ],
    }
    response = render(request, "portal/start.html", context)
    response["X-Allmende-Until"] = min(next_change(request.at), _midnight(request.at)).isoformat()
    return response


def _midnight(at: datetime) -> datetime:
    """When „noch 3 Tage“ becomes „noch 2 Tage“."""
    return (timezone.localtime(at) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def markdown(source: str) -> SafeString:
    """Markdown of the city's own texts as HTML; raw HTML inside is shown as text."""
    html: str = MarkdownIt("commonmark", {"html": False}).render(source)
    return mark_safe(html)  # noqa: S308 - html is off


@dataclass(frozen=True)
class Kept:
    """One kind of personal data, for the register on the privacy page (GDPR Art. 30)."""

    label: Text
    purpose: Text
    days: int | None


def register() -> list[Kept]:
    """What the rooms keep of people, why and how long, from their own manifests."""
    return [
        Kept(data.label, data.purpose, data.retention.days if data.retention else None)
        for room in manifest.registry().values()
        for data in room.personal_data
    ]


def text(request: Request, word: str) -> HttpResponse:
    if word not in TEXTS:
        raise Http404
    key, title = TEXTS[word]
    here, language = city.current(), request.viewer.language
    context = {
        "title": title,
        "body": markdown(here.text(key, language)),
        "text_language": language if language in here.texts.get(key, {}) else "de",
        "register": register() if key == "privacy" else [],
        "crumbs": [(_("Start"), reverse("portal:start")), (title, "")],
    }
    return render(request, "portal/text.html", context)
