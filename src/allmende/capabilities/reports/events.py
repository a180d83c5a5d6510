"""What happened here. Words are no part of an event: handlers read them anew."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from allmende.core.events import DomainEvent
from allmende.core.refs import Ref


@dataclass(frozen=True, kw_only=True)
class ReportReceived(DomainEvent):
    """A report came in. `ref` is the report; it is private until it was checked."""

    name: ClassVar[str] = "reports.report_received"
    category: UUID
    channel: str


@dataclass(frozen=True, kw_only=True)
class ReportMoved(DomainEvent):
    """A report took a step of its workflow. `ref` is the report, `update_id` the line of its history."""

    name: ClassVar[str] = "reports.report_moved"
    verb: str
    state: str
    update_id: UUID


@dataclass(frozen=True, kw_only=True)
class ReportChanged(DomainEvent):
    """Something of a report looks different although it took no step: its words, its category, how many joined."""

    name: ClassVar[str] = "reports.report_changed"


@dataclass(frozen=True, kw_only=True)
class RoutingRuleBroke(DomainEvent):
    """A rule names an office, a kind or a district that there no longer is. `ref` is the rule."""

    name: ClassVar[str] = "reports.routing_rule_broke"


@dataclass(frozen=True, kw_only=True)
class HandoverAnswered(DomainEvent):
    """Somebody outside has said how it stands. `ref` is the report."""

    name: ClassVar[str] = "reports.handover_answered"
    handover: UUID


@dataclass(frozen=True, kw_only=True)
class HandoverLapsed(DomainEvent):
    """Nobody outside has settled it while the link worked. `ref` is the report."""

    name: ClassVar[str] = "reports.handover_lapsed"
    handover: UUID


@dataclass(frozen=True, kw_only=True)
class SubtaskGiven(DomainEvent):
    """Another office is asked to do its part. `ref` is the report."""

    name: ClassVar[str] = "reports.subtask_given"
    subtask: UUID


@dataclass(frozen=True, kw_only=True)
class SubtaskEnded(DomainEvent):
    """A part was done or is no longer needed. `ref` is the report."""

    name: ClassVar[str] = "reports.subtask_ended"
    subtask: UUID


@dataclass(frozen=True, kw_only=True)
class CrewReported(DomainEvent):
    """A crew was there and could not end it. `ref` is the report, `update_id` the line of its history."""

    name: ClassVar[str] = "reports.crew_reported"
    update_id: UUID


@dataclass(frozen=True, kw_only=True)
class PictureNamed(DomainEvent):
    """A program has named a picture of a report by its address. `ref` is the report; a job fetches it."""

    name: ClassVar[str] = "reports.picture_named"
    picture_id: UUID


@dataclass(frozen=True, kw_only=True)
class IncidentFormed(DomainEvent):
    """Many reports of one kind became one incident. `ref` is the incident; its reports stay what they are."""

    name: ClassVar[str] = "reports.incident_formed"


@dataclass(frozen=True, kw_only=True)
class IncidentAnswered(DomainEvent):
    """An office answered all reports of an incident at once. `ref` is the incident; the worker carries it to each."""

    name: ClassVar[str] = "reports.incident_answered"
    answer_id: UUID


@dataclass(frozen=True, kw_only=True)
class AssetsImported(DomainEvent):
    """The numbered things of a kind were read from a file. `ref` is the kind."""

    name: ClassVar[str] = "reports.assets_imported"


@dataclass(frozen=True, kw_only=True)
class PatternDrawn(DomainEvent):
    """An office put many reports of one kind before the city as an impulse. `ref` is the pattern."""

    name: ClassVar[str] = "reports.pattern_drawn"


@dataclass(frozen=True, kw_only=True)
class PatternOffered(DomainEvent):
    """An office put many reports before whoever collects on their subject. `ref` is the pattern, `target` the store."""

    name: ClassVar[str] = "reports.pattern_offered"
    target: Ref
