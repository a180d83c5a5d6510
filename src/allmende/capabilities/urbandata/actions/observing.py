"""Values come in: by COPY, with hours, days and newest value in the same transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from allmende.capabilities.urbandata import rules
from allmende.capabilities.urbandata.events import ObservationsAdded, SeriesSaved
from allmende.capabilities.urbandata.models import Batch, Datastream, FeatureOfInterest, Location
from allmende.capabilities.urbandata.rules import summing
from allmende.capabilities.urbandata.rules.summing import Newest, Sum
from allmende.core import audit, city, events, statements
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.core.refs import Ref

MOST = 100_000
"""Values of one batch."""
EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""So far a clock may be ahead of ours. Forecasts are series of their own and come with step two of this room."""

COPY = (
    "COPY urbandata_observation (datastream_id, time, id, result_number, time_end, result_other, result_time,"
    " valid_from, valid_until, feature_id, quality, parameters, flags) FROM STDIN"
)
LOCK = "SELECT number FROM urbandata_datastream WHERE number = ANY(%s) ORDER BY number FOR KEY SHARE"
KNOWN = "SELECT datastream_id, time FROM urbandata_observation WHERE datastream_id = ANY(%s) AND time BETWEEN %s AND %s"
PLACES = """
SELECT d.number, place.location_id, f.number FROM urbandata_datastream d
LEFT JOIN LATERAL (
  SELECT l.location_id FROM urbandata_thing_locations l WHERE l.thing_id = d.thing_id ORDER BY l.id LIMIT 1
) place ON true
LEFT JOIN urbandata_featureofinterest f ON f.made_from_id = place.location_id
WHERE d.number = ANY(%s)
"""
IDS = "SELECT nextval('urbandata_observation_number') FROM generate_series(1, %s)"
HOURS = """
INSERT INTO urbandata_hour (datastream_id, start, count, total, low, high)
SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[], %s::float8[], %s::float8[], %s::float8[])
ORDER BY 1, 2
ON CONFLICT (datastream_id, start) DO UPDATE SET
  count = urbandata_hour.count + excluded.count, total = urbandata_hour.total + excluded.total,
  low = least(urbandata_hour.low, excluded.low), high = greatest(urbandata_hour.high, excluded.high)
"""
DAYS = HOURS.replace("urbandata_hour", "urbandata_day").replace("start", "day").replace("timestamptz", "date")
STANDINGS = """
INSERT INTO urbandata_standing AS s (datastream_id, count, first, last, result_first, result_last, result_number,
  result_other, flags, observation_id)
SELECT a, b, c, d, e, f, g, h::jsonb, i, j FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[],
  %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::float8[], %s::text[], %s::smallint[], %s::bigint[])
  AS given (a, b, c, d, e, f, g, h, i, j) ORDER BY 1
ON CONFLICT (datastream_id) DO UPDATE SET
  count = s.count + excluded.count, first = least(s.first, excluded.first),
  result_first = least(s.result_first, excluded.result_first),
  result_last = greatest(s.result_last, excluded.result_last),
  result_number = CASE WHEN excluded.last >= s.last THEN excluded.result_number ELSE s.result_number END,
  result_other = CASE WHEN excluded.last >= s.last THEN excluded.result_other ELSE s.result_other END,
  flags = CASE WHEN excluded.last >= s.last THEN excluded.flags ELSE s.flags END,
  observation_id = CASE WHEN excluded.last >= s.last THEN excluded.observation_id ELSE s.observation_id END,
  last = greatest(s.last, excluded.last)
RETURNING datastream_id, xmax = 0
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value to be kept. `series` is the number of a datastream; a whole number is one as long as a float holds it."""

    series: int
    time: datetime
    result: Any
    time_end: datetime | None = None
    result_time: datetime | None = None
    valid: tuple[datetime, datetime] | None = None
    feature: int | None = None
    quality: Any = None
    parameters: Mapping[str, Any] | None = None
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a batch: the ids of what was kept, in its order; `known` were there already."""

    batch_id: UUID | None
    ids: Sequence[int]
    known: int = 0


@action
def add_observations(
    *, actor: Actor, readings: Sequence[Reading], at: datetime, source: str = "", only_new: bool = False,
    with_features: bool = False,
) -> Added:  # fmt: skip
    """Keeps a batch of at most `MOST` values. With `only_new`, whatever its series has of the same time is left out;
    with `with_features`, values that name no feature of interest are about the place of their thing.

    Raises NotFound for a series that is not there, Invalid for a time that cannot be.
    """
    rules.require_may_edit(actor)
    check_times(readings, at)
    series = sorted({one.series for one in readings})
    if len(statements.rows(LOCK, [series])) < len(series):
        raise NotFound
    kept = _without_known(readings, series) if only_new else readings
    if not kept:
        return Added(None, (), len(readings))
    features = features_of(series, at) if with_features else {}
    batch, ids = keep_batch(actor, kept, at=at, source=source, features=features)
    audit.record(actor, "urbandata.add_observations", Ref("urbandata", "batch", batch.pk), fields=["observations"])
    return Added(batch.pk, ids, len(readings) - len(kept))


def keep_batch(
    actor: Actor, kept: Sequence[Reading], *, at: datetime, source: str, features: Mapping[int, int]
) -> tuple[Batch, Sequence[int]]:
    """Writes values and their sums inside the caller's action, whose series are locked."""
    ids = [row[0] for row in statements.rows(IDS, [len(kept)])]
    make_months(one.time for one in kept)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        lines = (_line(one, key, features.get(one.series)) for one, key in zip(kept, ids, strict=True))
        copy.write("".join(lines).encode())
    begun = _sum_up(kept, ids)
    first, last = min(one.time for one in kept), max(one.time for one in kept)
    batch = Batch.objects.create(at=at, source=source[:200], rows=len(kept), first=first, last=last)
    events.publish(actor, ObservationsAdded(ref=Ref("urbandata", "batch", batch.pk), rows=len(kept)))
    for key in Datastream.objects.filter(number__in=begun).values_list("pk", flat=True):
        events.publish(actor, SeriesSaved(ref=Ref("urbandata", "series", key)))  # the index says: now it is measured
    return batch, ids


def make_months(times: Iterable[datetime]) -> None:
    """The parts of the table that these times need."""
    for month in sorted({(utc.year, utc.month) for utc in (one.astimezone(UTC) for one in times)}):
        statements.rows("SELECT urbandata_make_month(%s)", [date(*month, 1)])


def features_of(series: Sequence[int], at: datetime) -> dict[int, int]:
    """Series → number of the feature that is made from the place of its thing, once for each place."""
    found: dict[int, int] = {}
    for number, place_id, feature in statements.rows(PLACES, [list(series)]):
        if feature is not None:
            found[number] = feature
        elif place_id is not None:
            place = Location.objects.get(pk=place_id)
            made, _new = FeatureOfInterest.objects.get_or_create(
                made_from=place,
                defaults={
                    "name": place.name, "description": place.description, "language": place.language,
                    "encoding_type": place.encoding_type, "feature": place.location, "created_at": at,
                },
            )  # fmt: skip
            found[number] = FeatureOfInterest.objects.values_list("number", flat=True).get(pk=made.pk)
    return found


def check_times(readings: Sequence[Reading], at: datetime) -> None:
    if len(readings) > MOST:
        raise Invalid(f"A batch holds at most {MOST} observations.")
    latest = at + AHEAD
    for one in readings:
        if not EARLIEST <= one.time <= latest:
            raise Invalid("phenomenonTime lies in the future or before 1800.")


def _without_known(readings: Sequence[Reading], series: Sequence[int]) -> list[Reading]:
    """Also of two in the batch with one time only the first stays."""
    span = [min(one.time for one in readings), max(one.time for one in readings)]
    known = set(statements.rows(KNOWN, [list(series), *span]))
    kept = []
    for one in readings:
        key = (one.series, one.time)
        if key not in known:
            known.add(key)
            kept.append(one)
    return kept


def is_float(result: Any) -> bool:
    """Whether a float holds it exactly."""
    return isinstance(result, float) or (
        isinstance(result, int) and not isinstance(result, bool) and abs(result) <= 2**53
    )


def _line(one: Reading, key: int, place: int | None) -> str:
    """A row in COPY's text format."""
    number, other = (repr(float(one.result)), r"\N") if is_float(one.result) else (r"\N", _json(one.result))
    if other == r"\N" and one.time_end is None and one.result_time is None and one.valid is None:
        rest = r"\N" + "\t\\N\t\\N\t\\N\t\\N"
    else:
        since, until = one.valid or (None, None)
        rest = "\t".join((_time(one.time_end), other, _time(one.result_time), _time(since), _time(until)))
    return (
        f"{one.series}\t{one.time.isoformat()}\t{key}\t{number}\t{rest}\t"
        f"{_or_null(one.feature or place)}\t{_json(one.quality, empty=True)}\t"
        f"{_json(one.parameters, empty=True)}\t{one.flags}\n"
    )


def _or_null(value: object) -> str:
    return r"\N" if value is None else str(value)


def _time(value: datetime | None) -> str:
    return r"\N" if value is None else value.isoformat()


def _json(value: Any, *, empty: bool = False) -> str:
    if value is None and empty:
        return r"\N"
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _sum_up(readings: Sequence[Reading], ids: Sequence[int]) -> list[int]:
    """Adds the batch to hours, days and standings; the series of which these are the first values."""
    hours = summing.hours_of(
        (one.series, one.time, float(one.result) if is_float(one.result) else None) for one in readings
    )
    if hours:
        rows = [(series, summing.hour_start(hour), one) for (series, hour), one in hours.items()]
        statements.run(HOURS, _columns(rows))
        days = summing.days_of(hours, city.current().zone)
        statements.run(DAYS, _columns([(series, day, one) for (series, day), one in days.items()]))
    newest: dict[int, Newest] = {}
    for one, key in zip(readings, ids, strict=True):
        _note(newest, one, key)
    standings = [
        (
            *(series, one.count, one.first, one.last, one.result_first, one.result_last, one.number),
            *(None if one.number is not None else json.dumps(one.other), one.flags, one.id),
        )
        for series, one in newest.items()
    ]
    found = statements.rows(STANDINGS, [list(column) for column in zip(*standings, strict=True)])
    return [series for series, is_new in found if is_new]


def _columns(rows: Sequence[tuple[int, Any, Sum]]) -> list[list[Any]]:
    return [
        [series for series, _start, _sum in rows],
        [start for _series, start, _sum in rows],
        [one.count for _series, _start, one in rows],
        [one.total for _series, _start, one in rows],
        [one.low for _series, _start, one in rows],
        [one.high for _series, _start, one in rows],
    ]


def _note(newest: dict[int, Newest], one: Reading, key: int) -> None:
    number = float(one.result) if is_float(one.result) else None
    held = newest.get(one.series)
    if held is None:
        newest[one.series] = Newest(
            1, one.time, one.time, number, one.result, one.flags, key, one.result_time, one.result_time
        )
        return
    held.count += 1
    held.first = min(held.first, one.time)
    if one.time >= held.last:
        held.last, held.number, held.other, held.flags, held.id = one.time, number, one.result, one.flags, key
    if one.result_time is not None:
        held.result_first = min(held.result_first or one.result_time, one.result_time)
        held.result_last = max(held.result_last or one.result_time, one.result_time)
