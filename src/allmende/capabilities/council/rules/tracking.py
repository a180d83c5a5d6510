"""Where a task stands, who may report on it, and what cannot be: pure, with the city's departments as an argument."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from allmende.capabilities.council.rules import SCOPE, may_keep
from allmende.capabilities.council.workflow import TaskState
from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.errors import NotAllowed, NotSignedIn
from allmende.core.texts import Text

PREFIX = "department:"


def state_of(due: date, done_on: date | None, today: date) -> TaskState:
    """Done is what was reported as done; late what is not, from the day after the last one on."""
    if done_on is not None:
        return TaskState.DONE
    return TaskState.OVERDUE if due < today else TaskState.OPEN


def departments_of(viewer: Viewer) -> frozenset[str] | None:
    """The departments whose tasks somebody sees to; None: all of them."""
    if may_keep(viewer) or viewer.has(Role.CLERK):
        return None
    scopes = [grant.scope for grant in viewer.grants if grant.role == Role.CLERK]
    return frozenset(scope.removeprefix(PREFIX) for scope in scopes if scope.startswith(PREFIX))


def may_report(viewer: Viewer, department: str) -> bool:
    """The council's office, and whoever answers for the department."""
    return viewer.has(Role.COUNCIL_OFFICE, SCOPE) or viewer.has(Role.CLERK, f"{PREFIX}{department}")


def require_may_see_tasks(viewer: Viewer) -> None:
    """For the list of what is open: the office sees all of it, a department its own."""
    found = departments_of(viewer)
    if found is None or found:
        return
    if not viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Das können nur das Büro des Stadtrats und die Ämter."))


def require_may_report(actor: Actor, department: str) -> None:
    if actor.person_id is None and actor.channel in {Channel.SYSTEM, Channel.SEED}:
        return
    if may_report(actor.viewer, department):
        return
    if not actor.viewer.is_signed_in:
        raise NotSignedIn
    raise NotAllowed(_("Berichten kann nur das Amt, das zuständig ist, oder das Büro des Stadtrats."))


@dataclass(frozen=True)
class TaskData:
    """Who does what by when."""

    text: str
    department: str
    due: date
    is_public: bool = True


@dataclass(frozen=True)
class ReportData:
    """What was done by a day, and whether that was all."""

    day: date
    text: str
    is_done: bool
    is_public: bool = True


def task_faults(data: TaskData, decided_on: date | None, departments: Collection[str]) -> dict[str, Text]:
    """What cannot be, per field. `decided_on`: the day of the meeting."""
    found: dict[str, Text] = {}
    if not data.text.strip():
        found["text"] = _("Bitte schreiben Sie, was zu tun ist.")
    if data.department not in departments:
        found["department"] = _("Bitte wählen Sie ein Amt.")
    if decided_on is not None and data.due < decided_on:
        found["due"] = _("Die Frist liegt vor dem Tag der Sitzung.")
    return found


def report_faults(data: ReportData, decided_on: date | None, today: date) -> dict[str, Text]:
    """What cannot be, per field."""
    found: dict[str, Text] = {}
    if not data.text.strip():
        found["text"] = _("Bitte schreiben Sie, was getan wurde.")
    if data.day > today:
        found["day"] = _("Dieser Tag liegt noch vor uns.")
    elif decided_on is not None and data.day < decided_on:
        found["day"] = _("Der Bericht liegt vor dem Tag der Sitzung.")
    return found
