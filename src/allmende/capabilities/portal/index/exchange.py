"""How things from the official website appear in the public index: with their source."""

from collections.abc import Iterable
from uuid import UUID

from allmende.capabilities.portal.models.exchange import FeedItem
from allmende.capabilities.portal.queries import exchange as queries
from allmende.core.manifest import EntryData


def entry(item_id: UUID) -> EntryData | None:
    row = queries.item(item_id)
    if row is None or row.withdrawn_at is not None:
        return None
    return EntryData(
        ref=row.ref,
        titles={row.language: row.title},
        summaries={row.language: row.summary[:240]},
        bodies={row.language: row.summary},
        language=row.language,
        url=f"/von-der-website/{row.number}/",
        state="taken",
        state_labels={"de": f"Von: {row.source.title}", "en": f"From: {row.source.title}"},
        happened_at=row.published_at,
        visibility="public" if row.source.is_active else "hidden",
    )


def ids() -> Iterable[UUID]:
    return FeedItem.objects.filter(withdrawn_at=None).order_by("id").values_list("pk", flat=True).iterator()


def url(item_id: UUID) -> str | None:
    number = FeedItem.objects.filter(pk=item_id).values_list("number", flat=True).first()
    return None if number is None else f"/von-der-website/{number}/"
