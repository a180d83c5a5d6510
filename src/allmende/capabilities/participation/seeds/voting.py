"""Example votes: proposals checked by an office, ballots that nobody has cast in life, one of them counted."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allmende.capabilities.participation import actions
from allmende.capabilities.participation.models import Project
from allmende.core.actor import SYSTEM, Actor, Channel
from allmende.engines.ballots.interface import voting

if TYPE_CHECKING:
    from allmende.capabilities.participation.seeds import Example

NAMES = (
    "Ahorn 12", "Elster", "Lisbeth M.", "Radlerin", "K. aus Lusan", "Familie Birke", "Herr Nachbar", "Oma Inge",
    "Studentin 24", "Werkbank", "Gartenfreund", "Haltestelle", "Frau Linde", "Pendler", "Buchladen", "Kaffee & Kuchen",
)  # fmt: skip
"""Display names of people who are not real."""


def put_to_vote(example: "Example", project: Project, row: dict[str, Any]) -> None:
    """Proposals of residents and of the city, checked; then the vote, with ballots that nobody has cast in life.

    Everybody with an e-mail address votes, so that a visitor of the demonstration can, too; unless a gate is named.
    """
    parts = {module.kind: module for module in project.modules.all()}
    money, ideas = parts["budget"], parts["ideas"]
    assert ideas.store_id is not None
    phases = [
        actions.PhaseData(
            phase.module_id, phase.kind, phase.starts_at, phase.ends_at,
            "everyone" if phase.kind == "vote" else phase.audience, phase.pk,
        )
        for module in parts.values() for phase in module.phases.all()
    ]  # fmt: skip
    actions.save_phases(actor=example.editor, project_id=project.pk, wanted=phases, at=example.day(row["opens"]))
    (start,) = (phase.starts_at for phase in phases if phase.kind == "vote")
    for number, one in enumerate(row["proposals"]):
        idea = None
        if not one.get("own"):
            idea = actions.submit_idea(
                actor=SYSTEM.via(Channel.SEED),
                store_id=ideas.store_id,
                title=one["title"],
                body=one["text"],
                language="de",
                guest={"display_name": NAMES[number % len(NAMES)], "contact_kind": "number"},
                is_example=True,
                at=example.day(row["opens"] + 1) + timedelta(hours=number),
            )
            actions.release_idea(
                actor=example.moderator, object_id=idea.pk, reason="", at=example.day(row["opens"] + 2)
            )
        if one.get("unchecked"):
            continue
        actions.check_proposal(
            actor=example.editor,
            module_id=money.pk,
            idea_id=idea.pk if idea is not None else None,
            data=actions.ProposalData(
                title=one["title"],
                text=one["text"],
                cost=one.get("euros", 0) * 100,
                is_feasible="reason" not in one,
                reason=one.get("reason", ""),
            ),
            at=start - timedelta(days=5),
        )
    said = row["vote"]
    poll = actions.open_poll(
        actor=example.editor,
        module_id=money.pk,
        data=actions.PollData(
            title=said["title"],
            text=said.get("text", {}),
            way=said.get("way", "budget"),
            gate=said.get("gate", ""),
            rule=said.get("rule", ""),
            budget=said["euros"] * 100,
            has_receipts=said.get("receipts", False),
            eligible=said.get("eligible"),
            is_example=True,
        ),
        at=start,
    )
    vote = voting.vote(poll.vote_id)
    assert vote is not None
    lines = list(vote.options.all())
    for number in range(said["ballots"]):
        left, chosen = vote.budget, []
        for line in sorted(lines, key=lambda line: (number * (line.place + 3)) % 7):
            if line.cost <= left and (number + line.place) % 4:
                left -= line.cost
                chosen.append((line.place, 0))
        on_paper = number % 6 == 0 or "gate" in said  # who is not everybody shows a paper, or an account
        voting.cast_ballot(
            actor=example.moderator.via(Channel.PAPER) if on_paper else Actor(),
            vote_id=vote.pk,
            choices=chosen,
            at=start + timedelta(hours=1 + number),
            guest="" if on_paper else f"nachbar-{number}@example.org",
            paper=str(number + 1) if on_paper else "",
        )
    if vote.closes_at <= example.now:
        voting.close_vote(actor=SYSTEM, vote_id=vote.pk, at=vote.closes_at + timedelta(minutes=1))
