"""What happened here. Ties between impulses and goals are the Trace's events (`trace.edge_linked`)."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class FieldSaved(DomainEvent):
    """A field of action was made or changed. `ref` is the field."""

    name: ClassVar[str] = "strategy.field_saved"


@dataclass(frozen=True, kw_only=True)
class GoalSaved(DomainEvent):
    """A goal was made or changed, or what it rests on. `ref` is the goal."""

    name: ClassVar[str] = "strategy.goal_saved"


@dataclass(frozen=True, kw_only=True)
class GoalEnded(DomainEvent):
    """A goal was given up; its reason stands with it. `ref` is the goal."""

    name: ClassVar[str] = "strategy.goal_ended"


@dataclass(frozen=True, kw_only=True)
class ImpulseSetAside(DomainEvent):
    """An impulse was answered with a reason why it is in none of the goals. `ref` is the answer."""

    name: ClassVar[str] = "strategy.impulse_set_aside"


@dataclass(frozen=True, kw_only=True)
class AsideWithdrawn(DomainEvent):
    """The answer does not hold any more: the impulse was ordered into a goal after all. `ref` is the answer."""

    name: ClassVar[str] = "strategy.aside_withdrawn"


# Draft texts, what is said to them, what is answered


@dataclass(frozen=True, kw_only=True)
class TextSaved(DomainEvent):
    """A text was made or its facts were changed. `ref` is the text."""

    name: ClassVar[str] = "strategy.text_saved"


@dataclass(frozen=True, kw_only=True)
class TextMoved(DomainEvent):
    """The text took a step of its workflow. `ref` is the text."""

    name: ClassVar[str] = "strategy.text_moved"
    verb: str
    state: str


@dataclass(frozen=True, kw_only=True)
class VersionPublished(DomainEvent):
    """Everybody can read a further version, with all that reads differently in it. `ref` is the version."""

    name: ClassVar[str] = "strategy.version_published"
    text_id: UUID


@dataclass(frozen=True, kw_only=True)
class DraftChanged(DomainEvent):
    """The version that is being written was changed. `ref` is the text."""

    name: ClassVar[str] = "strategy.draft_changed"


@dataclass(frozen=True, kw_only=True)
class FeedbackGiven(DomainEvent):
    """Somebody said something to a paragraph. `ref` is what was said."""

    name: ClassVar[str] = "strategy.feedback_given"
    text_id: UUID
    channel: str


@dataclass(frozen=True, kw_only=True)
class FeedbackDecided(DomainEvent):
    """The moderators showed it or did not, or its author took it back. `ref` is what was said."""

    name: ClassVar[str] = "strategy.feedback_decided"
    state: str


@dataclass(frozen=True, kw_only=True)
class FeedbackSupported(DomainEvent):
    """Its number of supports has changed. `ref` is what was said."""

    name: ClassVar[str] = "strategy.feedback_supported"


@dataclass(frozen=True, kw_only=True)
class FeedbackAnswered(DomainEvent):
    """The team answered. `ref` is what was said; one event for each that one answer is given to."""

    name: ClassVar[str] = "strategy.feedback_answered"
    answer_id: UUID
