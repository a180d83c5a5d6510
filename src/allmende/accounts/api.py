"""The API of accounts: who am I. Tokens are made on the page only, so that a stolen one cannot make others."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from allmende.accounts.interface import ApiAuth
from allmende.accounts.models import Person
from allmende.core.errors import NotSignedIn
from allmende.core.http import Request

router = Router(tags=["accounts"])


class Grant(Schema):
    """A role within a scope ("" is the whole city)."""

    role: str
    scope: str


class Me(Schema):
    """The person behind the token or session."""

    id: UUID
    name: str
    language: str
    roles: list[Grant]


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
    return Me(id=person.pk, name=person.label, language=person.language, roles=roles)
