"""Making and changing pilots, their steps and milestones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from allmende.capabilities.pilots import rules
from allmende.capabilities.pilots.events import DecisionTakenBack, MilestoneSaved, PilotMoved, PilotSaved
from allmende.capabilities.pilots.models import Milestone, Pilot
from allmende.capabilities.pilots.models.portfolio import REASON_LIMIT, SUMMARY_LIMIT, TEXT_LIMIT, TITLE_LIMIT
from allmende.capabilities.pilots.queries import portfolio
from allmende.capabilities.pilots.rules.criteria import LEVELS
from allmende.capabilities.pilots.workflow import STEPS, State
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.engines.discussion.interface import Texts, line, lines, prose, sentence
from allmende.engines.media import interface as media
from allmende.engines.places import interface as places

MOST_MILESTONES = 40
RISK_LIMIT = 300


@dataclass(frozen=True)
class Money:
    """In cents of euros; None where nobody can say yet."""

    planned: int | None = None
    spent: int | None = None
    funding_percent: int | None = None


@dataclass(frozen=True)
class Where:
    """Words, district and position (longitude, latitude); each may be missing."""

    place: str = ""
    district: str = ""
    point: tuple[float, float] | None = None


@dataclass(frozen=True)
class PilotData:
    """The facts of a pilot. Texts per language code."""

    title: Texts
    summary: Texts
    department: str
    text: Texts = field(default_factory=dict)
    partners: Sequence[Texts] = ()
    contact: Texts = field(default_factory=dict)
    contact_email: str = ""
    contact_telephone: str = ""
    money: Money = field(default_factory=Money)
    reach: Texts = field(default_factory=dict)
    people: int | None = None
    ratings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Criterion → {"level": 1 to 3, "note": texts}."""
    risks: Sequence[Texts] = ()
    where: Where = field(default_factory=Where)


@action
def save_pilot(
    *,
    actor: Actor,
    pilot_id: UUID | None = None,
    data: PilotData,
    image_id: UUID | None = None,
    without_images: Collection[UUID] = (),
    is_example: bool = False,
    at: datetime,
) -> Pilot:
    """Makes a pilot, as a draft that only its makers see, or changes its facts. Raises Invalid with fields, NotFound.

    `image_id` is a picture that `media.take_image` has kept; `without_images` are taken off.
    """
    if pilot_id is None:
        rules.require_may_edit(actor.viewer)
        found = Pilot(is_example=is_example, created_at=at, state_at=at)
    else:
        found = _locked(pilot_id)
        rules.require_may_maintain(actor.viewer, found)
    if city.current().department(data.department) is None:
        raise Invalid(fields={"department": _("Dieses Amt kennen wir nicht. Bitte wählen Sie eines aus der Liste.")})
    if pilot_id is not None and data.department != found.department:
        rules.require_may_edit(actor.viewer)  # an office does not hand its pilot to another
        found.milestones.filter(reached_on=None).update(reminded_at=None, overdue_reminded_at=None)
    found.title, found.summary = line(data.title, "title", TITLE_LIMIT), prose(data.summary, "summary", SUMMARY_LIMIT)
    found.text = prose(data.text, "text", TEXT_LIMIT, needed=False)
    found.department = data.department
    found.partners = lines(data.partners, "partners", TITLE_LIMIT)
    found.risks = lines(data.risks, "risks", RISK_LIMIT)
    found.contact = line(data.contact, "contact", TITLE_LIMIT, needed=False)
    found.contact_email, found.contact_telephone = data.contact_email, data.contact_telephone
    found.planned_cents, found.spent_cents = data.money.planned, data.money.spent
    found.funding_percent = data.money.funding_percent
    found.reach = prose(data.reach, "reach", SUMMARY_LIMIT, needed=False)
    found.people = data.people
    found.ratings = {
        key: {"level": int(one["level"]), "note": line(one.get("note", {}), key, RISK_LIMIT, needed=False)}
        for key, one in data.ratings.items()
        if one.get("level") in LEVELS
    }
    _put(found, data.where)
    found.save()
    for one in without_images:
        if one in {image.id for image in media.images_of([found.ref]).get(found.ref, [])}:
            media.detach(one, at=at)
    if image_id is not None:
        media.attach(image_id, found.ref)
    if found.is_public:
        media.release(found.ref)
    audit.record(actor, "pilots.save_pilot", found.ref, fields=["facts", *(["images"] if image_id else [])])
    events.publish(actor, PilotSaved(ref=found.ref))
    return found


def _put(pilot: Pilot, where: Where) -> None:
    """Position and district: of the point that was chosen, else of words that name a place beyond doubt."""
    pilot.place = " ".join(where.place.split())[:200]
    district = where.district if where.district in city.current().districts else ""
    there = places.place_at(*where.point) if where.point is not None else places.likely(pilot.place)
    if where.point is not None and there is None:
        raise Invalid(fields={"place": _("Diese Stelle liegt nicht in unserer Stadt. Bitte wählen Sie eine andere.")})
    if there is None or (where.point is None and district and there.district not in {"", district}):
        pilot.longitude = pilot.latitude = None
        pilot.district = district
        return
    pilot.longitude, pilot.latitude = there.point
    pilot.district = (there.district or district) if where.point is not None else (district or there.district)


def _locked(pilot_id: UUID) -> Pilot:
    """The pilot, locked. Raises NotFound."""
    try:
        return lock(Pilot.objects.all(), pk=pilot_id)
    except Pilot.DoesNotExist:
        raise NotFound from None


@action
def move_pilot(*, actor: Actor, pilot_id: UUID, verb: str, reason: Texts | None = None, at: datetime) -> Pilot:
    """Takes a step of the workflow. Raises NotFound, Conflict when it cannot be taken now, Invalid without a reason.

    Whoever follows the pilot, or anything that led to it, is told.
    """
    rules.require_may_edit(actor.viewer)
    found = _locked(pilot_id)
    step = STEPS.get(verb)
    if step is None:
        raise NotFound
    if found.state not in step.sources:
        raise Conflict(_("Der Pilot ist inzwischen einen Schritt weiter. Bitte laden Sie die Seite neu."))
    words: dict[str, str] = {}
    if step.ask:
        words = {code: sentence(text, "reason", REASON_LIMIT) for code, text in (reason or {"de": ""}).items() if text}
        if not words:
            raise Invalid(fields={"reason": _("Bitte schreiben Sie in einem Satz, warum.")})
    _move(found, step.target, words, at)
    audit.record(actor, "pilots.move_pilot", found.ref, fields=["state"], reason=next(iter(words.values()), ""))
    events.publish(actor, PilotMoved(ref=found.ref, verb=verb, state=found.state))
    return found


def _move(pilot: Pilot, state: State, reason: dict[str, str], at: datetime) -> None:
    pilot.state, pilot.state_at, pilot.reason = state.value, at, reason
    if pilot.published_at is None:
        pilot.published_at = at
        media.release(pilot.ref)
    pilot.save(update_fields=["state", "state_at", "reason", "published_at"])


@action
def take_decision(*, actor: Actor, pilot_id: UUID, accepted: bool, decided_on: date, at: datetime) -> Pilot:
    """The council has decided on a proposal; called when its decision is heard, so no role is asked.

    A decision that was corrected changes the state again as long as nothing has begun. A draft, and what
    runs already, stays as it is; so does a pilot that stands there already. Raises NotFound.
    """
    found = _locked(pilot_id)
    verb = "decide" if accepted else "decline"
    step = STEPS[verb]
    if found.state not in step.sources:
        return found
    words = {}
    if not accepted:
        for code in ("de", "en"):
            with translation.override(code):
                words[code] = _("Der Stadtrat hat den Vorschlag abgelehnt.")
    _move(found, step.target, words, at)
    audit.record(actor, "pilots.take_decision", found.ref, fields=["state"], reason=f"{decided_on}")
    events.publish(actor, PilotMoved(ref=found.ref, verb=verb, state=found.state))
    return found


@action
def take_decision_back(*, actor: Actor, pilot_id: UUID, at: datetime) -> Pilot:
    """The council took its decision back or put it off; called when that is heard, so no role is asked.

    As long as nothing has begun it is a proposal again. What runs already, or is over, stays as it is, since people
    work on it: the team is told and decides. Raises NotFound.
    """
    found = _locked(pilot_id)
    step = STEPS["reopen"]
    if found.state in step.sources:
        words = {}
        for code in ("de", "en"):
            with translation.override(code):
                words[code] = _("Der Stadtrat hat seinen Beschluss zurückgenommen oder vertagt.")
        _move(found, step.target, words, at)
        audit.record(actor, "pilots.take_decision_back", found.ref, fields=["state"])
        events.publish(actor, PilotMoved(ref=found.ref, verb="reopen", state=found.state))
    elif found.state not in {State.DRAFT, State.PROPOSED}:
        audit.record(actor, "pilots.take_decision_back", found.ref)
        events.publish(actor, DecisionTakenBack(ref=found.ref))
    return found


@action
def save_milestone(
    *,
    actor: Actor,
    pilot_id: UUID,
    place: int | None = None,
    title: Texts,
    planned_on: date,
    reached_on: date | None = None,
    reason: Texts | None = None,
    remove: bool = False,
    at: datetime,
) -> Milestone | None:
    """Makes a milestone, moves it or says that it was reached; `place` None makes a new one. None when it was removed.

    The first planned day stays for good. Moving to a later day needs a reason that everybody reads. Removing is
    possible until the pilot is decided. `reached_on` lies not in the future. Raises NotFound, Conflict, Invalid.
    """
    pilot = _locked(pilot_id)
    rules.require_may_maintain(actor.viewer, pilot)
    found = _milestone(pilot, place, planned_on)
    is_planning = pilot.state in {State.DRAFT, State.PROPOSED}
    if remove and found.pk and place is not None:
        if not is_planning:
            raise Conflict(_("Nach dem Beschluss bleibt jeder Meilenstein stehen."))
        found.delete()
        audit.record(actor, "pilots.remove_milestone", pilot.ref, fields=["milestones"])
        events.publish(actor, PilotSaved(ref=pilot.ref))
        return None
    if reached_on is not None and reached_on > portfolio.day_of(at):
        raise Invalid(fields={"reached_on": _("Dieser Tag liegt in der Zukunft.")})
    if is_planning:
        found.first_planned_on = planned_on  # a plan is a plan only once it is decided
    words = line(reason or {}, "reason", REASON_LIMIT, needed=False) or found.move_reason
    if planned_on > found.first_planned_on and (not words or (found.planned_on != planned_on and not reason)):
        raise Invalid(fields={"reason": _("Bitte schreiben Sie in einem Satz, warum es später wird.")})
    if planned_on != found.planned_on:
        found.reminded_at = found.overdue_reminded_at = None
    is_reached_now = reached_on is not None and found.reached_on is None
    found.title, found.planned_on, found.reached_on = line(title, "title", TITLE_LIMIT), planned_on, reached_on
    found.move_reason = words if planned_on > found.first_planned_on else {}
    found.save()
    audit.record(
        actor, "pilots.save_milestone", pilot.ref, fields=["title", "planned_on", "reached_on"],
        reason=next(iter(found.move_reason.values()), ""),
    )  # fmt: skip
    events.publish(actor, MilestoneSaved(ref=pilot.ref, place=found.place, reached=is_reached_now))
    return found


def _milestone(pilot: Pilot, place: int | None, planned_on: date) -> Milestone:
    """The one of that place, or a new one. Raises NotFound, Conflict."""
    if place is not None:
        found = Milestone.objects.select_for_update().filter(pilot=pilot, place=place).first()
        if found is None:
            raise NotFound
        return found
    last = portfolio.last_place(pilot.pk)
    if last >= MOST_MILESTONES:
        raise Conflict(_("Ein Pilot hat höchstens %(n)s Meilensteine.") % {"n": MOST_MILESTONES})
    return Milestone(pilot=pilot, place=last + 1, first_planned_on=planned_on, planned_on=planned_on)
