"""What the office adds to a paper, and taking something back from the public."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.actions.burying import bury, touch_holders
from allmende.capabilities.council.models import KINDS, Paper, Thing
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import NotFound
from allmende.core.events import publish


@action
def explain_paper(*, actor: Actor, paper_id: UUID, plain: Mapping[str, str]) -> Paper:
    """Says in plain words what a paper is about, also one that is mirrored. Raises NotFound."""
    rules.require_may_keep(actor)
    try:
        paper = lock(Paper.objects.filter(deleted=False), pk=paper_id)
    except Paper.DoesNotExist:
        raise NotFound from None
    paper.plain = {code: text.strip() for code, text in plain.items() if text.strip()}
    paper.modified = timezone.now()
    paper.save(update_fields=["plain", "modified"])
    audit.record(actor, "council.explain_paper", paper.ref, fields=["plain"])
    publish(actor, events.PaperExplained(ref=paper.ref))
    return paper


@action
def withdraw_thing(*, actor: Actor, kind: str, thing_id: UUID, reason: str) -> Thing:
    """Takes something back from the public: a tombstone stays for programs, with all that is part of it."""
    rules.require_may_keep(actor)
    model = KINDS.get(kind)
    if model is None or kind == "body":
        raise NotFound
    try:
        thing = lock(model.objects.filter(deleted=False), pk=thing_id)
    except model.DoesNotExist:
        raise NotFound from None
    written = timezone.now()
    gone = bury([thing], written)
    touch_holders(gone, written)
    audit.record(actor, "council.withdraw_thing", thing.ref, fields=["public"], reason=reason)
    for row in gone:
        publish(actor, events.ThingWithdrawn(ref=row.ref))
    return gone[0]
