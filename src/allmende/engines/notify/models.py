"""Who follows what, what they were told, what staff carries out by hand, and receipts."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.core.ids import uuid7
from allmende.core.models import RefFields
from allmende.core.numbers import NextNumber
from allmende.core.refs import Ref


class FollowQuerySet(models.QuerySet["Follow"]):
    def of(self, ref: Ref) -> "FollowQuerySet":
        return self.filter(capability=ref.capability, kind=ref.kind, object_id=ref.id)

    def active(self) -> "FollowQuerySet":
        return self.filter(state=Follow.State.FOLLOWING)


class Follow(RefFields):
    """A person follows a thing. One row per person and thing, whatever they decide about it later."""

    class State(models.TextChoices):
        FOLLOWING = "following"
        ENDED = "ended"  # does not follow any more; still told about what is their own
        MUTED = "muted"  # wants no mail about this thing at all; notices in the portal stay for what is their own

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.FOLLOWING)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "capability", "kind", "object_id"], name="notify_follow_once"),
        ]
        indexes = [
            models.Index(
                fields=["capability", "kind", "object_id"], name="notify_follow_ref", condition=~models.Q(state="ended")
            ),
            models.Index(fields=["changed_at"], name="notify_follow_ended", condition=models.Q(state="ended")),
        ]


class Notice(RefFields):
    """Something that a person was told: in the portal always, and by the way they had chosen then.

    `ref` is what it leads to. The words are kept in every language as they were then; they go when the thing is gone.
    """

    class Because(models.TextChoices):
        OWN = "own"
        FOLLOWED = "followed"

    class Way(models.TextChoices):
        MAIL = "mail"
        LETTER = "letter"
        CALL = "call"
        NONE = "none"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    event = models.BigIntegerField()
    """Sequence of the event that it tells of."""
    rule = models.CharField(max_length=100)
    because = models.CharField(max_length=8, choices=Because)
    via = models.CharField(max_length=140)
    """The reference through which it came: what they follow, or what is theirs."""
    subjects = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)
    way = models.CharField(max_length=6, choices=Way, default=Way.NONE)
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "event", "rule"], name="notify_notice_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notify_notice_list"),
            models.Index(fields=["person"], name="notify_notice_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["capability", "kind", "object_id"], name="notify_notice_ref"),
            models.Index(fields=["at"], name="notify_notice_at"),
        ]

    def subject(self, language: str) -> str:
        return _in(self.subjects, language) or str(_("Diese Nachricht gibt es nicht mehr."))

    def body(self, language: str) -> str:
        return _in(self.bodies, language)


def _in(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or texts.get(settings.LANGUAGE_CODE, "")


class Errand(RefFields):
    """What staff carries out by hand for a notice: a letter to print, or a call to make.

    The address or telephone number is the person's at that moment, never copied. `number` is what people name when they
    call back. The words go 90 days after it is done.
    """

    class Medium(models.TextChoices):
        LETTER = "letter", _("Brief")
        CALL = "call", _("Anruf")

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(db_default=NextNumber("notify_errand_number"), unique=True, editable=False)
    medium = models.CharField(max_length=6, choices=Medium)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    notice = models.OneToOneField(Notice, on_delete=models.SET_NULL, null=True, related_name="errand")
    language = models.CharField(max_length=2)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notify_errand_done_at",
                condition=models.Q(state="waiting", done_at=None) | models.Q(state="done", done_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["medium", "id"], name="notify_errand_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["medium", "-done_at"], name="notify_errand_done", condition=models.Q(state="done")),
        ]

    @property
    def this(self) -> Ref:
        """The errand itself, for audit and idempotency; `ref` is what it tells of."""
        return Ref("notify", "errand", self.id)

    @property
    def label(self) -> str:
        """What people name when they call back: „B-45“."""
        return f"{'B' if self.medium == self.Medium.LETTER else 'T'}-{self.number}"


class Receipt(RefFields):
    """With its number and code anyone who holds it sees how the thing stands, without an account (practice.md 5).

    The code is derived from the id and a secret (`rules.code_of`): the table keeps none, and a repeat shows it again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    serial = models.BigIntegerField(db_default=NextNumber("notify_receipt_number"), unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "capability", "kind", "object_id"], name="notify_receipt_once"),
        ]
        indexes = [models.Index(fields=["capability", "kind", "object_id"], name="notify_receipt_ref")]

    @property
    def number(self) -> str:
        """As it is printed and read aloud: „G-2026-000123“."""
        return f"{settings.CITY_ID[0].upper()}-{self.year}-{self.serial:06d}"

    @property
    def code(self) -> str:
        """Eight characters in two groups: „K7QW-3MXA“."""
        from allmende.engines.notify.rules import code_of

        code = code_of(self.id)
        return f"{code[:4]}-{code[4:]}"
