"""The portfolio for programs: reading only."""

from typing import Annotated, cast

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import Field

from allmende.accounts.interface import ApiAuth
from allmende.capabilities.pilots.api.schemas import (
    IndicatorOut,
    MilestoneOut,
    PilotListOut,
    PilotOut,
    ValueOut,
    WholeIndicatorOut,
)
from allmende.capabilities.pilots.models import Indicator, Pilot
from allmende.capabilities.pilots.queries import indicators, portfolio
from allmende.capabilities.pilots.rules.light import Light, light
from allmende.capabilities.pilots.workflow import UNDER_WAY, State
from allmende.core.actor import Viewer
from allmende.core.http import Request

router = Router(tags=["pilots"])

READ = ApiAuth("pilots:read", optional=True)
Number = Annotated[int, Field(ge=1, lt=2**63, description="Public number, as it stands on the page.")]


def _indicator(row: Indicator) -> IndicatorOut:
    return IndicatorOut(
        id=row.pk,
        number=row.number,
        title=row.title,
        unit=row.unit,
        formula=row.formula,
        source=row.source,
        direction=row.direction,
        baseline=row.baseline,
        baseline_on=row.baseline_on,
        target=row.target,
        target_on=row.target_on,
        is_example=row.is_example,
        url=f"/pilotprojekte/kennzahlen/{row.number}/",
    )


def _pilot(row: Pilot, request: HttpRequest) -> PilotOut:
    today = portfolio.day_of(cast("Request", request).at)
    milestones = portfolio.milestones_of(row)
    shown = light(milestones, today) if State(row.state) in UNDER_WAY else Light.NONE
    return PilotOut(
        id=row.pk,
        number=row.number,
        title=row.title,
        summary=row.summary,
        state=row.state,
        state_at=row.state_at,
        reason=row.reason,
        light=shown.value,
        department=row.department,
        partners=row.partners,
        planned_cents=row.planned_cents,
        spent_cents=row.spent_cents,
        currency=row.currency,
        funding_percent=row.funding_percent,
        reach=row.reach,
        people=row.people,
        risks=row.risks,
        place=row.place,
        district=row.district,
        longitude=row.longitude,
        latitude=row.latitude,
        milestones=[
            MilestoneOut(
                number=one.place,
                title=one.title,
                first_planned_on=one.first_planned_on,
                planned_on=one.planned_on,
                move_reason=one.move_reason,
                reached_on=one.reached_on,
            )
            for one in milestones
        ],
        indicators=[one.number for one in row.indicators.all()],
        published_at=row.published_at,
        is_example=row.is_example,
        url=f"/pilotprojekte/{row.number}/",
    )


@router.get("pilots", response=PilotListOut, auth=READ, summary="Pilots")
def list_pilots(
    request: HttpRequest,
    after: Annotated[int, Field(ge=0, lt=2**63, description="`next` of the part before.")] = 0,
    limit: Annotated[int, Field(ge=1, le=100)] = 50,
) -> PilotListOut:
    """Everything that was ever proposed, by number."""
    rows = portfolio.in_pages(after=after, limit=limit)
    return PilotListOut(
        pilots=[_pilot(row, request) for row in rows[:limit]],
        next=rows[limit - 1].number if len(rows) > limit else None,
    )


@router.get("pilots/{number}", response=PilotOut, auth=READ, summary="One pilot")
def get_pilot(request: HttpRequest, number: Path[Number]) -> PilotOut:
    """With its milestones and the numbers of its indicators."""
    return _pilot(portfolio.by_number(number, Viewer()), request)


@router.get("pilots/{number}/indicators", response=list[IndicatorOut], auth=READ, summary="Indicators of a pilot")
def list_indicators(request: HttpRequest, number: Path[Number]) -> list[IndicatorOut]:  # noqa: ARG001 - ninja passes it
    """What is measured to see whether it has an effect."""
    return [_indicator(row) for row in indicators.of_pilot(portfolio.by_number(number, Viewer()).pk)]


@router.get("indicators/{number}", response=WholeIndicatorOut, auth=READ, summary="One indicator")
def get_indicator(request: HttpRequest, number: Path[Number]) -> WholeIndicatorOut:  # noqa: ARG001 - ninja passes it
    """With all its values, last measured first; those that were replaced say so."""
    row = indicators.by_number(number, Viewer())
    values = [
        ValueOut(
            id=one.pk,
            measured_on=one.measured_on,
            value=one.value,
            evidence=one.evidence,
            evidence_url=one.evidence_url,
            recorded_at=one.recorded_at,
            replaced_at=one.replaced_at,
        )
        for one in indicators.history(row)
    ]
    return WholeIndicatorOut(**_indicator(row).model_dump(), pilot=row.pilot.number, values=values)
