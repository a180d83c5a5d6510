"""People, their pseudonyms, contact, roles, organisations, sessions and API tokens; mail on its way out."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allmende.core.actor import ROLE_LABELS, Role
from allmende.core.ids import uuid7


class PersonManager(BaseUserManager["Person"]):
    """Makes people. `email` None makes a guest without an address."""

    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "Person":
        """A person with their pseudonym; without a password they sign in by code, or are a guest."""
        person = self.model(email=self.normalize_email(email).lower() if email else None, **fields)
        person.set_password(password)
        person.save(using=self._db)
        PersonKey.objects.using(self._db).create(person=person)
        return person


class Person(AbstractBaseUser):  # type: ignore[django-manager-missing] # what points here from rooms above has no manager
    """Someone. No username, e-mail optional, a display name that may be a pseudonym (practice.md 4).

    `is_guest` people have proven no credentials; what they wrote stays theirs when they open an account. `email` is the
    proven address that one signs in with; `contact_email` is what a guest gave to be reached, proven by nobody, so
    it may stand with several guests and opens nothing. Under 16 the contact is an adult's (practice.md 6).
    """

    class ContactKind(models.TextChoices):
        EMAIL = "email", gettext_lazy("E-Mail")
        LETTER = "letter", gettext_lazy("Brief")
        TELEPHONE = "telephone", gettext_lazy("Telefon")
        NUMBER = "number", gettext_lazy("Nummer mit Code")
        NONE = "none", gettext_lazy("keine Nachricht")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True, null=True, blank=True)
    display_name = models.CharField(max_length=60, blank=True)
    contact_kind = models.CharField(max_length=10, choices=ContactKind, default=ContactKind.EMAIL)
    contact_email = models.EmailField(blank=True)
    contact_proven_at = models.DateTimeField(null=True, blank=True)
    """When a guest showed that `contact_email` is theirs (`AddressProof`); it still opens nothing."""
    telephone = models.CharField(max_length=40, blank=True)
    postal_address = models.TextField(max_length=400, blank=True)
    language = models.CharField(max_length=2, default="de")
    is_guest = models.BooleanField(default=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    """When a guest who had written asked for an account; their row outlives an address that is never proven."""
    is_active = models.BooleanField(default=True)
    is_under_16 = models.BooleanField(default=False)
    birth_band = models.PositiveSmallIntegerField(null=True, blank=True)
    """First of three years in one of which someone under 16 was born; nobody asks more exactly."""
    adult_name = models.CharField(max_length=120, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_person_reachable",
                condition=models.Q(is_guest=True) | models.Q(email__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def public_name(self) -> str:
        """The name kept beside a contribution; under 16 nobody is named (practice.md 6). May be empty."""
        return "" if self.is_under_16 else self.display_name

    @property
    def label(self) -> str:
        """The public name, or the word that stands where there is none, in the reader's language."""
        if self.is_under_16:
            return _("Ohne Namen")
        return self.display_name or (_("Gast") if self.is_guest else _("Ohne Namen"))

    @property
    def may_sign_in(self) -> bool:
        """Locked people may not; those of the demonstration exist only in one, elsewhere even their sessions end."""
        return self.is_active and (settings.DEMO or not self.is_demo)

    @property
    def mail_address(self) -> str:
        """Where mail may go: the proven address, or what a guest asked to be reached at; empty when not by mail."""
        if self.contact_kind != self.ContactKind.EMAIL:
            return ""
        return self.contact_email if self.is_guest else (self.email or "")


class PersonKey(models.Model):
    """The only tie between a person and what audit and events keep. Erasure destroys it."""

    key = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="pseudonym")


class RoleGrant(models.Model):
    """A role given to a person within a scope; see `core.actor.Grant`."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=[(role.value, ROLE_LABELS[role]) for role in Role])
    scope = models.CharField(max_length=80, blank=True)
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role", "scope"], name="accounts_role_once")]


class Organisation(models.Model):
    """A club, firm, class or agency; two people answer for it and no password is shared (practice.md 6)."""

    class Kind(models.TextChoices):
        CLUB = "club", gettext_lazy("Verein")
        CLASS = "class", gettext_lazy("Schulklasse")
        FIRM = "firm", gettext_lazy("Betrieb")
        INITIATIVE = "initiative", gettext_lazy("Initiative")
        AGENCY = "agency", gettext_lazy("Einrichtung")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.CLUB)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    """Set when the last member left; the name stays under what the group wrote."""

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in an organisation, over time (half-open), with the rights that were delegated to them."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    is_responsible = models.BooleanField(default=False)
    may_post = models.BooleanField(default=False)
    """May write in the group's name."""
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"],
                condition=models.Q(until__isnull=True),
                name="accounts_membership_once",
            )
        ]


class AddressProof(models.Model):
    """What a guest's mail holds to show that the address is theirs: a link, and a code; both kept as hashes.

    What they wrote waits for it in its room, which hears `AddressProven`. One per guest, since every contribution of
    a guest is a guest of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="address_proof")
    token_hash = models.BinaryField(max_length=32, unique=True)
    code_hash = models.BinaryField(max_length=32)
    code_until = models.DateTimeField()
    expires_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True, blank=True)


class Invitation(models.Model):
    """Asks someone by mail to join a group. The link is kept as a hash, works once and ends."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    is_responsible = models.BooleanField(default=False)
    may_post = models.BooleanField(default=False)
    invited_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)


class Consent(models.Model):
    """The dated paper on which an adult agreed that someone under 16 takes part; staff have seen it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    signed_on = models.DateField()
    adult_name = models.CharField(max_length=120)
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_on = models.DateField(null=True, blank=True)


class ApiToken(models.Model):
    """A token for programs: shown once, kept as a hash, limited to scopes, with an end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="programs")
    label = models.CharField(max_length=80)
    token_hash = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    second_factor = models.BooleanField(default=False)
    """Made in a login with a second factor: staff roles go with it."""

    def is_valid(self, at: datetime) -> bool:
        return at < self.expires_at


class Session(AbstractBaseSession):
    """A browser's session, with whose it is, so that a person sees and ends theirs and erasure finds them.

    `device` is coarse on purpose ("Firefox, Linux"); no address is kept.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="sessions")
    device = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    seen_on = models.DateField(null=True, blank=True)
    way = models.CharField(max_length=20, blank=True)
    """How one signed in: "passkey", "password", "code", an identity provider; with "+" and a second step."""

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        from allmende.accounts.sessions import SessionStore

        return SessionStore


class OneTimeLink(models.Model):
    """A link that works once: the first administrator's, kept as a hash, with an end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=30)
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class OutgoingMail(models.Model):
    """A mail with a code on its way out: stored with the change that caused it, deleted when sent.

    The job that sends it knows only the id, so that no address lies in the queue.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)


class SpentChallenge(models.Model):
    """A proof of work counts once; kept as a hash until the challenge would have ended anyway."""

    challenge_hash = models.BinaryField(primary_key=True, max_length=32)
    expires_at = models.DateTimeField()
