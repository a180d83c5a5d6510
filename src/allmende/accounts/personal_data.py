"""What accounts hold about a person: for export, erasure and retention (GDPR Art. 15, 17, 20)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.accounts import mail
from allmende.accounts.federation import Level
from allmende.accounts.models import (
    AddressProof,
    ApiToken,
    Consent,
    Invitation,
    Membership,
    OneTimeLink,
    Organisation,
    OutgoingMail,
    Person,
    PersonKey,
    RoleGrant,
    Session,
    SpentChallenge,
)
from allmende.core import city
from allmende.core.manifest import PersonalData
from allmende.core.models import AuditEntry

type Rows = Iterable[Mapping[str, Any]]

UNPROVEN_FOR = timedelta(days=7)
TOKEN_KEPT_FOR = timedelta(days=30)
GROWN_UP_AFTER = 16 + 2
"""Years after the first year of a band from which everyone of the band is 16."""
MAIL_WAITS_FOR = timedelta(days=2)


def export_person(person_id: UUID) -> Rows:
    """Name, contact and addresses, as the person gave them."""
    for person in Person.objects.filter(pk=person_id):
        yield {
            "id": str(person.pk),
            "name": person.display_name,
            "email": person.email or "",
            "contact_kind": person.contact_kind,
            "contact_email": person.contact_email,
            "telephone": person.telephone,
            "postal_address": person.postal_address,
            "language": person.language,
            "under_16": person.is_under_16,
            "adult": person.adult_name,
            "born_from": person.birth_band,
            "has_password": person.has_usable_password(),
            "created_at": person.created_at,
            "last_login": person.last_login,
        }
    for address in EmailAddress.objects.filter(user_id=person_id).order_by("email"):
        yield {"email": address.email, "proven": address.verified, "primary": address.primary}


def _addresses(person_id: UUID) -> set[str]:
    found = set(EmailAddress.objects.filter(user_id=person_id).values_list("email", flat=True))
    for email, contact in Person.objects.filter(pk=person_id).values_list("email", "contact_email"):
        found |= {email or "", contact}
    return {address.lower() for address in found if address}


def erase_person(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """Mail on its way and in the outbox, addresses. The person's row itself goes last, in the action."""
    addresses = _addresses(person_id)
    OutgoingMail.objects.filter(to__in=addresses).delete()
    EmailAddress.objects.filter(user_id=person_id).delete()
    if addresses:
        transaction.on_commit(lambda: mail.forget(addresses))


def expire_people(at: datetime) -> int:
    """Unproven accounts after a week (a guest who tried stays a guest); contacts of guests when the city says."""
    unproven = Person.objects.filter(is_guest=True, email__isnull=False)
    count = 0
    for person in unproven.filter(created_at__lt=at - UNPROVEN_FOR).select_for_update():
        if person.claimed_at is None:
            person.delete()
        elif person.claimed_at < at - UNPROVEN_FOR:
            EmailAddress.objects.filter(user=person).delete()
            person.email, person.claimed_at, person.contact_kind = None, None, Person.ContactKind.NONE
            person.save(update_fields=["email", "claimed_at", "contact_kind"])
        else:
            continue
        count += 1
    told = ~Q(contact_email="") | ~Q(telephone="") | ~Q(postal_address="") | ~Q(adult_name="")
    old = Person.objects.filter(
        told, is_guest=True, created_at__lt=at - timedelta(days=city.setting("accounts.guest_contact_days", 730))
    )
    count += old.update(
        contact_email="", telephone="", postal_address="", adult_name="", contact_kind=Person.ContactKind.NONE
    )
    OutgoingMail.objects.filter(created_at__lt=at - MAIL_WAITS_FOR).delete()
    OneTimeLink.objects.filter(expires_at__lt=at).delete()
    AddressProof.objects.filter(expires_at__lte=at).delete()
    SpentChallenge.objects.filter(expires_at__lt=at).delete()
    return count


def export_sessions(person_id: UUID) -> Rows:
    for session in Session.objects.filter(person_id=person_id).order_by("since"):
        yield {"device": session.device, "since": session.since, "ends": session.expire_date}


def erase_sessions(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    Session.objects.filter(person_id=person_id).delete()


def expire_sessions(at: datetime) -> int:
    return Session.objects.filter(expire_date__lt=at).delete()[0]


def export_tokens(person_id: UUID) -> Rows:
    for token in ApiToken.objects.filter(person_id=person_id).order_by("created_at"):
        yield {
            "label": token.label,
            "scopes": token.scopes,
            "created_at": token.created_at,
            "expires_at": token.expires_at,
            "last_used_on": token.last_used_on,
        }


def erase_tokens(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    ApiToken.objects.filter(person_id=person_id).delete()


def expire_tokens(at: datetime) -> int:
    return ApiToken.objects.filter(expires_at__lt=at - TOKEN_KEPT_FOR).delete()[0]


def export_factors(person_id: UUID) -> Rows:
    """What protects the account; secrets and keys stay where they are."""
    for factor in Authenticator.objects.filter(user_id=person_id).order_by("created_at"):
        yield {
            "type": factor.type,
            "name": str(factor.data.get("name", "")),
            "created_at": factor.created_at,
            "last_used_at": factor.last_used_at,
        }


def erase_factors(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    Authenticator.objects.filter(user_id=person_id).delete()


def export_identities(person_id: UUID) -> Rows:
    """Who vouches for the person, under which name of theirs, and how far."""
    for one in SocialAccount.objects.filter(user_id=person_id).order_by("date_joined"):
        yield {
            "provider": one.provider,
            "id_there": one.uid,
            "level": Level(one.extra_data.get("level", 0)).name.lower(),
            "since": one.date_joined,
            "last_login": one.last_login,
        }


def erase_identities(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    SocialAccount.objects.filter(user_id=person_id).delete()


def export_roles(person_id: UUID) -> Rows:
    for grant in RoleGrant.objects.filter(person_id=person_id).order_by("granted_at"):
        yield {"role": grant.role, "scope": grant.scope, "granted_at": grant.granted_at}
    for member in Membership.objects.filter(person_id=person_id).select_related("organisation").order_by("since"):
        yield {
            "organisation": member.organisation.name,
            "responsible": member.is_responsible,
            "may_post": member.may_post,
            "since": member.since,
            "until": member.until,
        }


def erase_roles(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    RoleGrant.objects.filter(person_id=person_id).delete()
    Membership.objects.filter(person_id=person_id).delete()
    Invitation.objects.filter(Q(invited_by_id=person_id) | Q(email__in=_addresses(person_id))).delete()
    lonely = Organisation.objects.filter(ended_at__isnull=True).exclude(
        pk__in=Membership.objects.filter(until__isnull=True).values("organisation")
    )
    lonely.update(ended_at=timezone.now())


def expire_invitations(at: datetime) -> int:
    return Invitation.objects.filter(Q(expires_at__lt=at) | Q(accepted_at__isnull=False)).delete()[0]


def export_consents(person_id: UUID) -> Rows:
    for one in Consent.objects.filter(person_id=person_id).order_by("signed_on"):
        yield {"signed_on": one.signed_on, "adult": one.adult_name, "withdrawn_on": one.withdrawn_on}


def erase_consents(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    Consent.objects.filter(person_id=person_id).delete()


def expire_consents(at: datetime) -> int:
    """Whoever has surely turned 16 is protected no more, and no adult's name is kept for them."""
    grown = Person.objects.filter(is_under_16=True, birth_band__lt=at.year - GROWN_UP_AFTER)
    count = Consent.objects.filter(person__in=grown).delete()[0]
    return count + grown.update(is_under_16=False, adult_name="", birth_band=None)


def export_activity(person_id: UUID) -> Rows:
    """What the audit holds of the person: times and names of actions, no texts."""
    key = PersonKey.objects.filter(person_id=person_id).values_list("key", flat=True).first()
    if key is None:
        return
    for entry in AuditEntry.objects.filter(Q(actor_key=key) | Q(on_behalf_of=key)).order_by("at"):
        yield {
            "at": entry.at,
            "action": entry.action,
            "thing": str(entry.ref),
            "fields": entry.fields,
            "channel": entry.channel,
        }


def erase_activity(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """The audit stays, the key that ties it to the person dies."""
    PersonKey.objects.filter(person_id=person_id).delete()


PERSONAL_DATA = (
    PersonalData(
        "person", _("Name und Kontakt"), _("damit Sie sich anmelden können und wir Sie erreichen"), None,
        export_person, erase_person, expire_people,
    ),
    PersonalData(
        "session", _("Anmeldungen"), _("damit Sie angemeldet bleiben"), timedelta(days=14),
        export_sessions, erase_sessions, expire_sessions,
    ),
    PersonalData(
        "token", _("Zugänge für Programme"), _("damit Programme in Ihrem Auftrag arbeiten"), timedelta(days=366 + 30),
        export_tokens, erase_tokens, expire_tokens,
    ),
    PersonalData(
        "factor", _("Passkeys und Apps mit Codes"), _("damit nur Sie in Ihr Konto kommen"), None,
        export_factors, erase_factors,
    ),
    PersonalData(
        "identity", _("Ausweise"), _("damit Sie nachweisen können, wer Sie sind"), None,
        export_identities, erase_identities,
    ),
    PersonalData(
        "role", _("Rollen und Mitgliedschaften"), _("damit klar ist, was Sie tun dürfen"), None,
        export_roles, erase_roles, expire_invitations,
    ),
    PersonalData(
        "consent", _("Einwilligung eines Erwachsenen"), _("damit auch mitmachen darf, wer noch nicht 16 ist"), None,
        export_consents, erase_consents, expire_consents,
    ),
    PersonalData(
        "activity", _("Protokoll"), _("damit nachvollziehbar bleibt, wer was geändert hat"), None,
        export_activity, erase_activity,
    ),
)  # fmt: skip
