"""Areas that people follow: which of them a report lies in, and what lies in an area."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from allmende.capabilities.reports.models import Area, Report
from allmende.capabilities.reports.models.areas import RADII
from allmende.capabilities.reports.queries.reports import distance, place_of_cursor
from allmende.capabilities.reports.rules.ground import METRES_PER_DEGREE
from allmende.core.actor import Viewer

PAGE = 20
FEED = 30


def by_id(area_id: UUID) -> Area | None:
    return Area.objects.filter(pk=area_id).first()


def may_see(area_id: UUID, viewer: Viewer, at: datetime) -> bool:  # noqa: ARG001 - shape of a gate
    """The gate of kind "area": it names a part of the city, nothing else."""
    return Area.objects.filter(pk=area_id).exists()


def by_ids(ids: Sequence[UUID]) -> list[Area]:
    return list(Area.objects.filter(pk__in=ids).order_by("made_at"))


def around(report: Report) -> list[Area]:
    """The areas that a report lies in. One query."""
    found = Q(district=report.district) if report.district else Q(pk__in=[])
    if report.point is not None:
        high = max(RADII) / METRES_PER_DEGREE
        longitude, latitude = report.point
        found |= Q(
            latitude__range=(latitude - high, latitude + high),
            longitude__range=(longitude - 3 * high, longitude + 3 * high),
        )
    rows = Area.objects.filter(found)
    return [one for one in rows if one.middle is None or distance(one.middle, report.point) <= one.radius]


def reports_in(area: Area, *, after: str = "", limit: int = PAGE) -> tuple[list[Report], str]:
    """Public reports of an area, newest first, and the cursor of the next page. Raises Invalid."""
    rows = Report.objects.select_related("category").filter(is_public=True).order_by("-published_at", "-id")
    if area.middle is None:
        rows = rows.filter(district=area.district)
    else:
        high = area.radius / METRES_PER_DEGREE
        longitude, latitude = area.middle
        rows = rows.filter(
            latitude__range=(latitude - high, latitude + high),
            longitude__range=(longitude - 3 * high, longitude + 3 * high),
        )
    if after:
        instant, last = place_of_cursor(after)
        rows = rows.filter(Q(published_at__lt=instant) | Q(published_at=instant, pk__lt=last))
    found: list[Report] = []
    for row in rows.iterator(chunk_size=200):
        if area.middle is None or distance(area.middle, row.point) <= area.radius:
            found.append(row)
        if len(found) > limit:
            break
    if len(found) <= limit:
        return found, ""
    row = found[limit - 1]
    assert row.published_at is not None
    return found[:limit], f"{row.published_at.isoformat()}_{row.pk}"
