"""Which things fit, without order, numbers and words: for rooms' own lists and for what watches the index."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.engines.search.models import Finding
from allmende.engines.search.queries.asked import Lexemes, asked_for
from allmende.engines.search.queries.words import clean


def fitting(
    text: str, viewer: Viewer, at: datetime, *, capability: str, kind: str, within: str = "", language: str = "de"
) -> Any:
    """Ids of the things of one kind that fit the words, as a subquery for the room's own list. Two queries, no more."""
    asked = asked_for(clean(text), language)
    rows = Finding.objects.visible_to(viewer, at).filter(capability=capability, kind=kind)
    if within:
        rows = rows.filter(within=within)
    return (rows.filter(words=Lexemes(asked.all)) if asked.all else rows.none()).values("object_id")


def fitting_among(
    entries: Collection[UUID],
    text: str,
    viewer: Viewer,
    at: datetime,
    *,
    kind: str = "",
    district: str = "",
    language: str = "de",
) -> set[UUID]:
    """Which of these entries fit the words, are of the kind and lie in the district; what is empty is not asked for.

    Two queries, no more.
    """
    rows = Finding.objects.visible_to(viewer, at).filter(entry__in=entries)
    if kind:
        known = {name for _room, name in manifest.index_kinds()}
        rows = rows.filter(kind=kind) if kind in known else rows.none()
    if district:
        rows = rows.filter(district=district)
    words = clean(text)
    if words:
        asked = asked_for(words, language)
        rows = rows.filter(words=Lexemes(asked.all)) if asked.all else rows.none()
    return set(rows.values_list("entry_id", flat=True))
