"""How a report appears in the public index: in search, on the map, on the Trace. Only once it was checked."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.queries import reports
from allmende.capabilities.reports.workflow import ENDED, STATES, State
from allmende.core import city
from allmende.core.manifest import EntryData

LANGUAGES = ("de", "en")


def report_entry(report_id: UUID) -> EntryData | None:
    return report_entries([report_id]).get(report_id)


def report_entries(report_ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
    return {key: _entry(row) for key, row in reports.by_ids(report_ids).items()}


def _entry(row: Report) -> EntryData:
    info = STATES[State(row.state)]
    office = city.current().department(row.department)
    is_open = row.state not in ENDED
    return EntryData(
        ref=row.ref,
        titles={code: row.title(code) for code in LANGUAGES},
        summaries={row.language: row.public_words[:300]} if row.is_public else {},
        bodies={row.language: row.public_words} if row.is_public else {},
        url=f"/meldungen/{row.number}/",
        state=row.state,
        state_labels=info.labels,
        happened_at=row.received_at,
        visibility="public" if row.is_public else "hidden",
        reached=info.reached,
        next_step=info.meaning if is_open else {},
        office=dict(office.names) if office is not None and is_open else {},
        due=row.due_at if is_open else None,
        district=row.district,
        longitude=row.longitude,
        latitude=row.latitude,
        language=row.language,
        figures={"joins": row.join_count} if row.join_count else {},
    )


def report_ids() -> Iterable[UUID]:
    ids: Iterable[UUID] = reports.all_ids()
    return ids


def report_url(report_id: UUID) -> str | None:
    row = reports.by_id(report_id)
    return None if row is None else f"/meldungen/{row.number}/"


def subtask_url(subtask_id: UUID) -> str | None:
    """The page itself asks who may see it."""
    return f"/meldungen/eingang/aufgaben/{subtask_id}/"


def rule_url(rule_id: UUID) -> str | None:
    """The page itself asks who may see it."""
    return f"/meldungen/eingang/regeln/{rule_id}/"


def area_url(area_id: UUID) -> str | None:
    """Areas are in no search: they only have an address, for those who follow them."""
    return f"/meldungen/gebiete/{area_id}/"
