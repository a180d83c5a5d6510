"""What allauth changes by itself is audited here; its signals are the only place it tells."""

from typing import Any

from allmende.accounts import queries
from allmende.core import audit


def note_new_address(*, user: Any, request: Any, from_email_address: Any = None, **_: Any) -> None:
    """A new address was proven and replaced the old one; the first one of an account is no change."""
    if from_email_address is None:
        return
    actor = queries.actor_for(user, request_id=getattr(request, "id", ""))
    audit.record(actor, "accounts.change_email", queries.person_ref(user.pk), fields=["email"])
