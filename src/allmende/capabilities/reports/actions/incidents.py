"""Many reports become one incident, answered at once, taken apart and put together again."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from allmende.capabilities.reports import rules
from allmende.capabilities.reports.actions.moving import change_state, tell
from allmende.capabilities.reports.actions.rows import note_line, words_of
from allmende.capabilities.reports.events import IncidentAnswered, IncidentFormed
from allmende.capabilities.reports.models import Category, Report
from allmende.capabilities.reports.models.incidents import Answer, Incident, Member
from allmende.capabilities.reports.rules import incidents as dense
from allmende.capabilities.reports.rules.incidents import Area, Spot
from allmende.capabilities.reports.workflow import ENDED, STEPS, State
from allmende.core import audit, city, events
from allmende.core.actions import action, lock
from allmende.core.actor import Actor, Channel, Viewer
from allmende.core.errors import Conflict, Invalid, NotAllowed, NotFound

MOST_LOOKED_AT = 2000
"""So many reports of the last minutes are compared; a burst larger than that is an incident long before."""
BATCH = 50
"""Reports that take an answer's step in one transaction."""
VERBS = ("check", "begin", "plan", "finish", "decline")
"""Steps that make sense for many at once: nobody is asked, and nothing is passed on or refused unread."""


def _only_the_platform(actor: Actor) -> None:
    if actor.channel != Channel.SYSTEM:
        raise NotAllowed


@action
def group_report(*, actor: Actor, report_id: UUID) -> Incident | None:
    """Puts a fresh report into the incident that it is part of, or forms one; None when it stands alone.

    One at a time for each kind, so that a burst forms one incident and not two. Repeating it changes nothing.
    """
    _only_the_platform(actor)
    report = Report.objects.filter(pk=report_id).first()
    if report is None or report.point is None or report.is_example or report.state in ENDED:
        return None
    lock_kind(report.category_id)
    there = Member.objects.filter(report=report).select_related("incident").first()
    if there is not None:
        return there.incident
    spot = Spot(report.pk, report.point, report.received_at)
    running = Incident.objects.filter(
        category=report.category_id, department=report.department, ended_at__isnull=True,
        last_at__gte=report.received_at - dense.GOES_ON,
    )  # fmt: skip
    near = next((one for one in running.order_by("-last_at") if _area(one).is_near(spot.point)), None)
    found = _take_in(near, [spot]) if near is not None else _formed(actor, report, spot)
    if found is not None:
        audit.record(actor, "reports.group_report", found.ref, fields=["members"])
    return found


def lock_kind(category_id: UUID) -> None:
    """Waits for whoever groups reports of this kind; reports of it can come in meanwhile."""
    Category.objects.select_for_update(no_key=True).get(pk=category_id)


def _formed(actor: Actor, report: Report, spot: Spot) -> Incident | None:
    least = int(city.setting("reports.incident_least", dense.LEAST))
    within = timedelta(minutes=int(city.setting("reports.incident_minutes", dense.WITHIN.total_seconds() // 60)))
    if least < 2:  # noqa: PLR2004 - the city has switched it off
        return None
    rows = Report.objects.filter(
        category=report.category_id, department=report.department, membership__isnull=True, is_example=False,
        longitude__isnull=False, received_at__range=(report.received_at - within, report.received_at + within),
    ).exclude(state__in=ENDED)  # fmt: skip
    values = rows.order_by("-received_at").values_list("pk", "longitude", "latitude", "received_at")
    others = [
        Spot(pk, (lon, lat), at) for pk, lon, lat, at in values[:MOST_LOOKED_AT] if lon is not None and lat is not None
    ]
    mine = dense.incident_of(spot, others, least=least, within=within)
    if not mine:
        return None
    together = [one for one in [spot, *others] if one.id in mine]
    return form(actor, report.category_id, report.department, list({one.id: one for one in together}.values()))


@action
def bring_incident(*, actor: Actor, report_ids: Collection[UUID]) -> Incident | None:
    """For the demonstration: these examples are one incident, few as they are; None without a place for any."""
    _only_the_platform(actor)
    rows = Report.objects.filter(pk__in=report_ids, is_example=True).order_by("pk")
    spots = [Spot(one.pk, one.point, one.received_at) for one in rows if one.point is not None]
    if not spots:
        return None
    made = form(actor, rows[0].category_id, rows[0].department, spots, is_example=True)
    audit.record(actor, "reports.bring_incident", made.ref, fields=["members"])
    return made


def form(actor: Actor, category_id: UUID, department: str, spots: list[Spot], *, is_example: bool = False) -> Incident:
    """A new incident of these reports; call inside an action."""
    area, at = Area.of(spots), max(one.at for one in spots)
    made = Incident.objects.create(
        category_id=category_id, department=department, first_at=min(one.at for one in spots), last_at=at,
        west=area.west, south=area.south, east=area.east, north=area.north, formed_at=at, is_example=is_example,
    )  # fmt: skip
    made.refresh_from_db(fields=["number"])
    Member.objects.bulk_create([Member(incident=made, report_id=one.id, at=one.at) for one in spots])
    events.publish(actor, IncidentFormed(ref=made.ref))
    return made


def _area(one: Incident) -> Area:
    return Area(one.west, one.south, one.east, one.north)


def _take_in(one: Incident, spots: Collection[Spot]) -> Incident:
    area = _area(one)
    for spot in spots:
        area = area.with_point(spot.point)
        one.first_at, one.last_at = min(one.first_at, spot.at), max(one.last_at, spot.at)
    one.west, one.south, one.east, one.north = area.west, area.south, area.east, area.north
    one.save(update_fields=["west", "south", "east", "north", "first_at", "last_at"])
    Member.objects.bulk_create([Member(incident=one, report_id=spot.id, at=spot.at) for spot in spots])
    return one


def locked(incident_id: UUID, viewer: Viewer) -> Incident:
    """Raises NotFound, NotAllowed."""
    try:
        found = lock(Incident.objects.select_related("category"), pk=incident_id)
    except Incident.DoesNotExist:
        raise NotFound from None
    rules.require_may_handle_office(viewer, found.department)
    return found


@action
def answer_incident(
    *, actor: Actor, incident_id: UUID, verb: str, words: str = "", note: str = "", at: datetime
) -> Answer:
    """One step for all of its reports that can take it; whoever reported one is told. The worker carries it out.

    Nothing becomes public by it. Raises Conflict while the answer before is still on its way, Invalid with fields.
    """
    found = locked(incident_id, actor.viewer)
    if verb not in VERBS:
        raise Invalid(fields={"verb": _("Bitte wählen Sie, was geschehen soll.")})
    said = words_of(words, required=STEPS[verb].required)
    inside = words_of(note, required=False, field="note")
    if found.ended_at is not None:
        raise Conflict(_("Dieses Ereignis ist aufgelöst."))
    if found.answers.filter(done_at__isnull=True).exists():
        raise Conflict(_("Die letzte Antwort wird noch verteilt. Bitte warten Sie einen Moment."))
    made = Answer.objects.create(
        incident=found, verb=verb, words=said, note=inside, language=actor.language, actor_key=actor.key, at=at
    )
    audit.record(actor, "reports.answer_incident", found.ref, fields=["state"])
    events.publish(actor, IncidentAnswered(ref=found.ref, answer_id=made.pk))
    return made


@action
def carry_answer(*, actor: Actor, answer_id: UUID) -> int:
    """The next reports of an answered incident take the step; returns how many that were, 0 when all have.

    Some at a time, so that nobody waits for a lock on two thousand reports; an interrupted answer goes on where it was.
    """
    _only_the_platform(actor)
    answer = lock(Answer.objects.select_related("incident"), pk=answer_id)
    if answer.done_at is not None:
        return 0
    step = STEPS[answer.verb]
    assert step.target is not None, "steps of an office lead somewhere"
    by = Actor(viewer=Viewer(None, language=answer.language), key=answer.actor_key, channel=Channel.SYSTEM)
    here = Q(membership__incident=answer.incident_id, membership__left_at__isnull=True, membership__at__lte=answer.at)
    takes = step.sources | {State.RECEIVED}  # whoever answers the whole has looked at it: no step of checking before
    rows = Report.objects.filter(here, state__in=[one.value for one in takes])
    rows = rows.exclude(updates__verb=answer.verb, updates__at=answer.at).select_related("category")
    some = list(rows.order_by("id").select_for_update(of=("self",))[:BATCH])
    for report in some:
        change_state(report, State(step.target), answer.at)
        report.save(update_fields=["state", "state_at", "closed_at"])
        line = note_line(
            report, answer.verb, words=answer.words, note=answer.note, language=answer.language,
            department=report.department, at=answer.at,
        )  # fmt: skip
        audit.record(by, "reports.move_report", report.ref, fields=["state"])
        tell(by, report, line)
    answer.told += len(some)
    if not some:
        answer.done_at = answer.at
    answer.save(update_fields=["told", "done_at"])
    return len(some)


@action
def leave_incident(*, actor: Actor, incident_id: UUID, report_id: UUID, at: datetime) -> Member:
    """A report is something else: it stands by itself in the inbox again."""
    found = locked(incident_id, actor.viewer)
    member = _member(found, report_id)
    if member.left_at is None:
        member.left_at = at
        member.save(update_fields=["left_at"])
        audit.record(actor, "reports.leave_incident", found.ref, fields=["members"])
    return member


@action
def return_to_incident(*, actor: Actor, incident_id: UUID, report_id: UUID) -> Member:
    """Takes it back that a report left."""
    found = locked(incident_id, actor.viewer)
    member = _member(found, report_id)
    if member.left_at is not None:
        member.left_at = None
        member.save(update_fields=["left_at"])
        audit.record(actor, "reports.return_to_incident", found.ref, fields=["members"])
    return member


def _member(found: Incident, report_id: UUID) -> Member:
    try:
        return lock(found.members.all(), report_id=report_id)
    except Member.DoesNotExist:
        raise NotFound from None


@action
def end_incident(*, actor: Actor, incident_id: UUID, at: datetime) -> Incident:
    """Takes it apart: every report stands by itself again. What was answered stays."""
    found = locked(incident_id, actor.viewer)
    if found.ended_at is None:
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        audit.record(actor, "reports.end_incident", found.ref, fields=["ended_at"])
    return found


@action
def restore_incident(*, actor: Actor, incident_id: UUID) -> Incident:
    """Puts together again what was taken apart."""
    found = locked(incident_id, actor.viewer)
    if found.ended_at is not None:
        found.ended_at = None
        found.save(update_fields=["ended_at"])
        audit.record(actor, "reports.restore_incident", found.ref, fields=["ended_at"])
    return found
