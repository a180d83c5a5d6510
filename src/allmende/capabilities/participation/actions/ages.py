"""Stating one's age group for a project, and taking it back. Never required, never shown."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import rules
from allmende.capabilities.participation.actions.projects import locked_project
from allmende.capabilities.participation.models import Project, StatedAge
from allmende.capabilities.participation.workflow.ages import AgeGroup
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound

AGES_FOR = timedelta(days=2 * 365)
"""So long the figures of a project can change by it; then it is forgotten."""


def require_asked(project: Project, group: str) -> None:
    """Raises Invalid for an age group that nobody asked for, or that there is none of."""
    if group and not project.asks_age:
        raise Invalid(fields={"age_group": _("Hier fragen wir nicht nach dem Alter.")})
    if group and group not in set(AgeGroup):
        raise Invalid(fields={"age_group": _("Bitte wählen Sie eine Altersgruppe aus der Liste, oder keine.")})


def note_age(project: Project, person_id: UUID, group: str, at: datetime) -> None:
    """Keeps what somebody stated with a contribution; belongs into the action that takes it."""
    require_asked(project, group)
    if group:
        StatedAge.objects.update_or_create(project=project, person_id=person_id, defaults={"group": group, "at": at})


@action
def state_age(*, actor: Actor, project_id: UUID, group: str, at: datetime) -> Project:
    """States one's own age group for a project, another one, or with "" none any more. Raises NotFound, Invalid."""
    person_id = rules.require_signed_in(actor.viewer)
    project = locked_project(project_id)
    if not project.asks_age or project.announced_at is None or project.announced_at > at:
        raise NotFound
    if group:
        note_age(project, person_id, group, at)
    else:
        StatedAge.objects.filter(project=project, person_id=person_id).delete()
    audit.record(actor, "participation.state_age", project.ref, fields=["age_group"])
    return project


def export_ages(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    for row in StatedAge.objects.filter(person_id=person_id).select_related("project").order_by("at"):
        yield {"project": row.project.title, "age_group": row.group, "at": row.at}


def erase_ages(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    StatedAge.objects.filter(person_id=person_id).delete()


def expire_ages(at: datetime) -> int:
    return StatedAge.objects.filter(at__lte=at - AGES_FOR).delete()[0]
