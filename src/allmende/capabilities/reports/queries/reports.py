"""Reports: one, many, by private link, near a place."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.models import Report, Update
from allmende.capabilities.reports.queries.around import within
from allmende.capabilities.reports.rules.ground import metres_between
from allmende.capabilities.reports.workflow import ENDED, OPEN
from allmende.core.actor import Viewer
from allmende.core.errors import Gone, Invalid, NotFound

PAGE = 20
FEED = 30
NEAR_METRES = 150
NEAR_MOST = 4
RECENT = timedelta(days=14)
LONGEST_CURSOR = 80
SINCE = {days: timedelta(days=int(days)) for days in ("7", "30", "365")}
"""Word in the address → how far back."""


def _rows() -> QuerySet[Report]:
    return Report.objects.select_related("category")


def by_id(report_id: UUID) -> Report | None:
    """None for what there never was, and for what was deleted."""
    return _rows().filter(pk=report_id, deleted_at=None).first()


def by_ids(ids: Collection[UUID]) -> Mapping[UUID, Report]:
    return {row.pk: row for row in _rows().filter(pk__in=list(ids), deleted_at=None)}


def by_number(number: int, viewer: Viewer) -> Report:
    """Raises NotFound for what there is not and what the viewer may not know of, Gone for what was deleted."""
    found = _rows().select_related("main__category").filter(number=number).first() if number < 2**63 else None
    require_there(found)
    if found is None or not rules.may_see(viewer, found):
        raise NotFound
    return found


def require_there(found: Report | None) -> None:
    """Raises Gone for the tombstone of what everybody could read."""
    if found is not None and found.deleted_at is not None:
        if found.published_at is None:
            raise NotFound
        message = _("Die Meldung Nr. %(number)s ist gelöscht: Ihre Frist war vorbei. Nur die Nummer ist noch bekannt.")
        raise Gone(message % {"number": found.number})


def by_token(token: str) -> Report:
    """The report of a private link. Raises NotFound."""
    found = None
    if token and "\0" not in token:
        found = _rows().select_related("main__category").filter(token=token).first()
    if found is None:
        raise NotFound(_unknown())
    return found


def _unknown() -> str:
    return _("Diesen Link kennen wir nicht. Bitte prüfen Sie, ob die Adresse vollständig ist.")


def history(report: Report) -> Sequence[Update]:
    """Every line, oldest first."""
    return list(report.updates.order_by("at", "id"))


@dataclass(frozen=True)
class Filters:
    """What the public list is narrowed to; empty: nothing."""

    category: str = ""
    district: str = ""
    state: str = ""
    """"open" or "done"."""
    since: str = ""
    """A key of `SINCE`."""


def _narrowed(filters: Filters, at: datetime) -> QuerySet[Report]:
    rows = _rows().filter(is_public=True)
    if filters.category:
        rows = rows.filter(category__slug=filters.category)
    if filters.district:
        rows = rows.filter(district=filters.district)
    if filters.state:
        rows = rows.filter(state__in=OPEN if filters.state == "open" else ENDED)
    if filters.since in SINCE:
        rows = rows.filter(received_at__gte=at - SINCE[filters.since])
    return rows


def public(filters: Filters, at: datetime, *, after: str = "", limit: int = PAGE) -> tuple[list[Report], str]:
    """The newest public reports, and the cursor of the next page ("" where this was the last). Raises Invalid."""
    rows = _narrowed(filters, at).order_by("-published_at", "-id")
    if after:
        instant, last = place_of_cursor(after)
        rows = rows.filter(Q(published_at__lt=instant) | Q(published_at=instant, pk__lt=last))
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, ""
    row = found[limit - 1]
    assert row.published_at is not None
    return found[:limit], f"{row.published_at.isoformat()}_{row.pk}"


def place_of_cursor(after: str) -> tuple[datetime, UUID]:
    """Raises Invalid for what is no cursor of ours."""
    instant, _sep, last = after[:LONGEST_CURSOR].rpartition("_")
    try:
        found = datetime.fromisoformat(instant), UUID(last)
    except ValueError:
        raise Invalid from None
    if found[0].tzinfo is None:
        raise Invalid
    return found


def count_public(filters: Filters, at: datetime, *, most: int = 10_000) -> int:
    return _narrowed(filters, at)[:most].count()


def mine(person_id: UUID) -> list[Report]:
    return list(_rows().filter(reporter_id=person_id).order_by("-received_at", "-id")[:100])


@dataclass(frozen=True)
class Nearby:
    """A public report near a place, and how many metres away."""

    report: Report
    metres: int
    same_view: bool = False
    """Whether a photo shows the same (only where that was asked)."""


def near(
    point: tuple[float, float], at: datetime, *, category: UUID | None = None, metres: int = NEAR_METRES,
    most: int = NEAR_MOST, besides: Iterable[UUID] = (),
) -> list[Nearby]:  # fmt: skip
    """Public reports around a position (longitude, latitude): open or just closed, nearest first."""
    here = within(point, metres)
    rows = _rows().filter(
        Q(here, closed_at__isnull=True, state__in=OPEN) | Q(here, closed_at__gt=at - RECENT), is_public=True
    )
    if category is not None:
        rows = rows.filter(category_id=category)
    found = [Nearby(row, round(distance(point, row.point))) for row in rows.exclude(pk__in=list(besides))[:200]]
    return sorted((one for one in found if one.metres <= metres), key=lambda one: one.metres)[:most]


def distance(one: tuple[float, float], other: tuple[float, float] | None) -> float:
    """Metres between two positions; infinite where one is not known."""
    return math.inf if other is None else metres_between(one, other)


def newest() -> list[Report]:
    """For the feed."""
    return list(_rows().filter(is_public=True).order_by("-published_at", "-id")[:FEED])


def all_ids() -> Any:
    return Report.objects.filter(deleted_at=None).order_by("id").values_list("pk", flat=True).iterator()
