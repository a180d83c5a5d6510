"""A case: something to be checked, by whom, until when, and how it was decided. A report: someone's notice of it."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Cast, Concat

from allmende.accounts.interface import group_scope, groups_of
from allmende.accounts.models import Membership
from allmende.core.actor import Role, Viewer
from allmende.core.ids import uuid7
from allmende.core.models import RefFields
from allmende.core.refs import Ref
from allmende.engines.discussion.workflow import CaseState, Cause, Decision, ReportReason


def own_scopes(viewer: Viewer) -> set[str]:
    """What counts as the viewer's own: the offices of their grants, and the groups that they belong to (one query)."""
    scopes = {grant.scope for grant in viewer.grants if grant.scope}
    return scopes | {group_scope(id_) for id_ in groups_of(viewer.person_id)}


class CaseQuery(models.QuerySet["Case"]):
    """Reads over the queue."""

    def about(self, ref: Ref) -> Self:
        return self.filter(capability=ref.capability, kind=ref.kind, object_id=ref.id)

    def undecided(self) -> Self:
        return self.exclude(state=CaseState.DECIDED)

    def waiting(self) -> Self:
        return self.filter(state=CaseState.OPEN)

    def free(self, at: datetime) -> Self:
        """Claimed by nobody, or no longer."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=at))

    def for_moderator(self, viewer: Viewer) -> Self:
        """Within the scopes of the viewer's grants as a moderator."""
        scopes = {grant.scope for grant in viewer.grants if grant.role == Role.MODERATOR}
        return self if "" in scopes else self.filter(scope__in=scopes)

    def not_own(self, viewer: Viewer) -> Self:
        """Nobody decides on their own or their group's post, nor on an objection to themselves (practice.md 7)."""
        offices = sorted({grant.scope for grant in viewer.grants if grant.scope})
        mine = Membership.objects.filter(until__isnull=True)
        mine = mine.filter(person_id=viewer.person_id) if viewer.person_id is not None else mine.none()
        scopes = mine.annotate(scope=Concat(Value("organisation:"), Cast("organisation_id", models.CharField())))
        return self.exclude(
            Q(author_id=viewer.person_id)
            | Q(entered_by_id=viewer.person_id)
            | Q(group_scopes__overlap=offices)
            | Q(group_scopes__overlap=ArraySubquery(scopes.values("scope")))
            | Q(previous__decided_by_id=viewer.person_id)
            | Q(first_vote_by_id=viewer.person_id)
        )


class Case(RefFields):
    """One check of one thing. `scope` is whose business it is: the scope that a moderator's grant must cover."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scope = models.CharField(max_length=80)
    cause = models.CharField(max_length=10, choices=Cause)
    hint = models.CharField(max_length=40, blank=True)
    """What the heuristic saw: links, words, burst, repeated."""
    is_public = models.BooleanField(default=False)
    """Whether the thing is public while it waits: reported posts stay until somebody decides."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    group_scopes = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    list_id = models.UUIDField(null=True)
    """The ten-minute list with which it was claimed."""
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    rule = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    """What the author was told; written for them, blanked by time."""
    fact = models.TextField(blank=True)
    """Which passage a refusal is about, for the statement of reasons (DSA Art. 17(3)(b)); blanked with the reason."""
    law = models.CharField(max_length=200, blank=True)
    """The law that the post breaks, where it is unlawful and not only against a rule (Art. 17(3)(d))."""
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    first_vote_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    first_vote_at = models.DateTimeField(null=True)
    objection = models.TextField(blank=True)
    """The author's words, in a case that an objection opened."""
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="objected")
    escalated_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    """From one moderator to the next, when handing over or passing on."""

    objects: ClassVar[CaseQuery] = CaseQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["capability", "kind", "object_id"],
                condition=~Q(state="decided"),
                name="discussion_case_one_open",
            ),
            models.CheckConstraint(
                name="discussion_case_decided",
                condition=Q(state="decided", decided_at__isnull=False, decision__in=Decision.values)
                | (~Q(state="decided") & Q(decided_at__isnull=True, decision="")),
            ),
            models.CheckConstraint(
                name="discussion_case_refused_by_rule", condition=~Q(decision="refused") | ~Q(rule="")
            ),
            models.CheckConstraint(name="discussion_case_state", condition=Q(state__in=CaseState.values)),
            models.CheckConstraint(name="discussion_case_cause", condition=Q(cause__in=Cause.values)),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="discussion_case_waiting", condition=Q(state="open")),
            models.Index(fields=["-decided_at"], name="discussion_case_done", condition=Q(state="decided")),
            models.Index(fields=["list_id"], name="discussion_case_list", condition=Q(list_id__isnull=False)),
            models.Index(fields=["capability", "kind", "object_id"], name="discussion_case_ref"),
        ]

    @property
    def this(self) -> Ref:
        """The case itself as a reference; `ref` is the thing that is checked."""
        return Ref("discussion", "case", self.id)

    def is_claimed(self, at: datetime) -> bool:
        return self.claimed_until is not None and self.claimed_until > at

    def is_claimed_by(self, viewer: Viewer, at: datetime) -> bool:
        return self.is_claimed(at) and viewer.person_id is not None and self.claimed_by_id == viewer.person_id

    def is_overdue(self, at: datetime) -> bool:
        return self.state != CaseState.DECIDED and self.due_at <= at


class Report(RefFields):
    """A notice that something should not stand there (DSA Art. 16). Whoever sent it is told what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    reason = models.CharField(max_length=12, choices=ReportReason)
    text = models.TextField(blank=True)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    language = models.CharField(max_length=2, default="de")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="discussion_report_reason", condition=Q(reason__in=ReportReason.values))
        ]

    @property
    def this(self) -> Ref:
        return Ref("discussion", "report", self.id)
