"""An example contest: what it asks, its entries, and as far as it has come jury, plenary and places."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from allmende.capabilities.participation import actions
from allmende.capabilities.participation.models import Contest, Criterion, Entry, Idea
from allmende.core.actor import SYSTEM, Channel

if TYPE_CHECKING:
    from allmende.capabilities.participation.seeds import Example

SEED = SYSTEM.via(Channel.SEED)


def hold_contest(example: Example, store_id: UUID, row: dict[str, Any]) -> None:
    """What it asks, its entries, and as far as it has come the jury, the plenary's vote and the places."""
    contest = Contest.objects.select_related("store").get(store_id=store_id)
    opens, closes = contest.store.opens_at, contest.store.closes_at
    assert opens is not None
    assert closes is not None
    said = {name: row[name] for name in ("groups", "rules", "prizes", "grace_minutes", "tie_rule") if name in row}
    actions.save_contest(
        actor=example.editor,
        store_id=store_id,
        data=actions.ContestData(
            criteria=[actions.CriterionData(one["name"], one["weight"], one["scale"]) for one in row["criteria"]],
            **said,
        ),
        at=min(opens, example.now),
    )
    example.stores[str(store_id)] = contest.store
    rows = row.get("entries", [])
    ideas = [example.idea(offset + 1, {**one, "store": str(store_id)}) for offset, one in enumerate(rows)]
    if example.now < closes + timedelta(days=3):
        return
    at = closes + timedelta(hours=1)
    actions.publish_entries(actor=SEED, store_id=store_id, at=at)
    _judge(example, store_id, rows, ideas, row.get("jury", []), at + timedelta(days=2))
    if "placing" not in row:
        return
    placing, entries = row["placing"], [Entry.objects.get(idea=idea).pk for idea in ideas]
    held_on = example.day(placing["plenary_days"])
    actions.record_plenary(
        actor=example.editor,
        store_id=store_id,
        held_on=held_on.date(),
        voters=placing["voters"],
        votes={entry: one["votes"] for entry, one in zip(entries, rows, strict=True)},
        reason=placing["counted"],
        at=held_on + timedelta(hours=20),
    )
    actions.publish_placing(
        actor=example.editor,
        store_id=store_id,
        places=[
            actions.PlaceData(entry, one.get("rank"), one.get("why", ""))
            for entry, one in zip(entries, rows, strict=True)
        ],
        decision=placing["decision"],
        reason=placing["reason"],
        at=example.day(placing["days"]),
    )


def _judge(
    example: Example, store_id: UUID, rows: list[dict[str, Any]], ideas: list[Idea], names: list[str], at: datetime
) -> None:
    """A jury of people who are not real gives the points of the pack: per entry one list for each of them."""
    criteria = list(Criterion.objects.filter(contest__store_id=store_id))
    jurors = [example.somebody(seat) for seat in range(len(names))]
    for juror, name in zip(jurors, names, strict=True):
        assert juror.person_id is not None
        actions.appoint_juror(actor=example.editor, store_id=store_id, person_id=juror.person_id, name=name, at=at)
    for seat, juror in enumerate(jurors):
        for idea, one in zip(ideas, rows, strict=True):
            given = one["points"][seat]
            if not given:
                actions.declare_conflict(actor=juror, store_id=store_id, entry_number=idea.number, at=at)
                continue
            points = {criterion.pk: count for criterion, count in zip(criteria, given, strict=True)}
            actions.score_entry(actor=juror, store_id=store_id, entry_number=idea.number, points=points, at=at)
