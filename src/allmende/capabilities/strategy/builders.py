"""Fields, goals and impulses for tests, made as the actions make them."""

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from allmende.accounts import builders as people
from allmende.capabilities.strategy import actions
from allmende.capabilities.strategy.models import Field, Goal, Guideline
from allmende.core.actor import Actor, Role
from allmende.core.ids import uuid7
from allmende.core.refs import Ref
from allmende.engines.search.interface import Entry

_numbers = itertools.count(1)


def editor() -> Actor:
    """One of the strategy's team."""
    return people.actor(people.with_role(Role.EDITOR, "strategy"))


def guideline(**fields: Any) -> Guideline:
    number = next(_numbers)
    values = {"title": {"de": f"Leitlinie {number}"}, "text": {"de": "Was sie sagt."}, "place": 1}
    return actions.save_guideline(actor=editor(), **{**values, **fields})


def field(**fields: Any) -> Field:
    number = next(_numbers)
    values = {
        "title": {"de": f"Feld {number}", "en": f"Field {number}"},
        "summary": {"de": "Worum es geht.", "en": "What it is about."},
        "place": 1,
        "at": timezone.now(),
    }
    return actions.save_field(actor=editor(), **{**values, **fields})


def goal(in_field: Field | None = None, **fields: Any) -> Goal:
    number = next(_numbers)
    values = {
        "title": {"de": f"Ein Ziel {number}", "en": f"A goal {number}"},
        "summary": {"de": "Was dann anders ist.", "en": "What is different then."},
        "at": timezone.now(),
    }
    return actions.save_goal(actor=editor(), field_id=(in_field or field()).pk, **{**values, **fields})


def impulse(title: str = "", *, kind: str = "theme", room: str = "participation", **fields: Any) -> Ref:
    """Something of another room, as the public index holds it."""
    number = next(_numbers)
    ref = Ref(room, kind, uuid7())
    values: dict[str, Any] = {
        "titles": {"de": title or f"Anregung {number}"},
        "url": f"/mitmachen/thema/{number}/",
        "state": "published",
        "happened_at": timezone.now() - timedelta(days=2),
    }
    Entry.objects.create(capability=room, kind=kind, object_id=ref.id, **{**values, **fields})
    return ref
