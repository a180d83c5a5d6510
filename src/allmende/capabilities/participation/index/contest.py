"""How the placing of a contest appears in the public index."""

from collections.abc import Iterable
from uuid import UUID

from allmende.capabilities.participation import queries
from allmende.capabilities.participation.index import office
from allmende.core.manifest import EntryData


def placing_entry(contest_id: UUID) -> EntryData | None:
    """Who got which place: one station for all editions, dated to the first."""
    contest = queries.contest(contest_id)
    editions = queries.placings(contest_id) if contest is not None else []
    if contest is None or not editions:
        return None
    store, latest = contest.store, editions[0].placing
    names = {"de": "Die Plätze: %s", "en": "The places: %s"}
    labels = {"de": "entschieden", "en": "decided"} if latest.edition == 1 else {"de": "berichtigt", "en": "corrected"}
    return EntryData(
        ref=contest.placing_ref,
        titles={language: names.get(language, names["de"]) % text for language, text in store.title.items() if text},
        summaries={"de": latest.decision[:240]},
        url=f"/mitmachen/wettbewerbe/{store.number}/ergebnis/",
        state="placed",
        state_labels=labels,
        happened_at=editions[-1].placing.at,
        office=office(store.group.department),
        within=str(store.ref),
    )


def placing_ids() -> Iterable[UUID]:
    return queries.placed_contests()


def placing_url(contest_id: UUID) -> str | None:
    found = queries.contest(contest_id)
    return None if found is None else f"/mitmachen/wettbewerbe/{found.store.number}/ergebnis/"
