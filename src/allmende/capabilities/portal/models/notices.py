"""Official notices: a type of their own, because from their provision on nobody can change them, not even by SQL."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.portal.workflow.notices import State
from allmende.core.ids import uuid7
from allmende.core.refs import Ref

TITLE_LIMIT = 240
TEXT_LIMIT = 200_000


class Notice(models.Model):
    """An official notice (öffentliche Bekanntmachung).

    It stands from `provided_at` on: its local date is the day of provision, on which the law counts it as published
    (ThürBekVO § 6(3)). `sealed` is then the whole wording as one plain text, `content_hash` its SHA-256; the database
    checks that they fit and refuses every later change and every deletion (migration, trigger
    `portal_notice_stands`). What was wrong is put right by another notice, which names this one in `corrects`.
    Who wrote, checked and released it stands in `NoticeStep`, so that an erasure need not touch this row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in State], default="draft")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    """Given at release, one after the other within the year: „Bekanntmachung 12/2026“."""
    title = models.CharField(max_length=TITLE_LIMIT)
    title_en = models.CharField(max_length=TITLE_LIMIT, blank=True)
    """For finding it from the English pages; what counts is the German text."""
    text = models.TextField()
    """Markdown (CommonMark without HTML), at most 200,000 characters. Statutes stand in full (ThürBekVO § 3(1))."""
    summary = models.JSONField(default=dict, blank=True)
    """What it means, in plain words, per language; no part of the official text."""
    legal_basis = models.CharField(max_length=300, blank=True)
    department = models.CharField(max_length=60)
    signed_by = models.CharField(max_length=160, blank=True)
    """The role that signs, never a name."""
    paper_place = models.CharField(max_length=300, blank=True)
    """Where it can be read on paper, and when."""
    provided_at = models.DateTimeField(null=True, blank=True)
    online_until = models.DateTimeField(null=True, blank=True)
    """From here on its text is no longer shown, where a law limits that (e.g. ThürKWO § 50, names of candidates)."""
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    sealed = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    words = models.GeneratedField(
        expression=SearchVector("title", "text", config="german"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="portal_notice_number"),
            models.CheckConstraint(
                name="portal_notice_complete",
                condition=~Q(state="provided")
                | (
                    Q(year__isnull=False, number__isnull=False, provided_at__isnull=False)
                    & ~Q(title="")
                    & ~Q(text="")
                    & ~Q(legal_basis="")
                    & ~Q(signed_by="")
                    & ~Q(paper_place="")
                    & ~Q(sealed="")
                ),
            ),
            models.CheckConstraint(name="portal_notice_not_itself", condition=~Q(corrects=models.F("id"))),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-provided_at", "-id"], name="portal_notice_newest", condition=Q(state="provided")),
            GinIndex(fields=["words"], name="portal_notice_words"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}".strip()

    @property
    def ref(self) -> Ref:
        return Ref("portal", "notice", self.pk)

    @property
    def label(self) -> str:
        """„12/2026“; empty before it has a number."""
        return f"{self.number}/{self.year}" if self.number else ""


class NoticeAnnex(models.Model):
    """A PDF that belongs to a notice. Name, size and SHA-256 stand in the sealed wording, so it cannot be exchanged.

    From the notice's release on the database refuses every change (migration, trigger `portal_annex_stands`). The file
    is always served by its private address, which asks whether the notice stands and its text may still be shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="annexes")
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=1200)
    """What is in it, for those who cannot read the file (practice.md 20)."""
    media_id = models.UUIDField()
    size = models.PositiveBigIntegerField()
    """Bytes."""
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]

    @property
    def ref(self) -> Ref:
        return Ref("portal", "annex", self.pk)


class NoticeStep(models.Model):
    """One line of a notice's history: who did what, when and why. For staff only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["at", "id"]
