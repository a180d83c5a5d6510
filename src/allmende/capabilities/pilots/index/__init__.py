"""How pilots and indicators appear in the public index: on the Trace, in search, on the map."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, time
from uuid import UUID

from django.utils import translation

from allmende.capabilities.pilots import workflow
from allmende.capabilities.pilots.models import Indicator, Pilot
from allmende.capabilities.pilots.queries import indicators
from allmende.capabilities.pilots.queries.indicators import values_of
from allmende.capabilities.pilots.views.figures import figure
from allmende.capabilities.pilots.workflow import State
from allmende.core import city
from allmende.core.manifest import EntryData
from allmende.engines.places import interface as places


def office(slug: str) -> Mapping[str, str]:
    """The office's names per language, or nothing for one that the city no longer has."""
    found = city.current().department(slug) if slug else None
    return dict(found.names) if found else {}


def pilot_entry(pilot_id: UUID) -> EntryData | None:
    return pilot_entries([pilot_id]).get(pilot_id)


def pilot_entries(pilot_ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
    """Its place on the Trace is where it was proposed first; the next step is the next milestone."""
    rows = Pilot.objects.filter(pk__in=pilot_ids).prefetch_related("milestones")
    return {row.pk: _pilot_entry(row) for row in rows}


def _pilot_entry(row: Pilot) -> EntryData:
    state = State(row.state)
    info = workflow.STATES[state]
    centre = places.centre_of(row.district) if row.longitude is None or row.latitude is None else None
    longitude, latitude = centre or (row.longitude, row.latitude)
    open_ones = [one for one in row.milestones.all() if one.reached_on is None]
    step = min(open_ones, key=lambda one: one.planned_on, default=None) if state in workflow.UNDER_WAY else None
    due = None
    if step is not None:
        due = datetime.combine(step.planned_on, time.max, city.current().zone).astimezone(UTC)
    return EntryData(
        ref=row.ref,
        titles=dict(row.title),
        summaries=dict(row.summary),
        bodies=_together(row.text, row.reach, row.reason),
        url=f"/pilotprojekte/{row.number}/",
        state=row.state,
        state_labels=info.labels,
        happened_at=row.published_at or row.created_at,
        visibility="public" if row.is_public else "hidden",
        reached=info.reached,
        next_step=dict(step.title) if step is not None else {},
        office=office(row.department) if step is not None else {},
        due=due,
        district=row.district,
        longitude=longitude,
        latitude=latitude,
    )


def _together(*parts: Mapping[str, str]) -> dict[str, str]:
    """Several texts as one, per language."""
    codes = {code for part in parts for code in part}
    return {code: "\n".join(part[code] for part in parts if code in part) for code in codes}


def pilot_ids() -> Iterable[UUID]:
    return Pilot.objects.order_by("id").values_list("pk", flat=True).iterator()


def pilot_url(pilot_id: UUID) -> str | None:
    number = Pilot.objects.filter(pk=pilot_id).values_list("number", flat=True).first()
    return None if number is None else f"/pilotprojekte/{number}/"


def indicator_entry(indicator_id: UUID) -> EntryData | None:
    """With its last value as its state: „34 Prozent (Ziel 30)“."""
    row = indicators.by_id(indicator_id)
    if row is None:
        return None
    values = values_of(row)
    return EntryData(
        ref=row.ref,
        titles=dict(row.title),
        summaries={code: f"{text} {row.source.get(code, '')}".strip() for code, text in row.formula.items()},
        url=f"/pilotprojekte/kennzahlen/{row.number}/",
        state="measured" if values else "planned",
        state_labels={code: _state(row, code) for code in ("de", "en")},
        happened_at=row.created_at,
        visibility="public" if row.pilot.is_public else "hidden",
        reached=bool(values),
        within=str(row.pilot.ref),
    )


def _state(row: Indicator, language: str) -> str:
    values = values_of(row)
    with translation.override(language):
        if not values:
            return workflow.INDICATOR[language]
        return f"{figure(values[-1].value)} {row.unit.get(language) or row.unit.get('de', '')}".strip()


def indicator_ids() -> Iterable[UUID]:
    return Indicator.objects.order_by("id").values_list("pk", flat=True).iterator()


def indicator_url(indicator_id: UUID) -> str | None:
    number = Indicator.objects.filter(pk=indicator_id).values_list("number", flat=True).first()
    return None if number is None else f"/pilotprojekte/kennzahlen/{number}/"
