"""What happened to accounts. Ids only; an erasure leaves nothing to look up behind them."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class AccountOpened(DomainEvent):
    """Someone proved an address and can sign in from now on; `ref` is the person."""

    name: ClassVar[str] = "accounts.account_opened"


@dataclass(frozen=True, kw_only=True)
class AddressProven(DomainEvent):
    """A guest showed that the address they gave is theirs; `ref` is the person. What they wrote waits no more."""

    name: ClassVar[str] = "accounts.address_proven"


@dataclass(frozen=True, kw_only=True)
class RoleGranted(DomainEvent):
    """A person got a role; `ref` is the person."""

    name: ClassVar[str] = "accounts.role_granted"
    role: str
    scope: str


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(DomainEvent):
    """A person no longer has a role; `ref` is the person."""

    name: ClassVar[str] = "accounts.role_revoked"
    role: str
    scope: str


@dataclass(frozen=True, kw_only=True)
class PersonErased(DomainEvent):
    """A person is gone; `ref` names what can be looked up no more. Rooms that keep copies elsewhere drop them."""

    name: ClassVar[str] = "accounts.person_erased"
    kept_texts: bool
