"""Minutes, decisions and tasks of groups, and what somebody has to do in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from allmende.accounts.interface import person_names
from allmende.capabilities.participation import rules
from allmende.capabilities.participation.models import (
    Attendance,
    Decision,
    GroupMember,
    Idea,
    Meeting,
    Minutes,
    MinutesEdition,
    Task,
    Theme,
)
from allmende.capabilities.participation.queries.pages import Member, live_members, members_of
from allmende.capabilities.participation.workflow import decisions
from allmende.core import city
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.refs import Ref

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN_DONE = 30
"""Finished tasks on a group's list."""
UNNAMED = frozenset({"gast", "ohne namen", "guest", "no name", ""})
"""Labels of who has no name of their own: a task cannot be given to them by name."""


def known_for(meeting: Meeting) -> decisions.Known:
    """Whom and what the lines of the minutes may name. Two queries."""
    members: dict[str, list[UUID]] = {}
    for person, name in person_names(live_members(meeting.group_id)).items():
        if name.casefold() not in UNNAMED:
            members.setdefault(name.casefold(), []).append(person)
    offices = {
        name.casefold(): slug for slug, office in city.current().departments.items() for name in office.names.values()
    }
    day = meeting.starts_at.astimezone(city.current().zone).date()
    return decisions.Known(day=day, members=members, offices=offices)


def about(kind: str, number: int, at: datetime) -> Ref | None:
    """The public idea or live theme with this number."""
    if kind == "idea":
        idea = Idea.objects.public().filter(number=number, published_at__lte=at).first()
        return None if idea is None else idea.ref
    theme = Theme.objects.filter(number=number, dissolved_at=None, store__opens_at__isnull=False).first()
    return None if theme is None else theme.ref


def minutes_of(meeting_id: UUID) -> Minutes | None:
    return Minutes.objects.filter(meeting_id=meeting_id).first()


def edition_of(meeting_id: UUID, edition: int | None = None) -> MinutesEdition | None:
    """An edition of a meeting's minutes, the last unless named. One query."""
    rows = MinutesEdition.objects.filter(minutes__meeting_id=meeting_id).select_related("minutes")
    if edition is not None:
        rows = rows.filter(edition=edition)
    return rows.order_by("-edition").first()


def editions_of(meeting_id: UUID) -> list[MinutesEdition]:
    return list(MinutesEdition.objects.filter(minutes__meeting_id=meeting_id).order_by("-edition"))


def names_there(meeting_id: UUID) -> list[str]:
    """Who was there and lets their name stand, as of now. Two queries."""
    rows = list(Attendance.objects.filter(meeting_id=meeting_id, is_named=True).values_list("person_id", "guest_name"))
    names = person_names([person for person, _guest in rows if person is not None])
    found = [guest if person is None else names.get(person, "") for person, guest in rows]
    return sorted((name for name in found if name), key=str.casefold)


def names_of_members(group_id: UUID) -> dict[UUID, str]:
    """Who is in the group, by name; for those who work in it. Two queries."""
    return person_names(live_members(group_id))


def members_for(meeting_id: UUID, group_id: UUID) -> list[Member]:
    """Who may have been at a meeting: the group's members now, and whoever was noted as there. Four queries."""
    found = members_of(group_id)
    known = {member.person_id for member in found}
    rows = Attendance.objects.filter(meeting_id=meeting_id, person__isnull=False).exclude(person_id__in=known)
    others = list(rows.values_list("person_id", flat=True))
    names = person_names(others)
    return [*found, *(Member(one, "", names.get(one, ""), _LONG_AGO) for one in others)]


def attendances(meeting_id: UUID) -> list[Attendance]:
    return list(Attendance.objects.filter(meeting_id=meeting_id).order_by("guest_name", "id"))


def decisions_of(meeting_id: UUID) -> dict[UUID, Decision]:
    """Every decision of a meeting with its tasks, also such as a correction took back. Two queries."""
    return {row.pk: row for row in Decision.objects.filter(meeting_id=meeting_id).prefetch_related("tasks")}


def decision(decision_id: UUID) -> Decision | None:
    return Decision.objects.select_related("meeting__group", "meeting__minutes").filter(pk=decision_id).first()


def authors_about(found: Decision) -> list[UUID]:
    """Whose idea a decision is about, or whose ideas stand in its theme."""
    rows = Idea.objects.public().filter(author__isnull=False)
    if found.about_id is None:
        return []
    if found.about_kind == "idea":
        rows = rows.filter(pk=found.about_id)
    else:
        rows = rows.filter(places__theme_id=found.about_id)
    return list(rows.values_list("author_id", flat=True).distinct())


def leads(group_id: UUID) -> list[UUID]:
    """Chair and deputies."""
    rows = GroupMember.objects.filter(group_id=group_id, until=None, function__in=rules.LEADS)
    return list(rows.values_list("person_id", flat=True))


# Tasks


def task(task_id: UUID) -> Task | None:
    return Task.objects.select_related("group", "decision__meeting").filter(pk=task_id).first()


@dataclass(frozen=True)
class TaskRow:
    """A task as a list shows it. `who` is "person", "office" or "group"; `name` only for those who may know it."""

    task: Task
    who: str
    function: str
    """Of the person in the group now: "" for who has left."""
    name: str


@dataclass(frozen=True)
class TaskList:
    """A group's tasks: what is open, then what ended last."""

    open: Sequence[TaskRow]
    ended: Sequence[TaskRow]
    function: str


def _rows(tasks: Sequence[Task], viewer: Viewer, functions: Mapping[UUID, str], *, inside: bool) -> list[TaskRow]:
    """Names are for members and those who see to the group; a lead's stands on the group's page anyway."""
    people = {
        row.person_id
        for row in tasks
        if row.person_id is not None
        and (inside or row.person_id == viewer.person_id or functions.get(row.person_id, "") in rules.LEADS)
    }
    names = person_names(people)
    return [
        TaskRow(
            task=row,
            who="person" if row.person_id is not None else "office" if row.department else "group",
            function=functions.get(row.person_id, "") if row.person_id is not None else "",
            name=names.get(row.person_id, "") if row.person_id is not None else "",
        )
        for row in tasks
    ]


def _functions(group_id: UUID) -> dict[UUID, str]:
    return dict(GroupMember.objects.filter(group_id=group_id, until=None).values_list("person_id", "function"))


def tasks_of_group(group_id: UUID, viewer: Viewer) -> TaskList:
    """Four queries."""
    functions = _functions(group_id)
    own = functions.get(viewer.person_id, "") if viewer.person_id is not None else ""
    inside = own != "" or rules.may_edit_store(viewer, own)
    rows = Task.objects.filter(group_id=group_id).select_related("decision__meeting")
    ended = rows.exclude(done_at=None, dropped_at=None).order_by(F("done_at").desc(nulls_last=True), "-number")
    open_rows = list(rows.filter(done_at=None, dropped_at=None).order_by("due_at", "number")[:200])
    shown = _rows([*open_rows, *ended[:SHOWN_DONE]], viewer, functions, inside=inside)
    return TaskList(open=shown[: len(open_rows)], ended=shown[len(open_rows) :], function=own)


def task_by_number(number: int, viewer: Viewer) -> tuple[TaskRow, str]:
    """A task, and the viewer's function in its group. Three queries. Raises NotFound."""
    found = (
        Task.objects.select_related("group", "decision__meeting").filter(number=number).first()
        if 0 < number < 2**63
        else None
    )
    if found is None:
        raise NotFound
    functions = _functions(found.group_id)
    own = functions.get(viewer.person_id, "") if viewer.person_id is not None else ""
    inside = own != "" or rules.may_edit_store(viewer, own)
    return _rows([found], viewer, functions, inside=inside)[0], own


def tasks_of_person(person_id: UUID) -> list[Task]:
    """One's own open tasks, what is due first comes first; then the last that were done."""
    rows = Task.objects.filter(person_id=person_id).select_related("group", "decision__meeting")
    still = list(rows.filter(done_at=None, dropped_at=None).order_by("due_at", "number")[:100])
    return [*still, *rows.exclude(done_at=None).order_by("-done_at")[:10]]


def open_task_count(group_id: UUID) -> int:
    return Task.objects.filter(group_id=group_id, done_at=None, dropped_at=None).count()


def overdue_tasks(at: datetime, *, after: timedelta) -> list[UUID]:
    """What is late and of which somebody has still to be reminded."""
    late = Task.objects.filter(done_at=None, dropped_at=None, due_at__lte=at)
    again = Q(reminded_at__isnull=False, chair_reminded_at=None, due_at__lte=at - after)
    return list(late.filter(Q(reminded_at=None) | again).order_by("id").values_list("pk", flat=True)[:1000])


def attended_by(person_id: UUID, *, limit: int = 100) -> list[Attendance]:
    """The meetings at which somebody was, the latest first."""
    rows = Attendance.objects.filter(person_id=person_id).select_related("meeting__group")
    return list(rows.order_by("-meeting__starts_at")[:limit])


def all_meetings(group_id: UUID, *, limit: int) -> list[tuple[Meeting, int]]:
    """A group's meetings, the latest first, and how many editions of its minutes each has. Two queries."""
    rows = list(Meeting.objects.filter(group_id=group_id).select_related("group").order_by("-starts_at", "-id")[:limit])
    published = MinutesEdition.objects.filter(minutes__meeting__in=rows).order_by("edition")
    editions = dict(published.values_list("minutes__meeting_id", "edition"))
    return [(row, editions.get(row.pk, 0)) for row in rows]


def past_meetings(group_id: UUID, at: datetime) -> list[tuple[Meeting, int]]:
    """The last meetings of a group, and the edition of the minutes of each (0: none yet). Two queries."""
    rows = list(
        Meeting.objects.filter(group_id=group_id, ends_at__lte=at, cancelled_at=None).order_by("-starts_at")[:6]
    )
    published = MinutesEdition.objects.filter(minutes__meeting__in=rows).order_by("edition")
    editions = dict(published.values_list("minutes__meeting_id", "edition"))
    return [(row, editions.get(row.pk, 0)) for row in rows]
