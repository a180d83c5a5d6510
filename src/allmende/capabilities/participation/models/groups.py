"""Working groups (or fields of action, as the city calls them), their members and meetings."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class WorkingGroup(models.Model):
    """A group that collects ideas, condenses them and reports to the plenary. `department` answers for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    names = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    department = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["order", "slug"]

    def __str__(self) -> str:
        return str(self.names.get("de", self.slug))

    @property
    def ref(self) -> Ref:
        return Ref("participation", "group", self.pk)


class GroupMember(models.Model):
    """Someone's place in a group over time (half-open); at most one live chair per group."""

    class Function(models.TextChoices):
        CHAIR = "chair", _("Vorsitz")
        DEPUTY = "deputy", _("Stellvertretung")
        MEMBER = "member", _("Mitglied")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(WorkingGroup, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="group_memberships")
    function = models.CharField(max_length=8, choices=Function, default=Function.MEMBER)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"], condition=Q(until__isnull=True), name="participation_member_once"
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(until__isnull=True, function="chair"),
                name="participation_one_chair",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="participation_member_period"
            ),
        ]


class Meeting(models.Model):
    """A date on which a group meets. Cancelled meetings stay visible as cancelled."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("participation_meeting_number"))
    group = models.ForeignKey(WorkingGroup, on_delete=models.CASCADE, related_name="meetings")
    topic = models.JSONField(default=dict)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.JSONField(default=dict)
    online_url = models.URLField(max_length=300, blank=True)
    notes = models.JSONField(default=dict)
    is_example = models.BooleanField(default=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["group", "starts_at"], name="participation_meeting_when")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="participation_meeting_period"),
        ]

    @property
    def ref(self) -> Ref:
        return Ref("participation", "meeting", self.pk)
