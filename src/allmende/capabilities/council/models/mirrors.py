"""Other council systems that are mirrored: how far each was read, and what could not be read."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class Mirror(models.Model):
    """One system that speaks OParl. `url` is the address of its system object, of a body or of a list of bodies."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    url = models.URLField(max_length=500, unique=True)
    title = models.CharField(max_length=200, blank=True)
    """As the system calls itself."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    next_check_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveIntegerField(default=0)
    full_since = models.DateTimeField(null=True, blank=True)
    """When the last reading began that looked at everything and came to its end."""
    wants_full = models.BooleanField(default=True)
    """The next reading looks at everything, whatever was read before."""

    class Meta:
        indexes = [models.Index(fields=["next_check_at"], name="council_mirror_due")]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def ref(self) -> Ref:
        return Ref("council", "mirror", self.pk)


class MirroredList(models.Model):
    """One list of a mirrored system. Where a reading was cut off, the next goes on at `next_url`."""

    mirror = models.ForeignKey(Mirror, on_delete=models.CASCADE, related_name="lists")
    url = models.URLField(max_length=500)
    name = models.CharField(max_length=40)
    """As a body calls it: „paper“."""
    body = models.URLField(max_length=500)
    """The body's id: what does not say whose it is belongs to it."""
    next_url = models.URLField(max_length=2000, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    """When the pass began that is not at its end yet."""
    read_since = models.DateTimeField(null=True, blank=True)
    """That pass asks for what changed since; empty: for everything."""
    done_at = models.DateTimeField(null=True, blank=True)
    """When the last pass began that came to its end: the next asks for what changed since."""

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["mirror", "url"], name="council_list_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.url}"


class MirrorRun(models.Model):
    """One reading, from its beginning to its end or to where it stopped; the next one goes on from there."""

    class State(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mirror = models.ForeignKey(Mirror, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    is_full = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    """When it last wrote a page: one that is silent for long has died."""
    ended_at = models.DateTimeField(null=True, blank=True)
    pages = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    different = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=20, blank=True)
    """Why it stopped, a word of `rules.mirrors.PROBLEMS`."""
    faults = models.JSONField(default=list)
    """The first of what could not be read: [address, word of `rules.mirrors.PROBLEMS`]."""

    class Meta:
        indexes = [models.Index(fields=["mirror", "-begun_at"], name="council_run_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="running", ended_at__isnull=True) | ~Q(state="running") & Q(ended_at__isnull=False),
                name="council_run_ended",
            )
        ]

    def __str__(self) -> str:
        return f"{self.mirror_id} {self.begun_at:%Y-%m-%d}"


class LooseEnd(models.Model):
    """Something that an object names and that has not come yet: tied as soon as it does, in whatever reading."""

    kind = models.CharField(max_length=20)
    key = models.URLField(max_length=500)
    """Whose reference it is."""
    name = models.CharField(max_length=40)
    """The column or list that will hold it."""
    target_kind = models.CharField(max_length=20)
    target = models.URLField(max_length=500)
    asked_at = models.DateTimeField(null=True, blank=True)
    """When it was asked for at its own address, in vain."""

    class Meta:
        indexes = [models.Index(fields=["target"], name="council_loose_target")]
        constraints = [models.UniqueConstraint(fields=["key", "name", "target"], name="council_loose_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.name} {self.target}"
