"""What someone has typed so far."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allmende.capabilities.participation.models import IdeaDraft
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import NotFound
from allmende.core.refs import Ref

KEPT = timedelta(days=30)
DRAFTS = 20
"""Drafts that one person keeps at most; the oldest goes."""


@action
def save_draft(
    *, actor: Actor, draft_id: UUID, fields: Mapping[str, Any], owned: bool = False, at: datetime
) -> IdeaDraft:
    """Keeps what was typed, for 30 days. Belongs to the person who acts; a visitor's belongs to whoever holds its id.

    `owned`: the caller has checked that the visitor holds the signed id. Raises NotFound for someone else's draft.
    Only the first time is audited: this runs while one types, and nobody else ever sees a draft.
    """
    draft = IdeaDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is not None and not (draft.person_id == actor.person_id if draft.person_id else owned):
        raise NotFound
    if draft is None:
        draft = IdeaDraft(pk=draft_id, person_id=actor.person_id)
        audit.record(actor, "participation.save_draft", Ref("participation", "draft", draft_id), fields=["fields"])
    elif draft.person_id is None and actor.person_id is not None:
        draft.person_id = actor.person_id  # signed in meanwhile
    draft.fields, draft.saved_at, draft.expires_at = dict(fields), at, at + KEPT
    draft.save()
    if actor.person_id is not None:
        mine = IdeaDraft.objects.filter(person_id=actor.person_id).order_by("-saved_at").values_list("pk", flat=True)
        IdeaDraft.objects.filter(pk__in=list(mine[DRAFTS:])).delete()
    return draft


@action
def discard_draft(*, actor: Actor, draft_id: UUID, owned: bool = False) -> None:
    """Throws a draft of one's own away. One that is gone already is no error."""
    rows = IdeaDraft.objects.filter(pk=draft_id)
    mine = rows.filter(person__isnull=True) if owned else rows.filter(person=actor.person_id)
    if mine.delete()[0]:
        audit.record(actor, "participation.discard_draft", Ref("participation", "draft", draft_id))
