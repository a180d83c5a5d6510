"""What happened here. Nothing that is not public is ever an event with a kind that has a page for everybody."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class RecordsTakenIn(DomainEvent):
    """A set of objects came in or changed. `ref` is the batch, which names them."""

    name: ClassVar[str] = "council.records_taken_in"


@dataclass(frozen=True, kw_only=True)
class MeetingAnnounced(DomainEvent):
    """A meeting that is still to come can be read by everybody. `ref` is the meeting."""

    name: ClassVar[str] = "council.meeting_announced"


@dataclass(frozen=True, kw_only=True)
class MeetingMoved(DomainEvent):
    """An announced meeting has another time, another place, or does not take place."""

    name: ClassVar[str] = "council.meeting_moved"


@dataclass(frozen=True, kw_only=True)
class PaperPublished(DomainEvent):
    """A paper can be read by everybody. `ref` is the paper."""

    name: ClassVar[str] = "council.paper_published"


@dataclass(frozen=True, kw_only=True)
class PaperDealtWith(DomainEvent):
    """An organisation has come to a result on a paper. `ref` is the paper."""

    name: ClassVar[str] = "council.paper_dealt_with"


@dataclass(frozen=True, kw_only=True)
class PaperVotedOn(DomainEvent):
    """How an organisation voted on a paper was recorded or corrected. `ref` is the paper."""

    name: ClassVar[str] = "council.paper_voted_on"


@dataclass(frozen=True, kw_only=True)
class PaperExplained(DomainEvent):
    """The plain words of a paper were written or changed. `ref` is the paper."""

    name: ClassVar[str] = "council.paper_explained"


@dataclass(frozen=True, kw_only=True)
class ThingWithdrawn(DomainEvent):
    """Something was taken back from the public, with all that is part of it. `ref` is that thing."""

    name: ClassVar[str] = "council.thing_withdrawn"


@dataclass(frozen=True, kw_only=True)
class DocumentAttached(DomainEvent):
    """A file got its document. `ref` is the file."""

    name: ClassVar[str] = "council.document_attached"


@dataclass(frozen=True, kw_only=True)
class FileRead(DomainEvent):
    """The words of a file were read out of it. `ref` is the file, which has no page of its own."""

    name: ClassVar[str] = "council.file_read"


@dataclass(frozen=True, kw_only=True)
class PartDecided(DomainEvent):
    """One part of a public paper was decided, or its decision was corrected. `ref` is the part.

    Titles and texts are no part of an event: `interface.part(ref.id)` tells them.
    """

    name: ClassVar[str] = "council.part_decided"
    paper: UUID
    decision: str
    """accepted, rejected or postponed."""
    accepted: bool
    decided_on: str
    """The day, as ISO 8601 has it."""
    about: str
    """Reference, as text, of what the part decides on (a pilot proposal, an entry of a contest); empty: nothing."""


@dataclass(frozen=True, kw_only=True)
class PartReopened(DomainEvent):
    """What was recorded as decided on a part of a public paper was taken back: it is open again. `ref` is the part."""

    name: ClassVar[str] = "council.part_reopened"
    paper: UUID


@dataclass(frozen=True, kw_only=True)
class PartsDecided(DomainEvent):
    """Decisions on parts of a public paper were recorded together: for those who follow it. `ref` is the paper."""

    name: ClassVar[str] = "council.parts_decided"


@dataclass(frozen=True, kw_only=True)
class PartsWritten(DomainEvent):
    """The parts of a public paper have other words or another order. `ref` is the paper."""

    name: ClassVar[str] = "council.parts_written"


@dataclass(frozen=True, kw_only=True)
class TaskAssigned(DomainEvent):
    """It was said who does what by when. `ref` is the task, which has no page of its own."""

    name: ClassVar[str] = "council.task_assigned"


@dataclass(frozen=True, kw_only=True)
class TaskChanged(DomainEvent):
    """A task has another text, department or day. `ref` is the task."""

    name: ClassVar[str] = "council.task_changed"


@dataclass(frozen=True, kw_only=True)
class TaskReportedOn(DomainEvent):
    """A department has reported back. `ref` is the task; `public`: whether everybody may read the report."""

    name: ClassVar[str] = "council.task_reported_on"
    public: bool


@dataclass(frozen=True, kw_only=True)
class TaskDue(DomainEvent):
    """A task is due within a week, or overdue, and its department is reminded. `ref` is the task."""

    name: ClassVar[str] = "council.task_due"
    due: str
    """The last day, as ISO 8601 has it: a reminder of another day than the task's is out of date."""
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class AttendanceRecorded(DomainEvent):
    """It was written down or corrected who was there. `ref` is the meeting."""

    name: ClassVar[str] = "council.attendance_recorded"


@dataclass(frozen=True, kw_only=True)
class MinutesReleased(DomainEvent):
    """Everybody may read the minutes of a meeting. `ref` is the meeting."""

    name: ClassVar[str] = "council.minutes_released"


@dataclass(frozen=True, kw_only=True)
class DraftSent(DomainEvent):
    """A draft paper waits for the departments that are asked to sign. `ref` is the draft, which has no page for all."""

    name: ClassVar[str] = "council.draft_sent"
    version: ClassVar[int] = 2
    asked: str = ""
    """Slugs of the departments whose turn it now is, with commas; version 1 did not say."""


@dataclass(frozen=True, kw_only=True)
class DraftChanged(DomainEvent):
    """A draft was begun, changed (signatures are then taken back) or withdrawn. `ref` is the draft."""

    name: ClassVar[str] = "council.draft_changed"


@dataclass(frozen=True, kw_only=True)
class DraftSigned(DomainEvent):
    """A department has signed. `ref` is the draft."""

    name: ClassVar[str] = "council.draft_signed"
    version: ClassVar[int] = 2
    asked: str = ""
    """Slug of the department that is asked after it, where one is asked after the other; version 1 did not say."""


@dataclass(frozen=True, kw_only=True)
class DraftReturned(DomainEvent):
    """A department or the council's office has sent a draft back. `ref` is the draft."""

    name: ClassVar[str] = "council.draft_returned"


@dataclass(frozen=True, kw_only=True)
class DraftSubmitted(DomainEvent):
    """A draft was brought in: a paper was made of it. `ref` is the draft."""

    name: ClassVar[str] = "council.draft_submitted"


@dataclass(frozen=True, kw_only=True)
class MembersInvited(DomainEvent):
    """The members of an organisation were invited to a meeting, or told what has changed. `ref` is the invitation,
    which only they may read.
    """

    name: ClassVar[str] = "council.members_invited"
