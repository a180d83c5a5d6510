"""Votes as parts of projects: opening one, letters with codes, papers that somebody enters.

Casting itself is `engines.ballots.interface.voting.cast_ballot`; the clock closes and counts.

For whoever runs a contest: `open_poll(actor=…, module_id=…, data=PollData(title=…, way="agree"), at=…)` puts all public
entries of the module to the vote, for as long as its phase "vote" lasts. With `options=[OptionData(title, thing=ref)]`
only these are on the paper. The result is read from `poll.vote_id`: `voting.vote(poll.vote_id).result["winners"]` names
places on the paper, counted from 1, and `VoteOption.thing` says which entry stands at each. `VoteClosed` carries the
poll as its `thing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.events import ProjectSaved
from allmende.capabilities.participation.models import Module, Poll
from allmende.capabilities.participation.workflow import Texts
from allmende.capabilities.participation.workflow.phases import Span
from allmende.capabilities.participation.workflow.voting import GATES, gates_for, vote_span
from allmende.core import audit, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.core.ids import uuid7
from allmende.engines.ballots.interface import voting
from allmende.engines.trace import interface as trace

MOST_OPTIONS = 500
"""On one paper: as many as one ballot may name."""


@dataclass(frozen=True)
class PollData:
    """What the city declares of a vote. Texts per language; money in cents."""

    title: Texts
    text: Texts = field(default_factory=dict)
    way: str = voting.Way.AGREE.value
    gate: str = ""
    """Empty: what the phase's audience comes to."""
    rule: str = ""
    """Empty: the usual one for the way."""
    source: str = ""
    """Where the options come from: "" what the part holds, "themes" the themes of its collection."""
    seats: int = 1
    budget: int = 0
    completion: str = "add1u"
    utility: str = "cost"
    lot: str = ""
    most_choices: int | None = None
    most_points: int | None = None
    has_receipts: bool = False
    eligible: int | None = None
    paper_until: datetime | None = None
    is_example: bool = False


def _require_countable(data: PollData, span: Span, lines: Sequence[voting.OptionData]) -> str:
    """The gate, when what is declared can be voted on and counted. Raises Invalid with fields."""
    open_gates = gates_for(span.audience)
    gate = data.gate or (open_gates[0] if open_gates else "")
    wrong: dict[str, str] = {}
    if gate not in open_gates:
        wrong["gate"] = _("Die Phase lädt nicht so viele Menschen ein. Bitte ändern Sie zuerst die Phase.")
    if not data.title.get("de", "").strip():
        wrong["title"] = _("Bitte stellen Sie die Frage.")
    if len(lines) > MOST_OPTIONS:
        wrong["module"] = _("Auf einen Stimmzettel passen %(n)s Möglichkeiten.") % {"n": MOST_OPTIONS}
    if data.way == voting.Way.BUDGET and any(line.cost > data.budget for line in lines):
        wrong["budget"] = _("Ein Vorschlag kostet mehr als das ganze Budget. So könnte ihn niemand wählen.")
    if data.way == voting.Way.POINTS and not data.most_points:
        wrong["most_points"] = _("Bitte geben Sie an, wie viele Punkte jeder Mensch hat.")
    if wrong:
        raise Invalid(fields=wrong)
    return gate


@action
def open_poll(
    *, actor: Actor, module_id: UUID, data: PollData, at: datetime,
    options: Sequence[voting.OptionData] | None = None,
) -> Poll:  # fmt: skip
    """Puts a part of a project to the vote, for as long as its phase "vote" lasts. Nothing can be changed afterwards.

    Raises Invalid with fields of `PollData`, or `module` when no such phase lies ahead or what is put to the vote is
    too little; NotAllowed for who is neither office, editor nor lead of the group.
    """
    try:
        module = lock(Module.objects.select_related("project__group", "store"), pk=module_id)
    except Module.DoesNotExist:
        raise NotFound from None
    project = module.project
    rules.require_may_conduct(project, actor.viewer, queries.function_in(actor.viewer, project.group_id))
    span = vote_span(module.spans(), at)
    if span is None or span.ends_at is None:
        raise Invalid(
            fields={"module": _("Für diesen Teil liegt keine Phase „Abstimmen“ vor uns. Bitte legen Sie eine an.")}
        )
    lines = list(options) if options is not None else queries.options_of(module, data.source)
    gate = _require_countable(data, span, lines)
    poll = Poll(
        id=uuid7(), module=module, vote_id=uuid7(), title=dict(data.title), text=dict(data.text),
        is_example=data.is_example, created_at=at,
    )  # fmt: skip
    poll.save()
    vote = voting.put_to_vote(
        actor=actor,
        ref=poll.ref,
        title=data.title["de"][:200],
        way=data.way,
        gate=GATES[gate],
        rule=data.rule,
        options=lines,
        opens_at=max(span.starts_at, at),
        closes_at=span.ends_at,
        at=at,
        seats=data.seats,
        budget=data.budget if data.way == voting.Way.BUDGET else 0,
        completion=data.completion,
        utility=data.utility,
        lot=data.lot.strip(),
        most_choices=data.most_choices,
        most_points=data.most_points if data.way == voting.Way.POINTS else None,
        has_receipts=data.has_receipts,
        eligible=data.eligible,
        paper_until=data.paper_until,
    )
    poll.vote_id = vote.pk
    poll.save(update_fields=["vote_id"])
    for line in lines:
        if line.thing is not None:  # whose idea it is, is told by the Trace
            reason = _("Darüber wird abgestimmt.")
            trace.tie(actor, line.thing, poll.ref, reason=reason, happened_at=vote.opens_at, at=at)
    audit.record(actor, "participation.open_poll", poll.ref, fields=["title", "text", "vote_id"])
    events.publish(actor, ProjectSaved(ref=project.ref))
    return poll
