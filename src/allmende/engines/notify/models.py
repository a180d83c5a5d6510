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
        ACCOUNT = "account"  # their account itself: mail that does not arrive

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
    mail = models.ForeignKey("Mail", on_delete=models.SET_NULL, null=True, blank=True, related_name="notices")
    collect_at = models.DateTimeField(null=True, blank=True)
    """When it goes into the collected mail of the day or week; empty for what goes at once, or not by mail."""
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "event", "rule"], name="notify_notice_once")]
        indexes = [
            models.Index(
                fields=["collect_at"],
                name="notify_notice_collect",
                condition=models.Q(mail=None, collect_at__isnull=False),
            ),
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


class Mail(models.Model):
    """A mail on its way: of one notice, or collected of many. What is said stands in the notices, the address with the
    person, so nothing of both lies here. Kept 30 days after, so that a bounce finds whom it concerns.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("unterwegs")
        SENT = "sent", _("zugestellt")
        DROPPED = "dropped", _("nicht mehr gewünscht")
        REFUSED = "refused", _("Adresse abgelehnt")
        STUCK = "stuck", _("aufgegeben")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_collected = models.BooleanField(default=False)
    is_urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    """When to try (again)."""
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    """Until then a worker has it in hand; if that one was killed, the next takes it."""
    answer = models.CharField(max_length=60, blank=True)
    """What the mail server said last, as a code (451, 5.1.1) or the name of the failure; never an address."""
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="notify_mail_due", condition=models.Q(state="waiting")),
            models.Index(fields=["state", "created_at"], name="notify_mail_state"),
            models.Index(fields=["person", "-id"], name="notify_mail_person"),
        ]

    @property
    def key(self) -> str:
        """What its Message-ID is made of; see `accounts.mail.message_id`."""
        return f"mail-{self.id}"


class Wishes(models.Model):
    """When and by which channel a person wants to hear of what; no row means the usual.

    `topics` maps a topic ("own", or a room's name) to {"mail": at_once | daily | weekly | never, "push": true | false}.
    """

    class When(models.TextChoices):
        AT_ONCE = "at_once", _("sofort")
        DAILY = "daily", _("gesammelt, einmal am Tag")
        WEEKLY = "weekly", _("gesammelt, einmal in der Woche")
        NEVER = "never", _("gar nicht, nur hier im Portal")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    topics = models.JSONField(default=dict)
    weekday = models.PositiveSmallIntegerField(default=0)
    """Monday is 0."""
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    feed = models.UUIDField(null=True, blank=True, unique=True)
    """What the secret address of their feed is derived from; none until they ask for one."""

    class Meta:
        constraints = [
            models.CheckConstraint(name="notify_wishes_weekday", condition=models.Q(weekday__lte=6)),
            models.CheckConstraint(
                name="notify_wishes_quiet",
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]


class Trouble(models.Model):
    """Mail or letters to a person come back. Holds a hash of the address, so that a new address starts afresh."""

    class Medium(models.TextChoices):
        MAIL = "mail"
        LETTER = "letter"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    medium = models.CharField(max_length=6, choices=Medium)
    address_hash = models.BinaryField(max_length=32)
    count = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=12, blank=True)
    """Enhanced status code (RFC 3463) of the last one, e.g. 5.1.1."""
    last_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    """Since then nothing is sent there any more."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "medium"], name="notify_trouble_once")]


class Device(models.Model):
    """A browser that a person lets us push notices to (RFC 8030). Its maker learns when, never what (RFC 8291)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = models.TextField()
    endpoint_hash = models.BinaryField(max_length=32, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    label = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)


class Bulletin(RefFields):
    """A public line about a thing that can be followed: what its followers were told, for feeds. About no person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.BigIntegerField()
    rule = models.CharField(max_length=100)
    leads_to = models.CharField(max_length=140)
    """The reference that it leads to; `ref` is what was followed."""
    subjects = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "rule", "capability", "kind", "object_id"], name="notify_bulletin_once"
            )
        ]
        indexes = [
            models.Index(fields=["capability", "kind", "object_id", "-id"], name="notify_bulletin_ref"),
            models.Index(fields=["at"], name="notify_bulletin_at"),
        ]


class Errand(RefFields):
    """What staff carries out by hand for a notice: a letter to print, or a call to make.

    The address or telephone number is the person's at that moment, never copied. `number` is what people name when they
    call back. The words go 90 days after it is done.
    """

    class Medium(models.TextChoices):
        LETTER = "letter", _("Brief")
        CALL = "call", _("Anruf")

    class State(models.TextChoices):
        WAITING = "waiting", _("wartet")
        DONE = "done", _("gedruckt")
        POSTED = "posted", _("zur Post gegeben")
        RETURNED = "returned", _("kam zurück")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(db_default=NextNumber("notify_errand_number"), unique=True, editable=False)
    medium = models.CharField(max_length=6, choices=Medium)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    notice = models.OneToOneField(Notice, on_delete=models.SET_NULL, null=True, related_name="errand")
    language = models.CharField(max_length=2)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notify_errand_times",
                condition=models.Q(state="waiting", done_at=None, posted_at=None, returned_at=None)
                | models.Q(state="done", done_at__isnull=False, posted_at=None, returned_at=None)
                | models.Q(state="posted", done_at__isnull=False, posted_at__isnull=False, returned_at=None)
                | models.Q(state="returned", done_at__isnull=False, returned_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["medium", "id"], name="notify_errand_waiting", condition=models.Q(state="waiting")),
            models.Index(
                fields=["medium", "-done_at"], name="notify_errand_over", condition=~models.Q(state="waiting")
            ),
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


class SavedSearch(models.Model):
    """Somebody wants to hear when something new fits: words, a kind of thing, a district, each of them or together."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(max_length=200, blank=True)
    found_kind = models.CharField(max_length=40, blank=True)
    """Kind of the public index; empty: all."""
    district = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=8, default="de")
    """In which the words are understood."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "saved searches"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "words", "found_kind", "district"], name="notify_savedsearch_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(words="", found_kind="", district=""), name="notify_savedsearch_of_something"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def ref(self) -> Ref:
        return Ref("notify", "search", self.pk)


class SearchHit(RefFields):
    """A thing that somebody was told of because of a saved search: once, whatever happens to it later."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="hits")
    round = models.UUIDField()
    """What was found at once is told at once."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["search", "capability", "kind", "object_id"], name="notify_searchhit_once"),
        ]
        indexes = [models.Index(fields=["round"], name="notify_searchhit_round")]


class Watch(models.Model):
    """How far the public index has been looked through for saved searches: one row."""

    until = models.DateTimeField()
    after = models.CharField(max_length=120, blank=True)
    """Where to go on, while there was more to look through at once than one turn takes."""

    class Meta:
        verbose_name_plural = "watches"

    def __str__(self) -> str:
        return f"{self.until}"
