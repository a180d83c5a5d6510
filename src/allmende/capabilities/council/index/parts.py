"""How parts of papers appear in the public index: with their decision as their state."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time
from uuid import UUID

from django.utils import timezone

from allmende.capabilities.council import workflow
from allmende.capabilities.council.models import Part
from allmende.capabilities.council.queries.parts import public_parts
from allmende.core.manifest import EntryData

SPOKEN = "de"


def _entry(part: Part) -> EntryData:
    noon = None
    if part.decided_on is not None:
        noon = datetime.combine(part.decided_on, time(12), timezone.get_default_timezone())
    return EntryData(
        ref=part.ref,
        titles={SPOKEN: part.title},
        summaries={SPOKEN: part.text} if part.text else {},
        bodies={SPOKEN: f"{part.paper.name} {part.paper.reference}"},
        url=f"{part.paper.path}#{part.anchor}",
        state=part.decision or "open",
        state_labels=workflow.PART_LABELS[part.decision],
        happened_at=noon or part.created_at,
        reached=bool(part.decision),
        language=SPOKEN,
        within=str(part.paper.ref),
    )


def entries(ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
    return {part.pk: _entry(part) for part in public_parts().filter(pk__in=ids)}


def entry(key: UUID) -> EntryData | None:
    return entries([key]).get(key)


def all_ids() -> Iterable[UUID]:
    return public_parts().order_by("id").values_list("pk", flat=True).iterator()


def url(key: UUID) -> str | None:
    found = public_parts().filter(pk=key).first()
    return None if found is None else f"{found.paper.path}#{found.anchor}"
