"""Other bodies' systems that speak Open311: which, what goes there, and how each report fares on its way."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.reports.models.categories import Category
from allmende.capabilities.reports.models.reports import Report
from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class Partner(models.Model):
    """Another body's Open311 system. `endpoint` ends before „services.xml“; `sealed_key` can be read by us alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    label = models.CharField(max_length=80)
    endpoint = models.URLField(max_length=300)
    jurisdiction = models.CharField(max_length=100, blank=True)
    sealed_key = models.TextField(blank=True)
    shows_words = models.BooleanField(default=False)
    """Whether what it says about a step is public at once; else an office reads it first."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_until = models.DateTimeField(null=True, blank=True)
    """Up to this instant of theirs its updates have been taken in."""
    next_read_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=20, blank=True)
    """Why it could not be reached the last time: a word of `rules.partners.PROBLEMS`."""

    class Meta:
        ordering = ["label", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def ref(self) -> Ref:
        return Ref("reports", "partner", self.pk)


class PartnerService(models.Model):
    """What a category of ours is called there. `by_itself`: each report goes there as soon as it was checked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="services")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="partner_services")
    code = models.CharField(max_length=100)
    by_itself = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "category"], name="reports_partner_service_once"),
            models.UniqueConstraint(
                fields=["category"], condition=Q(by_itself=True), name="reports_one_partner_by_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Referral(models.Model):
    """A report on its way to a partner. Its id goes along: the partner, or we ourselves, know a repeat by it.

    `remote_id` is the partner's number for it; `token` stands for one that the partner gives later.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        """To be sent at `next_at`, again and again."""
        SENT = "sent"
        FAILED = "failed"
        """The partner has refused it: somebody has to look."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="referrals")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="referrals")
    code = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    begun_at = models.DateTimeField()
    next_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=20, blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    """HTTP's, of the last refusal."""
    sent_at = models.DateTimeField(null=True, blank=True)
    remote_id = models.CharField(max_length=100, blank=True)
    token = models.CharField(max_length=200, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    """When the partner last said something about it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "partner"], name="reports_referral_once"),
            models.CheckConstraint(condition=~Q(state="sent") | ~Q(remote_id=""), name="reports_sent_has_number"),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="reports_referral_due"),
            models.Index(fields=["partner", "remote_id"], name="reports_referral_remote"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.state}"
