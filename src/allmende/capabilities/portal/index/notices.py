"""How official notices appear in the public index: from their instant of provision on, and no longer than allowed."""

import re
from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from allmende.capabilities.portal.models.notices import Notice
from allmende.capabilities.portal.queries import notices as queries
from allmende.capabilities.portal.rules import notices as rules
from allmende.capabilities.portal.workflow.notices import LABELS_BOTH, State
from allmende.core import city
from allmende.core.manifest import EntryData

SUMMARY = 240


def plain_words(text: str, limit: int = SUMMARY) -> str:
    """Markdown without its signs, shortened at a word."""
    flat = re.sub(r"[#*_`>|]+", " ", text)
    flat = " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", flat).split())
    return flat if len(flat) <= limit else flat[:limit].rpartition(" ")[0] + " …"


def entry(notice_id: UUID) -> EntryData | None:
    row = queries.notice(notice_id)
    if row is None:
        return None
    found = city.current().department(row.department)
    released = row.state == State.PROVIDED and row.provided_at is not None
    shown = rules.text_is_shown(row, timezone.now())
    annexes = [f"{annex.title} {annex.summary}" for annex in row.annexes.all()]
    titles = {"de": f"Bekanntmachung {row.label}: {row.title}"}
    if row.title_en:
        titles["en"] = f"Official notice {row.label}: {row.title_en}"
    summaries = {language: str(text) for language, text in row.summary.items()}
    summaries.setdefault("de", plain_words(row.text) if shown else "")
    return EntryData(
        ref=row.ref,
        titles=titles,
        summaries=summaries,
        bodies={"de": " ".join([row.text, row.legal_basis, *annexes])} if shown else {},
        url=f"/bekanntmachungen/{row.year}/{row.number}/",
        state=row.state,
        state_labels=LABELS_BOTH[State(row.state)],
        happened_at=row.provided_at or row.created_at,
        visibility="public" if released else "hidden",
        visible_from=row.provided_at,
        office=dict(found.names) if found else {},
    )


def ids() -> Iterable[UUID]:
    return Notice.objects.order_by("id").values_list("pk", flat=True).iterator()


def url(notice_id: UUID) -> str | None:
    """Its address, once it has one."""
    row = Notice.objects.filter(pk=notice_id, state="provided").values_list("year", "number").first()
    return f"/bekanntmachungen/{row[0]}/{row[1]}/" if row else None
