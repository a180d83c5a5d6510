"""What somebody has said in threads, for their own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allmende.core.actor import Viewer
from allmende.engines.discussion.models import Comment
from allmende.engines.discussion.queries.things import comment_path, in_language
from allmende.engines.discussion.workflow import CommentState
from allmende.engines.search import interface as search

MOST = 20
SHORT = 160


@dataclass(frozen=True)
class OwnComment:
    """A comment with what it is about, as its author may see both."""

    text: str
    language: str
    url: str
    state: str
    written_at: datetime
    about: str
    """Title of the thing; empty where it cannot be seen any more."""
    about_language: str


def own_comments(viewer: Viewer, at: datetime, *, most: int = MOST) -> Sequence[OwnComment]:
    """The viewer's comments, newest first, without what was taken back. Two queries."""
    if viewer.person_id is None:
        return []
    rows = Comment.objects.filter(author_id=viewer.person_id).exclude(state=CommentState.WITHDRAWN)
    found = list(rows.select_related("current").order_by("-written_at", "-id")[:most])
    things = search.entries_of({row.ref for row in found}, viewer, at)
    own = []
    for row in found:
        thing, body = things.get(row.ref), " ".join(row.body.split())
        own.append(
            OwnComment(
                text=body if len(body) <= SHORT else f"{body[:SHORT].rpartition(' ')[0]} …",
                language=row.language,
                url=in_language(comment_path(row.id), viewer.language),
                state=row.get_state_display(),
                written_at=row.written_at,
                about=thing.title(viewer.language) if thing else "",
                about_language=thing.title_language(viewer.language) if thing else "",
            )
        )
    return own
