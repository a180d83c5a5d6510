"""Values are corrected or taken away; the sums of their hour and day are made anew: a least value is not subtracted."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from allmende.capabilities.urbandata import rules
from allmende.capabilities.urbandata.actions.observing import Reading, check_times, is_float, make_months
from allmende.capabilities.urbandata.models import Observation
from allmende.core import audit, city, statements
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import NotFound
from allmende.core.ids import uuid7
from allmende.core.refs import Ref

HOUR = """
INSERT INTO urbandata_hour (datastream_id, start, count, total, low, high)
SELECT %s, %s, count(*), sum(result_number), min(result_number), max(result_number) FROM urbandata_observation
WHERE datastream_id = %s AND time >= %s AND time < %s AND result_number IS NOT NULL HAVING count(*) > 0
"""
DAY = HOUR.replace("urbandata_hour", "urbandata_day").replace("start,", "day,")
STANDING = """
UPDATE urbandata_standing s SET count = t.count, first = t.first, last = n.time, result_first = t.result_first,
  result_last = t.result_last, result_number = n.result_number, result_other = n.result_other, flags = n.flags,
  observation_id = n.id
FROM (
  SELECT count(*) AS count, min(time) AS first, min(result_time) AS result_first, max(result_time) AS result_last
  FROM urbandata_observation WHERE datastream_id = %s
) t, (
  SELECT * FROM urbandata_observation WHERE datastream_id = %s ORDER BY time DESC, id DESC LIMIT 1
) n WHERE s.datastream_id = %s
"""


def _found(key: int) -> Observation:
    found = Observation.objects.filter(id=key).first()
    if found is None:
        raise NotFound
    return found


def _series(one: Observation) -> int:
    """The number of its series: the foreign key points to the number."""
    return int(str(one.datastream_id))


def _same(one: Observation) -> QuerySet[Observation]:
    """The row by its whole key, so that only its month is looked at."""
    return Observation.objects.filter(pk=(one.datastream_id, one.time, one.id))


def _lock(series: int) -> None:
    """One correction of a series after the other."""
    statements.rows("SELECT number FROM urbandata_datastream WHERE number = %s FOR NO KEY UPDATE", [series])


@action
def correct_observation(*, actor: Actor, key: int, changes: Mapping[str, Any], at: datetime) -> int:
    """Puts other values in place of an observation's. Its id stays. Raises NotFound, Invalid."""
    rules.require_may_edit(actor)
    _lock(_series(_found(key)))
    before = _found(key)
    fields = dict(changes)
    if "result" in fields:
        result = fields.pop("result")
        number = is_float(result)
        fields |= {"result_number": float(result) if number else None, "result_other": None if number else result}
    moved = fields.get("time") or before.time
    check_times([Reading(_series(before), moved, None)], at)
    make_months([moved])
    row = {name: getattr(before, name) for name in COLUMNS} | fields | {"time": moved}
    _same(before).delete()
    Observation.objects.create(datastream_id=before.datastream_id, id=before.id, **row)
    sum_anew(_series(before), [before.time, moved])
    audit.record(actor, "urbandata.correct_observation", Ref("urbandata", "observation", uuid7()), fields=fields)
    return before.id


@action
def remove_observation(*, actor: Actor, key: int, at: datetime) -> None:  # noqa: ARG001
    """Takes one value away. Raises NotFound."""
    rules.require_may_edit(actor)
    _lock(_series(_found(key)))
    gone = _found(key)
    _same(gone).delete()
    sum_anew(_series(gone), [gone.time])
    audit.record(actor, "urbandata.remove_observation", Ref("urbandata", "observation", uuid7()))


COLUMNS = (
    "time_end", "result_number", "result_other", "result_time", "valid_from", "valid_until", "feature_id", "quality",
    "parameters", "flags",
)  # fmt: skip


def sum_anew(series: int, times: Iterable[datetime]) -> None:
    """Hours, days, standing: in the order in which a batch takes them."""
    zone = city.current().zone
    found = {one.astimezone(UTC).replace(minute=0, second=0, microsecond=0) for one in times}
    for start in sorted(found):
        statements.run("DELETE FROM urbandata_hour WHERE datastream_id = %s AND start = %s", [series, start])
        statements.run(HOUR, [series, start, series, start, start + timedelta(hours=1)])
    for day in sorted({one.astimezone(zone).date() for one in found}):
        bounds = [datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + timedelta(days=1))]
        statements.run("DELETE FROM urbandata_day WHERE datastream_id = %s AND day = %s", [series, day])
        statements.run(DAY, [series, day, series, *bounds])
    statements.run(STANDING, [series, series, series])
    statements.run(
        "DELETE FROM urbandata_standing WHERE datastream_id = %s AND NOT EXISTS"
        " (SELECT FROM urbandata_observation o WHERE o.datastream_id = %s)",
        [series, series],
    )


def forget_series(number: int) -> None:
    """All values of a series that goes: inside the caller's action."""
    statements.run("DELETE FROM urbandata_observation WHERE datastream_id = %s", [number])


def forget_feature(number: int) -> None:
    """All values about a feature that goes: inside the caller's action."""
    times: dict[int, list[datetime]] = {}
    gone = "DELETE FROM urbandata_observation WHERE feature_id = %s RETURNING datastream_id, time"
    for series, at in statements.rows(gone, [number]):
        times.setdefault(series, []).append(at)
    for series in sorted(times):
        sum_anew(series, times[series])
