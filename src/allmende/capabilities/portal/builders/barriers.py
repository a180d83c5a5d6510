"""Reports of barriers for tests, made as the actions make them."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.accounts.models import Person
from allmende.capabilities.portal.actions.barriers import report_barrier
from allmende.capabilities.portal.models.barriers import BarrierReport
from allmende.core.actor import Actor, Channel


def report(*, author: Person | None = None, at: datetime | None = None, **fields: Any) -> BarrierReport:
    """A report by a guest with number and code, or by `author`."""
    values: dict[str, Any] = {
        "kind": "operate",
        "body": "Mit der Tastatur komme ich nicht in die Karte.",
        "page": "/karte/",
        "tools": "nur Tastatur",
        "guest": None if author is not None else {"contact_kind": "number", "display_name": "Frau Linde"},
        **fields,
    }
    actor = people.actor(author) if author is not None else Actor(channel=Channel.WEB)
    return report_barrier(actor=actor, at=at or timezone.now(), **values)
