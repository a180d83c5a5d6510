"""What the example papers ask part by part: fourteen proposals, decided one by one; the places of a contest, open."""

from uuid import UUID

from allmende.capabilities.council import actions
from allmende.capabilities.council.models import Part
from allmende.capabilities.council.queries import parts as queries
from allmende.capabilities.council.rules.parts import DecisionData, PartData, Written
from allmende.capabilities.council.seeds.example import Example
from allmende.capabilities.council.seeds.words import PROPOSALS
from allmende.core import panels
from allmende.core.actor import Actor
from allmende.core.refs import Ref
from allmende.engines.search import interface as search

DECISIONS = {"beschlossen": "accepted", "abgelehnt": "rejected", "zurückgestellt": "postponed"}
HELD = -20
"""The day of the council's last meeting, from now (`Example.MEETINGS`)."""
PLACES = "Wer die Preise im Ideenwettbewerb bekommt"


def seed_parts(example: Example, actor: Actor) -> None:
    """Ties parts to what rooms before this one have brought, by title."""
    offered = panels.decidable(example.now)
    for _label, refs in offered:
        for ref in refs:
            search.index_now(ref)  # before any worker ran
    titled = queries.choices(example.now).titled()
    rows = [PartData(title, about=titled.get(queries.folded(title), "")) for title, _result in PROPOSALS]
    parts = _write(example, actor, "proposals", rows)
    decisions = {
        part.pk: DecisionData(
            DECISIONS[result], example.day(HELD), UUID(example.key(f"council-past-3.{part.place}")), part.edition
        )
        for part, (_title, result) in zip(parts, PROPOSALS, strict=True)
    }
    paper = parts[0].paper_id
    actions.decide_parts(actor=actor, paper_id=paper, decisions=decisions, at=example.now, quiet=True)
    contests = [ref for _label, refs in offered for ref in refs if ref.kind == "store"]
    _write(example, actor, "prizes", [PartData(PLACES, about=_one(contests))])


def _one(refs: list[Ref]) -> str:
    return str(refs[0]) if refs else ""


def _write(example: Example, actor: Actor, paper: str, rows: list[PartData]) -> list[Part]:
    key = UUID(example.key(paper))
    data = Written([(None, 0, row) for row in rows])
    actions.write_parts(actor=actor, paper_id=key, data=data, at=example.now, is_example=True)
    return queries.parts_of([key])[key]
