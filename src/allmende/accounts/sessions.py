"""Where sessions are kept: Django's database sessions, with the person beside them (Django, "Extending sessions")."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import get_user
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from allmende.accounts.models import Person, Session
from allmende.core import statements
from allmende.core.actor import Grant, Role

DEVICE = "device"
SINCE = "since"
SEEN = "seen"
"""Keys in the session: what it was opened with, when (Unix seconds), on which day it was last used."""
TYPED = "typed"
"""What was sent when a login had ended: it waits here for the next one."""
TYPED_MOST = 100_000
"""Characters that wait at most: more than any form of ours takes."""
KIOSK_IDLE = timedelta(minutes=10)
"""At a public terminal a login ends this long after the last page."""
HALF_WAY = (
    TYPED,
    "socialaccount_sociallogin",
    "socialaccount_states",
    "account_login",
    "account_email_verification_code",
    "account_password_reset_verification",
)
"""Keys under which allauth keeps an unfinished sign-in, with an address in it."""
HALF_WAY_FOR = timedelta(hours=1)
RECENT = timedelta(minutes=15)
"""How long ago a password, code or passkey must have been given before something is done that cannot be undone."""


def has_second_factor(request: HttpRequest, person: Person) -> bool:
    """Whether this login was made or confirmed with a second factor, here or at a provider that asks for one."""
    return any(
        record.get("method") == "mfa" or record.get("provider") in settings.SECOND_FACTOR_PROVIDERS
        for record in get_authentication_records(request, person)
    )


def is_recent(request: HttpRequest, person: Person, at: datetime) -> bool:
    """Whether the person has shown just now that it is them. Those of a demonstration have nothing to show."""
    last = max((record["at"] for record in get_authentication_records(request, person)), default=0.0)
    return at.timestamp() - last < RECENT.total_seconds() or person.is_demo


def device_of(user_agent: str) -> str:
    """Browser and system in two words, enough to tell one's own devices apart and too little to recognise people."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )  # fmt: skip
    found = [next((name for sign, name in signs if sign in user_agent), "") for signs in (browsers, systems)]
    return ", ".join(name for name in found if name)


def way_of(data: dict[str, Any]) -> str:
    """How the person of a session signed in, in one word; a second step is added with a "+"."""
    words, second = "", ""
    for record in data.get(AUTHENTICATION_METHODS_SESSION_KEY) or []:
        if record.get("reauthenticated"):
            continue
        if record.get("method") == "mfa":
            if record.get("passwordless"):
                words = "passkey"
            else:
                second = {"webauthn": "passkey", "totp": "app"}.get(str(record.get("type")), "emergency")
        elif record.get("method") == "socialaccount":
            words = str(record.get("provider", ""))
        else:
            words = str(record.get("method", ""))
    return f"{words}+{second}" if second and second != words else words


def is_other_device(request: HttpRequest) -> bool:
    """Whether a session comes from another kind of browser than it was opened in: it was copied, or stolen.

    Browser and system do not change while a session lasts; newer versions of them are the same words.
    """
    opened = request.session.get(DEVICE)
    return bool(opened) and opened != device_of(request.headers.get("User-Agent", ""))


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose session it is: read with it, since every page of somebody who is signed in needs all of this."""

    person: Person
    key: UUID | None
    """Pseudonym for audit and events."""
    grants: frozenset[Grant]


@cache
def _statement() -> tuple[str, list[str], list[str]]:
    """One statement for session, person, pseudonym and roles, with the fields of the first two in their order.

    Written once and not built by the ORM each time: it runs for every request of everybody who is signed in, and
    building it would take longer than carrying it out.
    """
    mine, theirs = Session._meta.concrete_fields, Person._meta.concrete_fields
    columns = [f's."{field.column}"' for field in mine] + [f'p."{field.column}"' for field in theirs]
    text = f"""
        SELECT k.key, ARRAY(SELECT g.role || ' ' || g.scope FROM accounts_rolegrant g WHERE g.person_id = p.id),
            {", ".join(columns)}
        FROM accounts_session s LEFT JOIN accounts_person p ON p.id = s.person_id
        LEFT JOIN accounts_personkey k ON k.person_id = p.id
        WHERE s.session_key = %s AND s.expire_date > %s"""  # noqa: S608 - names of our own columns
    return text, [field.attname for field in mine], [field.attname for field in theirs]


class SessionStore(DatabaseStore):
    """Notes whose session it is. An unfinished sign-in is forgotten after an hour."""

    owner: Owner | None = None
    """Once the session was read."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """The session with its owner, in one statement."""
        text, mine, theirs = _statement()
        found = statements.rows(text, (self.session_key, timezone.now()))
        if not found:
            self._session_key = None
            return None
        key, grants, *values = found[0]
        session = Session.from_db(connection.alias, mine, values[: len(mine)])
        if session.person_id is not None:
            person = Person.from_db(connection.alias, theirs, values[len(mine) :])
            pairs = (grant.partition(" ") for grant in grants)
            roles = frozenset(Grant(Role(role), scope) for role, _blank, scope in pairs)
            self.owner = Owner(person, key, roles)
        return session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        person = data.get(SESSION_KEY)
        if person:
            row.person_id = UUID(str(person))
            row.device = str(data.get(DEVICE, ""))[:60]
            row.since = datetime.fromtimestamp(data[SINCE], UTC) if SINCE in data else None
            row.seen_on = date.fromisoformat(data[SEEN]) if SEEN in data else None
            row.way = way_of(data)[:20]
        elif any(key in data for key in HALF_WAY):
            row.expire_date = min(row.expire_date, timezone.now() + HALF_WAY_FOR)
        return row


_asked: ContextVar["SessionStore | None"] = ContextVar("session whose person is asked for", default=None)


def person_in(request: HttpRequest) -> Any:
    """Who is signed in, by Django's own rules; the sign-in backend gets the person that was read with the session."""
    token = _asked.set(cast("SessionStore", request.session))
    try:
        return get_user(request)
    finally:
        _asked.reset(token)


def person_asked_for(person_id: str) -> Person | None:
    """For the sign-in backend: the person of the session that is asked for just now, if it is them."""
    session = _asked.get()
    owner = session.owner if session is not None else None
    return owner.person if owner is not None and str(owner.person.pk) == person_id else None


def owner_in(request: HttpRequest) -> Owner | None:
    """What was read of the person who is signed in; None when they came another way, or just now."""
    owner = getattr(getattr(request, "session", None), "owner", None)
    return owner if owner is not None and owner.person.pk == request.user.pk else None
