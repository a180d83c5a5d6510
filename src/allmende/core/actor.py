"""Who looks and who acts: plain values, made once per request and passed on as arguments."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from allmende.core.texts import Text


class Role(StrEnum):
    """Roles as the city's people know them; each is granted for everything or for one scope."""

    RESIDENT = "resident"
    ORGANISATION_MEMBER = "organisation_member"
    MODERATOR = "moderator"
    CLERK = "clerk"
    COUNCIL_MEMBER = "council_member"
    COUNCIL_OFFICE = "council_office"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> Text:
        return ROLE_LABELS[self]


ROLE_LABELS: dict[Role, Text] = {
    Role.RESIDENT: _("Einwohnerin oder Einwohner"),
    Role.ORGANISATION_MEMBER: _("Mitglied einer Organisation"),
    Role.MODERATOR: _("Moderation"),
    Role.CLERK: _("Sachbearbeitung"),
    Role.COUNCIL_MEMBER: _("Mitglied des Stadtrats"),
    Role.COUNCIL_OFFICE: _("Büro des Stadtrats"),
    Role.EDITOR: _("Redaktion"),
    Role.ADMINISTRATOR: _("Verwaltung des Portals"),
}

STAFF_ROLES = frozenset({Role.MODERATOR, Role.CLERK, Role.COUNCIL_OFFICE, Role.EDITOR, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within a scope: "" the whole city, "participation" one capability, "department:umwelt" one department."""

    role: Role
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. Rules and queries take it as an argument, so that any page can be shown as any role."""

    person_id: UUID | None = None
    grants: frozenset[Grant] = frozenset()
    language: str = "de"

    @property
    def is_signed_in(self) -> bool:
        return self.person_id is not None

    def has(self, role: Role, scope: str = "") -> bool:
        """Whether the role was granted for the whole city or for exactly this scope."""
        return Grant(role) in self.grants or (scope != "" and Grant(role, scope) in self.grants)

    def has_anywhere(self, role: Role) -> bool:
        """Whether the role was granted for any scope at all; good for menus, never for a decision about one thing."""
        return any(grant.role == role for grant in self.grants)

    @property
    def is_staff(self) -> bool:
        return any(grant.role in STAFF_ROLES for grant in self.grants)


class Channel(StrEnum):
    """How something reached the city. Paper, telephone and counter are channels of the same path (practice.md 5)."""

    WEB = "web"
    API = "api"
    PAPER = "paper"
    TELEPHONE = "telephone"
    COUNTER = "counter"
    EMAIL = "email"
    SYSTEM = "system"
    SEED = "seed"


CHANNEL_LABELS: dict[Channel, Text] = {
    Channel.WEB: _("Portal"),
    Channel.API: _("Schnittstelle"),
    Channel.PAPER: _("Papier"),
    Channel.TELEPHONE: _("Telefon"),
    Channel.COUNTER: _("vor Ort"),
    Channel.EMAIL: _("E-Mail"),
    Channel.SYSTEM: _("automatisch"),
    Channel.SEED: _("Beispiel"),
}


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The sender's key for this very request and a hash of what it holds."""

    key: str
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and how.

    `key` is the person's pseudonym, the only thing that audit and events keep. `on_behalf_of` is the pseudonym of
    the person for whom a clerk writes. A visitor has neither person nor key.
    """

    viewer: Viewer = field(default_factory=Viewer)
    key: UUID | None = None
    channel: Channel = Channel.WEB
    on_behalf_of: UUID | None = None
    request_id: str = ""
    idempotency: Idempotency | None = None

    @property
    def person_id(self) -> UUID | None:
        return self.viewer.person_id

    @property
    def language(self) -> str:
        return self.viewer.language

    def has(self, role: Role, scope: str = "") -> bool:
        return self.viewer.has(role, scope)

    def plain(self) -> "Actor":
        """The value itself: a request hands its actor out as a proxy that is filled at first use."""
        return self

    def without_key(self) -> "Actor":
        """The same actor for a second action within one request; the sender's key belongs to the first."""
        return replace(self, idempotency=None)

    def via(self, channel: Channel, *, on_behalf_of: UUID | None = None) -> "Actor":
        """The same actor entering what came by another channel, for someone else."""
        return replace(self, channel=channel, on_behalf_of=on_behalf_of)


SYSTEM = Actor(channel=Channel.SYSTEM)
"""Acts when time passes or an event arrives; passes no rule that asks for a role, so its actions say so themselves."""
