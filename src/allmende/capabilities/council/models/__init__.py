"""The objects of OParl 1.1 as rows, under OParl's names."""

from allmende.capabilities.council.models.attendance import Attendance, Presence, Recusal
from allmende.capabilities.council.models.base import OPARL, ROOT, Thing
from allmende.capabilities.council.models.batches import Batch
from allmende.capabilities.council.models.drafts import Draft, DraftStation, Signature
from allmende.capabilities.council.models.invitations import Invitation, Invited
from allmende.capabilities.council.models.meetings import AgendaItem, Meeting
from allmende.capabilities.council.models.minutes import Minutes
from allmende.capabilities.council.models.mirrors import LooseEnd, Mirror, MirroredList, MirrorRun
from allmende.capabilities.council.models.papers import Consultation, File, Paper
from allmende.capabilities.council.models.parts import Part
from allmende.capabilities.council.models.people import (
    Body,
    LegislativeTerm,
    Location,
    Membership,
    Organization,
    Person,
)
from allmende.capabilities.council.models.texts import FileText
from allmende.capabilities.council.models.tracking import Report, Task
from allmende.capabilities.council.models.votes import GroupVote, NamedVote, Vote

KINDS: dict[str, type[Thing]] = {
    model.kind: model
    for model in (
        *(Body, LegislativeTerm, Organization, Person, Membership, Location),
        *(Meeting, AgendaItem, Paper, Consultation, File),
    )
}
"""Our word for a type → its table."""

__all__ = [
    "KINDS",
    "OPARL",
    "ROOT",
    "AgendaItem",
    "Attendance",
    "Batch",
    "Body",
    "Consultation",
    "Draft",
    "DraftStation",
    "File",
    "FileText",
    "GroupVote",
    "Invitation",
    "Invited",
    "LegislativeTerm",
    "Location",
    "LooseEnd",
    "Meeting",
    "Membership",
    "Minutes",
    "Mirror",
    "MirrorRun",
    "MirroredList",
    "NamedVote",
    "Organization",
    "Paper",
    "Part",
    "Person",
    "Presence",
    "Recusal",
    "Report",
    "Signature",
    "Task",
    "Thing",
    "Vote",
]
