"""What this room holds about a person: export, erasure, retention (GDPR Art. 15, 17, 20). Called by accounts."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from allmende.accounts import interface as accounts
from allmende.core import events
from allmende.core.actor import SYSTEM
from allmende.engines.discussion.actions.comments import blank_versions
from allmende.engines.discussion.events import CommentEdited, CommentWithdrawn
from allmende.engines.discussion.models import Absence, Case, Comment, Duty, Report
from allmende.engines.discussion.workflow import CaseState, CommentState, Decision

type Rows = Iterable[Mapping[str, Any]]

CASE_TEXTS = timedelta(days=730)
"""How long reasons, objections and notices keep their words: for objections and courts, then only the figures stay."""
ROSTER = timedelta(days=365)


def export_comments(person_id: UUID) -> Rows:
    rows = Comment.objects.filter(author_id=person_id).select_related("current").prefetch_related("versions")
    for row in rows.order_by("written_at"):
        yield {
            "id": str(row.id),
            "on": str(row.ref),
            "name": row.public_name,
            "for_group": row.organisation_id is not None,
            "state": row.state,
            "stance": row.stance,
            "channel": row.channel,
            "language": row.language,
            "written_at": row.written_at,
            "versions": [
                {"number": v.number, "text": v.body, "written_at": v.written_at}
                for v in sorted(row.versions.all(), key=lambda v: v.number)
            ],
        }


def erase_comments(person_id: UUID, keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """The name goes; the words go too, unless their author chose to leave them. Answers by others stay."""
    with transaction.atomic():
        for comment in Comment.objects.select_for_update(of=("self",)).filter(author_id=person_id):
            comment.author = None
            if comment.organisation_id is None:  # a group's name is not the person's, and stays
                comment.public_name = ""
            if not keep_texts and comment.state != CommentState.WITHDRAWN:
                comment.state, comment.awaits_proof = CommentState.WITHDRAWN, False
                comment.save()
                blank_versions(comment, comment.modified)
                _close(comment)
                events.publish(SYSTEM, CommentWithdrawn(ref=comment.this, thing=comment.ref))
            else:
                comment.save()
                events.publish(SYSTEM, CommentEdited(ref=comment.this, thing=comment.ref, state=comment.state))
        Comment.objects.filter(entered_by_id=person_id).update(entered_by=None)


def expire_comments(at: datetime) -> int:
    """What a guest wrote and never confirmed goes with its link."""
    rows = list(Comment.objects.filter(awaits_proof=True, written_at__lte=at - accounts.LINK_LASTS))
    for comment in rows:
        comment.awaits_proof, comment.state, comment.author, comment.public_name = (
            False, CommentState.WITHDRAWN, None, "",
        )  # fmt: skip
        comment.save()
        blank_versions(comment, at)
    return len(rows)


def _close(comment: Comment) -> None:
    Case.objects.about(comment.this).undecided().update(
        state=CaseState.DECIDED,
        decision=Decision.WITHDRAWN,
        decided_at=comment.modified,
        claimed_by=None,
        claimed_until=None,
        rule="",
        reason="",
    )


def export_cases(person_id: UUID) -> Rows:
    """Decisions about the person's posts, and what they reported."""
    for case in Case.objects.filter(author_id=person_id).order_by("opened_at"):
        yield {
            "about": str(case.ref),
            "opened_at": case.opened_at,
            "cause": case.cause,
            "decision": case.decision,
            "rule": case.rule,
            "reason": case.reason,
            "passage": case.fact,
            "law": case.law,
            "objection": case.objection,
            "decided_at": case.decided_at,
        }
    for report in Report.objects.filter(reporter_id=person_id).order_by("received_at"):
        yield {
            "reported": str(report.ref),
            "reason": report.reason,
            "text": report.text,
            "received_at": report.received_at,
        }


def erase_cases(person_id: UUID, keep_texts: bool) -> None:  # noqa: ARG001, FBT001 - the manifest's call
    """Figures of moderation stay; words about and by the person go."""
    Case.objects.filter(author_id=person_id).update(reason="", fact="", objection="", note="")
    Report.objects.filter(reporter_id=person_id).update(text="")


def expire_cases(at: datetime) -> int:
    """Two years after the decision only kinds, rules and times are left."""
    over = Q(state=CaseState.DECIDED, decided_at__lt=at - CASE_TEXTS)
    worded = ~Q(reason="") | ~Q(fact="") | ~Q(objection="") | ~Q(note="")
    count = Case.objects.filter(over & worded).update(reason="", fact="", objection="", note="")
    reports = Report.objects.filter(case__state=CaseState.DECIDED, case__decided_at__lt=at - CASE_TEXTS)
    return count + reports.exclude(text="", reporter=None).update(text="", reporter=None)


def export_roster(person_id: UUID) -> Rows:
    for duty in Duty.objects.filter(Q(person_id=person_id) | Q(deputy_id=person_id)):
        yield {
            "scope": duty.scope,
            "weekday": duty.weekday,
            "from": duty.starts_on,
            "to": duty.ends_on,
            "as": "deputy" if duty.deputy_id == person_id else "on duty",
        }
    for absence in Absence.objects.filter(person_id=person_id).order_by("starts_on"):
        yield {"absent_from": absence.starts_on, "to": absence.ends_on}


def erase_roster(person_id: UUID, keep_texts: bool) -> None:  # noqa: ARG001, FBT001 - the manifest's call
    Duty.objects.filter(person_id=person_id).delete()
    Duty.objects.filter(deputy_id=person_id).update(deputy=None)
    Absence.objects.filter(person_id=person_id).delete()


def expire_roster(at: datetime) -> int:
    day = (at - ROSTER).date()
    return Absence.objects.filter(ends_on__lt=day).delete()[0] + Duty.objects.filter(ends_on__lt=day).delete()[0]
