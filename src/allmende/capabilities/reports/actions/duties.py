"""Who of an office sees to which kinds of reports: the desk says so."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.accounts.models import RoleGrant
from allmende.capabilities.reports import rules
from allmende.capabilities.reports.models import Category, Duty
from allmende.capabilities.reports.queries.duties import PREFIX
from allmende.core import audit
from allmende.core.actions import action
from allmende.core.actor import Actor, Role
from allmende.core.errors import Invalid, NotFound
from allmende.core.refs import Ref


@action
def set_duties(*, actor: Actor, person_id: UUID, categories: Collection[str], at: datetime) -> None:  # noqa: ARG001 - shape of actions
    """From now on somebody sees to these kinds only; none: to every kind of their offices.

    Raises NotFound for whoever is no clerk of an office, Invalid for kinds that there are not.
    """
    rules.require_desk(actor.viewer)
    if not RoleGrant.objects.filter(person_id=person_id, role=Role.CLERK, scope__startswith=PREFIX).exists():
        raise NotFound
    rows = list(Category.objects.filter(slug__in=categories))
    if len(rows) != len(set(categories)):
        raise Invalid(fields={"categories": _("Diese Art gibt es nicht mehr. Bitte nehmen Sie sie heraus.")})
    Duty.objects.filter(person_id=person_id).delete()
    Duty.objects.bulk_create(Duty(person_id=person_id, category=row) for row in rows)
    audit.record(actor, "reports.set_duties", Ref("reports", "duties", person_id), fields=["categories"])
