"""Every change to accounts, roles, tokens and sessions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from allmende.accounts import queries, rules, tasks, tokens
from allmende.accounts.events import AccountOpened, PersonErased, RoleGranted, RoleRevoked
from allmende.accounts.models import ApiToken, OneTimeLink, Person, PersonKey, RoleGrant, Session
from allmende.core import audit, erasure, events, manifest
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel, Role
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound
from allmende.core.models import Erasure
from allmende.core.refs import Ref

FIRST_ADMINISTRATOR = "first_administrator"
LINK_LASTS = timedelta(hours=24)
LONGEST_TOKEN = timedelta(days=366)
DETAILS = frozenset({
    "display_name", "contact_kind", "telephone", "postal_address", "language",
    "is_under_16", "adult_name", "birth_band",
})  # fmt: skip
"""What people change of themselves; the address that one signs in with goes through its own proof."""


@action
def open_account(
    *, actor: Actor, email: str, display_name: str, language: str, guest_id: UUID | None = None, at: datetime
) -> Person:
    """Starts an account; it is a guest's until the address is proven (`confirm_account`).

    `guest_id` names the guest who becomes the account, so that what they wrote stays theirs; the caller has checked
    that it is them. Raises Conflict when the address was taken a moment ago.
    """
    email = email.lower()
    try:
        with transaction.atomic():
            if guest_id is not None:
                person = lock(Person.objects.all(), pk=guest_id)
                if not person.is_guest or person.email:
                    raise Conflict
                person.email, person.contact_email = email, ""
                person.contact_kind = Person.ContactKind.EMAIL
                person.display_name = display_name or person.display_name
                person.language, person.claimed_at = language, at
                person.set_unusable_password()
                person.save()
            else:
                person = Person.objects.create_user(
                    email, display_name=display_name, language=language, is_guest=True, created_at=at
                )
    except IntegrityError:
        raise Conflict from None
    audit.record(
        actor, "accounts.open_account", queries.person_ref(person.pk), fields=["email", "display_name", "language"]
    )
    return person


@action
def confirm_account(*, actor: Actor, person_id: UUID) -> Person:
    """The address was proven by a code: from now on the account is one. Repeating it changes nothing."""
    rules.require_self(actor, person_id)
    person = lock(Person.objects.all(), pk=person_id)
    if person.is_guest:
        person.is_guest, person.claimed_at = False, None
        person.save(update_fields=["is_guest", "claimed_at"])
        audit.record(actor, "accounts.confirm_account", queries.person_ref(person.pk), fields=["email"])
        events.publish(actor, AccountOpened(ref=queries.person_ref(person.pk)))
    return person


@action
def change_details(*, actor: Actor, person_id: UUID, values: Mapping[str, Any]) -> Person:
    """Changes what people say of themselves (`DETAILS`); writes nothing when nothing is different."""
    rules.require_self(actor, person_id)
    person = lock(Person.objects.all(), pk=person_id)
    changed = [name for name in DETAILS & set(values) if getattr(person, name) != values[name]]
    for name in changed:
        setattr(person, name, values[name])
    if changed:
        person.save(update_fields=changed)
        audit.record(actor, "accounts.change_details", queries.person_ref(person.pk), fields=changed)
    return person


@action
def set_password(*, actor: Actor, person_id: UUID, password: str) -> Person:
    """Sets the password; Django ends every other session by it. The caller has proven that it is them."""
    person = lock(Person.objects.all(), pk=person_id)
    person.set_password(password)
    person.save(update_fields=["password"])
    audit.record(actor, "accounts.set_password", queries.person_ref(person.pk), fields=["password"])
    return person


@action
def end_sessions(*, actor: Actor, person_id: UUID, keep: str = "", only: str = "") -> Person:
    """Signs the person out everywhere but in the session `keep`, or only in the session whose public id is `only`."""
    rules.require_self(actor, person_id)
    person = lock(Person.objects.all(), pk=person_id)
    rows = Session.objects.filter(person=person).exclude(session_key=keep)
    keys = [key for key in rows.values_list("session_key", flat=True) if not only or tokens.public_id(key) == only]
    Session.objects.filter(session_key__in=keys).delete()
    if keys:
        audit.record(actor, "accounts.end_sessions", queries.person_ref(person_id), fields=["sessions"])
    return person


@action
def reset_factors(*, actor: Actor, person_id: UUID) -> Person:
    """Removes the second factors of someone who lost them, and signs them out. Administrators, or the operator.

    The person is told by mail, so that nobody does it behind their back.
    """
    if actor.channel != Channel.SYSTEM:
        rules.require_administrator(actor.viewer)
    person = lock(Person.objects.all(), pk=person_id)
    Authenticator.objects.filter(user=person).delete()
    Session.objects.filter(person=person).delete()
    audit.record(actor, "accounts.reset_factors", queries.person_ref(person_id), fields=["factors", "sessions"])
    if person.email:
        with translation.override(person.language):
            tasks.post("account/email/factors_reset", person.email, {})
    return person


@action
def create_token(
    *,
    actor: Actor,
    label: str,
    scopes: list[str],
    expires_at: datetime,
    at: datetime,
    second_factor: bool = False,
) -> ApiToken:
    """A token for programs; `tokens.secret_of` gives what the program sends. Raises Invalid with fields.

    `second_factor`: it is made in a login with one, so the owner's roles in the city's staff go with it.
    """
    if actor.person_id is None or actor.channel == Channel.API:
        raise NotAllowed
    unknown = set(scopes) - set(queries.token_scopes())
    if unknown or not scopes:
        raise Invalid(fields={"scopes": _("Bitte wählen Sie mindestens eine Berechtigung aus der Liste.")})
    if not at < expires_at <= at + LONGEST_TOKEN:
        raise Invalid(fields={"expires_on": _("Bitte wählen Sie einen Tag in den nächsten zwölf Monaten.")})
    token = ApiToken(
        person_id=actor.person_id,
        label=label,
        scopes=sorted(scopes),
        created_at=at,
        expires_at=expires_at,
        second_factor=second_factor,
    )
    token.token_hash = tokens.hashed(tokens.secret_of(token.pk))
    token.save()
    audit.record(
        actor, "accounts.create_token", Ref("accounts", "token", token.pk), fields=["label", "scopes", "expires_at"]
    )
    return token


@action
def revoke_token(*, actor: Actor, token_id: UUID) -> Person:
    """Ends a token of one's own at once. One that is gone already is no error."""
    if actor.person_id is None:
        raise NotAllowed
    person = lock(Person.objects.all(), pk=actor.person_id)
    gone, _rows = ApiToken.objects.filter(pk=token_id, person=person).delete()
    if gone:
        audit.record(actor, "accounts.revoke_token", Ref("accounts", "token", token_id))
    return person


@action
def grant_role(*, actor: Actor, person_id: UUID, role: Role, scope: str = "", at: datetime) -> RoleGrant:
    """Gives a role within a scope. Administrators, or the platform itself. Repeating it changes nothing."""
    if actor.channel not in {Channel.SYSTEM, Channel.SEED}:
        rules.require_administrator(actor.viewer)
    if rules.scope_kind(scope) not in rules.SCOPES_OF[role] or scope not in dict(
        queries.scopes_for(role, actor.language)
    ):
        raise Invalid(
            fields={"scope": _("Diese Rolle gibt es in diesem Bereich nicht. Bitte wählen Sie einen anderen.")}
        )
    try:
        person = lock(Person.objects.all(), pk=person_id)
    except Person.DoesNotExist:
        raise NotFound from None
    if person.is_guest:
        raise Invalid(fields={"email": _("Diese Person hat ihre E-Mail-Adresse noch nicht bestätigt.")})
    grant, fresh = RoleGrant.objects.get_or_create(person=person, role=role, scope=scope, defaults={"granted_at": at})
    if fresh:
        audit.record(
            actor,
            "accounts.grant_role",
            queries.person_ref(person_id),
            fields=["roles"],
            reason=f"{role} {scope}".strip(),
        )
        events.publish(actor, RoleGranted(ref=queries.person_ref(person_id), role=role, scope=scope))
    return grant


@action
def revoke_role(*, actor: Actor, person_id: UUID, role: Role, scope: str = "", reason: str = "") -> Person:
    """Takes a role away. Administrators; the last one stays, or nobody could open the door again."""
    rules.require_administrator(actor.viewer)
    # All administrators' rows, in one order, so that two who revoke each other do not both succeed.
    administrators = list(
        RoleGrant.objects.select_for_update().filter(role=Role.ADMINISTRATOR, scope="").order_by("pk")
    )
    try:
        person = lock(Person.objects.all(), pk=person_id)
    except Person.DoesNotExist:
        raise NotFound from None
    if not queries.grants_of(actor.viewer.person_id) & {g for g in actor.viewer.grants if g.role == Role.ADMINISTRATOR}:  # type: ignore[arg-type]
        raise NotAllowed  # taken away a moment ago
    if role == Role.ADMINISTRATOR and [row.person_id for row in administrators] == [person.pk]:
        raise Conflict(
            _("Das ist die letzte Person, die das Portal verwaltet. Geben Sie die Rolle zuerst jemandem anders.")
        )
    gone, _rows = RoleGrant.objects.filter(person=person, role=role, scope=scope).delete()
    if gone:
        why = f"{role} {scope}".strip() + (f": {reason}" if reason else "")
        audit.record(actor, "accounts.revoke_role", queries.person_ref(person_id), fields=["roles"], reason=why)
        events.publish(actor, RoleRevoked(ref=queries.person_ref(person_id), role=role, scope=scope))
    return person


@action
def make_first_link(*, actor: Actor, secret: str, at: datetime) -> OneTimeLink:
    """The link with which the first administrator is set up; earlier ones end. Only the platform itself."""
    if actor.channel != Channel.SYSTEM or queries.has_administrator():
        raise NotAllowed
    OneTimeLink.objects.filter(purpose=FIRST_ADMINISTRATOR, used_at__isnull=True).delete()
    link = OneTimeLink.objects.create(
        purpose=FIRST_ADMINISTRATOR, token_hash=tokens.hashed(secret), expires_at=at + LINK_LASTS
    )
    audit.record(actor, "accounts.make_first_link", Ref("accounts", "link", link.pk))
    return link


@action
def set_up_administrator(*, actor: Actor, secret: str, email: str, password: str, at: datetime) -> Person:
    """Whoever holds the link becomes the first administrator; once. Raises Closed when it is used or too old."""
    link = (
        OneTimeLink.objects.select_for_update()
        .filter(purpose=FIRST_ADMINISTRATOR, token_hash=tokens.hashed(secret), used_at__isnull=True, expires_at__gt=at)
        .first()
    )
    if link is None or queries.has_administrator():
        raise Closed(_("Dieser Link gilt nicht mehr. Ein neuer entsteht, wenn das Portal neu gestartet wird."))
    link.used_at = at
    link.save(update_fields=["used_at"])
    person = Person.objects.select_for_update().filter(email=email.lower()).first()
    if person is None:
        person = Person.objects.create_user(email, display_name=str(Role.ADMINISTRATOR.label), created_at=at)
    person.is_guest, person.is_active = False, True
    person.set_password(password)
    person.save()
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    RoleGrant.objects.get_or_create(person=person, role=Role.ADMINISTRATOR, scope="", defaults={"granted_at": at})
    ref = queries.person_ref(person.pk)
    audit.record(actor, "accounts.set_up_administrator", ref, fields=["email", "password", "roles"])
    events.publish(actor, RoleGranted(ref=ref, role=Role.ADMINISTRATOR, scope=""))
    return person


@action
def erase_person(*, actor: Actor, person_id: UUID, keep_texts: bool) -> Erasure:
    """Erases a person in every room (GDPR Art. 17). What was erased before is erased again without harm.

    `keep_texts`: contributions stay without their author, so that threads and Trace remain whole; else their texts
    are blanked too. The pseudonym dies first of all, so that audit and events lead to nobody. The last administrator
    hands over first.
    """
    rules.require_may_erase(actor, person_id)
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is not None and actor.channel != Channel.SYSTEM:
        holders = set(RoleGrant.objects.filter(role=Role.ADMINISTRATOR, scope="").values_list("person_id", flat=True))
        if holders == {person_id}:
            raise Conflict(_("Sie verwalten das Portal allein. Geben Sie die Rolle zuerst jemandem anders."))
    erasure.remember(person_id, keep_texts=keep_texts)
    own = manifest.registry()["accounts"]
    for room in [*(room for room in manifest.registry().values() if room is not own), own]:
        for data in room.personal_data:
            data.erase(person_id, keep_texts)
    PersonKey.objects.filter(person_id=person_id).delete()
    Person.objects.filter(pk=person_id).delete()
    ref = queries.person_ref(person_id)
    # Whoever erases themselves acts under a key that leads to nobody from this moment on.
    audit.record(actor, "accounts.erase_person", ref, reason="texts kept" if keep_texts else "texts removed")
    events.publish(actor, PersonErased(ref=ref, kept_texts=keep_texts))
    return Erasure.objects.get(pk=person_id)
