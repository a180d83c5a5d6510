"""The API of accounts: who am I. Tokens are made on the page only, so that a stolen one cannot make others."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from allmende.accounts.guests import proof_of, prove_by_code
from allmende.accounts.interface import ApiAuth, limit, posting_choices
from allmende.accounts.models import Person
from allmende.core.errors import NotSignedIn
from allmende.core.http import Request

router = Router(tags=["accounts"])


class Grant(Schema):
    """A role within a scope ("" is the whole city)."""

    role: str
    scope: str


class Group(Schema):
    """A group in whose name the person may write; give its id as `organisation` where something is handed in."""

    id: UUID
    name: str


class Me(Schema):
    """The person behind the token or session."""

    id: UUID
    name: str
    language: str
    roles: list[Grant]
    writes_for: list[Group]


class ProofIn(Schema):
    """What a guest was given when handing in, and the code from the mail."""

    confirm: str = Field(max_length=200)
    code: str = Field(max_length=20)


class ProofOut(Schema):
    """From now on what the guest wrote goes its way."""

    confirmed_at: datetime


@router.post("guests/confirm", response=ProofOut, auth=ApiAuth(optional=True), summary="Confirm a guest's address")
def confirm_guest(request: HttpRequest, body: ProofIn) -> ProofOut:
    """The code counts for 15 minutes; the link in the same mail for seven days. Repeating it changes nothing."""
    asked = cast("Request", request)
    proof_id = proof_of(body.confirm.replace("\0", ""))
    limit(request, "accounts.guest_code", times=10, per=timedelta(hours=1), subject=str(proof_id))
    proof = prove_by_code(actor=asked.actor, proof_id=proof_id, code=body.code, at=asked.at)
    return ProofOut(confirmed_at=proof.proven_at or asked.at)


@router.get("me", response=Me, auth=ApiAuth("accounts:read"), summary="Who am I")
def me(request: HttpRequest) -> Me:
    """Name, language and roles of the person behind the token or session."""
    viewer = cast("Request", request).viewer
    if viewer.person_id is None:
        raise NotSignedIn
    person = Person.objects.get(pk=viewer.person_id)
    roles = [
        Grant(role=grant.role, scope=grant.scope) for grant in sorted(viewer.grants, key=lambda g: (g.role, g.scope))
    ]
    groups = [Group(id=id_, name=name) for id_, name in posting_choices(person.pk)]
    return Me(id=person.pk, name=person.label, language=person.language, roles=roles, writes_for=groups)
