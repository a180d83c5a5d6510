"""What the portal gives to other websites by feed, per topic and whole; and what it took from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal.queries import notices
from allmende.capabilities.portal.rules import notices as notice_rules
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


TOPICS: Mapping[str, Topic] = {
    topic.slug: topic
    for topic in (
        Topic(
            "bekanntmachungen",
            _("Öffentliche Bekanntmachungen"),
            _("Satzungen, Auslegungen, Wahlen, im vollen Wortlaut"),
            fed_notices,
        ),
    )
}
"""Every outgoing feed by the last part of its address."""


def fed(topic: Topic, at: datetime, language: str) -> list[Fed]:
    """The newest things of a topic, at most fifty."""
    return sorted(topic.read(at, language), key=lambda one: one.published, reverse=True)[:PART]
