"""Programs of others: their keys, what came over them, what they have told us since."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from allmende.capabilities.reports.models.reports import Report, Update
from allmende.core.ids import uuid7
from allmende.core.refs import Ref

EXTERNAL_LIMIT = 100


class ApiKey(models.Model):
    """What a program of somebody else may do over Open311. Only a hash of the key itself is kept.

    Reports that came over it are its own: it reads them also while they are private. `department`: it may also take
    steps with what lies with that office, as a contractor's system does. `media_hosts`: from where pictures that it
    names are fetched; from nowhere else.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    label = models.CharField(max_length=80)
    key_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    department = models.SlugField(max_length=60, blank=True)
    shows_words = models.BooleanField(default=False)
    """Whether what it says about a step is public at once; else an office reads it first."""
    media_hosts = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["label", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def ref(self) -> Ref:
        return Ref("reports", "apikey", self.pk)


class Inbound(models.Model):
    """A report that came over a key. `external_id` is the sender's own: with it, a report sent twice is one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="inbound")
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="inbound")
    external_id = models.CharField(max_length=EXTERNAL_LIMIT, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "external_id"], condition=~Q(external_id=""), name="reports_inbound_once"
            )
        ]

    def __str__(self) -> str:
        return self.external_id


class NamedPicture(models.Model):
    """The address of a picture that a sender has named; fetched by a job, once, from hosts that the key allows.

    `partner` is who named it in an update of a report that went there; then no key is asked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="named_pictures")
    url = models.URLField(max_length=1000)
    partner = models.ForeignKey("reports.Partner", null=True, on_delete=models.CASCADE, related_name="+")
    problem = models.CharField(max_length=20, blank=True)
    """Why it was not fetched: a word of `core.fetching`, or "picture"."""
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.url


class SentUpdate(models.Model):
    """Something that another system has told us of a report: kept once, however often it is sent.

    `source` is who said it: "key:…" or "partner:…". `said_at` is their clock: only what is newer changes the state.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sent_updates")
    source = models.CharField(max_length=60)
    update_id = models.CharField(max_length=EXTERNAL_LIMIT)
    said_at = models.DateTimeField()
    line = models.ForeignKey(Update, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "update_id"], name="reports_told_once")]
        indexes = [models.Index(fields=["report", "source", "-said_at"], name="reports_told_newest")]

    def __str__(self) -> str:
        return self.update_id
