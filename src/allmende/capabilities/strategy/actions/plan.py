"""Making and changing fields of action, goals and guidelines."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.strategy import rules
from allmende.capabilities.strategy.events import FieldSaved, GoalEnded, GoalSaved
from allmende.capabilities.strategy.models import Field, Goal, Guideline, Measure
from allmende.capabilities.strategy.models.plan import REASON_LIMIT, TEXT_LIMIT, TITLE_LIMIT
from allmende.capabilities.strategy.queries import plan
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.discussion.interface import Texts, line, prose, sentence

MOST_MEASURES = 30


@action
def save_guideline(
    *,
    actor: Actor,
    guideline_id: UUID | None = None,
    title: Texts,
    text: Texts,
    place: int,
    is_example: bool = False,
) -> Guideline:
    """Makes a guideline of urban development or changes its words."""
    rules.require_may_edit(actor.viewer)
    found = (
        lock(Guideline.objects.all(), pk=guideline_id) if guideline_id is not None else Guideline(is_example=is_example)
    )
    found.title, found.text = line(title, "title", TITLE_LIMIT), prose(text, "text", TEXT_LIMIT)
    found.place = place
    found.save()
    audit.record(
        actor, "strategy.save_guideline", Ref("strategy", "guideline", found.pk), fields=["title", "text", "place"]
    )
    return found


@action
def save_field(
    *,
    actor: Actor,
    field_id: UUID | None = None,
    title: Texts,
    summary: Texts,
    place: int,
    department: str = "",
    is_example: bool = False,
    at: datetime,
) -> Field:
    """Makes a field of action or changes it. Raises Invalid with fields."""
    rules.require_may_edit(actor.viewer)
    found = (
        lock(Field.objects.all(), pk=field_id) if field_id is not None else Field(is_example=is_example, created_at=at)
    )
    if department and city.current().department(department) is None:
        raise Invalid(fields={"department": _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")})
    found.title, found.summary = line(title, "title", TITLE_LIMIT), prose(summary, "summary", TEXT_LIMIT)
    found.place, found.department = place, department
    found.save()
    audit.record(actor, "strategy.save_field", found.ref, fields=["title", "summary", "place", "department"])
    events.publish(actor, FieldSaved(ref=found.ref))
    for goal in Goal.objects.filter(field=found):  # their codes begin with the field's place
        events.publish(actor, GoalSaved(ref=goal.ref))
    return found


@action
def save_goal(
    *,
    actor: Actor,
    goal_id: UUID | None = None,
    field_id: UUID,
    title: Texts,
    summary: Texts,
    measures: Sequence[Texts] = (),
    guideline_ids: Collection[UUID] = (),
    is_example: bool = False,
    at: datetime,
) -> Goal:
    """Makes a goal or changes it. Its code stays, unless it moves into another field. Raises Invalid with fields."""
    rules.require_may_edit(actor.viewer)
    try:
        field = lock(Field.objects.all(), pk=field_id)  # first, so that two new goals get two places
        found = lock(Goal.objects.all(), pk=goal_id) if goal_id is not None else None
    except (Field.DoesNotExist, Goal.DoesNotExist):
        raise NotFound from None
    if found is None:
        found = Goal(is_example=is_example, created_at=at)
    elif found.ended_at is not None:
        raise Conflict(_("Dieses Ziel wird nicht mehr verfolgt."))
    if found.field_id != field.pk:
        found.field, found.place = field, plan.next_place(field.pk)
    found.title, found.summary = line(title, "title", TITLE_LIMIT), prose(summary, "summary", TEXT_LIMIT)
    if len(measures) > MOST_MEASURES:
        raise Invalid(fields={"measures": _("Bitte nennen Sie höchstens %(n)s Maßnahmen.") % {"n": MOST_MEASURES}})
    lines = [line(one, "measures", 2 * TITLE_LIMIT) for one in measures]
    chosen = Guideline.objects.filter(pk__in=guideline_ids)
    found.save()
    found.guidelines.set(chosen)
    found.measures.all().delete()
    Measure.objects.bulk_create(
        Measure(goal=found, title=words, place=place) for place, words in enumerate(lines, start=1)
    )
    audit.record(actor, "strategy.save_goal", found.ref, fields=["field", "title", "summary", "measures", "guidelines"])
    events.publish(actor, GoalSaved(ref=found.ref))
    return found


@action
def end_goal(*, actor: Actor, goal_id: UUID, reason: str, at: datetime) -> Goal:
    """The city gives a goal up and says why. It stays readable, and so does what led to it."""
    rules.require_may_edit(actor.viewer)
    try:
        found = lock(Goal.objects.select_related("field"), pk=goal_id)
    except Goal.DoesNotExist:
        raise NotFound from None
    if found.ended_at is not None:
        raise Conflict(_("Dieses Ziel wird nicht mehr verfolgt."))
    found.end_reason = sentence(reason, "reason", REASON_LIMIT)
    found.ended_at = at
    found.save(update_fields=["ended_at", "end_reason"])
    audit.record(actor, "strategy.end_goal", found.ref, fields=["ended_at"], reason=found.end_reason)
    events.publish(actor, GoalEnded(ref=found.ref))
    return found
