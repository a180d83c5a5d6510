"""Papers in the making: a department writes, other departments sign, the council's office brings the paper in.

Nothing here is an object of OParl and nothing has a reference that a public page knows: what is only a draft is told to
those who work on it. As everywhere in this room no person is named: departments write and sign, the audit knows who.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.council.models.papers import Paper
from allmende.capabilities.council.models.people import Organization
from allmende.capabilities.council.workflow import DraftState, SignatureState
from allmende.core.ids import uuid7
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class Draft(models.Model):
    """A resolution paper on its way to the council. `version` grows with every change of what is signed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber("council_draft_number"))
    state = models.CharField(max_length=20, choices=[(one.value, one.value) for one in DraftState], default="draft")
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=300)
    resolution = models.TextField(max_length=6000, blank=True)
    """What the council is to decide, word for word (Beschlussvorschlag)."""
    reasons = models.TextField(max_length=12000, blank=True)
    """Why (Begründung)."""
    costs = models.TextField(max_length=2000, blank=True)
    """What it means for the budget (finanzielle Auswirkungen)."""
    department = models.CharField(max_length=80)
    """Slug of the department that writes it and answers for it."""
    is_public = models.BooleanField(default=True)
    """Once it is brought in, everybody may read it; else it is dealt with behind closed doors."""
    in_order = models.BooleanField(default=False)
    """The departments are asked one after the other; else all at once."""
    returned_by = models.CharField(max_length=80, blank=True)
    """Who sent it back: slug of a department, or "office"."""
    returned_because = models.CharField(max_length=1000, blank=True)
    paper = models.OneToOneField(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="draft")
    """What became of it."""
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    is_example = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["-changed_at"], condition=~Q(state__in=["submitted", "withdrawn"]), name="council_draft_open"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="submitted", paper__isnull=False) | (~Q(state="submitted") & Q(paper__isnull=True)),
                name="council_draft_paper",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(returned_because=""), name="council_draft_returned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"

    @property
    def ref(self) -> Ref:
        return Ref("council", "draft", self.pk)


class DraftStation(models.Model):
    """Where the paper is to go: which organisation deals with it, as what, in which order (Beratungsfolge)."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="stations", db_index=False)
    place = models.PositiveSmallIntegerField()
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=120)
    """As OParl words it: „Vorberatung“, „Entscheidung“, …"""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "place"], name="council_draft_station_place")]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.place} {self.role}"


class Signature(models.Model):
    """A department that is asked to sign. It signs one version: when the text changes, it is asked anew."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="signatures", db_index=False)
    place = models.PositiveSmallIntegerField()
    department = models.CharField(max_length=80)
    state = models.CharField(max_length=20, choices=[(one.value, one.value) for one in SignatureState], default="asked")
    version = models.PositiveIntegerField(null=True, blank=True)
    """The version of the draft that was signed."""
    remark = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "place"], name="council_signature_place"),
            models.UniqueConstraint(fields=["draft", "department"], name="council_signature_once"),
            models.CheckConstraint(
                condition=Q(state="asked", at__isnull=True, version__isnull=True)
                | (~Q(state="asked") & Q(at__isnull=False, version__isnull=False)),
                name="council_signature_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.department} {self.state}"
