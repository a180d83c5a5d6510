"""Proposals for a budget: an office says whether something is feasible, what it costs, and if not, why."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.events import ProposalChecked
from allmende.capabilities.participation.models import Idea, Module, Proposal
from allmende.capabilities.participation.workflow.phases import ModuleKind
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound


@dataclass(frozen=True)
class ProposalData:
    """What the office says. Cost in cents."""

    title: str
    text: str = ""
    language: str = "de"
    cost: int = 0
    is_feasible: bool = True
    reason: str = ""
    department: str = ""


def _require_complete(data: ProposalData) -> None:
    wrong: dict[str, str] = {}
    if not data.title.strip():
        wrong["title"] = _("Bitte geben Sie dem Vorschlag einen Namen.")
    if data.is_feasible and data.cost <= 0:
        wrong["cost"] = _("Bitte geben Sie an, was der Vorschlag kostet.")
    if not data.is_feasible and not data.reason.strip():
        wrong["reason"] = _("Bitte sagen Sie in einem Satz, warum es nicht geht.")
    if wrong:
        raise Invalid(fields=wrong)


@action
def check_proposal(
    *, actor: Actor, module_id: UUID, data: ProposalData, at: datetime, idea_id: UUID | None = None,
    proposal_id: UUID | None = None,
) -> Proposal:  # fmt: skip
    """Checks an idea, changes a checked proposal, or (without either) puts in one of the city's own.

    Votes that are open keep what stood on their paper. Raises Invalid with fields.
    """
    try:
        module = lock(Module.objects.select_related("project__group"), pk=module_id)
    except Module.DoesNotExist:
        raise NotFound from None
    project = module.project
    rules.require_may_conduct(project, actor.viewer, queries.function_in(actor.viewer, project.group_id))
    if module.kind != ModuleKind.BUDGET:
        raise NotFound
    _require_complete(data)
    held: Proposal | None = None
    if proposal_id is not None:
        held = module.proposals.filter(pk=proposal_id).first()
        if held is None:
            raise NotFound
    elif idea_id is not None:
        if not Idea.objects.filter(pk=idea_id, store__module__project=project).exists():
            raise NotFound
        held = module.proposals.filter(idea_id=idea_id).first()
    proposal = held or Proposal(module=module, idea_id=idea_id)
    proposal.title, proposal.text, proposal.language = data.title.strip(), data.text.strip(), data.language
    proposal.cost = data.cost if data.is_feasible else 0
    proposal.is_feasible, proposal.reason = data.is_feasible, data.reason.strip()
    proposal.department = data.department or project.group.department
    proposal.checked_at = at
    proposal.save()
    audit.record(actor, "participation.check_proposal", proposal.ref, fields=["is_feasible", "cost", "reason"])
    events.publish(actor, ProposalChecked(ref=proposal.ref))
    return proposal
