"""What other rooms may use of accounts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import mailers
from django.core.validators import validate_email
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from allmende.accounts import actions
from allmende.accounts import mail as mails
from allmende.accounts.actions import grant_role, revoke_role
from allmende.accounts.federation import Level
from allmende.accounts.forms.contact import ContactForm, SignedForm
from allmende.accounts.forms.signing_in import GUEST_SALT
from allmende.accounts.guests import LINK_LASTS, ask_for_proof, proof_token
from allmende.accounts.interface.api_auth import ApiAuth
from allmende.accounts.middleware import key_of, viewer_of
from allmende.accounts.models import Person
from allmende.accounts.queries import (
    actor_for,
    consent_of,
    group_names,
    group_scope,
    groups_of,
    level_of,
    person_names,
    posting_choices,
    scope_label,
    suggested_name,
)
from allmende.accounts.rules import require_administrator, require_staff
from allmende.accounts.seeds import DEMO_PEOPLE, demo_person
from allmende.accounts.tasks import post as post_mail
from allmende.accounts.visitors import check_visitor, client_ip, limit, network_of
from allmende.core import statements
from allmende.core.actor import SYSTEM, Viewer
from allmende.core.errors import Invalid, NotAllowed, NotSignedIn

__all__ = [
    "DEMO_PEOPLE",
    "LINK_LASTS",
    "ApiAuth",
    "ContactForm",
    "Person",
    "Recipient",
    "SignedForm",
    "actor_for",
    "ask_for_proof",
    "check_visitor",
    "claim_url",
    "client_ip",
    "consent_of",
    "demo_person",
    "erase_person",
    "grant_role",
    "group_names",
    "group_scope",
    "groups_of",
    "guest",
    "key_of",
    "level_of",
    "limit",
    "limit_proofs",
    "mail",
    "network_of",
    "person",
    "person_names",
    "post_mail",
    "posting_choices",
    "proof_token",
    "recipients",
    "require_administrator",
    "require_level",
    "require_may_post_as",
    "require_staff",
    "revoke_role",
    "scope_label",
    "sign_as",
    "suggested_name",
    "viewer_of",
]


def person(person_id: UUID) -> Person:
    """The person's row. Raises Person.DoesNotExist for whoever was erased."""
    found = statements.instance(Person, "SELECT {columns} FROM accounts_person t WHERE id = %s", [person_id])
    if found is None:
        raise Person.DoesNotExist
    return found


def guest(
    *,
    display_name: str = "",
    contact_kind: str = Person.ContactKind.NONE,
    email: str = "",
    telephone: str = "",
    postal_address: str = "",
    language: str = "de",
    under_16: bool = False,
    adult_name: str = "",
) -> Person:
    """Someone without an account, with the one contact that they chose. Call it inside an action.

    The same rules as `ContactForm`, for those who come by API, paper or telephone: raises Invalid with fields.
    """
    given = {"email": email, "telephone": telephone, "postal_address": postal_address}
    needed = {"email": "email", "letter": "postal_address", "telephone": "telephone"}.get(contact_kind)
    if contact_kind not in Person.ContactKind.values:
        raise Invalid(fields={"contact_kind": _("Bitte wählen Sie, wie wir antworten sollen.")})
    if needed and not given[needed].strip():
        sentence = _("Für den gewählten Weg fehlt noch Ihre Angabe.")
        raise Invalid(fields={needed: sentence})
    if under_16 and needed and not adult_name.strip():
        raise Invalid(fields={"adult_name": _("Bitte nennen Sie einen Erwachsenen, den wir ansprechen dürfen.")})
    if needed == "email":
        try:
            validate_email(email.strip())
        except ValidationError:
            raise Invalid(fields={"email": _("Bitte prüfen Sie die E-Mail-Adresse.")}) from None
    kept = {name: value.strip() if name == needed else "" for name, value in given.items()}
    return Person.objects.create_user(
        None,
        is_guest=True,
        display_name="" if under_16 else display_name.strip()[:60],
        contact_kind=contact_kind,
        contact_email=kept["email"].lower(),
        telephone=kept["telephone"][:40],
        postal_address=kept["postal_address"][:400],
        language=language,
        is_under_16=under_16,
        adult_name=adult_name.strip()[:120] if under_16 else "",
    )


def require_level(viewer: Viewer, level: str) -> None:
    """For what takes a proven identity: "basic", "substantial" or "high". Raises NotSignedIn or NotAllowed."""
    if viewer.person_id is None:
        raise NotSignedIn
    if level_of(viewer.person_id) < Level.named(level):
        raise NotAllowed(
            _("Dafür muss jemand bestätigen, wer Sie sind. Verbinden Sie dazu unter „Mein Konto“ einen Ausweis.")
        )


def require_may_post_as(viewer: Viewer, organisation_id: UUID) -> None:
    """For a post in a group's name. Raises NotSignedIn or NotAllowed. See `posting_choices` for a form's choices."""
    if viewer.person_id is None:
        raise NotSignedIn
    if organisation_id not in dict(posting_choices(viewer.person_id)):
        raise NotAllowed(_("Im Namen dieser Gruppe dürfen Sie zurzeit nicht schreiben."))


def sign_as(viewer: Viewer, organisation_id: UUID) -> str:
    """The name under which a post in a group's name stands. Raises NotSignedIn or NotAllowed."""
    require_may_post_as(viewer, organisation_id)
    return group_names([organisation_id])[organisation_id]


def limit_proofs(request: HttpRequest, email: str) -> None:
    """Before a form that sends a guest's link: nobody has an address flooded with them. Raises TooMany."""
    if email.strip():
        limit(request, "accounts.code.address", times=8, per=timedelta(hours=1), subject=email.strip().lower())


def claim_url(person_id: UUID) -> str:
    """Where a guest turns what they just wrote into an account; for the page that says thank you, one day long."""
    return f"{reverse('account_signup')}?gast={signing.dumps(str(person_id), salt=GUEST_SALT)}"


@dataclass(frozen=True)
class Recipient:
    """How a person wants to be reached. `email` is empty unless mail is their way."""

    person_id: UUID
    contact_kind: str
    language: str
    name: str
    email: str
    telephone: str
    postal_address: str
    is_guest: bool


def recipients(ids: Iterable[UUID]) -> dict[UUID, Recipient]:
    """How to reach these people, in one query. Locked and erased people are missing."""
    found = Person.objects.filter(pk__in=set(ids), is_active=True)
    return {
        row.pk: Recipient(
            person_id=row.pk,
            contact_kind=row.contact_kind,
            language=row.language,
            name=row.adult_name or row.display_name,
            email=row.mail_address,
            telephone=row.telephone,
            postal_address=row.postal_address,
            is_guest=row.is_guest,
        )
        for row in found
    }


def mail(
    person_id: UUID,
    subject: str,
    body: str,
    *,
    message_id: str,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> bool:
    """Sends a mail to a person now; call it from a job. False when mail is not their way (any more).

    `message_id` names the mail among all: the same for a repeat, so that a mail program shows it once. `headers` may
    hold List-Unsubscribe and List-Unsubscribe-Post (RFC 8058). Raises what the mail server says; the job repeats it.
    """
    recipient = recipients([person_id]).get(person_id)
    if recipient is None or not recipient.email:
        return False
    message = mails.compose(recipient.email, subject, body, key=message_id, html=html, headers=dict(headers or {}))
    mailers["default"].send_messages([message])
    return True


def erase_person(person_id: UUID, keep_texts: bool = False) -> None:  # noqa: FBT001, FBT002 - shape that core.erasure calls
    """Erases someone on the platform's own account: the operator's command, and the replay after a restore."""
    actions.erase_person(actor=SYSTEM, person_id=person_id, keep_texts=keep_texts)
