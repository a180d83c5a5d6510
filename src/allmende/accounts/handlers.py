"""What allauth changes by itself is audited here; its signals are the only place it tells."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator

from allmende.accounts import queries
from allmende.core import audit


def note_new_address(*, user: Any, request: Any, from_email_address: Any = None, **_: Any) -> None:
    """A new address was proven and replaced the old one; the first one of an account is no change."""
    if from_email_address is None:
        return
    actor = queries.actor_for(user, request_id=getattr(request, "id", ""))
    audit.record(actor, "accounts.change_email", queries.person_ref(user.pk), fields=["email"])


def note_identity(*, request: Any, sociallogin: Any = None, socialaccount: Any = None, **_: Any) -> None:
    """An account was connected with an identity provider, or parted from one."""
    account = socialaccount or sociallogin.account
    actor = queries.actor_for(account.user, request_id=getattr(request, "id", ""))
    action = "accounts.part_identity" if socialaccount else "accounts.connect_identity"
    audit.record(actor, action, queries.person_ref(account.user_id), fields=["identity"], reason=account.provider)


def note_factor(*, authenticator: Any, user: Any, request: Any, signal: Any, **_: Any) -> None:
    """A passkey or app was set up or removed, or codes were made anew. What was just set up confirms this login."""
    from allauth.mfa.signals import authenticator_removed

    removed = signal is authenticator_removed
    actor = queries.actor_for(user, request_id=getattr(request, "id", ""))
    action = "accounts.remove_factor" if removed else "accounts.add_factor"
    audit.record(actor, action, queries.person_ref(user.pk), fields=[authenticator.type])
    if not removed and authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
