"""What other rooms may call.

Inside an action: `issue_receipt`, `follow_silently`. For pages: `follow_box` with the part `notify/parts/follow.html`,
`notify/parts/receipt.html` with a Receipt, `unread_count`. For rooms that take mails: `Postbox`, `read_letter`. Whom an
event tells what stands in the rooms' manifests.
"""

from dataclasses import dataclass

from django.urls import reverse

from allmende.core.actor import Viewer
from allmende.core.http import Request
from allmende.core.refs import Ref
from allmende.engines.notify.actions import follow, follow_silently, issue_receipt, mark_all_read, mark_read, unfollow
from allmende.engines.notify.actions.replying import own_addresses
from allmende.engines.notify.adapters.imap import Postbox
from allmende.engines.notify.adapters.letters import Letter, read_letter
from allmende.engines.notify.models import Errand, Follow, Notice, Receipt
from allmende.engines.notify.ports import PostboxDown
from allmende.engines.notify.queries import (
    followers,
    following,
    receipt_by_code,
    receipt_of,
    unread_count,
    waiting_count,
)

__all__ = [
    "Errand",
    "Follow",
    "FollowBox",
    "Letter",
    "Notice",
    "Postbox",
    "PostboxDown",
    "Receipt",
    "follow",
    "follow_box",
    "follow_boxes",
    "follow_silently",
    "followers",
    "following",
    "issue_receipt",
    "mark_all_read",
    "mark_read",
    "own_addresses",
    "read_letter",
    "receipt_by_code",
    "receipt_of",
    "unfollow",
    "unread_count",
    "waiting_count",
]


@dataclass(frozen=True)
class FollowBox:
    """The button beside a thing. A visitor's page holds no token, so there it is a link to a form page."""

    ref: Ref
    url: str
    signed_in: bool
    following: bool
    about: str = ""
    """Title of the thing, so that the button's name is unique."""

    @property
    def dom_id(self) -> str:
        return f"follow-{self.ref.id}"


def follow_box(request: Request, ref: Ref, *, about: str = "") -> FollowBox:
    """For one thing; no query for a visitor, one for whoever is signed in."""
    return follow_boxes(request.viewer, {ref: about})[ref]


def follow_boxes(viewer: Viewer, things: dict[Ref, str]) -> dict[Ref, FollowBox]:
    """For many things (ref → title) in one query."""
    mine = following(viewer, things)
    return {
        ref: FollowBox(
            ref,
            reverse("notify:follow", args=[ref.capability, ref.kind, ref.id]),
            viewer.is_signed_in,
            ref in mine,
            about,
        )
        for ref, about in things.items()
    }
