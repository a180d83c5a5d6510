"""Indicators and their values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from allmende.capabilities.pilots import rules
from allmende.capabilities.pilots.events import IndicatorSaved, ValueRecorded
from allmende.capabilities.pilots.models import Direction, Indicator, Pilot, Value
from allmende.capabilities.pilots.models.indicators import DECIMALS, DIGITS, EVIDENCE_LIMIT
from allmende.capabilities.pilots.models.portfolio import REASON_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT
from allmende.capabilities.pilots.queries import indicators, origins
from allmende.capabilities.pilots.queries.portfolio import day_of
from allmende.capabilities.pilots.rules import effect
from allmende.core import audit, events, manifest
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Viewer
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.refs import Ref
from allmende.engines.discussion.interface import Texts, line, prose, sentence
from allmende.engines.media import interface as media
from allmende.engines.trace import interface as trace

UNIT_LIMIT = 40
GOAL_REASON = {
    "de": "Die Kennzahl misst, ob das Ziel näher kommt.",
    "en": "The indicator measures whether the goal comes nearer.",
}
NO_GOAL = {
    "de": "Die Kennzahl gehört nicht mehr zu diesem Ziel.",
    "en": "The indicator no longer belongs to this goal.",
}
LARGEST = Decimal(10) ** (DIGITS - DECIMALS)


@dataclass(frozen=True)
class IndicatorData:
    """The facts of an indicator. Texts per language code; `goals` are what it measures, by reference."""

    title: Texts
    unit: Texts
    formula: Texts
    source: Texts
    direction: str
    baseline: Decimal
    baseline_on: date
    target: Decimal
    target_on: date
    goals: Collection[Ref] = ()
    series: str = ""


@dataclass(frozen=True)
class Evidence:
    """Where a figure can be checked: in words, by a link, by a document that `media.take_document` has kept."""

    text: str = ""
    url: str = ""
    document_id: UUID | None = None
    language: str = "de"


@action
def save_indicator(
    *,
    actor: Actor,
    indicator_id: UUID | None = None,
    pilot_id: UUID | None = None,
    data: IndicatorData,
    is_example: bool = False,
    at: datetime,
) -> Indicator:
    """Makes an indicator of a pilot, or changes one. Raises NotFound, Conflict, Invalid with fields.

    Once values are there, unit and direction and the start stay: they would mean something else. A target may change;
    the audit says when.
    """
    found = _indicator(indicator_id) if indicator_id is not None else Indicator(is_example=is_example, created_at=at)
    pilot = found.pilot if indicator_id is not None else _pilot(pilot_id)
    rules.require_may_maintain(actor.viewer, pilot)
    _require_sense(data)
    unit = line(data.unit, "unit", UNIT_LIMIT)
    fixed = (found.unit, found.direction, found.baseline, found.baseline_on)
    changes_start = indicator_id is not None and fixed != (unit, data.direction, data.baseline, data.baseline_on)
    if changes_start and found.values.exists():
        raise Conflict(
            _("Es gibt schon Werte: Einheit, Richtung und Ausgangswert bleiben. Legen Sie eine neue Kennzahl an.")
        )
    found.pilot = pilot
    found.title, found.unit = line(data.title, "title", TITLE_LIMIT), unit
    found.formula = prose(data.formula, "formula", SUMMARY_LIMIT)
    found.source = prose(data.source, "source", SUMMARY_LIMIT)
    found.direction, found.series = data.direction, data.series.strip()
    found.baseline, found.baseline_on = data.baseline, data.baseline_on
    found.target, found.target_on = data.target, data.target_on
    found.charts = {}
    found.save()
    _tie_goals(actor, found, data.goals, at)
    audit.record(actor, "pilots.save_indicator", found.ref, fields=["facts", "goals"])
    events.publish(actor, IndicatorSaved(ref=found.ref, pilot=pilot.ref))
    return found


def _pilot(pilot_id: UUID | None) -> Pilot:
    try:
        return lock(Pilot.objects.all(), pk=pilot_id)
    except Pilot.DoesNotExist:
        raise NotFound from None


def _indicator(indicator_id: UUID) -> Indicator:
    """With its pilot; locked. Raises NotFound."""
    try:
        return lock(Indicator.objects.select_related("pilot"), pk=indicator_id)
    except Indicator.DoesNotExist:
        raise NotFound from None


def _require_sense(data: IndicatorData) -> None:
    """A target that lies where it is better than at the start, and later. Raises Invalid."""
    if data.direction not in Direction.values:
        raise Invalid(fields={"direction": _("Bitte wählen Sie, was besser ist.")})
    for name, number in (("baseline", data.baseline), ("target", data.target)):
        if not number.is_finite() or abs(number) >= LARGEST:
            raise Invalid(fields={name: _("Diese Zahl ist zu groß.")})
    if not effect.fits(data.baseline, data.target, higher=data.direction == Direction.HIGHER):
        words = (
            _("Mehr ist besser: Der Zielwert muss größer sein als der Ausgangswert.")
            if data.direction == Direction.HIGHER
            else _("Weniger ist besser: Der Zielwert muss kleiner sein als der Ausgangswert.")
        )
        raise Invalid(fields={"target": words})
    if data.target_on <= data.baseline_on:
        raise Invalid(fields={"target_on": _("Das Ziel muss nach dem Tag des Ausgangswerts liegen.")})


def _tie_goals(actor: Actor, indicator: Indicator, goals: Collection[Ref], at: datetime) -> None:
    """Which goals it measures: edges of the Trace. Raises NotFound for what is no goal that everybody can read."""
    wanted = set(goals)
    there = set(indicators.goals_of([indicator.pk]).get(indicator.pk, ()))
    fresh = wanted - there
    things = manifest.lookup().resolve(fresh, Viewer(), at) if fresh else {}
    if any((ref.capability, ref.kind) != origins.GOAL or ref not in things for ref in fresh):
        raise NotFound
    language = actor.language if actor.language in GOAL_REASON else "de"
    quiet = not indicator.pilot.is_public
    for ref in sorted(fresh):
        trace.tie(actor, indicator.ref, ref, reason=GOAL_REASON[language], happened_at=at, at=at, quiet=quiet)
    for ref in sorted(there - wanted):
        trace.untie(actor, indicator.ref, ref, reason=NO_GOAL[language], at=at)


@action
def record_value(
    *,
    actor: Actor,
    indicator_id: UUID,
    measured_on: date,
    value: Decimal,
    evidence: Evidence,
    reason: str = "",
    at: datetime,
) -> Value:
    """Keeps a measured value with its evidence; for people, and for the data platform (`SYSTEM` as actor).

    A value of a day that has one already takes its place, with a reason that everybody reads; the old one stays on
    record. The very same value again changes nothing. Raises NotFound, NotAllowed, Invalid with fields.
    """
    found = _indicator(indicator_id)
    rules.require_may_record(actor, found.pilot)
    _require_figure(found, measured_on, value, at)
    text = " ".join(evidence.text.replace("\0", "").split())
    if len(text) > EVIDENCE_LIMIT:
        raise Invalid(fields={"evidence": _("Bitte kürzen Sie den Text auf %(n)s Zeichen.") % {"n": EVIDENCE_LIMIT}})
    if not text and not evidence.url:
        raise Invalid(fields={"evidence": _("Bitte sagen Sie, wo die Zahl steht: in Worten oder mit einem Link.")})
    before = (
        Value.objects.select_for_update().filter(indicator=found, measured_on=measured_on, replaced_at=None).first()
    )
    if before is not None and before.value == value and (before.evidence, before.evidence_url) == (text, evidence.url):
        audit.record(actor, "pilots.record_value", found.ref, fields=[])
        return before
    why = sentence(reason, "reason", REASON_LIMIT) if before is not None else ""
    if before is not None:
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])
    made = Value.objects.create(
        indicator=found, measured_on=measured_on, value=value, evidence=text, evidence_url=evidence.url,
        language=evidence.language, channel=actor.channel.value, recorded_at=at, replaces=before, reason=why,
    )  # fmt: skip
    if evidence.document_id is not None:
        media.attach(evidence.document_id, made.ref)
        media.release(made.ref)
    audit.record(actor, "pilots.record_value", found.ref, fields=["value", "evidence"], reason=why)
    events.publish(actor, ValueRecorded(ref=found.ref, pilot=found.pilot.ref, corrects=before is not None))
    return made


def _require_figure(indicator: Indicator, measured_on: date, value: Decimal, at: datetime) -> None:
    """Raises Invalid."""
    if not value.is_finite() or abs(value) >= LARGEST:
        raise Invalid(fields={"value": _("Diese Zahl ist zu groß.")})
    if measured_on > day_of(at):
        raise Invalid(fields={"measured_on": _("Dieser Tag liegt in der Zukunft.")})
    if measured_on < indicator.baseline_on:
        raise Invalid(fields={"measured_on": _("Dieser Tag liegt vor dem Ausgangswert.")})


@action
def keep_charts(*, actor: Actor, indicator_id: UUID, charts: Mapping[str, str]) -> Indicator:
    """Keeps what was drawn of an indicator: a picture of its values, made anew with each of them."""
    found = _indicator(indicator_id)
    found.charts = dict(charts)
    found.save(update_fields=["charts"])
    audit.record(actor, "pilots.keep_charts", found.ref, fields=["charts"])
    return found
