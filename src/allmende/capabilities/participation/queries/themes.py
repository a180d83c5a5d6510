"""The board on which a store is ordered, and what was made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from allmende.capabilities.participation.models import (
    Idea,
    IdeaVersion,
    StoreDocument,
    Theme,
    ThemePlace,
    ThemeStep,
    TopicStore,
)
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.engines.search import interface as search

BOARD_PAGE = 50
"""Ideas of a pile at a time."""
STEPS = 8
"""Steps that the board offers to take back."""


@dataclass(frozen=True, slots=True)
class Pile:
    """A theme on the board with the number of its ideas."""

    theme: Theme
    count: int


@dataclass(frozen=True, slots=True)
class BoardIdea:
    """An idea on the board: its author's words, and which other themes it stands in."""

    id: UUID
    number: int
    title: str
    body: str
    language: str
    author: str
    supports: int


@dataclass(frozen=True)
class Board:
    """Themes with their counts, one pile opened, the last steps."""

    piles: Sequence[Pile]
    loose: int
    chosen: Theme | None
    ideas: Sequence[BoardIdea]
    next: int
    """Number of the idea after which the next part begins; 0 at the end."""
    steps: Sequence[ThemeStep]


def _loose(store_id: UUID) -> QuerySet[Idea]:
    """Public ideas that stand in no live theme. `NOT IN`, so that PostgreSQL hashes what is placed once, however little
    it knows of the themes' numbers; with `NOT EXISTS` it may compare every idea with every place.
    """
    placed = ThemePlace.objects.filter(theme__store_id=store_id, theme__dissolved_at=None)
    return Idea.objects.public().filter(store_id=store_id).exclude(pk__in=placed.values("idea_id"))


def themes_of(store_id: UUID) -> list[Pile]:
    """Live themes in their order. One query, that counts in the index of places: only public ideas are ever placed."""
    places = ThemePlace.objects.filter(theme=OuterRef("pk")).order_by().values("theme")
    counted = Subquery(places.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    rows = Theme.objects.filter(store_id=store_id, dissolved_at=None).annotate(ideas=Coalesce(counted, 0))
    return [Pile(theme, theme.ideas) for theme in rows.order_by("order", "number")]


def board(store: TopicStore, *, theme: int, after: int = 0, only: Sequence[UUID] | None = None) -> Board:
    """Four or five queries however large the store is. `theme` 0 opens what stands in none.

    `only` narrows the pile to these ideas. Raises NotFound for a theme that is not of this store.
    """
    piles = themes_of(store.pk)
    chosen = next((pile.theme for pile in piles if pile.theme.number == theme), None)
    if theme and chosen is None:
        raise NotFound
    loose = _loose(store.pk)
    rows = loose if chosen is None else Idea.objects.public().filter(places__theme=chosen)
    if only is not None:
        rows = rows.filter(pk__in=only)
    found = list(rows.filter(number__gt=after).select_related("version").order_by("number")[: BOARD_PAGE + 1])
    page = found[:BOARD_PAGE]
    ideas = [
        BoardIdea(
            id=row.pk,
            number=row.number,
            title=row.version.title if row.version else "",
            body=row.version.body if row.version else "",
            language=row.language,
            author=row.author_name,
            supports=row.support_count,
        )
        for row in page
    ]
    steps = ThemeStep.objects.filter(store=store).select_related("source", "target")[:STEPS]
    return Board(
        piles=piles,
        loose=loose.count(),
        chosen=chosen,
        ideas=ideas,
        next=page[-1].number if len(found) > BOARD_PAGE else 0,
        steps=list(steps),
    )


SUGGESTED = 500
"""Ideas of a store that are looked at for suggestions."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Ideas that might belong together, by number, and the words that show it."""

    words: Sequence[str]
    numbers: Sequence[int]


def suggestions(store_id: UUID, viewer: Viewer, at: datetime) -> list[Suggestion]:
    """Groups among the ideas that stand in no theme yet; a person decides. Four queries."""
    rows = dict(_loose(store_id).order_by("number").values_list("pk", "number")[:SUGGESTED])
    found = search.clusters(kind="idea", keys=list(rows), viewer=viewer, at=at, capability="participation")
    return [Suggestion(one.words[:5], [rows[key] for key in one.keys][:BOARD_PAGE]) for one in found[:12]]


def ids_of_numbers(store_id: UUID, numbers: Sequence[int]) -> list[UUID]:
    """Public ideas of the store by number."""
    rows = Idea.objects.public().filter(store_id=store_id, number__in=numbers)
    return list(rows.values_list("pk", flat=True))


def theme_by_number(number: int) -> Theme:
    """With its store and group. Raises NotFound."""
    rows = Theme.objects.select_related("store__group", "store__module", "merged_into")
    theme = rows.filter(number=number).first() if 0 < number < 2**63 else None
    if theme is None:
        raise NotFound
    return theme


def theme(theme_id: UUID) -> Theme | None:
    return Theme.objects.select_related("store__group", "merged_into").filter(pk=theme_id).first()


def step(step_id: UUID) -> ThemeStep | None:
    return ThemeStep.objects.select_related("store").filter(pk=step_id).first()


def ideas_of_theme(theme_id: UUID, at: datetime, *, limit: int = 200) -> list[Idea]:
    """The originals in a theme, as they may be read. One query."""
    rows = Idea.objects.public().filter(places__theme_id=theme_id, published_at__lte=at)
    return list(rows.select_related("version").order_by("number")[:limit])


def documents_of(store_id: UUID) -> list[StoreDocument]:
    """All editions, the latest first."""
    return list(StoreDocument.objects.filter(store_id=store_id).defer("content"))


def document(store_id: UUID, edition: int | None = None) -> StoreDocument:
    """One edition, the latest unless named. Raises NotFound."""
    rows = StoreDocument.objects.filter(store_id=store_id).select_related("store__group")
    found = (rows.filter(edition=edition) if edition is not None else rows).first()
    if found is None:
        raise NotFound
    return found


def document_by_id(document_id: UUID) -> StoreDocument | None:
    return StoreDocument.objects.select_related("store__group").filter(pk=document_id).first()


@dataclass(frozen=True, slots=True)
class Quoted:
    """An idea in a document: its words of then, as far as they may still be read."""

    number: int
    title: str
    body: str
    author: str
    language: str
    channel: str
    state: str
    supports: int | None
    url: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A theme in a document."""

    id: str
    title: Mapping[str, str]
    summary: Mapping[str, str]
    ideas: Sequence[Quoted]


@dataclass(frozen=True)
class Condensed:
    """A document with its words. `gone` counts ideas that were in it and are no longer public."""

    document: StoreDocument
    chapters: Sequence[Chapter]
    loose: Sequence[Quoted]
    gone: int
    waiting: int

    @property
    def count(self) -> int:
        return len({idea.number for idea in (*self.loose, *(one for part in self.chapters for one in part.ideas))})


def condensed(document: StoreDocument) -> Condensed:
    """Reads the words of an edition: those it was made with, unless they were taken back. Two queries."""
    content: dict[str, Any] = document.content
    rows = [*content.get("loose", ()), *(row for part in content.get("themes", ()) for row in part["ideas"])]
    ideas = {
        str(idea.pk): idea
        for idea in Idea.objects.public().filter(pk__in={row[0] for row in rows}, store=document.store)
    }
    versions = {
        str(row.pk): row for row in IdeaVersion.objects.filter(pk__in={row[1] for row in rows if row[1] != "None"})
    }

    def quoted(row: Sequence[Any]) -> Quoted | None:
        idea, version = ideas.get(row[0]), versions.get(row[1])
        if idea is None or version is None:
            return None
        return Quoted(
            number=idea.number, title=version.title, body=version.body, author=idea.author_name, language=idea.language,
            channel=idea.channel, state=idea.state, supports=row[2], url=f"/mitmachen/ideen/{idea.number}/",
        )  # fmt: skip

    def each(given: Sequence[Sequence[Any]]) -> list[Quoted]:
        return [one for row in given if (one := quoted(row)) is not None]

    return Condensed(
        document=document,
        chapters=[
            Chapter(part["id"], part["title"], part["summary"], each(part["ideas"]))
            for part in content.get("themes", ())
        ],
        loose=each(content.get("loose", ())),
        gone=len({row[0] for row in rows} - set(ideas)),
        waiting=int(content.get("waiting", 0)),
    )


def authors_of(document: StoreDocument) -> list[UUID]:
    """Who wrote what stands in a document, for telling them once."""
    content = document.content
    ids = [row[0] for row in content.get("loose", ())]
    ids += [row[0] for part in content.get("themes", ()) for row in part["ideas"]]
    return list(
        Idea.objects.public().filter(pk__in=ids, author__isnull=False).values_list("author_id", flat=True).distinct()
    )
