"""Groups and projects over the API: parts, phases, and what is open to whom now."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from allmende.accounts.interface import ApiAuth
from allmende.capabilities.participation import queries
from allmende.capabilities.participation.models import Module, Project, WorkingGroup
from allmende.capabilities.participation.workflow import phases
from allmende.core.http import Request

router = Router(tags=["participation"])
READ = ApiAuth("participation:read", optional=True)
Number = Annotated[int, Field(ge=1, lt=2**63, description="Public number, as it stands on the page.")]


class GroupOut(Schema):
    """A working group, or field of action."""

    id: UUID
    slug: str
    names: dict[str, str]
    summary: dict[str, str]
    department: str
    url: str


class PhaseOut(Schema):
    """A dated phase; several may run at once."""

    kind: str
    starts_at: datetime
    ends_at: datetime | None = Field(description="Half-open; null: no end.")
    audience: str


class ModuleOut(Schema):
    """A part of a project. `open` is what the one table of phases opens now; `allowed` what the asker can do of it."""

    id: UUID
    kind: str
    title: dict[str, str]
    store: int | None
    thing: str | None = Field(description="Permanent address of the survey or draft text that this part is.")
    phases: list[PhaseOut]
    open: dict[str, list[str]] = Field(description="Deed to those it is open to.")
    allowed: list[str]


class ProjectOut(Schema):
    """A project with its parts, phases and contract. Texts per language code."""

    id: UUID
    number: int
    group: str
    blueprint: str
    title: dict[str, str]
    summary: dict[str, str]
    contract: dict[str, dict[str, str]]
    is_formal: bool
    announced_at: datetime | None
    modules: list[ModuleOut]
    is_example: bool
    url: str


def _group(row: WorkingGroup) -> GroupOut:
    return GroupOut(
        id=row.pk,
        slug=row.slug,
        names=row.names,
        summary=row.summary,
        department=row.department,
        url=f"/mitmachen/gruppen/{row.slug}/",
    )


def _module(row: Module, standing: phases.Standing, at: datetime) -> ModuleOut:
    kind, spans = phases.ModuleKind(row.kind), row.spans()
    return ModuleOut(
        id=row.pk,
        kind=row.kind,
        title=row.title,
        store=row.store.number if row.store is not None else None,
        thing=f"/r/{row.thing}" if row.thing else None,
        phases=[
            PhaseOut(kind=span.kind.value, starts_at=span.starts_at, ends_at=span.ends_at, audience=span.audience.value)
            for span in spans
        ],
        open={deed.value: sorted(who) for deed, who in phases.open_to(kind, spans, at).items()},
        allowed=sorted(phases.allowed(kind, spans, standing, at)),
    )


def _project(row: Project, asked: Request, standing: phases.Standing) -> ProjectOut:
    return ProjectOut(
        id=row.pk,
        number=row.number,
        group=row.group.slug,
        blueprint=row.blueprint,
        title=row.title,
        summary=row.summary,
        contract=row.contract,
        is_formal=row.is_formal,
        announced_at=row.announced_at,
        modules=[_module(module, standing, asked.at) for module in row.modules.all()],
        is_example=row.is_example,
        url=f"/mitmachen/projekte/{row.number}/",
    )


@router.get("groups", response=list[GroupOut], auth=READ, summary="Working groups")
def list_groups(request: HttpRequest) -> list[GroupOut]:  # noqa: ARG001 - ninja passes it by name
    """All groups, in the city's order."""
    return [_group(row) for row in queries.all_groups()]


@router.get("projects", response=list[ProjectOut], auth=READ, summary="Projects")
def list_projects(request: HttpRequest) -> list[ProjectOut]:
    """All announced projects, newest first, with what is open now and what the asker can do."""
    asked = cast("Request", request)
    rows = queries.announced_projects(asked.at)
    standings = queries.standings(rows, asked.viewer, queries.functions_of(asked.viewer))
    return [_project(row, asked, standings[row.pk]) for row in rows]


@router.get("projects/{number}", response=ProjectOut, auth=READ, summary="One project")
def get_project(request: HttpRequest, number: Path[Number]) -> ProjectOut:
    """With parts and phases."""
    asked = cast("Request", request)
    page = queries.project_by_number(number, asked.viewer, asked.at)
    return _project(page.project, asked, queries.standing_in(page.project, asked.viewer, page.function))
