"""Things for tests: comments without a form, cases without a room."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from allmende.core.ids import uuid7
from allmende.core.refs import Ref
from allmende.engines.discussion.models import Case, Comment, CommentVersion
from allmende.engines.discussion.workflow import CaseState, Cause, CommentState


def comment(ref: Ref, body: str = "Das finde ich gut.", *, parent: Comment | None = None, **fields: Any) -> Comment:
    """A published comment on a thing, as `actions.add_comment` makes it."""
    at: datetime = fields.pop("written_at", timezone.now())
    fields.setdefault("state", CommentState.PUBLISHED)
    fields.setdefault("channel", "web")
    row = Comment(capability=ref.capability, kind=ref.kind, object_id=ref.id, written_at=at, **fields)
    row.place_below(parent, at)
    row.save(force_insert=True)
    row.current = CommentVersion.objects.create(comment=row, body=body, written_at=at)
    row.save(update_fields=["current"])
    return row


def case(ref: Ref | None = None, **fields: Any) -> Case:
    """A waiting case about a thing, due in an hour."""
    ref = ref or Ref("participation", "idea", uuid7())
    at: datetime = fields.pop("opened_at", timezone.now())
    values = {"scope": ref.capability, "cause": Cause.NEW, "due_at": at + timedelta(hours=1), "state": CaseState.OPEN}
    return Case.objects.create(
        capability=ref.capability, kind=ref.kind, object_id=ref.id, opened_at=at, **{**values, **fields}
    )
