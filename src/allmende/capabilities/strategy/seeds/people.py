"""Who acts in the examples."""

from allmende.accounts import interface as accounts
from allmende.core.actor import Actor, Channel, Grant, Role, Viewer


def actor(key: str, *roles: Role) -> Actor:
    """One of the demonstration's people."""
    found = accounts.demo_person(key)
    assert found is not None, "accounts are seeded first"
    viewer = Viewer(found.pk, frozenset(Grant(role) for role in roles))
    return Actor(viewer=viewer, key=accounts.key_of(found.pk), channel=Channel.SEED)


def editor() -> Actor:
    return actor("editor", Role.EDITOR)


def moderator() -> Actor:
    return actor("moderator", Role.MODERATOR)


def resident() -> Actor:
    return actor("resident")
