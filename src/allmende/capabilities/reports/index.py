"""How a report appears in the public index: in search, on the map, on the Trace. Only once it was checked."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from allmende.capabilities.reports.models import Pattern, Report
from allmende.capabilities.reports.queries import assets, patterns, reports
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


STATE = {"de": "Anstoß", "en": "impulse"}


def pattern_title(found: Pattern, language: str) -> str:
    """„23 Meldungen: Straße und Gehweg, Lusan (Nr. 4)“: no two have the same."""
    one = found.count == 1
    words = ("report" if one else "reports") if language == "en" else ("Meldung" if one else "Meldungen")
    number = f"No. {found.number}" if language == "en" else f"Nr. {found.number}"
    district = city.current().districts.get(found.district)
    about = ", ".join(part for part in (found.category.name(language), district.name if district else "") if part)
    return f"{found.count} {words}: {about} ({number})"


def pattern_entry(pattern_id: UUID) -> EntryData | None:
    return pattern_entries([pattern_id]).get(pattern_id)


def pattern_entries(pattern_ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
    return {
        key: EntryData(
            ref=row.ref,
            titles={code: pattern_title(row, code) for code in LANGUAGES},
            summaries={row.language: row.words[:300]},
            bodies={row.language: row.words},
            url=f"/meldungen/haeufung/{row.number}/",
            state="drawn",
            state_labels=STATE,
            happened_at=row.until,
            district=row.district,
            language=row.language,
            figures={"reports": row.count},
        )
        for key, row in patterns.by_ids(pattern_ids).items()
    }


def pattern_ids() -> Iterable[UUID]:
    return patterns.all_ids()


def pattern_url(pattern_id: UUID) -> str | None:
    row = patterns.by_ids([pattern_id]).get(pattern_id)
    return None if row is None else f"/meldungen/haeufung/{row.number}/"


THERE = {"de": "steht dort", "en": "stands there"}


def asset_entry(asset_id: UUID) -> EntryData | None:
    return asset_entries([asset_id]).get(asset_id)


def asset_entries(asset_ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
    """Those that are there; what the office's file no longer names leaves the map."""
    return {
        key: EntryData(
            ref=row.ref,
            titles={code: row.title(code) for code in LANGUAGES},
            summaries={"de": row.place} if row.place else {},
            url=f"/meldungen/objekt/{row.code}/",
            state="there",
            state_labels=THERE,
            happened_at=row.imported_at,
            district=row.district,
            longitude=row.longitude,
            latitude=row.latitude,
        )
        for key, row in assets.by_ids(list(asset_ids)).items()
        if row.is_active
    }


def asset_ids() -> Iterable[UUID]:
    ids: Iterable[UUID] = assets.all_ids()
    return ids


def asset_url(asset_id: UUID) -> str | None:
    row = assets.by_ids([asset_id]).get(asset_id)
    return None if row is None else f"/meldungen/objekt/{row.code}/"
