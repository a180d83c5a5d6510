"""What the portal gives to other websites by feed, per topic and whole; and what it took from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal.models.exchange import FeedItem, FeedSource
from allmende.capabilities.portal.queries import notices, pages
from allmende.capabilities.portal.rules import notices as notice_rules
from allmende.core.errors import NotFound
from allmende.core.texts import Text

PART = 50


@dataclass(frozen=True)
class Fed:
    """One thing in an outgoing feed, whole: `html` is what a reader shows, `path` where it stands here."""

    id: str
    """„urn:uuid:…“: the same in every topic and format, so that nobody takes it twice."""
    title: str
    path: str
    text: str
    """Markdown of the whole text."""
    published: datetime
    updated: datetime
    language: str = "de"
    categories: tuple[str, ...] = ()
    summary: str = ""


@dataclass(frozen=True)
class Topic:
    """A feed: what it is called and how to read it. `read(at, language)` gives the newest first."""

    slug: str
    title: Text
    summary: Text
    read: Callable[[datetime, str], list[Fed]] = field(repr=False)


def fed_notices(at: datetime, language: str) -> list[Fed]:
    """The official notices that stand, with their whole text as long as it may be shown."""
    part = notices.listed(at, limit=PART)
    return [
        Fed(
            id=f"urn:uuid:{row.pk}",
            title=row.title,
            path=reverse("portal:notice", args=[row.year, row.number]),
            text=row.text if notice_rules.text_is_shown(row, at) else "",
            published=row.provided_at,
            updated=row.provided_at,
            categories=(row.label,),
            summary=str(row.summary.get(language) or row.summary.get("de", "")),
        )
        for row in part.notices
        if row.provided_at is not None
    ]


def fed_news(at: datetime, language: str) -> list[Fed]:
    """What the editors published and everybody may read now; embargoed news are not among them."""
    rows, _more = pages.whole_pages("news", at, limit=PART)
    found = []
    for row in rows:
        code = language if language in row.texts else settings.LANGUAGE_CODE
        words = row.texts[code]
        assert row.post.visible_from is not None
        assert row.post.released_at is not None
        found.append(
            Fed(
                id=f"urn:uuid:{row.post.key}",
                title=words.title,
                path=words.path,
                text=words.text,
                published=row.post.visible_from,
                updated=max(row.post.released_at, row.post.visible_from),
                language=code,
                summary=words.summary,
            )
        )
    return found


def fed_everything(at: datetime, language: str) -> list[Fed]:
    """News and official notices together."""
    return [*fed_news(at, language), *fed_notices(at, language)]


TOPICS: Mapping[str, Topic] = {
    topic.slug: topic
    for topic in (
        Topic("aktuelles", _("Aktuelles"), _("Nachrichten aus der Stadt und aus dem Programm"), fed_news),
        Topic(
            "bekanntmachungen",
            _("Öffentliche Bekanntmachungen"),
            _("Satzungen, Auslegungen, Wahlen, im vollen Wortlaut"),
            fed_notices,
        ),
        Topic(
            "stadt",
            _("Nachrichten und Bekanntmachungen"),
            _("Beides zusammen, zum Beispiel für die amtliche Website"),
            fed_everything,
        ),
    )
}
"""Every outgoing feed by the last part of its address."""


def fed(topic: Topic, at: datetime, language: str) -> list[Fed]:
    """The newest things of a topic, at most fifty."""
    return sorted(topic.read(at, language), key=lambda one: one.published, reverse=True)[:PART]


# What came from the official website


@dataclass(frozen=True)
class ItemPart:
    """A part of the list; give `next` as `after` to go on."""

    items: list[FeedItem]
    next: str


def due_sources(at: datetime) -> list[FeedSource]:
    """Feeds whose time has come, at most twenty at once."""
    return list(FeedSource.objects.filter(is_active=True, next_check_at__lte=at).order_by("next_check_at")[:20])


def sources() -> list[FeedSource]:
    """All feeds with how many things they have here, for the editors."""
    live = Count("items", filter=Q(items__withdrawn_at=None))
    return list(FeedSource.objects.annotate(live=live).order_by("title", "pk"))


def source(source_id: UUID) -> FeedSource:
    """Raises NotFound."""
    found = FeedSource.objects.filter(pk=source_id).first()
    if found is None:
        raise NotFound
    return found


def taken() -> QuerySet[FeedItem]:
    """Everything that is shown from the official website."""
    return FeedItem.objects.filter(withdrawn_at=None, source__is_active=True).select_related("source")


def items(*, after: str = "", limit: int = 20) -> ItemPart:
    """The newest first. One query."""
    rows = taken()
    place = after.partition("_")
    try:
        instant, id_ = datetime.fromisoformat(place[0].replace(" ", "+")), UUID(place[2])
        if instant.tzinfo == UTC:
            rows = rows.filter(Q(published_at__lt=instant) | Q(published_at=instant, pk__lt=id_))
    except ValueError:
        pass
    found = list(rows.order_by("-published_at", "-pk")[: limit + 1])
    if len(found) <= limit:
        return ItemPart(found, "")
    last = found[limit - 1]
    return ItemPart(found[:limit], f"{last.published_at.astimezone(UTC).isoformat()}_{last.pk}")


def item_by_number(number: int) -> FeedItem:
    """Raises NotFound, also for what is withdrawn."""
    found = taken().filter(number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def item(item_id: UUID) -> FeedItem | None:
    """The row, whoever asks: for the public index."""
    return FeedItem.objects.select_related("source").filter(pk=item_id).first()
