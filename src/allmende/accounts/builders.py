"""People for tests: each with a proven address, so that they can sign in."""

import itertools
import time
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.models import EmailAddress
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from allmende.accounts import queries
from allmende.accounts.models import Membership, Organisation, Person, RoleGrant
from allmende.core.actor import Actor, Channel, Role

_numbers = itertools.count(1)
BACKEND = "allmende.accounts.adapter.Backend"


def person(**fields: Any) -> Person:
    """Someone with an account; `password` if they shall have one."""
    number = next(_numbers)
    email = fields.pop("email", f"person{number}@example.org")
    fields.setdefault("display_name", f"Person {number}")
    made = Person.objects.create_user(email, fields.pop("password", None), **fields)
    if made.email and not made.is_guest:
        EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def guest(**fields: Any) -> Person:
    """Someone without an account."""
    fields.setdefault("contact_kind", Person.ContactKind.NONE)
    return Person.objects.create_user(None, is_guest=True, **fields)


def club(*members: Person, name: str = "Nachtwanderer", kind: str = "club") -> Organisation:
    """A group that all of them answer for; with two it writes in its own name."""
    made = Organisation.objects.create(name=name, kind=kind)
    for member in members:
        Membership.objects.create(organisation=made, person=member, is_responsible=True, may_post=True)
    return made


def with_role(role: Role, scope: str = "", **fields: Any) -> Person:
    made = person(**fields)
    RoleGrant.objects.create(person=made, role=role, scope=scope)
    return made


def also(someone: Person, role: Role, scope: str = "") -> Person:
    """The person, with one more role."""
    RoleGrant.objects.create(person=someone, role=role, scope=scope)
    return someone


def moderator(scope: str = "", **fields: Any) -> Person:
    return with_role(Role.MODERATOR, scope, **fields)


def clerk(department: str = "umwelt", **fields: Any) -> Person:
    return with_role(Role.CLERK, f"department:{department}", **fields)


def editor(**fields: Any) -> Person:
    return with_role(Role.EDITOR, **fields)


def administrator(**fields: Any) -> Person:
    return with_role(Role.ADMINISTRATOR, **fields)


def actor(someone: Person, channel: Channel = Channel.WEB) -> Actor:
    """The person as an actor, with their grants and pseudonym."""
    return queries.actor_for(someone, channel)


def login(client: Client, someone: Person) -> Client:
    """Signs the person in without a form, as if by password a moment ago; the client's session is theirs."""
    client.force_login(someone, backend=BACKEND)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(someone.pk)
    session.save()
    return client


def session_cookie(someone: Person) -> str:
    """The value of a session cookie for a browser, signed in as this person."""
    from allmende.accounts.sessions import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(someone.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = someone.get_session_auth_hash()
    store.save()
    return str(store.session_key)
