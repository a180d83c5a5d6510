"""Atom (RFC 4287) and RSS 2.0: of what one follows at a secret address, of things and of everything for everybody."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import feedgenerator, translation
from django.utils.html import linebreaks
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.core import city, manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.notify.queries import absolute, feeds, path_of
from allmende.engines.notify.queries.feeds import Item
from allmende.engines.search.interface import entry


class _Steady:
    """An empty feed says the day, not the second: everybody gets the same."""

    items: list[dict[str, Any]]
    feed: dict[str, Any]

    def latest_post_date(self) -> datetime:
        found: list[datetime] = [item["updateddate"] for item in self.items]
        return max(found, default=self.feed["day"])


class Atom(_Steady, feedgenerator.Atom1Feed):
    pass


class Rss(_Steady, feedgenerator.Rss201rev2Feed):
    pass


FORMATS: dict[str, type[Atom | Rss]] = {"atom": Atom, "rss": Rss}


def _answer(request: Request, form: str, title: str, about: str, items: list[Item], *, path: str) -> HttpResponse:
    feed = FORMATS[form](
        title=title,
        link=absolute(path),
        description=about,
        language=get_language() or "de",
        feed_url=absolute(request.path),
        author_name=city.current().portal,
        ttl=60,
        day=request.at.replace(hour=0, minute=0, second=0, microsecond=0),
    )
    for item in items:
        feed.add_item(
            title=item.title,
            link=absolute(item.path),
            description=linebreaks(item.body, autoescape=True),  # readers take it for HTML
            unique_id=f"urn:uuid:{item.id}",
            unique_id_is_permalink=False,
            pubdate=item.at,
            updateddate=item.at,
        )
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    response["Cache-Control"] = "public, max-age=300"
    if items:
        response["Last-Modified"] = f"{items[0].at:%a, %d %b %Y %H:%M:%S} GMT"
    return response


@require_safe
def everything(request: Request, form: str) -> HttpResponse:
    """What happens to everything that everybody may see."""
    language = request.viewer.language
    portal = city.current().portal
    items = feeds.public_feed(language, request.at)
    about = _("Was aus Ideen, Plänen und Vorhaben wird, sobald sich etwas tut.")
    return _answer(request, form, _("Neues: %(portal)s") % {"portal": portal}, about, items, path=_home(language))


def _home(language: str) -> str:
    return "/" if language == "de" else f"/{language}/"


@require_safe
def thing(request: Request, capability: str, kind: str, object_id: UUID, form: str) -> HttpResponse:
    """What happens to one thing. It is there for things that everybody may see, whoever asks."""
    ref = Ref(capability, kind, object_id)
    language = request.viewer.language
    if not manifest.may_see(ref, Viewer(language=language), request.at):
        raise NotFound
    found = entry(ref, Viewer(language=language), request.at)
    title = found.title(language) if found else ""
    items = feeds.thing_feed(ref, language, request.at)
    about = _("Was sich hier tut.")
    return _answer(request, form, feeds.NO_XML.sub("", title), about, items, path=path_of(ref, language))


@require_safe
def personal(request: Request, token: str, form: str) -> HttpResponse:
    """What the owner of a secret address was told. The address is the permission; it can be ended at any time."""
    found = feeds.personal_feed(token)
    if found is None:
        raise NotFound(_("Diese Adresse gilt nicht mehr. Eine neue bekommen Sie in den Einstellungen."))
    _person_id, language, items = found
    with translation.override(language):
        title = _("Meine Mitteilungen: %(portal)s") % {"portal": city.current().portal}
        about = _("Was Ihnen das Portal mitgeteilt hat. Geben Sie die Adresse nicht weiter.")
        response = _answer(request, form, title, about, items, path=reverse("notify:notices"))
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
