"""Rules that refine the routing table: made, changed and taken away by the desk; the desk is told when one breaks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.events import RoutingRuleBroke
from allmende.capabilities.reports.models import RoutingRule
from allmende.capabilities.reports.queries import asking, assets, categories, routing
from allmende.capabilities.reports.rules.routing import Answer, Point, is_empty
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Invalid, NotFound

MOST_RULES = 300
MOST_WORDS = 60
MOST_CORNERS = 500
LEAST_CORNERS = 3
LONGEST_RADIUS = 20_000
LAST_PLACE = 9999
SUNDAY = 6


@dataclass(frozen=True)
class RuleData:
    """What has to hold (see `models.RoutingRule`), and which office it then is."""

    name: str
    department: str
    order: int = 10
    is_on: bool = True
    categories: Sequence[str] = ()
    districts: Sequence[str] = ()
    words: Sequence[str] = ()
    weekdays: Sequence[int] = ()
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    point: Point | None = None
    metres: int | None = None
    polygon: Sequence[Point] = ()
    owners: Sequence[str] = ()
    answers: Sequence[Answer] = ()


def rule_row(data: RuleData, row: RoutingRule | None = None, *, at: datetime) -> RoutingRule:
    """The rule as it would be saved, for the dry run and for saving. Writes nothing. Raises Invalid with fields."""
    made = RoutingRule(changed_at=at) if row is None else RoutingRule(pk=row.pk, alarmed_at=row.alarmed_at)
    made.changed_at = at
    made.name = " ".join(data.name.replace("\0", "").split())
    if not made.name or len(made.name) > 80:  # noqa: PLR2004 - as the column
        raise Invalid(fields={"name": _("Bitte geben Sie der Regel einen Namen mit höchstens 80 Zeichen.")})
    here = city.current()
    if here.department(data.department) is None:
        raise Invalid(fields={"department": _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")})
    made.department, made.is_on = data.department, data.is_on
    made.order = min(max(data.order, 1), LAST_PLACE)
    made.categories, made.districts = sorted(set(data.categories)), sorted(set(data.districts))
    known = {one.slug for one in categories.active()}
    if not known.issuperset(made.categories):
        raise Invalid(fields={"categories": _("Diese Art gibt es nicht mehr. Bitte nehmen Sie sie heraus.")})
    if not set(here.districts).issuperset(made.districts):
        raise Invalid(fields={"districts": _("Diesen Stadtteil gibt es nicht. Bitte nehmen Sie ihn heraus.")})
    made.words = list(dict.fromkeys(word for word in (" ".join(one.split())[:60] for one in data.words) if word))
    if len(made.words) > MOST_WORDS:
        raise Invalid(fields={"words": _("Bitte nennen Sie höchstens %(n)s Wörter.") % {"n": MOST_WORDS}})
    made.weekdays = sorted({day for day in data.weekdays if 0 <= day <= SUNDAY})
    if (data.starts is None) != (data.ends is None) or (data.starts is not None and data.starts == data.ends):
        raise Invalid(fields={"ends": _("Bitte nennen Sie Anfang und Ende der Uhrzeit, oder keines von beiden.")})
    made.starts, made.ends = data.starts, data.ends
    _place(made, data)
    _things(made, data)
    if is_empty(routing.as_rule(made)):
        raise Invalid(_("Bitte wählen Sie wenigstens eine Bedingung: Sonst ginge jede Meldung an dieses Amt."))
    return made


def _place(made: RoutingRule, data: RuleData) -> None:
    if data.place and data.point is None:
        raise Invalid(fields={"place": _("Diese Stelle finden wir nicht. Bitte wählen Sie eine aus der Liste.")})
    if data.point is not None:
        if not data.metres or not 1 <= data.metres <= LONGEST_RADIUS:
            raise Invalid(fields={"metres": _("Bitte sagen Sie, wie viele Meter im Umkreis.")})
        made.place, made.metres = data.place[:200], data.metres
        made.longitude, made.latitude = data.point
    corners = [(float(x), float(y)) for x, y in data.polygon]
    if corners and corners[0] == corners[-1]:
        corners = corners[:-1]
    sound = all(math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90 for x, y in corners)  # noqa: PLR2004 - degrees
    if corners and (not sound or not LEAST_CORNERS <= len(corners) <= MOST_CORNERS):
        raise Invalid(fields={"polygon": _("Bitte geben Sie ein Vieleck mit 3 bis 500 Ecken an.")})
    made.polygon = [list(corner) for corner in corners]


def _things(made: RoutingRule, data: RuleData) -> None:
    """Owners that have something, and answers that can be given."""
    made.owners = sorted(set(data.owners))
    if made.owners and not set(assets.owners()).issuperset(made.owners):
        raise Invalid(fields={"owners": _("Wem das gehörte, hat nichts mehr. Bitte nehmen Sie ihn heraus.")})
    made.answers = [list(one) for one in sorted(set(data.answers))]
    if made.answers and not set(asking.choices()).issuperset(data.answers):
        raise Invalid(fields={"answers": _("Diese Antwort gibt es nicht mehr. Bitte nehmen Sie sie heraus.")})


@action
def save_rule(*, actor: Actor, rule_id: UUID | None, data: RuleData, at: datetime) -> RoutingRule:
    """Makes or changes a rule; reports that are there already stay where they are. Raises NotFound, Invalid."""
    rules.require_desk(actor.viewer)
    if rule_id is None and RoutingRule.objects.count() >= MOST_RULES:
        raise Invalid(_("Mehr als %(n)s Regeln sind nicht vorgesehen. Bitte fassen Sie einige zusammen.")
                      % {"n": MOST_RULES})  # fmt: skip
    row = rule_row(data, None if rule_id is None else _locked(rule_id), at=at)
    row.alarmed_at = None
    row.save()
    audit.record(actor, "reports.save_rule", row.ref, fields=["conditions", "department", "order", "is_on"])
    return row


@action
def remove_rule(*, actor: Actor, rule_id: UUID, at: datetime) -> None:  # noqa: ARG001 - shape of actions
    """Takes a rule away. Raises NotFound."""
    rules.require_desk(actor.viewer)
    row = _locked(rule_id)
    audit.record(actor, "reports.remove_rule", row.ref)
    row.delete()


@action
def watch_rules(*, actor: Actor, at: datetime) -> int:
    """Tells the desk of every rule that is broken, once until it is mended. Returns how many were told of.

    By the clock, and so for whatever made it break: an office that was closed, a kind that no form shows any more.
    """
    rows = list(RoutingRule.objects.select_for_update().order_by("id"))
    broken = routing.broken_ones(rows)
    told = 0
    for row in rows:
        if row.pk in broken and row.alarmed_at is None:
            row.alarmed_at = at
            row.save(update_fields=["alarmed_at"])
            audit.record(actor, "reports.watch_rules", row.ref, fields=["alarmed_at"])
            events.publish(actor, RoutingRuleBroke(ref=row.ref))
            told += 1
        elif row.pk not in broken and row.alarmed_at is not None:
            row.alarmed_at = None
            row.save(update_fields=["alarmed_at"])
    return told


def _locked(rule_id: UUID) -> RoutingRule:
    try:
        return lock(RoutingRule.objects.all(), pk=rule_id)
    except RoutingRule.DoesNotExist:
        raise NotFound from None
