"""Who may do what in a conversation, and what makes a voice one and the same."""

import base64
import hmac
import secrets
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from allmende.capabilities.surveys.models import Conversation
from allmende.capabilities.surveys.rules import SCOPE, may_edit
from allmende.capabilities.surveys.workflow.opinion import Talk, TalkPhase, Who
from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.errors import Closed, NotAllowed, NotFound, NotSignedIn

ACCOUNT = "konto"
"""Stands in an address in place of a guest's token."""
SECRET, SIGNATURE = 16, 12
"""Characters of a token's two halves."""


def require_may_see(found: Conversation | None, viewer: Viewer) -> Conversation:
    """Drafts are the editors'."""
    if found is None or (found.state == Talk.DRAFT and not may_edit(viewer)):
        raise NotFound
    return found


def may_open(conversation: Conversation, actor: Actor) -> bool:
    """A second person: an editor, but not whoever made it."""
    fits = conversation.state == Talk.DRAFT and may_edit(actor.viewer)
    return fits and (actor.key is None or conversation.created_by != actor.key)


def may_moderate(viewer: Viewer) -> bool:
    return viewer.has(Role.MODERATOR, SCOPE) or may_edit(viewer)


def require_may_moderate(viewer: Viewer) -> None:
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not may_moderate(viewer):
        raise NotAllowed(_("Das kann nur die Moderation."))


def require_running(conversation: Conversation, at: datetime) -> None:
    """Raises Closed outside of the time to take part."""
    match conversation.phase(at):
        case TalkPhase.HIDDEN:
            raise NotFound
        case TalkPhase.COMING:
            raise Closed(_("Das hat noch nicht begonnen."))
        case TalkPhase.ENDED:
            raise Closed(_("Das ist beendet. Ihre Antwort konnte nicht mehr gezählt werden."))


def require_welcome(conversation: Conversation, viewer: Viewer, *, is_verified: bool) -> None:
    """Raises NotSignedIn or NotAllowed for whom the conversation is not meant."""
    if conversation.who != Who.EVERYBODY and not viewer.is_signed_in:
        raise NotSignedIn(_("Zum Mitmachen melden Sie sich bitte an."))
    if conversation.who == Who.VERIFIED and not is_verified:
        raise NotAllowed(_("Hier machen Menschen mit, deren Wohnort bestätigt ist."))


def _signature(key: bytes, secret: str) -> str:
    digest = hmac.digest(key, f"token:{secret}".encode(), sha256)
    return base64.urlsafe_b64encode(digest).decode()[:SIGNATURE]


def new_token(conversation: Conversation) -> str:
    """A guest's way in: part of an address, kept nowhere. Nobody can make one up without the conversation's key."""
    assert conversation.key is not None  # by constraint, while it is open
    secret = secrets.token_urlsafe(SECRET)[:SECRET]
    return f"{secret}{_signature(bytes(conversation.key), secret)}"


def identity(conversation: Conversation, viewer: Viewer, token: str) -> str:
    """Who this is to the conversation: the account where there is one, else whoever holds the token.

    Raises NotFound for a token that is not ours, NotSignedIn where an account is needed.
    """
    if viewer.person_id is not None:
        return f"person:{viewer.person_id}"
    return guest_identity(conversation, token)


def guest_identity(conversation: Conversation, token: str) -> str:
    """Whoever holds the token, signed in or not. Raises what `identity` raises."""
    if token == ACCOUNT or conversation.who != Who.EVERYBODY:
        raise NotSignedIn(_("Zum Mitmachen melden Sie sich bitte an."))
    secret, signature = token[:SECRET], token[SECRET:]
    if (
        conversation.key is None
        or not token.isascii()
        or not hmac.compare_digest(signature.encode(), _signature(bytes(conversation.key), secret).encode())
    ):
        raise NotFound(_("Diesen Zugang kennen wir nicht. Bitte prüfen Sie, ob die Adresse vollständig ist."))
    return f"guest:{secret}"


def mark(key: bytes, who: str) -> bytes:
    """The keyed hash that stands with the votes (HMAC-SHA-256). Without the key nobody can compute it again."""
    return hmac.digest(key, who.encode(), sha256)


def unlinked(actor: Actor, own: bytes) -> Actor:
    """Whoever votes, without their pseudonym: a remembered request must not lead from a person to a voice.

    The sender's `Idempotency-Key` is hashed with the voice's mark, so that two people's programs may use the same one.
    """
    if actor.idempotency is None:
        return replace(actor, key=None)
    mixed = hmac.digest(own, f"request:{actor.idempotency.key}".encode(), sha256).hex()
    return replace(actor, key=None, idempotency=replace(actor.idempotency, key=mixed))


def draw(own: bytes, answered: int) -> float:
    """0 to below 1: always the same until the next answer, so that a reloaded page shows the same statement."""
    digest = hmac.digest(own, f"next:{answered}".encode(), sha256)
    return int.from_bytes(digest[:6]) / 2**48


def starts_shown(conversation: Conversation, actor: Actor, *, proven: bool, suspicious: bool) -> bool:
    """Whether a new statement is seen before a moderator has looked at it."""
    if actor.channel in {Channel.SEED, Channel.SYSTEM} or may_edit(actor.viewer):
        return True
    return conversation.checked == "after" and proven and not suspicious
