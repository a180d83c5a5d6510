"""What journeys may call: references and who may see what."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.strategy.queries import plan
from allmende.core.actor import Viewer
from allmende.core.refs import Ref

__all__ = ["goal_ref", "may_see_aside", "may_see_field", "may_see_goal"]


def goal_ref(goal_id: UUID) -> Ref:
    return Ref("strategy", "goal", goal_id)


def may_see_field(field_id: UUID, _viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "field": everybody."""
    return plan.field(field_id) is not None


def may_see_goal(goal_id: UUID, _viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "goal": everybody."""
    return plan.goal(goal_id) is not None


def may_see_aside(aside_id: UUID, _viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "aside": everybody."""
    return plan.aside(aside_id) is not None
