"""What lies in another room: the survey or draft text of a project, an impulse for a topic store."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.projects import locked_project
from allmende.capabilities.participation.actions.rows import locked_store
from allmende.capabilities.participation.events import ImpulseTaken, ProjectSaved
from allmende.capabilities.participation.models import Module, TopicStore
from allmende.capabilities.participation.workflow import phases
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor, Channel
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.trace import interface as trace


@action
def place_part(*, actor: Actor, module_id: UUID, thing: Ref | None, at: datetime) -> Module:
    """Says which survey or draft text a part of a project is; None: none yet. Where there was another one, its edge of
    the Trace is taken back.

    Raises Invalid for what is not public or of another kind, Conflict for a part that lies in the project itself.
    """
    found = Module.objects.filter(pk=module_id).first()
    if found is None:
        raise NotFound
    project = locked_project(found.project_id)
    if actor.channel != Channel.SEED:
        rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, project.group_id))
    module = Module.objects.get(pk=module_id)
    kinds = phases.ELSEWHERE.get(phases.ModuleKind(module.kind))
    if kinds is None:
        raise Conflict(_("Dieser Teil liegt im Projekt selbst."))
    before = module.leads_to
    if before == thing:
        return module
    if thing is not None and (thing.kind not in kinds or not queries.is_public(thing, at)):
        raise Invalid(fields={"thing": _("Das ist nicht mehr öffentlich. Bitte wählen Sie etwas anderes.")})
    module.thing = str(thing) if thing is not None else ""
    module.save(update_fields=["thing"])
    if before is not None:
        trace.untie(actor, project.ref, before, reason=_("Das gehört nicht mehr zu diesem Projekt."), at=at)
    if thing is not None:
        reason = _("Das ist ein Teil dieses Projekts.")
        trace.tie(actor, project.ref, thing, reason=reason, happened_at=at, at=at, quiet=True)
    audit.record(actor, "participation.place_part", project.ref, fields=["thing"])
    events.publish(actor, ProjectSaved(ref=project.ref))
    return module


@action
def take_impulse(*, actor: Actor, store_id: UUID, impulse: Ref, reason: str, at: datetime) -> TopicStore:
    """Something that another room has found belongs to what this topic store asks: an edge of the Trace, and whoever
    leads the group hears of it. For journeys, whose room has asked who may; a repeat changes nothing. Raises NotFound.
    """
    store = locked_store(store_id)
    fresh = not trace.Edge.objects.filter(
        source_id=impulse.id, target_id=store.pk, retracted_at__isnull=True, source_kind=impulse.kind
    ).exists()
    trace.tie(actor, impulse, store.ref, reason=reason, happened_at=at, at=at, quiet=True)
    audit.record(actor, "participation.take_impulse", store.ref, fields=["impulses"])
    if fresh:
        events.publish(actor, ImpulseTaken(ref=store.ref, impulse=impulse))
    return store
