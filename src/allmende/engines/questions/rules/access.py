"""Who may build questionnaires, and how codes are kept."""

import secrets

from django.utils.crypto import salted_hmac

from allmende.core.actor import Actor, Channel, Role, Viewer
from allmende.core.errors import NotAllowed

LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""Nothing that is mistaken for something else."""
LENGTH, GROUP = 12, 4


def may_build(viewer: Viewer, capability: str) -> bool:
    """Editors and administrators, of everything or of the room that asks."""
    return viewer.has(Role.EDITOR, capability) or viewer.has(Role.ADMINISTRATOR, capability)


def require_may_build(actor: Actor, capability: str) -> None:
    """Raises NotAllowed."""
    if actor.channel not in {Channel.SYSTEM, Channel.SEED} and not may_build(actor.viewer, capability):
        raise NotAllowed


def new_code() -> str:
    """A code to go on with elsewhere: twelve signs in groups of four, about 56 bits."""
    signs = "".join(secrets.choice(LETTERS) for _place in range(LENGTH))
    return "-".join(signs[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def tidy(code: str) -> str:
    """As somebody typed it: any case, with or without what stands between the groups."""
    return "".join(sign for sign in code.upper()[:100] if sign in LETTERS)


def mark(code: str) -> bytes:
    """What is kept of a code: HMAC-SHA-256 under the city's secret."""
    return salted_hmac("questions.sitting", tidy(code), algorithm="sha256").digest()
