"""What happened here."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent
from allmende.core.refs import Ref


@dataclass(frozen=True, kw_only=True)
class CommentEvent(DomainEvent):
    """`ref` is the comment, `thing` what it hangs on."""

    thing: Ref


@dataclass(frozen=True, kw_only=True)
class CommentAdded(CommentEvent):
    """Somebody wrote. `state` is "published", or "held" until a moderator has looked."""

    name: ClassVar[str] = "discussion.comment_added"
    state: str


@dataclass(frozen=True, kw_only=True)
class CommentEdited(CommentEvent):
    """New words, kept as a new version."""

    name: ClassVar[str] = "discussion.comment_edited"
    state: str


@dataclass(frozen=True, kw_only=True)
class CommentReleased(CommentEvent):
    """A held or refused comment was published by a moderator."""

    name: ClassVar[str] = "discussion.comment_released"


@dataclass(frozen=True, kw_only=True)
class CommentHeld(CommentEvent):
    """A comment went back into checking and is not public."""

    name: ClassVar[str] = "discussion.comment_held"


@dataclass(frozen=True, kw_only=True)
class CommentRefused(CommentEvent):
    """A moderator does not publish it (any more)."""

    name: ClassVar[str] = "discussion.comment_refused"


@dataclass(frozen=True, kw_only=True)
class CommentWithdrawn(CommentEvent):
    """Its author took it back, or was erased together with their words."""

    name: ClassVar[str] = "discussion.comment_withdrawn"


COUNT_CHANGED = frozenset(
    event.name
    for event in (CommentAdded, CommentEdited, CommentReleased, CommentHeld, CommentRefused, CommentWithdrawn)
)
"""After any of these the number of comments on `thing` may be another: ask `interface.comment_counts`."""


@dataclass(frozen=True, kw_only=True)
class ContentReported(DomainEvent):
    """Somebody gave notice of something (DSA Art. 16). `ref` is the report."""

    name: ClassVar[str] = "discussion.content_reported"
    thing: Ref
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseOpened(DomainEvent):
    """Something is to be checked. `ref` is the case."""

    name: ClassVar[str] = "discussion.case_opened"
    thing: Ref
    cause: str


@dataclass(frozen=True, kw_only=True)
class CaseDecided(DomainEvent):
    """A case ended. `rule` is the key of the published rule for a refusal."""

    name: ClassVar[str] = "discussion.case_decided"
    thing: Ref
    decision: str
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseReopened(DomainEvent):
    """A decision was taken back within minutes."""

    name: ClassVar[str] = "discussion.case_reopened"
    thing: Ref


@dataclass(frozen=True, kw_only=True)
class CaseEscalated(DomainEvent):
    """A threat, or danger to somebody's life: it left the queue by the written chain."""

    name: ClassVar[str] = "discussion.case_escalated"
    thing: Ref


@dataclass(frozen=True, kw_only=True)
class CaseOverdue(DomainEvent):
    """The promised time has passed. `reminder` 1 goes to those on duty, 2 to their deputies."""

    name: ClassVar[str] = "discussion.case_overdue"
    thing: Ref
    reminder: int
