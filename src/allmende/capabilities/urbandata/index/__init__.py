"""How series appear in the public index: in search and on the Trace."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from allmende.capabilities.urbandata import workflow
from allmende.capabilities.urbandata.models import Datastream
from allmende.capabilities.urbandata.queries import series
from allmende.core.manifest import EntryData


def entry(series_id: UUID) -> EntryData | None:
    return entries([series_id]).get(series_id)


def entries(ids: Collection[UUID]) -> Mapping[UUID, EntryData]:
    return {one.pk: _entry(one) for one in series.by_ids(ids)}


def _entry(one: Datastream) -> EntryData:
    measured = getattr(one, "standing", None)
    state = "planned" if measured is None else "measured"
    longitude, latitude = series.point_of(one) or (None, None)
    name = one.name if one.thing.name in one.name else f"{one.thing.name}: {one.name}"
    return EntryData(
        ref=one.ref,
        titles={one.language: name},
        summaries={one.language: one.description},
        bodies={one.language: f"{one.observed_property.name} {one.thing.description} {one.source}"},
        url=f"/daten/{one.number}/",
        state=state,
        state_labels=workflow.STATES[state],
        happened_at=one.created_at,
        reached=measured is not None,
        longitude=longitude,
        latitude=latitude,
        language=one.language,
    )


def all_ids() -> Iterable[UUID]:
    return Datastream.objects.order_by("id").values_list("pk", flat=True).iterator()


def url(series_id: UUID) -> str | None:
    number = Datastream.objects.filter(pk=series_id).values_list("number", flat=True).first()
    return None if number is None else f"/daten/{number}/"
