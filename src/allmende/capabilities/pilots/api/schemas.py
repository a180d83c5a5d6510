"""What programs get."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from ninja import Schema
from pydantic import Field


class MilestoneOut(Schema):
    """Something that is to be reached by a day."""

    number: int
    title: dict[str, str]
    first_planned_on: date = Field(description="The day planned first; it never changes.")
    planned_on: date
    move_reason: dict[str, str]
    reached_on: date | None


class PilotOut(Schema):
    """A pilot. Texts per language code, money in cents."""

    id: UUID
    number: int
    title: dict[str, str]
    summary: dict[str, str]
    state: str = Field(description="proposed, decided, running, finished, stopped or declined.")
    state_at: datetime
    reason: dict[str, str]
    light: str = Field(
        description="Derived from milestones: on_plan, late, far_behind; none while nothing is under way."
    )
    department: str
    partners: list[dict[str, str]]
    planned_cents: int | None
    spent_cents: int | None
    currency: str
    funding_percent: int | None
    reach: dict[str, str]
    people: int | None
    risks: list[dict[str, str]]
    place: str
    district: str
    longitude: float | None
    latitude: float | None
    milestones: list[MilestoneOut]
    indicators: list[int] = Field(description="Numbers of its indicators.")
    published_at: datetime | None
    is_example: bool
    url: str


class PilotListOut(Schema):
    """A part of the list."""

    pilots: list[PilotOut]
    next: int | None = Field(description="Pass as `after` to go on; null at the end.")


class IndicatorOut(Schema):
    """An indicator. Texts per language code; the formula is in words."""

    id: UUID
    number: int
    title: dict[str, str]
    unit: dict[str, str]
    formula: dict[str, str]
    source: dict[str, str]
    direction: str = Field(description="Which way is better: higher or lower.")
    baseline: Decimal
    baseline_on: date
    target: Decimal
    target_on: date
    is_example: bool
    url: str


class ValueOut(Schema):
    """A measured value and where it can be checked."""

    id: UUID
    measured_on: date
    value: Decimal
    evidence: str
    evidence_url: str
    recorded_at: datetime
    replaced_at: datetime | None = Field(description="Since when a better value holds; null for the one that holds.")


class WholeIndicatorOut(IndicatorOut):
    """With its pilot's number and its values."""

    pilot: int
    values: list[ValueOut]
