"""What happens to the editors' pictures and files: who did it, and what it belongs to. The bytes are `media`'s."""

from collections.abc import Iterable
from typing import Any

from allmende.accounts.interface import actor_for
from allmende.capabilities.portal.models import Attachment, Picture
from allmende.core import audit
from allmende.core.actor import Actor
from allmende.engines.media import interface as media


def editor_of(user: Any) -> Actor:
    """The actor behind Wagtail's user."""
    return actor_for(user)


def note_file(thing: Picture | Attachment, kept: media.Medium | None, user: Any, fields: Iterable[str]) -> None:
    """Ties what `media` kept to the picture and notes it; within Wagtail's own transaction."""
    if kept is not None:
        media.attach(kept.pk, thing.ref)
    audit.record(editor_of(user), "portal.keep_file", thing.ref, fields=fields)
