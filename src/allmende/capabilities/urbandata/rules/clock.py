"""Local time without an offset, as German files hold it, made into instants (Directive 2000/84/EC, summer time).

Times of one file come in order. In the night to summer time an hour does not exist. In the night from it an hour comes
twice: the first time that it is read is summer time; when the clock then jumps back within it, the second. A file that
holds the hour only once means, for all we know, the first: `doubtful` says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Instant:
    """`at` is None for a time that never was on any clock; `twice` for one that came twice."""

    at: datetime | None
    twice: bool = False


def read_local(times: Iterable[datetime], zone: ZoneInfo) -> list[Instant]:
    """Instants of local times in the order of the file. Each is naive; what has an offset is not for here."""
    found: list[Instant] = []
    before: datetime | None = None
    second = False
    for local in times:
        first, later = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        ahead, behind = first.utcoffset(), later.utcoffset()
        if ahead == behind:
            second = False
            found.append(Instant(first.astimezone(UTC)))
        elif ahead is not None and behind is not None and ahead < behind:
            found.append(Instant(None))  # an offset that grows: the clock jumps over this time
        else:
            second = second or (before is not None and local <= before and _near(before, local))
            found.append(Instant((later if second else first).astimezone(UTC), twice=True))
        before = local
    return found


def _near(before: datetime, local: datetime) -> bool:
    """Whether the time before belongs to the same night, so that going back means the second hour."""
    return (before - local).total_seconds() < 3 * 3600
