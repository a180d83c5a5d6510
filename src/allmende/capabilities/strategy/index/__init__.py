"""How fields, goals and answers appear in the public index: on the Trace, in search, in feeds."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from allmende.capabilities.strategy import workflow
from allmende.capabilities.strategy.models import Aside, Field, Goal
from allmende.capabilities.strategy.queries import plan
from allmende.core import city
from allmende.core.manifest import EntryData

TITLE = 90
"""Characters of a reason that stand as an answer's title."""


def office(slug: str) -> Mapping[str, str]:
    """The office's names per language, or nothing for one that the city no longer has."""
    found = city.current().department(slug) if slug else None
    return dict(found.names) if found else {}


def field_entry(field_id: UUID) -> EntryData | None:
    found = plan.field(field_id)
    if found is None:
        return None
    return EntryData(
        ref=found.ref,
        titles=dict(found.title),
        summaries=dict(found.summary),
        url=f"/strategie/feld/{found.number}/",
        state="shown",
        state_labels={},
        happened_at=found.created_at,
        office=office(found.department),
    )


def field_ids() -> Iterable[UUID]:
    return Field.objects.order_by("id").values_list("pk", flat=True).iterator()


def field_url(field_id: UUID) -> str | None:
    number = Field.objects.filter(pk=field_id).values_list("number", flat=True).first()
    return None if number is None else f"/strategie/feld/{number}/"


def goal_entry(goal_id: UUID) -> EntryData | None:
    """„3.2 Wege, auf denen man sich sicher fühlt“: with the code by which people know it."""
    found = plan.goal(goal_id)
    if found is None:
        return None
    ended = found.ended_at is not None
    return EntryData(
        ref=found.ref,
        titles={code: f"{found.code} {text}" for code, text in found.title.items()},
        summaries=dict(found.summary),
        bodies={code: text for row in found.measures.all() for code, text in row.title.items()},
        url=f"/strategie/ziel/{found.number}/",
        state="ended" if ended else "set",
        state_labels=workflow.GOAL_STATES["ended" if ended else "set"],
        happened_at=found.created_at,
        office=office(found.field.department),
        within=str(found.field.ref),
    )


def goal_ids() -> Iterable[UUID]:
    return Goal.objects.order_by("id").values_list("pk", flat=True).iterator()


def goal_url(goal_id: UUID) -> str | None:
    number = Goal.objects.filter(pk=goal_id).values_list("number", flat=True).first()
    return None if number is None else f"/strategie/ziel/{number}/"


def aside_entry(aside_id: UUID) -> EntryData | None:
    """None once it is withdrawn: what holds then is the goal."""
    found = plan.aside(aside_id)
    if found is None or found.withdrawn_at is not None:
        return None
    reason = found.reason if len(found.reason) <= TITLE else f"{found.reason[: TITLE - 1].rstrip()}…"
    return EntryData(
        ref=found.own_ref,
        titles={found.language: reason},
        summaries={found.language: found.reason},
        language=found.language,
        url=f"/strategie/antwort/{found.number}/",
        state="aside",
        state_labels=workflow.ASIDE,
        happened_at=found.at,
    )


def aside_ids() -> Iterable[UUID]:
    return Aside.objects.order_by("id").values_list("pk", flat=True).iterator()


def aside_url(aside_id: UUID) -> str | None:
    number = Aside.objects.filter(pk=aside_id).values_list("number", flat=True).first()
    return None if number is None else f"/strategie/antwort/{number}/"
