"""How opinion maps appear in the public index."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from allmende.capabilities.surveys.models import Conversation, DrawnMap
from allmende.capabilities.surveys.workflow.opinion import NEXT_STEPS, TALK_WORDS, Talk
from allmende.core import city
from allmende.core.manifest import EntryData

EDITORS = "role:editor:surveys"


def conversation_entry(conversation_id: UUID) -> EntryData | None:
    """Public from opening on; drafts only editors find."""
    found = Conversation.objects.filter(pk=conversation_id).first()
    if found is None:
        return None
    office = city.current().department(found.department)
    people = DrawnMap.objects.filter(conversation=found).values_list("result__people", flat=True).first()
    is_open = found.state == Talk.OPEN
    return EntryData(
        ref=found.ref,
        titles={language: text for language, text in found.title.items() if text},
        summaries={language: text[:240] for language, text in found.summary.items() if text},
        url=f"/umfragen/meinungen/{found.number}/",
        state=found.state,
        state_labels=TALK_WORDS[found.state],
        happened_at=found.opens_at or found.created_at,
        visibility=EDITORS if found.state == Talk.DRAFT else "public",
        open_until=found.closes_at if is_open else None,
        next_step=NEXT_STEPS[found.state],
        office=dict(office.names) if office is not None else {},
        due=found.closes_at if is_open else None,
        language=found.language,
        figures={"people": people} if people else {},
    )


def conversation_entries(ids: Iterable[UUID]) -> Mapping[UUID, EntryData]:
    """Few there are: one by one."""
    found = {one: conversation_entry(one) for one in ids}
    return {one: entry for one, entry in found.items() if entry is not None}


def conversation_ids() -> Iterable[UUID]:
    return Conversation.objects.order_by("id").values_list("pk", flat=True).iterator()


def conversation_url(conversation_id: UUID) -> str | None:
    number = Conversation.objects.filter(pk=conversation_id).values_list("number", flat=True).first()
    return None if number is None else f"/umfragen/meinungen/{number}/"
