"""What journeys may call: references and who may see what."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.strategy.queries import feedback, plan, texts
from allmende.capabilities.strategy.rules import texts as access
from allmende.capabilities.strategy.workflow.texts import Heard
from allmende.core.actor import Viewer
from allmende.core.refs import Ref

__all__ = [
    "goal_ref",
    "is_own_feedback",
    "may_comment_on_feedback",
    "may_see_aside",
    "may_see_feedback",
    "may_see_field",
    "may_see_goal",
    "may_see_paragraph",
    "may_see_text",
    "may_see_version",
]


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


def may_see_text(text_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "text": drafts are the team's."""
    found = texts.text(text_id)
    return found is not None and access.may_see(found, viewer)


def may_see_version(version_id: UUID, _viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "version": everybody once it is published."""
    return texts.is_published(version_id)


def may_see_paragraph(paragraph_id: UUID, viewer: Viewer, at: datetime) -> bool:
    """The gate of kind "paragraph": whoever may see the text."""
    found = texts.paragraph_by_id(paragraph_id)
    return found is not None and may_see_text(found.text_id, viewer, at)


def may_see_feedback(feedback_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate of kind "feedback"."""
    found = feedback.feedback(feedback_id)
    return found is not None and access.may_see_feedback(found, viewer)


def may_comment_on_feedback(feedback_id: UUID, _viewer: Viewer, at: datetime) -> bool:
    """The gate "comment:feedback": while the text is open and the thing has no answer."""
    found = feedback.feedback(feedback_id)
    return found is not None and found.state == Heard.SHOWN and found.answer_id is None and found.text.is_open(at)


def is_own_feedback(feedback_id: UUID, viewer: Viewer, _at: datetime) -> bool:
    """The gate "own:feedback"."""
    found = feedback.feedback(feedback_id)
    return found is not None and viewer.person_id is not None and found.author_id == viewer.person_id
