"""Parts of a project that lie in another room: which survey, which draft text."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.projects import locked_project
from allmende.capabilities.participation.events import ProjectSaved
from allmende.capabilities.participation.models import Module
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
