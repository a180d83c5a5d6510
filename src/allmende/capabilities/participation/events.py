"""What happened here. Payloads hold ids, states and numbers; handlers re-read the rest."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from allmende.core.events import DomainEvent
from allmende.core.refs import Ref


@dataclass(frozen=True, kw_only=True)
class IdeaEvent(DomainEvent):
    """`ref` is the idea, `store_id` the topic store it lies in."""

    store_id: UUID


@dataclass(frozen=True, kw_only=True)
class IdeaSubmitted(IdeaEvent):
    """An idea arrived and waits to be checked."""

    name: ClassVar[str] = "participation.idea_submitted"
    channel: str


@dataclass(frozen=True, kw_only=True)
class IdeaPublished(IdeaEvent):
    """A moderator released the idea: everybody can read it."""

    name: ClassVar[str] = "participation.idea_published"


@dataclass(frozen=True, kw_only=True)
class IdeaRefused(IdeaEvent):
    """A moderator did not publish it, or took it down. `status_id` is the row with the reason."""

    name: ClassVar[str] = "participation.idea_refused"
    status_id: UUID
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class IdeaWithdrawn(IdeaEvent):
    """Its author took it back."""

    name: ClassVar[str] = "participation.idea_withdrawn"


@dataclass(frozen=True, kw_only=True)
class IdeaEdited(IdeaEvent):
    """Its author wrote a new version; the former words stay public until the new ones are checked."""

    name: ClassVar[str] = "participation.idea_edited"
    text_version: int
    """0 when no new version was written (a name was blanked, or it is checked anew)."""


@dataclass(frozen=True, kw_only=True)
class IdeaChangeDecided(IdeaEvent):
    """A new version of a public idea was checked: `accepted` says whether it is shown now."""

    name: ClassVar[str] = "participation.idea_change_decided"
    accepted: bool
    status_id: UUID


@dataclass(frozen=True, kw_only=True)
class IdeaSupported(IdeaEvent):
    """One person more supports the idea. The person is not named."""

    name: ClassVar[str] = "participation.idea_supported"


@dataclass(frozen=True, kw_only=True)
class IdeaUnsupported(IdeaEvent):
    """One person took the support back."""

    name: ClassVar[str] = "participation.idea_unsupported"


@dataclass(frozen=True, kw_only=True)
class IdeaTakenUp(IdeaEvent):
    """The office in charge began to examine the idea."""

    name: ClassVar[str] = "participation.idea_taken_up"


@dataclass(frozen=True, kw_only=True)
class IdeaAnswered(IdeaEvent):
    """The city answered; `answer_id` is the row of the answer."""

    name: ClassVar[str] = "participation.idea_answered"
    answer_id: UUID
    outcome: str


@dataclass(frozen=True, kw_only=True)
class NextStepSet(IdeaEvent):
    """The office said anew what happens next, who sees to it, and until when."""

    name: ClassVar[str] = "participation.next_step_set"


@dataclass(frozen=True, kw_only=True)
class NextStepOverdue(IdeaEvent):
    """The date of the next step has passed. `department` is reminded, or its deputy the second time."""

    name: ClassVar[str] = "participation.next_step_overdue"
    department: str
    for_deputy: bool


@dataclass(frozen=True, kw_only=True)
class StoreSaved(DomainEvent):
    """A topic store was set up or changed."""

    name: ClassVar[str] = "participation.store_saved"


@dataclass(frozen=True, kw_only=True)
class StoreOpened(DomainEvent):
    """A topic store's period began."""

    name: ClassVar[str] = "participation.store_opened"


@dataclass(frozen=True, kw_only=True)
class StoreClosed(DomainEvent):
    """A topic store's period ended, on its date or before."""

    name: ClassVar[str] = "participation.store_closed"


@dataclass(frozen=True, kw_only=True)
class StoreOverdue(DomainEvent):
    """A group has not yet summed up a closed store. `department` is reminded, or its deputy the second time."""

    name: ClassVar[str] = "participation.store_overdue"
    department: str
    for_deputy: bool


@dataclass(frozen=True, kw_only=True)
class GroupSaved(DomainEvent):
    """A group was set up or changed."""

    name: ClassVar[str] = "participation.group_saved"


@dataclass(frozen=True, kw_only=True)
class GroupMembersChanged(DomainEvent):
    """Somebody joined, left, or took over a function."""

    name: ClassVar[str] = "participation.group_members_changed"


@dataclass(frozen=True, kw_only=True)
class MeetingPlanned(DomainEvent):
    """A group meets; `ref` is the meeting."""

    name: ClassVar[str] = "participation.meeting_planned"
    group_id: UUID


@dataclass(frozen=True, kw_only=True)
class MeetingChanged(DomainEvent):
    """Time, place or topic of a meeting changed."""

    name: ClassVar[str] = "participation.meeting_changed"
    group_id: UUID


@dataclass(frozen=True, kw_only=True)
class MeetingCancelled(DomainEvent):
    """A meeting does not take place."""

    name: ClassVar[str] = "participation.meeting_cancelled"
    group_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProjectSaved(DomainEvent):
    """A project, its parts or its phases were set up or changed."""

    name: ClassVar[str] = "participation.project_saved"


@dataclass(frozen=True, kw_only=True)
class ProjectTurned(DomainEvent):
    """A phase of a project began or ended with time. `phase_id` is the one that began, empty when none did."""

    name: ClassVar[str] = "participation.project_turned"
    phase_id: str = ""


@dataclass(frozen=True, kw_only=True)
class ThemeSaved(DomainEvent):
    """A theme of a topic store was made, named, merged or dissolved."""

    name: ClassVar[str] = "participation.theme_saved"
    store_id: UUID


@dataclass(frozen=True, kw_only=True)
class IdeasOrdered(DomainEvent):
    """Ideas were put into themes, or taken out; `ref` is the topic store, `step_id` says which."""

    name: ClassVar[str] = "participation.ideas_ordered"
    step_id: UUID


@dataclass(frozen=True, kw_only=True)
class StoreCondensed(DomainEvent):
    """A condensed document of a topic store was published; `ref` is the document."""

    name: ClassVar[str] = "participation.store_condensed"
    store_id: UUID
    edition: int


@dataclass(frozen=True, kw_only=True)
class NeedsAnswered(DomainEvent):
    """The city answered a group of needs; `ref` is the group (a theme), `offer` the answer as a reference."""

    name: ClassVar[str] = "participation.needs_answered"
    offer: str


@dataclass(frozen=True, kw_only=True)
class NeedFollowed(IdeaEvent):
    """A single need took over the state of its group. `late`: it came to a group that had its answer already."""

    name: ClassVar[str] = "participation.need_followed"
    late: bool


@dataclass(frozen=True, kw_only=True)
class PartnerOffered(DomainEvent):
    """A partner said what it could contribute."""

    name: ClassVar[str] = "participation.partner_offered"


@dataclass(frozen=True, kw_only=True)
class PartnerReplied(DomainEvent):
    """The city replied to a partner, or made an offer with it."""

    name: ClassVar[str] = "participation.partner_replied"
    state: str


@dataclass(frozen=True, kw_only=True)
class GroupEvent(DomainEvent):
    """Something of a working group; `group_id` says of which."""

    group_id: UUID


@dataclass(frozen=True, kw_only=True)
class MinutesReady(GroupEvent):
    """Minutes wait for the chair's check; `ref` is the meeting."""

    name: ClassVar[str] = "participation.minutes_ready"


@dataclass(frozen=True, kw_only=True)
class MinutesPublished(GroupEvent):
    """An edition of a meeting's minutes is public; `ref` is the meeting."""

    name: ClassVar[str] = "participation.minutes_published"
    edition: int


@dataclass(frozen=True, kw_only=True)
class DecisionMade(DomainEvent):
    """A meeting decided something; `ref` is the decision."""

    name: ClassVar[str] = "participation.decision_made"
    meeting_id: UUID


@dataclass(frozen=True, kw_only=True)
class DecisionWithdrawn(DomainEvent):
    """A correction of the minutes no longer holds the decision."""

    name: ClassVar[str] = "participation.decision_withdrawn"
    meeting_id: UUID


@dataclass(frozen=True, kw_only=True)
class TaskGiven(GroupEvent):
    """Somebody, or an office, has a task; `ref` is the task."""

    name: ClassVar[str] = "participation.task_given"


@dataclass(frozen=True, kw_only=True)
class TaskDone(GroupEvent):
    """A task is done."""

    name: ClassVar[str] = "participation.task_done"


@dataclass(frozen=True, kw_only=True)
class TaskDropped(GroupEvent):
    """A task was taken off the list, with a reason."""

    name: ClassVar[str] = "participation.task_dropped"


@dataclass(frozen=True, kw_only=True)
class TaskOverdue(GroupEvent):
    """A task is late; `for_chair` after a week."""

    name: ClassVar[str] = "participation.task_overdue"
    for_chair: bool


@dataclass(frozen=True, kw_only=True)
class ProposalChecked(DomainEvent):
    """An office said whether a proposal for a budget is feasible and what it costs; `ref` is the proposal."""

    name: ClassVar[str] = "participation.proposal_checked"


@dataclass(frozen=True, kw_only=True)
class HandoverProposed(GroupEvent):
    """Somebody is asked to take the chair of a group; `ref` is the group."""

    name: ClassVar[str] = "participation.handover_proposed"
    handover_id: UUID


@dataclass(frozen=True, kw_only=True)
class HandoverEnded(GroupEvent):
    """Whoever was asked took the chair, or it was declined."""

    name: ClassVar[str] = "participation.handover_ended"
    handover_id: UUID


@dataclass(frozen=True, kw_only=True)
class CertificateRequested(GroupEvent):
    """A member asks for a certificate; `ref` is the certificate."""

    name: ClassVar[str] = "participation.certificate_requested"


@dataclass(frozen=True, kw_only=True)
class CertificateDecided(GroupEvent):
    """A certificate was given, or declined with a reason."""

    name: ClassVar[str] = "participation.certificate_decided"


@dataclass(frozen=True, kw_only=True)
class EntryCleared(IdeaEvent):
    """A moderator has checked an entry of a contest; it becomes public with all others after the deadline."""

    name: ClassVar[str] = "participation.entry_cleared"


@dataclass(frozen=True, kw_only=True)
class EntrantChecked(IdeaEvent):
    """The office said whether an entrant belongs to those whom the contest is open to."""

    name: ClassVar[str] = "participation.entrant_checked"
    entry_id: UUID


@dataclass(frozen=True, kw_only=True)
class JuryChanged(DomainEvent):
    """A juror was named, left, scored or said that they are biased; `ref` is the topic store of the contest."""

    name: ClassVar[str] = "participation.jury_changed"
    juror_id: UUID


@dataclass(frozen=True, kw_only=True)
class PlenaryRecorded(DomainEvent):
    """The plenary's vote on the entries was recorded; `ref` is the topic store."""

    name: ClassVar[str] = "participation.plenary_recorded"
    edition: int


@dataclass(frozen=True, kw_only=True)
class EntryPlaced(IdeaEvent):
    """An entry's place was published, or corrected; each entrant is told once for each."""

    name: ClassVar[str] = "participation.entry_placed"
    placing_id: UUID


@dataclass(frozen=True, kw_only=True)
class ContestPlaced(DomainEvent):
    """A contest's placing was published; `ref` is the placing."""

    name: ClassVar[str] = "participation.contest_placed"
    store_id: UUID
    edition: int


@dataclass(frozen=True, kw_only=True)
class ImpulseTaken(DomainEvent):
    """Something that another room has found belongs to a topic store; `ref` is the store."""

    name: ClassVar[str] = "participation.impulse_taken"
    impulse: Ref
