"""What a meeting leaves behind: who was there, what was said and weighed, what was decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.participation.models.groups import Meeting
from allmende.capabilities.participation.workflow.decisions import DECISION_LIMIT, LONGEST
from allmende.core.ids import uuid7
from allmende.core.refs import Ref


class Minutes(models.Model):
    """The minutes of a meeting as they are being written; what is public are its editions.

    `items`: one dictionary per point of the agenda with title, said, weighed and decisions (one per line, as typed).
    `interests`: key of an interest → "there" or "missing". `guests` were there without a name or an account, `offline`
    says how many of all who were there take part without the internet. `revision` counts savings, so that two who
    write at once do not overwrite each other.
    """

    class State(models.TextChoices):
        WRITING = "writing", _("wird geschrieben")
        CHECKING = "checking", _("wartet auf den Vorsitz")
        RELEASED = "released", _("veröffentlicht")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="minutes")
    language = models.CharField(max_length=2, default="de")
    items = models.JSONField(default=list)
    interests = models.JSONField(default=dict)
    heard_later = models.CharField(max_length=600, blank=True)
    guests = models.PositiveSmallIntegerField(default=0)
    offline = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.WRITING)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )


class Attendance(models.Model):
    """Somebody was there: a member, or a guest by a name written by hand. Names are public only with consent."""

    class Way(models.TextChoices):
        PLACE = "place", _("vor Ort")
        ONLINE = "online", _("online")
        PHONE = "phone", _("am Telefon")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="attended_meetings"
    )
    guest_name = models.CharField(max_length=80, blank=True)
    way = models.CharField(max_length=6, choices=Way, default=Way.PLACE)
    is_named = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], condition=Q(person__isnull=False), name="participation_attended_once"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, guest_name="") | (Q(person__isnull=True) & ~Q(guest_name="")),
                name="participation_attended_by",
            ),
        ]


class Decision(models.Model):
    """One decision of a meeting; with `about_kind` it is about an idea or a theme, and an edge of its Trace."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    item = models.PositiveSmallIntegerField()
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=DECISION_LIMIT)
    line = models.CharField(max_length=LONGEST)
    """As it was written, so that a correction knows which decisions are the same."""
    about_kind = models.CharField(max_length=5, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["item", "order"]
        indexes = [models.Index(fields=["about_id"], name="participation_decision_about")]
        constraints = [
            models.CheckConstraint(
                condition=Q(about_kind="", about_id=None) | Q(about_kind__in=["idea", "theme"], about_id__isnull=False),
                name="participation_decision_about_ok",
            ),
        ]

    @property
    def ref(self) -> Ref:
        return Ref("participation", "decision", self.pk)

    @property
    def about(self) -> Ref | None:
        return Ref("participation", self.about_kind, self.about_id) if self.about_id is not None else None


class MinutesEdition(models.Model):
    """Minutes as they were published; never changed. A correction is the next edition and says what it corrects.

    `items` holds title, said, weighed and decisions (id and text); `counts` how many were there by which way. Names are
    not in it: they are read from who agrees to it at the time of reading.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="editions")
    edition = models.PositiveSmallIntegerField()
    items = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    interests = models.JSONField(default=dict)
    heard_later = models.CharField(max_length=600, blank=True)
    correction = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-edition"]
        constraints = [
            models.UniqueConstraint(fields=["minutes", "edition"], name="participation_minutes_edition"),
            models.CheckConstraint(condition=Q(edition=1) | ~Q(correction=""), name="participation_minutes_corrected"),
        ]
