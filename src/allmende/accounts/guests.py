"""A guest shows by link or code that the address they gave is theirs. Nobody is signed in by it."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.utils import translation
from django.utils.translation import gettext as _

from allmende.accounts import queries, tasks, tokens
from allmende.accounts.events import AddressProven
from allmende.accounts.models import AddressProof, Person
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Invalid, NotFound

LINK_LASTS = timedelta(days=7)
"""How long the link in the mail counts, and how long a contribution waits for it."""
CODE_LASTS = timedelta(minutes=15)
SALT = "accounts.address-proof"


def ask_for_proof(person_id: UUID, at: datetime) -> AddressProof:
    """Sends a guest link and code; for inside the action that takes what they wrote. Raises Invalid without address."""
    person = Person.objects.get(pk=person_id)
    if not person.mail_address:
        raise Invalid(fields={"email": _("Bitte geben Sie Ihre E-Mail-Adresse an. Wir senden Ihnen einen Link.")})
    secret, code = tokens.new_secret(), f"{secrets.randbelow(10**8):08}"
    proof = AddressProof(
        person=person, token_hash=tokens.hashed(secret), code_until=at + CODE_LASTS, expires_at=at + LINK_LASTS
    )
    proof.code_hash = _code_hash(proof.pk, code)
    proof.save(force_insert=True)
    with translation.override(person.language):
        tasks.post(
            "account/email/guest_proof",
            person.mail_address,
            {"secret": secret, "code": f"{code[:4]}-{code[4:]}", "days": LINK_LASTS.days},
        )
    return proof


@action
def prove_by_link(*, actor: Actor, secret: str, at: datetime) -> AddressProof:
    """Whoever holds the link has the mail. Following it twice changes nothing. Raises NotFound, Closed when too old."""
    proof = AddressProof.objects.select_for_update().filter(token_hash=tokens.hashed(secret)).first()
    proof, fresh = _prove(proof, at)
    if fresh:
        ref = queries.person_ref(proof.person_id)
        audit.record(actor, "accounts.prove_address", ref, fields=["contact_proven_at"])
        events.publish(actor, AddressProven(ref=ref))
    return proof


@action
def prove_by_code(*, actor: Actor, proof_id: UUID, code: str, at: datetime) -> AddressProof:
    """The code from the mail, within 15 minutes; the caller counts attempts. Raises Invalid for a wrong code."""
    proof = AddressProof.objects.select_for_update().filter(pk=proof_id).first()
    digits = "".join(sign for sign in code if sign.isdecimal())
    if proof is not None and proof.proven_at is None:
        if not secrets.compare_digest(bytes(proof.code_hash), _code_hash(proof.pk, digits)):
            raise Invalid(fields={"code": _("Dieser Code passt nicht. Bitte prüfen Sie die Ziffern in der E-Mail.")})
        if proof.code_until <= at:
            raise Invalid(
                fields={"code": _("Dieser Code ist zu alt. Öffnen Sie bitte den Link in der E-Mail; er gilt länger.")}
            )
    proof, fresh = _prove(proof, at)
    if fresh:
        ref = queries.person_ref(proof.person_id)
        audit.record(actor, "accounts.prove_address", ref, fields=["contact_proven_at"])
        events.publish(actor, AddressProven(ref=ref))
    return proof


def _prove(proof: AddressProof | None, at: datetime) -> tuple[AddressProof, bool]:
    """The proof, and whether it was given just now. Raises NotFound and Closed."""
    if proof is None:
        raise NotFound(_("Diesen Link kennen wir nicht. Bitte prüfen Sie, ob die Adresse vollständig ist."))
    if proof.proven_at is not None:
        return proof, False
    if proof.expires_at <= at:
        raise Closed(_("Dieser Link gilt nicht mehr. Was Sie geschrieben haben, ist gelöscht. Schreiben Sie uns neu."))
    proof.proven_at = at
    proof.save(update_fields=["proven_at"])
    Person.objects.filter(pk=proof.person_id).update(contact_proven_at=at)
    return proof, True


def proof_token(person_id: UUID) -> str:
    """Names a guest's proof in an address, for the page that says thank you; empty when nothing is waiting."""
    proof = AddressProof.objects.filter(person_id=person_id, proven_at__isnull=True).first()
    return signing.dumps(str(proof.pk), salt=SALT) if proof else ""


def proof_of(token: str) -> UUID:
    """Raises NotFound for a token that is not ours or older than its link."""
    try:
        return UUID(signing.loads(token, salt=SALT, max_age=LINK_LASTS))
    except (signing.BadSignature, ValueError):
        raise NotFound from None


def _code_hash(proof_id: UUID, code: str) -> bytes:
    return tokens.hashed(f"{proof_id}:{code}")
