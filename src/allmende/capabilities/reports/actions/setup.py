"""What the desk decides once: kinds of faults, and which office sees to them where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.models import Category, Route
from allmende.core import audit, city
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.discussion.interface import Texts, line, prose

NAME_LIMIT = 80
TEXT_LIMIT = 400
MOST_KEYWORDS = 100
MOST_DAYS = 250
SHORTEST_KEPT = 30
LONGEST_KEPT = 3650
LONGEST_NUMBERED = 36500


@dataclass(frozen=True)
class CategoryData:
    """A kind of fault. Texts per language code; `routes` are district → office, where it is another than `department`.

    An empty `elsewhere` means that the city sees to it.
    """

    names: Texts
    department: str
    hints: Texts = field(default_factory=dict)
    keywords: Sequence[str] = ()
    elsewhere: Texts = field(default_factory=dict)
    danger: Texts = field(default_factory=dict)
    target_days: int = 10
    retention_days: int = 730
    deletion_days: int = 3650
    publishes: bool = True
    is_active: bool = True
    routes: Mapping[str, str] = field(default_factory=dict)


@action
def save_category(*, actor: Actor, category_id: UUID, data: CategoryData, at: datetime) -> Category:  # noqa: ARG001 - shape of actions
    """Changes a kind of fault and its row of the routing table; reports that are there already stay where they are.

    Raises NotFound, Invalid with fields.
    """
    rules.require_desk(actor.viewer)
    try:
        found = lock(Category.objects.all(), pk=category_id)
    except Category.DoesNotExist:
        raise NotFound from None
    here = city.current()
    if here.department(data.department) is None:
        raise Invalid(fields={"department": _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")})
    routes = {district: office for district, office in data.routes.items() if office and office != data.department}
    if any(district not in here.districts or here.department(office) is None for district, office in routes.items()):
        raise Invalid(fields={"department": _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")})
    found.names, found.hints = (
        line(data.names, "name", NAME_LIMIT),
        line(data.hints, "hint", TEXT_LIMIT, needed=False),
    )
    found.elsewhere = prose(data.elsewhere, "elsewhere", TEXT_LIMIT, needed=False)
    found.danger = prose(data.danger, "danger", TEXT_LIMIT, needed=False)
    found.keywords = [word for word in (" ".join(one.split())[:60] for one in data.keywords) if word][:MOST_KEYWORDS]
    found.department = data.department
    found.target_days = min(max(data.target_days, 1), MOST_DAYS)
    found.retention_days = min(max(data.retention_days, SHORTEST_KEPT), LONGEST_KEPT)
    found.deletion_days = min(data.deletion_days, LONGEST_NUMBERED)
    if found.deletion_days < found.retention_days:
        raise Invalid(fields={"deletion_days": _("Das ist früher, als die Meldungen geleert werden.")})
    found.publishes, found.is_active = data.publishes, data.is_active
    found.save()
    found.routes.all().delete()
    Route.objects.bulk_create(
        Route(category=found, district=district, department=office) for district, office in sorted(routes.items())
    )
    audit.record(actor, "reports.save_category", Ref("reports", "category", found.pk), fields=["facts", "routes"])
    return found
