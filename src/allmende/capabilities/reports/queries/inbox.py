"""The offices' inbox, and what may be the same as a report."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.queries import duties
from allmende.capabilities.reports.queries.around import within
from allmende.capabilities.reports.queries.incidents import grouped
from allmende.capabilities.reports.queries.reports import Nearby, distance, place_of_cursor, require_there
from allmende.capabilities.reports.rules.proposing import alike
from allmende.capabilities.reports.workflow import ENDED, OPEN, State
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.engines.media import interface as media

PAGE = 40
SAME_METRES = 150
SAME_DAYS = timedelta(days=60)
SAME_MOST = 5
SAME_LOOKED_AT = 200
ALIKE = 0.3
"""Of their words that two reports of different kinds have in common."""
ORDERS = ("neu", "frist")


OPEN_ONES: Mapping[str, Collection[str]] = {
    "open": OPEN, "late": OPEN, "new": frozenset({State.RECEIVED, State.REOPENED}),
}  # fmt: skip
"""What is open has its own short indexes: `closed_at` is empty."""


@dataclass(frozen=True)
class Filters:
    """What the inbox is narrowed to; `state` is a state, "open", "new" or "late"."""

    department: str = ""
    district: str = ""
    category: str = ""
    state: str = "open"
    order: str = "neu"


def theirs(viewer: Viewer) -> QuerySet[Report]:
    """The reports that somebody handles."""
    departments = rules.departments_of(viewer)
    rows = Report.objects.select_related("category").filter(deleted_at=None)
    if departments is None:
        return rows
    kinds = duties.of_person(viewer.person_id)
    rows = rows.filter(department__in=departments)
    return rows.filter(category__in=kinds) if kinds else rows


def _narrowed(viewer: Viewer, filters: Filters, at: datetime) -> QuerySet[Report]:
    rows = theirs(viewer)
    if filters.department:
        rows = rows.filter(department=filters.department)
    if filters.district:
        rows = rows.filter(district=filters.district)
    if filters.category:
        rows = rows.filter(category__slug=filters.category)
    if filters.state in OPEN_ONES:
        rows = rows.filter(closed_at__isnull=True, state__in=OPEN_ONES[filters.state])
        return rows.filter(due_at__lt=at) if filters.state == "late" else rows
    return rows.filter(state=filters.state) if filters.state in {one.value for one in State} else rows


def inbox(viewer: Viewer, filters: Filters, at: datetime, *, after: str = "") -> tuple[list[Report], str]:
    """One page, and the cursor of the next; what came last, or what is due first, stands first. Raises Invalid."""
    rows = _narrowed(viewer, filters, at)
    if filters.state in {"open", "new", "late"}:
        rows = rows.exclude(grouped())  # they stand there as one thing
    if filters.order == "frist":
        column, sign = "due_at", "gt"
        rows = rows.filter(due_at__isnull=False).order_by("due_at", "id")
    else:
        column, sign = "received_at", "lt"
        rows = rows.order_by("-received_at", "-id")
    if after:
        instant, last = place_of_cursor(after)
        rows = rows.filter(Q(**{f"{column}__{sign}": instant}) | Q(**{column: instant, f"pk__{sign}": last}))
    found = list(rows[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    row = found[PAGE - 1]
    return found[:PAGE], f"{getattr(row, column).isoformat()}_{row.pk}"


@dataclass(frozen=True)
class Figures:
    """How much waits: new, open and late reports of the viewer's offices."""

    new: int
    open: int
    late: int


def figures(viewer: Viewer, at: datetime) -> Figures:
    found = theirs(viewer).filter(closed_at__isnull=True, state__in=OPEN).aggregate(
        open=Count("pk"),
        new=Count("pk", filter=Q(state__in=[State.RECEIVED, State.REOPENED])),
        late=Count("pk", filter=Q(due_at__lt=at)),
    )  # fmt: skip
    return Figures(found["new"], found["open"], found["late"])


def by_numbers(numbers: Iterable[str], viewer: Viewer) -> Sequence[Report]:
    """Those of them that somebody handles, oldest first; what is no number of theirs is left out."""
    wanted = {int(one) for one in numbers if one.isascii() and one.isdecimal() and len(one) < 19}  # noqa: PLR2004 - 2**63
    return list(theirs(viewer).filter(number__in=wanted).order_by("number"))


def by_number(number: int, viewer: Viewer) -> Report:
    """For whoever handles it. Raises NotFound, Gone, NotSignedIn, NotAllowed."""
    rows = Report.objects.select_related("category", "main__category")
    found = rows.filter(number=number).first() if number < 2**63 else None
    require_there(found)
    if found is None:
        raise NotFound
    rules.require_may_handle(viewer, found)
    return found


def same_as(report: Report, viewer: Viewer) -> Sequence[Nearby]:
    """What may be the same: near it, of the same kind, in much the same words or with a photo of the same view, within
    two months; best first. Private reports of other offices are not among it. Three queries.
    """
    if report.point is None:
        return []
    rows = Report.objects.select_related("category").filter(
        within(report.point, SAME_METRES),
        received_at__range=(report.received_at - SAME_DAYS, report.received_at + SAME_DAYS),
    )
    rows = rows.exclude(pk=report.pk).exclude(state__in=[State.DUPLICATE, State.REFUSED])
    departments = rules.departments_of(viewer)
    if departments is not None:
        rows = rows.filter(Q(is_public=True) | Q(department__in=departments))
    found: list[tuple[float, UUID, Nearby]] = []
    around = list(rows[:SAME_LOOKED_AT])
    views = media.fingerprints_of([report.ref, *(row.ref for row in around)])
    own = views.get(report.ref, ())
    for row in around:
        metres = distance(report.point, row.point)
        words = alike(report.words, row.words)
        same_kind = row.category_id == report.category_id
        same_view = any(media.is_same_view(one, other) for one in own for other in views.get(row.ref, ()))
        if metres <= SAME_METRES and (same_kind or same_view or words >= ALIKE):
            score = (
                same_kind + 2 * same_view + words + 1 - metres / SAME_METRES + (0.2 if row.state not in ENDED else 0)
            )
            found.append((-score, row.pk, Nearby(row, round(metres), same_view)))
    return [near for _score, _pk, near in sorted(found, key=lambda one: one[:2])[:SAME_MOST]]
