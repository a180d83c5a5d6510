"""Changes to groups: founding, inviting, joining, delegating, handing over, leaving; and to consents for the young."""

from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from allmende.accounts import queries, rules, tasks, tokens
from allmende.accounts.models import Consent, Invitation, Membership, Organisation, Person
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Conflict, Invalid, NotFound, NotSignedIn
from allmende.core.refs import Ref

INVITED_FOR = timedelta(days=14)


def group_ref(organisation_id: UUID) -> Ref:
    return Ref("accounts", "organisation", organisation_id)


def _mine(actor: Actor, organisation_id: UUID) -> Membership | None:
    if actor.person_id is None:
        raise NotSignedIn
    return Membership.objects.filter(
        organisation_id=organisation_id, person_id=actor.person_id, until__isnull=True
    ).first()


def _locked(organisation_id: UUID) -> Organisation:
    """The group's row; whatever changes its members waits here, so that two do not leave at once."""
    try:
        return lock(Organisation.objects.all(), pk=organisation_id)
    except Organisation.DoesNotExist:
        raise NotFound from None


def _responsible(organisation_id: UUID) -> list[Membership]:
    return list(Membership.objects.filter(organisation_id=organisation_id, until__isnull=True, is_responsible=True))


@action
def found_organisation(*, actor: Actor, name: str, kind: str, at: datetime) -> Organisation:
    """Starts a group; who starts it answers for it. It writes in its own name once a second person does too."""
    if actor.person_id is None:
        raise NotSignedIn
    if queries.person(actor.person_id).is_under_16:
        raise Invalid(fields={"name": _("Eine Gruppe gründet jemand, der 16 Jahre oder älter ist.")})
    made = Organisation.objects.create(name=name.strip(), kind=kind, created_at=at)
    Membership.objects.create(
        organisation=made, person_id=actor.person_id, is_responsible=True, may_post=True, since=at
    )
    audit.record(actor, "accounts.found_organisation", group_ref(made.pk), fields=["name", "kind"])
    return made


@action
def invite_member(
    *, actor: Actor, organisation_id: UUID, email: str, responsible: bool, may_post: bool, secret: str, at: datetime
) -> Invitation:
    """Asks someone by mail to join. Whether the address has an account here is told to nobody."""
    group = _locked(organisation_id)
    rules.require_responsible(actor, _mine(actor, organisation_id))
    Invitation.objects.filter(organisation=group, email=email.lower(), accepted_at__isnull=True).delete()
    made = Invitation.objects.create(
        organisation=group,
        email=email.lower(),
        is_responsible=responsible,
        may_post=may_post or responsible,
        invited_by=queries.person(cast("UUID", actor.person_id)),
        token_hash=tokens.hashed(secret),
        expires_at=at + INVITED_FOR,
    )
    audit.record(actor, "accounts.invite_member", group_ref(group.pk), fields=["members"])
    tasks.post("account/email/invitation", email.lower(), {"group": group.name, "secret": secret})
    return made


@action
def accept_invitation(*, actor: Actor, secret: str, at: datetime) -> Membership:
    """Joins a group. Raises Closed when the link was used, taken back, or is too old."""
    if actor.person_id is None:
        raise NotSignedIn
    found = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(token_hash=tokens.hashed(secret), accepted_at__isnull=True, expires_at__gt=at)
        .first()
    )
    if found is None or found.organisation.ended_at is not None:
        raise Closed(_("Diese Einladung gilt nicht mehr. Bitten Sie die Gruppe um eine neue."))
    person = queries.person(actor.person_id)
    responsible = found.is_responsible and not person.is_under_16
    try:
        with transaction.atomic():
            made = Membership.objects.create(
                organisation=found.organisation,
                person=person,
                is_responsible=responsible,
                may_post=found.may_post and not person.is_under_16,
                since=at,
            )
    except IntegrityError:
        raise Conflict(_("Sie gehören schon zu dieser Gruppe.")) from None
    found.accepted_at = at
    found.save(update_fields=["accepted_at"])
    audit.record(actor, "accounts.accept_invitation", group_ref(found.organisation_id), fields=["members"])
    return made


@action
def change_member(
    *, actor: Actor, membership_id: int, responsible: bool, may_post: bool, remove: bool = False, at: datetime
) -> Membership:
    """Gives or takes rights within a group, or ends a membership. One person who answers for it always stays."""
    found = Membership.objects.filter(pk=membership_id, until__isnull=True).first()
    if found is None:
        raise NotFound
    _locked(found.organisation_id)
    rules.require_responsible(actor, _mine(actor, found.organisation_id))
    found.refresh_from_db()
    others = [one for one in _responsible(found.organisation_id) if one.pk != found.pk]
    if not others and (remove or not responsible):
        raise Conflict(_("Jemand muss für die Gruppe verantwortlich sein. Übergeben Sie das zuerst."))
    if responsible and queries.person(found.person_id).is_under_16:
        raise Conflict(_("Verantwortlich ist, wer 16 Jahre oder älter ist."))
    found.is_responsible, found.may_post = responsible, may_post or responsible
    found.until = at if remove else None
    found.save(update_fields=["is_responsible", "may_post", "until"])
    audit.record(actor, "accounts.change_member", group_ref(found.organisation_id), fields=["members"])
    return found


@action
def leave_organisation(*, actor: Actor, organisation_id: UUID, at: datetime) -> Organisation:
    """Leaves a group. Who alone answers for others hands over first; the last one ends the group."""
    group = _locked(organisation_id)
    mine = _mine(actor, organisation_id)
    if mine is None:
        raise NotFound
    rest = Membership.objects.filter(organisation=group, until__isnull=True).exclude(pk=mine.pk)
    if rest.exists() and not rest.filter(is_responsible=True).exists():
        raise Conflict(_("Jemand muss für die Gruppe verantwortlich sein. Übergeben Sie das zuerst."))
    mine.until = at
    mine.save(update_fields=["until"])
    if not rest.exists():
        group.ended_at = at
        group.save(update_fields=["ended_at"])
        Invitation.objects.filter(organisation=group).delete()
    audit.record(actor, "accounts.leave_organisation", group_ref(group.pk), fields=["members"])
    return group


@action
def record_consent(*, actor: Actor, person_id: UUID, signed_on: date, adult_name: str, at: datetime) -> Consent:
    """Staff note the paper on which an adult agreed; the paper itself stays in the office."""
    rules.require_staff(actor.viewer)
    person = lock(Person.objects.all(), pk=person_id)
    if not person.is_under_16:
        raise Conflict(_("Diese Person ist nicht als unter 16 eingetragen."))
    made = Consent.objects.create(person=person, signed_on=signed_on, adult_name=adult_name.strip(), recorded_at=at)
    audit.record(actor, "accounts.record_consent", queries.person_ref(person_id), fields=["consent"])
    return made


@action
def withdraw_consent(*, actor: Actor, consent_id: UUID, on: date) -> Consent:
    """The adult has changed their mind; from that day on there is none. Staff, or the person themselves."""
    found = Consent.objects.select_for_update().filter(pk=consent_id).first()
    if found is None:
        raise NotFound
    if not actor.viewer.is_staff:
        rules.require_self(actor, found.person_id)
    found.withdrawn_on = found.withdrawn_on or on
    found.save(update_fields=["withdrawn_on"])
    audit.record(actor, "accounts.withdraw_consent", queries.person_ref(found.person_id), fields=["consent"])
    return found
