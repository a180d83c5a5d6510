"""Projects with their parts and phases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from allmende.capabilities.participation import rules
from allmende.capabilities.participation.models import Module, Phase, Project
from allmende.capabilities.participation.queries.pages import function_in
from allmende.capabilities.participation.workflow.phases import Span, Standing, Who
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.engines.ballots.interface import voting


@dataclass(frozen=True)
class ProjectPage:
    """A project as its page shows it; `function` is the viewer's in the group."""

    project: Project
    modules: Sequence[Module]
    function: str

    @property
    def spans(self) -> list[Span]:
        return [span for module in self.modules for span in module.spans()]


def _whole() -> QuerySet[Project]:
    return Project.objects.select_related("group").prefetch_related("modules__store", "modules__phases")


def project_by_number(number: int, viewer: Viewer, at: datetime) -> ProjectPage:
    """Five queries. Raises NotFound for what is not there and what this viewer may not know of."""
    project = _whole().filter(number=number).first() if 0 < number < 2**63 else None
    if project is None:
        raise NotFound
    function = function_in(viewer, project.group_id)
    if not rules.may_see_project(project, viewer, at, function):
        raise NotFound
    return ProjectPage(project, list(project.modules.all()), function)


def standings(projects: Sequence[Project], viewer: Viewer, functions: Mapping[UUID, str]) -> dict[UUID, Standing]:
    """What the table of phases distinguishes of the viewer, project by project; `functions` by group.

    One query at most, where a phase asks for proven residence: that is known of a provider, not only of a role.
    """
    spans = (span for row in projects for module in row.modules.all() for span in module.spans())
    verified = any(span.audience == Who.VERIFIED for span in spans) and voting.is_verified(viewer)
    found = {}
    for row in projects:
        one = rules.standing_of(viewer, function=functions.get(row.group_id, ""), department=row.group.department)
        found[row.pk] = replace(one, verified=one.verified or verified)
    return found


def standing_in(row: Project, viewer: Viewer, function: str) -> Standing:
    """As `standings`, for one project."""
    return standings([row], viewer, {row.group_id: function})[row.pk]


def project(project_id: UUID) -> Project | None:
    """The row with parts and phases, whoever asks; for index, notices and gates."""
    return _whole().filter(pk=project_id).first()


def bare_project(project_id: UUID) -> Project | None:
    """The row alone, for who only asks whether it may be seen. One query."""
    return Project.objects.filter(pk=project_id).first()


def phase(phase_id: UUID) -> Phase | None:
    return Phase.objects.select_related("module__project").filter(pk=phase_id).first()


def announced_projects(at: datetime, *, with_stores: bool = True) -> list[Project]:
    """Everything that is announced, newest first; without `with_stores` only what is more than its topic store."""
    rows = _whole().filter(announced_at__lte=at).order_by("-announced_at", "-number")
    return list(rows if with_stores else rows.exclude(blueprint="store"))


def projects_to_turn(at: datetime) -> list[UUID]:
    """Projects of which a phase has begun or ended and was not made known yet."""
    return list(Project.objects.filter(turn_at__lte=at).order_by("turn_at").values_list("pk", flat=True))
