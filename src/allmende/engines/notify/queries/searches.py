"""Saved searches as their owners see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.manifest import index_kinds
from allmende.core.refs import Ref
from allmende.engines.notify.models import SavedSearch, SearchHit


@dataclass(frozen=True)
class Saved:
    """A saved search for a list: what it is called, and where its hits stand, the newest first."""

    id: UUID
    name: str
    url: str
    created_at: datetime


def name_of(words: str, found_kind: str, district: str) -> str:
    """„Radweg“ · Vorlagen · Lusan: as people read it, in the language of the page."""
    kind = next((str(one.label_plural) for one in index_kinds().values() if one.kind == found_kind), found_kind)
    place = city.current().districts.get(district)
    parts = (f"„{words}“" if words else "", kind, place.name if place else district)
    return " · ".join(part for part in parts if part)


def url_of(words: str, found_kind: str, district: str) -> str:
    """The search's page in the active language."""
    chosen = {"q": words, "art": found_kind, "stadtteil": district, "ordnung": "neu"}
    return f"{reverse('search:search')}?{urlencode({key: value for key, value in chosen.items() if value})}"


def saved_by(viewer: Viewer) -> list[SavedSearch]:
    """The viewer's own, the newest first."""
    if viewer.person_id is None:
        return []
    return list(SavedSearch.objects.filter(person_id=viewer.person_id).order_by("-created_at", "-id"))


def searches_of(viewer: Viewer) -> list[Saved]:
    """The same for a list."""
    return [
        Saved(
            row.pk,
            name_of(row.words, row.found_kind, row.district),
            url_of(row.words, row.found_kind, row.district),
            row.created_at,
        )
        for row in saved_by(viewer)
    ]


def search(key: UUID) -> SavedSearch | None:
    return SavedSearch.objects.filter(pk=key).first()


def found_in(turn: UUID) -> list[Ref]:
    """What was found in one round."""
    return [row.ref for row in SearchHit.objects.filter(round=turn).order_by("id")]


def may_see_search(key: UUID, viewer: Viewer, _at: datetime) -> bool:
    """Its owner."""
    return viewer.person_id is not None and SavedSearch.objects.filter(pk=key, person_id=viewer.person_id).exists()


def path_of_search(key: UUID) -> str:
    """Where its hits stand, in the active language; of one that was deleted, the list."""
    row = search(key)
    return reverse("notify:searches") if row is None else url_of(row.words, row.found_kind, row.district)
