"""What a moderator reads of a public report that somebody has given notice of."""

from collections.abc import Collection, Mapping
from uuid import UUID

from allmende.capabilities.reports.queries import reports
from allmende.capabilities.reports.rules import SCOPE
from allmende.core.manifest import Preview
from allmende.engines.media import interface as media


def previews(ids: Collection[UUID]) -> Mapping[UUID, Preview]:
    rows = reports.by_ids(ids)
    images = media.images_of([row.ref for row in rows.values()])
    found = {}
    for row in rows.values():
        pictures = images.get(row.ref, [])
        found[row.pk] = Preview(
            title=row.title(row.language),
            body=row.public_words or row.words,
            language=row.language,
            author="",
            author_person_id=row.reporter_id,
            url=f"/meldungen/{row.number}/",
            scope=SCOPE,
            image_url=pictures[0].src if pictures else "",
            image_alt=pictures[0].alt if pictures else "",
        )
    return found


def preview(report_id: UUID) -> Preview | None:
    return previews([report_id]).get(report_id)
