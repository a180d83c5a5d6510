"""For the sitemap and for the page of the staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from allmende.core.actor import Viewer
from allmende.engines.search.models import Entry, Rebuild

SITEMAP = 5000
"""Addresses in one part of the sitemap (sitemaps.org allows 50,000; each stands there in two languages)."""


def public_pages(at: datetime, part: int) -> list[tuple[str, datetime]]:
    """Path and last change of everything that everybody may see, once per address, in parts (from 1)."""
    rows = (
        Entry.objects.visible_to(Viewer(), at)
        .exclude(url__contains="#")
        .order_by("url", "-fed_at")
        .distinct("url")
        .values_list("url", "fed_at")
    )
    return [(url, fed_at or at) for url, fed_at in rows[(part - 1) * SITEMAP : part * SITEMAP]]


def count_public_pages(at: datetime) -> int:
    return Entry.objects.visible_to(Viewer(), at).exclude(url__contains="#").values("url").distinct().count()


@dataclass(frozen=True)
class Standing:
    """How the index stands: numbers for those who keep it."""

    entries: int
    waiting: int
    words: int
    compounds: int


def standing() -> Standing:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT count(*) FROM search_finding WHERE words <> ''),
              (SELECT count(*) FROM core_delivery WHERE handler = 'search.index' AND state = 'pending'),
              (SELECT count(*) FROM search_word), (SELECT count(*) FROM search_word WHERE parts <> '')"""
        )
        return Standing(*cursor.fetchone())


def rebuilds(limit: int = 5) -> Sequence[Rebuild]:
    """The last times that the index was computed anew, newest first."""
    return list(Rebuild.objects.order_by("-begun_at")[:limit])
