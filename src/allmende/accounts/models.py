"""People, their pseudonyms, contact, roles, organisations and API tokens."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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


class Person(AbstractBaseUser):
    """Someone. No username, e-mail optional, a display name that may be a pseudonym (practice.md 4).

    `is_guest` people have no credentials; their contributions stay theirs when they open an account.
    """

    class ContactKind(models.TextChoices):
        EMAIL = "email", _("E-Mail")
        LETTER = "letter", _("Brief")
        TELEPHONE = "telephone", _("Telefon")
        NUMBER = "number", _("Nummer mit Code")
        NONE = "none", _("keine Nachricht")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True, null=True, blank=True)
    display_name = models.CharField(max_length=60, blank=True)
    contact_kind = models.CharField(max_length=10, choices=ContactKind, default=ContactKind.EMAIL)
    telephone = models.CharField(max_length=40, blank=True)
    postal_address = models.TextField(max_length=400, blank=True)
    language = models.CharField(max_length=2, default="de")
    is_guest = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_under_16 = models.BooleanField(default=False)
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
        return self.display_name or str(_("Gast"))

    @property
    def public_name(self) -> str:
        """The name beside a contribution; under 16 nobody is named (practice.md 6)."""
        return "" if self.is_under_16 else self.display_name


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

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, default="club")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in an organisation, over time (half-open)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    is_responsible = models.BooleanField(default=False)
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


class ApiToken(models.Model):
    """A token for programs: shown once, kept as a hash, limited to scopes, with an end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.CharField(max_length=80)
    token_hash = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)


class OneTimeLink(models.Model):
    """A link that works once: the first administrator's, kept as a hash, with an end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=30)
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
