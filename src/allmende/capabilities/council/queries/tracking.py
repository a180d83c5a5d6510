"""What followed from resolutions: for everybody what is public, for the office and the departments what is open."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Prefetch, Q, QuerySet, Value
from django.db.models.fields.json import JSONField
from django.db.models.functions import JSONObject

from allmende.capabilities.council.models import AgendaItem, Consultation, Paper, Report, Task
from allmende.capabilities.council.models.base import among
from allmende.capabilities.council.workflow import TaskState
from allmende.core.errors import NotFound
from allmende.core.refs import Ref
from allmende.core.reminders import AHEAD

LONG = 30
MOST = 400
"""Open tasks in the list of the office: more than any council follows at once."""


@dataclass(frozen=True)
class Told:
    """A public report."""

    day: date
    text: str
    is_done: bool


def public_tasks() -> QuerySet[Task]:
    """What everybody may read: public tasks at public points."""
    return Task.objects.filter(AgendaItem.public_if("item__"), is_public=True)


def _with_reports(rows: QuerySet[Task]) -> QuerySet[Any]:
    """With the public reports of each in the same query, the first one first: `told` reads them."""
    said = JSONObject(day="reports__day", text="reports__text", is_done="reports__is_done")
    order = ("reports__day", "reports__id")
    none = Value([], output_field=JSONField())
    return rows.annotate(
        said=JSONBAgg(said, filter=Q(reports__is_public=True), order_by=order, default=none),
    )


def told(task: Task) -> list[Told]:
    """The public reports of a task that was read by this module."""
    rows: list[dict[str, Any]] = task.said  # type: ignore[attr-defined]
    return [Told(date.fromisoformat(row["day"]), row["text"], row["is_done"]) for row in rows]


def tasks_of(items: Collection[UUID]) -> dict[UUID, list[Task]]:
    """Public point → what follows from it; one query."""
    found: dict[UUID, list[Task]] = defaultdict(list)
    if items:
        for task in _with_reports(public_tasks().filter(among("item", items))).order_by("due", "number")[:MOST]:
            found[task.item_id].append(task)
    return dict(found)


def _in_state(state: TaskState | None, today: date) -> Q:
    match state:
        case TaskState.DONE:
            return Q(done_on__isnull=False)
        case TaskState.OVERDUE:
            return Q(done_on=None, due__lt=today)
        case TaskState.OPEN:
            return Q(done_on=None, due__gte=today)
    return Q()


def _with_surroundings(rows: QuerySet[Task]) -> QuerySet[Task]:
    """With the meeting and the papers behind each."""
    way = Consultation.objects.public().select_related("paper").order_by("created", "id")
    papers: Any = Prefetch("item__consultations", way, to_attr="seen_consultations")
    return rows.select_related("item__meeting").prefetch_related(papers)


def outcomes(
    today: date, *, state: TaskState | None = None, before: int | None = None, limit: int = LONG
) -> tuple[list[Task], int | None]:
    """What became of resolutions, the newest first; and from which number to go on. Two queries."""
    rows = public_tasks().filter(_in_state(state, today))
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(_with_surroundings(_with_reports(rows)).order_by("-number")[: limit + 1])
    return found[:limit], found[limit - 1].number if len(found) > limit else None


def open_tasks(departments: Collection[str] | None) -> list[Task]:
    """All that is not done, also what is internal, the most urgent first. None: of all departments."""
    rows = Task.objects.filter(AgendaItem.public_if("item__"), done_on=None)
    if departments is not None:
        rows = rows.filter(department__in=departments)
    return list(_with_surroundings(rows).order_by("due", "number")[:MOST])


def tasks_to_remind(today: date) -> list[UUID]:
    """Whose department has something to be told of the day; the rule (`rules.reminders`) has the last word."""
    soon = Q(due__gte=today, due__lte=today + AHEAD, reminded_at=None)
    overdue = Q(due__lt=today, overdue_reminded_at=None)
    rows = Task.objects.filter(AgendaItem.public_if("item__"), soon | overdue, done_on=None)
    return list(rows.order_by("due", "number").values_list("pk", flat=True))


def task_by_id(key: UUID) -> Task | None:
    """One at a public point, internal or not: for those who work on it."""
    return Task.objects.filter(AgendaItem.public_if("item__")).filter(pk=key).first()


def task(number: int) -> Task:
    """One, public or not, with its point and its papers: for those who work on it. Raises NotFound."""
    rows = Task.objects.filter(AgendaItem.public_if("item__"))
    found = _with_surroundings(rows).filter(number=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def reports_of(one: Task) -> list[Report]:
    """All reports on it, also what is internal, the last one first."""
    return list(one.reports.order_by("-day", "-id")[:MOST])


def public_task(key: UUID) -> Task | None:
    """One that everybody may read, with its reports and papers."""
    return _with_surroundings(_with_reports(public_tasks())).filter(pk=key).first()


def papers_behind(key: UUID) -> list[Ref]:
    """The public papers whose resolution a public task follows from."""
    found = public_tasks().filter(pk=key).values_list("item_id", flat=True)
    papers = Paper.objects.public().filter(consultations__agenda_item__in=found, consultations__public=True)
    return [one.ref for one in papers.distinct().order_by("number")]
