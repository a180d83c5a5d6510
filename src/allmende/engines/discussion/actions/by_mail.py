"""Answers by mail become comments, by the very action that the page calls: the same rules, the same moderation."""

from datetime import datetime
from uuid import UUID

from allmende.core.actor import Actor, Viewer
from allmende.core.errors import NotFound
from allmende.core.refs import Ref
from allmende.engines.discussion.actions.comments import add_comment
from allmende.engines.discussion.models import Comment
from allmende.engines.discussion.rules import access


def _place(ref: Ref) -> tuple[Ref, UUID | None]:
    """Where an answer to a notice about this stands: below the comment, or on the thing itself."""
    if (ref.capability, ref.kind) != ("discussion", "comment"):
        return ref, None
    row = Comment.objects.filter(pk=ref.id).first()
    if row is None:
        raise NotFound
    return row.ref, row.pk


def takes_replies(ref: Ref, viewer: Viewer, at: datetime) -> bool:
    """Whether an answer to a notice about this would become a comment now."""
    try:
        thing, _parent = _place(ref)
    except NotFound:
        return False
    return access.opens_comments(thing) and access.accepts_comments(thing, viewer, at)


def take_reply(actor: Actor, ref: Ref, text: str, at: datetime) -> Comment:
    """Writes the comment. Raises the domain errors of `add_comment`, whose sentences the sender reads."""
    thing, parent_id = _place(ref)
    if not access.opens_comments(thing):
        raise NotFound
    return add_comment(actor=actor, ref=thing, body=text, parent_id=parent_id, language=actor.language, at=at)
