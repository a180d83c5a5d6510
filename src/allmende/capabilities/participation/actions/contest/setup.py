"""What a contest asks: who may enter, rules, prizes, the deadline to the minute, what the jury looks at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.projects import set_turn
from allmende.capabilities.participation.actions.rows import locked_contest, move_phases, phases_after
from allmende.capabilities.participation.events import StoreSaved
from allmende.capabilities.participation.models.contest import LONGEST_GRACE, Contest, Criterion, ScoreSheet
from allmende.capabilities.participation.workflow import StoreState, Texts
from allmende.capabilities.participation.workflow.contest import (
    LEAST_SCALE,
    MOST_SCALE,
    MOST_WEIGHT,
    Entrant,
    TieRule,
)
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound


@dataclass(frozen=True)
class CriterionData:
    """One criterion as it should be; without `id` a new one."""

    names: Texts
    weight: int
    scale: int
    id: UUID | None = None


@dataclass(frozen=True)
class ContestData:
    """What editors say of a contest. `closes_at` is the deadline, to the minute; None leaves it as it is."""

    groups: Sequence[str] = (Entrant.EVERYBODY.value,)
    rules: Texts = field(default_factory=dict)
    prizes: Texts = field(default_factory=dict)
    grace_minutes: int = 0
    tie_rule: str = TieRule.SHARED.value
    criteria: Sequence[CriterionData] = ()
    closes_at: datetime | None = None
    moves_phases: bool = True
    """Whether jury and votes keep their distance to a deadline that is moved; else they keep their days."""


def _wrong(data: ContestData, contest: Contest, at: datetime) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not data.groups or not set(data.groups) <= {one.value for one in Entrant}:
        wrong["groups"] = _("Bitte wählen Sie, wer mitmachen kann.")
    if not 0 <= data.grace_minutes <= LONGEST_GRACE:
        wrong["grace_minutes"] = _("Höchstens ein Tag, also %(n)s Minuten.") % {"n": LONGEST_GRACE}
    if data.tie_rule not in {rule.value for rule in TieRule}:
        wrong["tie_rule"] = _("Bitte wählen Sie eine Regel.")
    if not data.criteria:
        wrong["criteria"] = _("Bitte nennen Sie mindestens ein Merkmal.")
    wrong |= _wrong_criteria(data.criteria)
    store = contest.store
    if data.closes_at is not None and data.closes_at != store.closes_at:
        if rules.store_state(store, at) == StoreState.CLOSED:
            wrong["closes_at"] = _("Die Frist ist abgelaufen. Sie lässt sich nicht mehr ändern.")
        elif store.opens_at is not None and data.closes_at <= max(store.opens_at, at):
            wrong["closes_at"] = _("Die Frist muss in der Zukunft liegen, nach dem Anfang.")
        elif not data.moves_phases and phases_after(store).filter(starts_at__lt=data.closes_at).exists():
            wrong["moves_phases"] = _(
                "Dann begänne eine Phase vor der neuen Frist. Lassen Sie alles mitrücken, oder ändern Sie die Phase."
            )
    return wrong


def _wrong_criteria(criteria: Sequence[CriterionData]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for place, row in enumerate(criteria):
        if not row.names.get("de", "").strip():
            wrong[f"criterion_{place}"] = _("Bitte geben Sie dem Merkmal einen Namen.")
        elif not (1 <= row.weight <= MOST_WEIGHT and LEAST_SCALE <= row.scale <= MOST_SCALE):
            wrong[f"criterion_{place}"] = _(
                "Gewichte gehen von 1 bis %(weight)s, Punkte von %(least)s bis %(most)s."
            ) % {"weight": MOST_WEIGHT, "least": LEAST_SCALE, "most": MOST_SCALE}
    return wrong


def _same(contest: Contest, criteria: Sequence[CriterionData]) -> bool:
    """Whether what is counted stays as it is; names may be put better."""
    held = [(row.pk, row.weight, row.scale) for row in contest.criteria.all()]
    return held == [(row.id, row.weight, row.scale) for row in criteria]


@action
def save_contest(*, actor: Actor, store_id: UUID, data: ContestData, at: datetime) -> Contest:
    """Says what a contest asks and how it is decided. What is counted is fixed from the first score on.

    Raises Invalid with the fields of `ContestData`, `criterion_<position>` for a criterion.
    """
    contest = locked_contest(store_id)
    store = contest.store
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, store.group_id))
    wrong = _wrong(data, contest, at)
    scored = ScoreSheet.objects.filter(entry__contest=contest).exists()
    if scored and (not _same(contest, data.criteria) or data.tie_rule != contest.tie_rule):
        wrong["criteria"] = _(
            "Die Jury hat schon bewertet. Gewichte, Punkte und die Regel bei gleichem Ergebnis stehen deshalb fest."
        )
    held = {row.pk: row for row in contest.criteria.all()}
    if any(row.id is not None and row.id not in held for row in data.criteria):
        raise NotFound
    if wrong:
        raise Invalid(fields=wrong)
    contest.groups = [one.value for one in Entrant if one.value in data.groups]
    contest.rules = {language: text.strip() for language, text in data.rules.items() if text.strip()}
    contest.prizes = {language: text.strip() for language, text in data.prizes.items() if text.strip()}
    contest.grace_minutes, contest.tie_rule = data.grace_minutes, data.tie_rule
    contest.save()
    kept = {row.id for row in data.criteria if row.id is not None}
    contest.criteria.exclude(pk__in=kept).delete()
    for order, row in enumerate(data.criteria):
        criterion = held.get(row.id) if row.id is not None else None
        criterion = criterion or Criterion(contest=contest)
        criterion.names = {language: text.strip() for language, text in row.names.items() if text.strip()}
        criterion.weight, criterion.scale, criterion.order = row.weight, row.scale, order
        criterion.save()
    if data.closes_at is not None and data.closes_at != store.closes_at:
        if data.moves_phases and store.closes_at is not None:
            move_phases(store, by=data.closes_at - store.closes_at)
        store.closes_at = data.closes_at
        store.save(update_fields=["closes_at"])
        set_turn(store.module.project, at)
    audit.record(
        actor,
        "participation.save_contest",
        store.ref,
        fields=["groups", "rules", "prizes", "grace_minutes", "tie_rule", "criteria", "closes_at"],
    )
    events.publish(actor, StoreSaved(ref=store.ref))
    return contest
