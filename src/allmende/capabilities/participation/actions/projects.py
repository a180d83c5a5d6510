"""Projects: made from a blueprint, changed, their phases moved, their next turn made known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.rows import ensure_contest, locked_group
from allmende.capabilities.participation.events import ProjectSaved, ProjectTurned, StoreSaved
from allmende.capabilities.participation.models import CONTRACT_FIELDS, Module, Phase, Project, TopicStore
from allmende.capabilities.participation.workflow import CONDENSE_DAYS, Texts, phases
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Invalid, NotAllowed, NotFound

CONDENSE = timedelta(days=CONDENSE_DAYS)


@dataclass(frozen=True)
class ProjectData:
    """What an editor says of a project. Texts per language."""

    title: Texts
    summary: Texts = field(default_factory=dict)
    contract: Mapping[str, Texts] = field(default_factory=dict)
    is_formal: bool = False
    announced: bool = True
    asks_age: bool | None = None
    """Whether people are asked for an age group, which nobody has to state; None leaves it as it is."""
    is_example: bool = False


@dataclass(frozen=True)
class PhaseData:
    """One phase as it should be; without `id` a new one."""

    module_id: UUID
    kind: str
    starts_at: datetime
    ends_at: datetime
    audience: str = phases.Who.EVERYONE.value
    id: UUID | None = None


def locked_project(project_id: UUID) -> Project:
    """Raises NotFound."""
    try:
        return lock(Project.objects.select_related("group"), pk=project_id)
    except Project.DoesNotExist:
        raise NotFound from None


def _fill(project: Project, data: ProjectData, at: datetime) -> None:
    """Writes what was said into the row. Raises Invalid with the form's field names."""
    wrong: dict[str, str] = {}
    if not data.title.get("de", "").strip():
        wrong["title"] = _("Bitte geben Sie dem Projekt einen Namen.")
    if data.announced:
        for name in CONTRACT_FIELDS:
            if not str(data.contract.get(name, {}).get("de", "")).strip():
                wrong[name] = _("Vor dem Ankündigen muss dieses Feld ausgefüllt sein.")
    elif project.announced_at is not None and project.announced_at <= at:
        wrong["announced"] = _("Was einmal angekündigt war, bleibt sichtbar.")
    if wrong:
        raise Invalid(fields=wrong)
    project.title, project.summary, project.is_formal = dict(data.title), dict(data.summary), data.is_formal
    project.contract = {name: dict(data.contract.get(name, {})) for name in CONTRACT_FIELDS}
    project.is_example = data.is_example
    project.asks_age = project.asks_age if data.asks_age is None else data.asks_age
    if data.announced and project.announced_at is None:
        project.announced_at = at


def set_turn(project: Project, at: datetime) -> None:
    """Notes when something next begins or ends. Belongs into every action that moves dates."""
    modules = project.modules.select_related("store").prefetch_related("phases")
    project.turn_at = phases.next_turn([span for module in modules for span in module.spans()], at)
    project.save(update_fields=["turn_at"])


@action
def create_project(
    *, actor: Actor, group_id: UUID, blueprint: str, data: ProjectData, opens_at: datetime, closes_at: datetime,
    at: datetime,
) -> Project:  # fmt: skip
    """A whole project from a blueprint: its modules, their topic stores, their phases after the collection's dates.

    Raises Invalid with fields.
    """
    group = locked_group(group_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, group.pk))
    plan = phases.BLUEPRINTS.get(blueprint)
    if plan is None:
        raise Invalid(fields={"blueprint": _("Bitte wählen Sie eine Vorlage.")})
    if closes_at <= opens_at:
        raise Invalid(fields={"closes_at": _("Das Ende liegt vor dem Anfang.")})
    project = Project(group=group, blueprint=blueprint, created_at=at)
    _fill(project, data, at)
    project.save()
    for order, part in enumerate(plan.parts):
        store = None
        if part.kind in phases.COLLECTING:
            kind = "store" if part.kind == phases.ModuleKind.IDEAS else part.kind.value
            store = TopicStore.objects.create(
                group=group,
                kind=kind,
                title=dict(project.title) if len(plan.parts) == 1 else _joined(project.title, part.names),
                description=dict(project.summary),
                is_formal=project.is_formal,
                is_example=project.is_example,
                opens_at=opens_at if data.announced else None,
                closes_at=closes_at,
                due_at=closes_at + CONDENSE,
                created_at=at,
                **project.contract,
            )
            audit.record(actor, "participation.create_project", store.ref, fields=["title", "opens_at", "closes_at"])
            events.publish(actor, StoreSaved(ref=store.ref))
        module = Module.objects.create(
            project=project, kind=part.kind.value, title=dict(part.names), order=order, store=store
        )
        if store is not None and part.kind == phases.ModuleKind.CONTEST:
            ensure_contest(store, at)
        Phase.objects.bulk_create(
            Phase(module=module, kind=span.kind.value, starts_at=span.starts_at, ends_at=span.ends_at,
                  audience=span.audience.value)
            for span in phases.spans_of(part, opens_at, closes_at)
            if span.ends_at is not None
        )  # fmt: skip
    set_turn(project, at)
    audit.record(actor, "participation.create_project", project.ref, fields=["title", "modules", "phases"])
    events.publish(actor, ProjectSaved(ref=project.ref))
    return project


def _joined(title: Texts, part: Texts) -> dict[str, str]:
    """„Entwurf der Strategie: Was im Entwurf fehlt“, per language."""
    return {language: f"{text}: {part.get(language, part['de'])}"[:160] for language, text in title.items()}


@action
def save_project(*, actor: Actor, project_id: UUID, data: ProjectData, at: datetime) -> Project:
    """Changes what a project says of itself. Announcing a draft opens its topic stores at once, where no other day was
    set at the store itself.
    """
    project = locked_project(project_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, project.group_id))
    _fill(project, data, at)
    project.save()
    if data.announced:
        for store in TopicStore.objects.select_for_update().filter(module__project=project, opens_at=None):
            for name, texts in project.contract.items():
                setattr(store, name, texts)
            store.opens_at = at if store.closes_at is None or store.closes_at > at else None
            store.save()
            events.publish(actor, StoreSaved(ref=store.ref))
    set_turn(project, at)
    audit.record(
        actor, "participation.save_project", project.ref, fields=["title", "summary", "contract", "announced_at"]
    )
    events.publish(actor, ProjectSaved(ref=project.ref))
    return project


@action
def save_phases(*, actor: Actor, project_id: UUID, wanted: Sequence[PhaseData], at: datetime) -> Project:
    """Sets a project's phases to exactly these. A topic store's own dates are its own (`save_store`).

    Raises Invalid with fields `<position>` for a phase whose end is not after its beginning or that its module lacks.
    """
    project = locked_project(project_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, project.group_id))
    modules = {module.pk: module for module in project.modules.all()}
    held = {phase.pk: phase for phase in Phase.objects.filter(module__project=project)}
    wrong: dict[str, str] = {}
    for place, row in enumerate(wanted):
        module = modules.get(row.module_id)
        if module is None or (row.id is not None and row.id not in held):
            raise NotFound
        if row.ends_at <= row.starts_at:
            wrong[str(place)] = _("Das Ende liegt vor dem Anfang.")
        elif (phases.ModuleKind(module.kind), row.kind) not in {(m, p.value) for m, p in phases.TABLE}:
            wrong[str(place)] = _("Diese Phase gibt es für diesen Teil nicht.")
    if wrong:
        raise Invalid(fields=wrong)
    kept = {row.id for row in wanted if row.id is not None}
    Phase.objects.filter(pk__in=set(held) - kept).delete()
    for row in wanted:
        phase = held.get(row.id) if row.id is not None else None
        phase = phase or Phase()
        phase.module_id, phase.kind, phase.audience = row.module_id, row.kind, row.audience
        phase.starts_at, phase.ends_at = row.starts_at, row.ends_at
        phase.save()
    set_turn(project, at)
    audit.record(actor, "participation.save_phases", project.ref, fields=["phases"])
    events.publish(actor, ProjectSaved(ref=project.ref))
    return project


@action
def tell_heard(*, actor: Actor, project_id: UUID, words: Texts, at: datetime) -> Project:  # noqa: ARG001 - every action has its time
    """What the city did with all of it, in its own words: the opening of „Was wir gehört haben“."""
    project = locked_project(project_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, project.group_id))
    project.heard = {language: text.strip() for language, text in words.items() if text.strip()}
    project.save(update_fields=["heard"])
    audit.record(actor, "participation.tell_heard", project.ref, fields=["heard"])
    events.publish(actor, ProjectSaved(ref=project.ref))
    return project


@action
def note_turn(*, actor: Actor, project_id: UUID, at: datetime) -> Project:
    """Makes known that a phase began or ended. Only the platform itself, when time passes; once per turn."""
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        raise NotAllowed
    project = locked_project(project_id)
    if project.turn_at is None or project.turn_at > at:
        return project
    begun = Phase.objects.filter(
        module__project=project, starts_at__gte=project.turn_at, starts_at__lte=at, ends_at__gt=at
    ).first()
    set_turn(project, at)
    audit.record(actor, "participation.note_turn", project.ref, fields=["turn_at"])
    events.publish(actor, ProjectTurned(ref=project.ref, phase_id=str(begun.pk) if begun else ""))
    return project
