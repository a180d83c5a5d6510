"""The list of ideas: filtered, in three orders, by keyset; as many queries for 20 as for 20,000."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.capabilities.participation import workflow
from allmende.capabilities.participation.models import Category, Idea, TopicStore
from allmende.capabilities.participation.workflow import State
from allmende.core import city, statements
from allmende.core.actor import Viewer
from allmende.core.refs import Ref
from allmende.core.texts import Text
from allmende.engines.search import interface as search

PAGE = 20
EXCERPT = 220
"""Characters of the text on a card."""

ORDERS: dict[str, Text] = {
    "newest": gettext_lazy("Neueste zuerst"),
    "supported": gettext_lazy("Am meisten unterstützt"),
    "ending": gettext_lazy("Sammlung endet bald"),
}
_PUBLIC = [state.value for state in workflow.PUBLIC_STATES]
TAGS = {State.PUBLISHED: "", State.IN_REVIEW: "warn", State.ANSWERED: "good"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty means all."""

    group: str = ""
    store: int | None = None
    category: str = ""
    district: str = ""
    state: str = ""
    text: str = ""
    order: str = "newest"
    stores: tuple[UUID, ...] | None = None
    """Ids of the stores that all of this lets in (`narrow`); None: not looked up."""


@dataclass(frozen=True, slots=True)
class Card:
    """An idea in a list."""

    id: UUID
    number: int
    url: str
    title: str
    text: str
    language: str
    state: str
    state_label: str
    tag: str
    author: str
    store: str
    store_url: str
    category: str
    district: str
    supports: int | None
    """None where nothing is counted (future questions)."""
    comments: int
    comments_word: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the list. `next` is the keyset of the following one, "" at the end; `total` counts all."""

    cards: Sequence[Card]
    total: int
    next: str


def encode(value: object, id_: UUID) -> str:
    """A keyset as one word for an address."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return urlsafe_b64encode(f"{text}~{id_.hex}".encode()).decode().rstrip("=")


def decode(word: str) -> tuple[str, UUID] | None:
    """Inverse of `encode`; None for anything else, which then counts as the beginning."""
    try:
        text = urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode()
        value, id_ = text.rsplit("~", 1)
        return value, UUID(hex=id_)
    except (ValueError, binascii.Error):
        return None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What of a store decides whether its ideas are in the list."""

    id: UUID
    number: int
    kind: str
    closes_at: datetime | None
    group: str


_FACTS = ("id", "number", "kind", "closes_at", "group__slug")


def by_stores(filters: Filters) -> bool:
    """Whether something is chosen that only some stores fit."""
    return bool(filters.group) or filters.store is not None or filters.order in ("ending", "supported")


def narrow(filters: Filters, stores: Iterable[StoreFacts], at: datetime) -> Filters:
    """The filters with the stores that they let in, as ids: PostgreSQL knows how many ideas each store has, so it walks
    the index of the order and stops after a page. Behind a join it would read and sort all of them.
    """
    if not by_stores(filters):
        return filters
    ending, supported = filters.order == "ending", filters.order == "supported"
    fitting = (
        row.id
        for row in stores
        if (not filters.group or row.group == filters.group)
        and (filters.store is None or row.number == filters.store)
        and (not ending or (row.closes_at is not None and row.closes_at > at))
        and (not supported or row.kind in TopicStore.COUNTED)
    )
    return replace(filters, stores=tuple(fitting))


_COUNTED = "FROM participation_idea i"
_SHOWN = f"""
SELECT i.id, i.number, i.language, i.state, i.author_name, i.district, i.support_count, i.comment_count,
  i.published_at, v.title, left(v.body, {EXCERPT + 1}), s.number,
  coalesce(nullif(s.title ->> %s, ''), s.title ->> 'de', ''), s.kind, s.closes_at,
  coalesce(nullif(c.names ->> %s, ''), c.names ->> 'de', '')
FROM participation_idea i JOIN participation_topicstore s ON s.id = i.store_id
LEFT JOIN participation_ideaversion v ON v.id = i.version_id
LEFT JOIN participation_category c ON c.id = i.category_id"""  # noqa: S608 - a number of ours
"""Written by hand (`core.statements`): the list is what most people open, and the ORM needs longer to put its question
into words than the database to answer it."""


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions on an idea `i`, its store `s` and its category `c`, with their values; no value is in the text."""

    tests: tuple[str, ...]
    values: tuple[Any, ...]
    is_planned: bool = True
    """Whether the database may keep its plan: not for a search, whose text is another one each time."""

    def also(self, test: str, *values: Any, is_planned: bool = True) -> "Where":
        return Where((*self.tests, test), (*self.values, *values), self.is_planned and is_planned)

    def __str__(self) -> str:
        return " AND ".join(self.tests)


def _read(text: str, values: Sequence[Any], *, is_planned: bool) -> list[tuple[Any, ...]]:
    if is_planned:
        return statements.rows(text, values)
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _public(at: datetime) -> Where:
    return Where((f"i.state IN ({', '.join(map(repr, _PUBLIC))})", "i.published_at <= %s"), (at,))


def _narrowed(filters: Filters, at: datetime) -> Where:
    where = _public(at)
    if filters.stores is None and by_stores(filters):
        filters = narrow(filters, (StoreFacts(*row) for row in TopicStore.objects.values_list(*_FACTS)), at)
    if filters.stores is not None:
        one = len(filters.stores) == 1
        where = (
            where.also("i.store_id = %s", filters.stores[0])
            if one
            else where.also("i.store_id = ANY(%s::uuid[])", list(filters.stores))
        )
    if filters.category:
        where = where.also("c.slug = %s", filters.category)
    if filters.district:
        where = where.also("i.district = %s", filters.district)
    if filters.state:
        where = where.also("i.state = %s", filters.state)
    if filters.text:
        fitting = search.fitting(filters.text, Viewer(), at, capability="participation", kind="idea")
        try:
            text, values = fitting.query.sql_with_params()
        except EmptyResultSet:
            return where.also("false")
        where = where.also(f"i.id IN ({text})", *values, is_planned=False)
    return where


def _count(where: Where) -> int:
    joined = " JOIN participation_category c ON c.id = i.category_id" if "c.slug = %s" in where.tests else ""
    ((total,),) = _read(
        f"SELECT count(*) {_COUNTED}{joined} WHERE {where}",
        where.values,
        is_planned=where.is_planned,
    )
    return int(total)


def _page(where: Where, filters: Filters, after: str, most: int) -> tuple[Where, str]:
    """The conditions and the order of the first `most` after a place."""
    place = decode(after) if after else None
    value, id_ = place or ("", None)
    if filters.order == "supported":
        if id_ is not None and value.isdecimal() and len(value) < 10:  # noqa: PLR2004 - fits the column
            where = where.also("(i.support_count, i.id) < (%s, %s)", int(value), id_)
        return where, f"ORDER BY i.support_count DESC, i.id DESC LIMIT {most}"
    instant = _instant(value)
    if filters.order == "ending":
        if id_ is not None and instant is not None:
            later = "(s.closes_at > %s OR (s.closes_at = %s AND i.id < %s))"
            where = where.also(later, instant, instant, id_)
        order = "ORDER BY s.closes_at, i.id DESC"
        # No index serves an order over two tables: it sorts ids, and only what is shown is read with its words.
        ids = (
            f"SELECT i.id {_COUNTED} JOIN participation_topicstore s ON s.id = i.store_id"
            f" LEFT JOIN participation_category c ON c.id = i.category_id WHERE {where} {order} LIMIT {most}"
        )
        return Where((f"i.id IN ({ids})",), where.values, where.is_planned), order
    if id_ is not None and instant is not None:
        where = where.also("(i.published_at, i.id) < (%s, %s)", instant, id_)
    return where, f"ORDER BY i.published_at DESC, i.id DESC LIMIT {most}"


def _word(texts: dict[str, str] | None, language: str) -> str:
    return "" if not texts else texts.get(language) or texts.get("de", "")


def _cards(where: Where, order: str, language: str) -> list[tuple[Card, datetime | None]]:
    """Cards with the end of their store; everything that does not depend on the row is worked out once."""
    rows = _read(
        f"{_SHOWN} WHERE {where} {order}",
        (language, language, *where.values),
        is_planned=where.is_planned,
    )
    idea_url = reverse("participation:idea", args=[0]).rpartition("0")
    store_url = reverse("participation:store", args=[0]).rpartition("0")
    labels = {state.value: workflow.label(state, language) for state in workflow.PUBLIC_STATES}
    tags = {state.value: tag for state, tag in TAGS.items()}
    districts = {slug: district.name for slug, district in city.current().districts.items()}
    nobody, one, many = _("Gast"), _("Kommentar"), _("Kommentare")
    found = []
    for row in rows:
        (id_, number, own, state, author, district, supports, comments, published_at, title, text, store_number,
         store_title, store_kind, closes_at, category) = row  # fmt: skip
        text = text or ""
        if len(text) > EXCERPT:
            text = text[:EXCERPT].rpartition(" ")[0] + " …"
        card = Card(
            id=id_,
            number=number,
            url=f"{idea_url[0]}{number}{idea_url[2]}",
            title=title or _("[Text entfernt]"),
            text=text,
            language=own,
            state=state,
            state_label=labels.get(state, ""),
            tag=tags.get(state, ""),
            author=author or nobody,
            store=store_title,
            store_url=f"{store_url[0]}{store_number}{store_url[2]}",
            category=category,
            district=districts.get(district, ""),
            supports=supports if store_kind in TopicStore.COUNTED else None,
            comments=comments,
            comments_word=one if comments == 1 else many,
            published_at=published_at,
        )
        found.append((card, closes_at))
    return found


def ideas(filters: Filters, at: datetime, *, language: str, after: str = "", limit: int = PAGE) -> Found:
    """Public ideas, narrowed and ordered. Two queries; a third when `filters` name no store by id but would."""
    where = _narrowed(filters, at)
    total = _count(where)
    pairs = _cards(*_page(where, filters, after, limit + 1), language)
    following = ""
    if len(pairs) > limit:
        last, closes_at = pairs[limit - 1]
        value: object = last.published_at
        if filters.order == "supported":
            value = last.supports or 0
        elif filters.order == "ending":
            value = closes_at
        following = encode(value, last.id)
    return Found([card for card, _closes in pairs[:limit]], total, following)


def latest(at: datetime, *, language: str, limit: int = 6) -> list[Card]:
    """The newest public ideas of all stores. One query."""
    filters = Filters()
    return [card for card, _closes in _cards(*_page(_narrowed(filters, at), filters, "", limit), language)]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: (value, words) pairs."""

    groups: Sequence[tuple[str, str]]
    stores: Sequence[tuple[str, str]]
    categories: Sequence[tuple[str, str]]
    facts: Sequence[StoreFacts] = field(default_factory=list)
    """Of all public stores, whatever is chosen."""


_OFFERED = """
SELECT coalesce(nullif(s.title ->> %s, ''), s.title ->> 'de', ''),
  coalesce(nullif(g.names ->> %s, ''), g.names ->> 'de', ''), s.id, s.number, s.kind, s.closes_at, g.slug
FROM participation_topicstore s JOIN participation_workinggroup g ON g.id = s.group_id
WHERE s.opens_at <= %s ORDER BY g."order", s.opens_at DESC, s.number"""


def choices(filters: Filters, at: datetime, *, language: str) -> Choices:
    """Groups, public stores (of the chosen group) and categories (of the chosen store). One or two queries."""
    groups: dict[str, str] = {}
    stores: list[tuple[str, str]] = []
    chosen: UUID | None = None
    facts: list[StoreFacts] = []
    for title, name, *row in statements.rows(_OFFERED, (language, language, at)):
        fact = StoreFacts(*row)
        facts.append(fact)
        groups[fact.group] = name
        if not filters.group or fact.group == filters.group:
            stores.append((str(fact.number), title))
        if fact.number == filters.store:
            chosen = fact.id
    found = Category.objects.filter(store_id=chosen).values_list("slug", "names") if chosen else ()
    return Choices(list(groups.items()), stores, [(slug, _word(names, language)) for slug, names in found], facts)


def similar(store_id: UUID, title: str, body: str, at: datetime, *, language: str, limit: int = 3) -> list[Card]:
    """Public ideas of the store that say something like it, most alike first; the index knows what is alike.

    As quick for ten thousand ideas as for ten. At most seven queries.
    """
    hits = search.similar(
        kind="idea",
        words=f"{title}\n{body}",
        viewer=Viewer(),
        at=at,
        limit=limit,
        capability="participation",
        within=str(Ref("participation", "store", store_id)),
        language=language,
    )
    ids = [hit.id for hit in hits]
    if not ids:
        return []
    where = _public(at).also("i.store_id = %s", store_id).also("i.id = ANY(%s::uuid[])", ids)
    cards = {card.id: card for card, _closes in _cards(where, "", language)}
    return [cards[id_] for id_ in ids if id_ in cards]


def words_in(store_id: UUID) -> set[tuple[str, str]]:
    """Title and text of everything that a store holds, whatever its state: what is read in twice is found by it."""
    rows = Idea.objects.filter(store_id=store_id, version__isnull=False)
    return set(rows.values_list("version__title", "version__body"))


def mine(person_id: UUID) -> QuerySet[Idea]:
    """What the person handed in, or entered for somebody, in any state, newest first."""
    return (
        Idea.objects.filter(author_id=person_id)
        .select_related("version", "store")
        .order_by("-submitted_at", "-id")[:100]
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """A part of the feed, oldest change first."""

    rows: Sequence[Idea]
    next: str


def changes(since: datetime | None, until: datetime, *, after: str = "", limit: int = 100) -> Changes:
    """Ideas that are or were public, changed from `since` on and before `until` (`core.feeds.safe_until`)."""
    rows = Idea.objects.exclude(published_at=None).filter(modified__lt=until)
    if since is not None:
        rows = rows.filter(modified__gte=since)
    value, id_ = (decode(after) if after else None) or ("", None)
    instant = _instant(value)
    if id_ is not None and instant is not None:
        rows = rows.filter(Q(modified__gt=instant) | Q(modified=instant, id__gt=id_))
    found = list(
        rows.select_related("version", "store", "category", "organisation").order_by("modified", "id")[: limit + 1]
    )
    page = found[:limit]
    return Changes(page, encode(page[-1].modified, page[-1].pk) if len(found) > limit else "")
