"""Who answers for a department."""

from collections.abc import Sequence
from uuid import UUID

from allmende.accounts.models import RoleGrant
from allmende.capabilities.council.rules.tracking import PREFIX
from allmende.core.actor import Role


def answering_for(department: str) -> Sequence[UUID]:
    """Its clerks; where there are none, the council's office."""
    grants = RoleGrant.objects.filter(role=Role.CLERK, scope=f"{PREFIX}{department}")
    found = list(grants.values_list("person_id", flat=True).distinct())
    return found or office()


def office() -> Sequence[UUID]:
    """The council's office."""
    grants = RoleGrant.objects.filter(role=Role.COUNCIL_OFFICE)
    return list(grants.values_list("person_id", flat=True).distinct())
