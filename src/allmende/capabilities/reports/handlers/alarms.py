"""Who at the desk is told that something of the room's own machinery does not work."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.accounts.models import RoleGrant
from allmende.capabilities.reports.events import RoutingRuleBroke
from allmende.capabilities.reports.models import RoutingRule
from allmende.capabilities.reports.rules import SCOPE
from allmende.core.actor import Role
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText


def desk(event: Stored) -> Iterable[UUID]:  # noqa: ARG001 - shape of a notice rule
    """Everybody who sees to reports of every office."""
    grants = RoleGrant.objects.filter(role=Role.CLERK, scope__in=["", SCOPE])
    return list(grants.values_list("person_id", flat=True).distinct())


def rule_broke(event: Stored, language: str) -> NoticeText | None:  # noqa: ARG001 - shape of a notice rule
    """Nothing once somebody has mended it."""
    row = RoutingRule.objects.filter(pk=event.ref.id, alarmed_at__isnull=False).first()
    if row is None:
        return None
    body = _(
        "Die Regel „%(name)s“ nennt ein Amt, eine Art oder einen Stadtteil, den es nicht mehr gibt. Bis jemand sie "
        "ändert, gehen manche Meldungen den gewöhnlichen Weg."
    )
    names = {"name": row.name}
    return NoticeText(_("Eine Regel für Meldungen greift nicht: %(name)s") % names, body % names, row.ref)


RULES = (NoticeRule(RoutingRuleBroke.name, rule_broke, people=desk),)
