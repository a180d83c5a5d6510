"""What a department is reminded of."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import formats
from django.utils.translation import gettext as _

from allmende.capabilities.council.events import TaskDue
from allmende.capabilities.council.handlers.departments import answering_for
from allmende.capabilities.council.models import Task
from allmende.capabilities.council.queries.tracking import task_by_id
from allmende.core import city
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText

LONGEST = 80


def people(event: Stored) -> Iterable[UUID]:
    """Whoever answers for the department; where nobody does, the council's office."""
    found = _task(event)
    if found is None:
        return ()
    return answering_for(found.department)


def _task(event: Stored) -> Task | None:
    """The task, unless it was done, moved or given to others since."""
    found = task_by_id(event.ref.id)
    if found is None or found.done_on is not None or found.due.isoformat() != event.payload["due"]:
        return None
    return found


def due(event: Stored, language: str) -> NoticeText | None:
    found = _task(event)
    if found is None:
        return None
    office = city.current().department(found.department)
    names = {
        "task": found.text if len(found.text) <= LONGEST else f"{found.text[: LONGEST - 1].rstrip()}…",
        "text": found.text,
        "day": formats.date_format(found.due, "DATE_FORMAT"),
        "office": office.name(language) if office else found.department,
    }
    if event.payload["is_overdue"]:
        subject = _("Überfällig: %(task)s")
        body = _(
            "%(text)s\n\nDie Frist war der %(day)s. Zuständig: %(office)s. "
            "Bitte berichten Sie, wie es steht, auch wenn es noch dauert."
        )
    else:
        subject = _("Bis %(day)s: %(task)s")
        body = _(
            "%(text)s\n\nDas folgt aus einem Beschluss des Stadtrats. Zuständig: %(office)s, bis %(day)s. "
            "Ist es getan? Dann berichten Sie es bitte."
        )
    return NoticeText(subject % names, body % names, found.ref)


RULES = (NoticeRule(TaskDue.name, due, people=people),)
