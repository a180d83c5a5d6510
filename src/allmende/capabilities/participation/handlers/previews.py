"""What a moderator reads of an idea before deciding."""

from collections.abc import Collection, Mapping
from uuid import UUID

from allmende.accounts.interface import group_scope
from allmende.capabilities.participation.models import Idea
from allmende.core.manifest import Preview
from allmende.engines.media import interface as media


def previews(ids: Collection[UUID]) -> Mapping[UUID, Preview]:
    """For many at once: two queries. New words of a public idea stand in place of the ones that are shown."""
    rows = list(Idea.objects.select_related("version", "pending").filter(pk__in=list(ids)))
    images = media.images_of([row.ref for row in rows])
    found = {}
    for row in rows:
        words = row.pending or row.version
        if words is None:
            continue
        pictures = images.get(row.ref, [])
        body = f"{words.body}\n\n{row.place}" if row.place else words.body
        found[row.pk] = Preview(
            title=words.title,
            body=body,
            language=row.language,
            author=row.author_name,
            author_person_id=row.author_id,
            url=f"/mitmachen/ideen/{row.number}/",
            scope="participation",
            group_scopes=(group_scope(row.organisation_id),) if row.organisation_id is not None else (),
            image_url=pictures[0].src if pictures else "",
            image_alt=pictures[0].alt if pictures else "",
        )
    return found


def preview(idea_id: UUID) -> Preview | None:
    return previews([idea_id]).get(idea_id)
