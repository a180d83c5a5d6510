"""The election calendar as it stands."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.portal.models.elections import ElectionPeriod
from allmende.capabilities.portal.rules.elections import Hold, hold
from allmende.core.errors import NotFound


def hold_at(at: datetime, *, renewed_at: datetime | None = None) -> Hold | None:
    """What holds a scheduled post that is due at `at`, or None. One query; see `rules.elections.hold`."""
    return hold(ElectionPeriod.objects.filter(starts_at__lte=at, ends_at__gt=at), at, renewed_at=renewed_at)


def periods(at: datetime) -> tuple[list[ElectionPeriod], list[ElectionPeriod]]:
    """What runs or comes, soonest first; and the last fifty that are over, newest first."""
    coming = list(ElectionPeriod.objects.filter(ends_at__gt=at))
    over = list(ElectionPeriod.objects.filter(ends_at__lte=at).order_by("-ends_at")[:50])
    return coming, over


def period(period_id: UUID) -> ElectionPeriod:
    """Raises NotFound."""
    found = ElectionPeriod.objects.filter(pk=period_id).first()
    if found is None:
        raise NotFound
    return found
