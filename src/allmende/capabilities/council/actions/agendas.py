"""Preparing a meeting: when and where, which points in which order, and telling everybody.

Until it is announced nothing of a meeting is told to anybody. Afterwards every change of a public point is told at
once, and none of a point behind closed doors: neither a date nor a number nor a gap tells of those. All actions lock
the meeting first, so two people who work on one agenda do so one after the other.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.actions.burying import bury, touch_holders
from allmende.capabilities.council.models import (
    AgendaItem,
    Batch,
    Consultation,
    Location,
    Meeting,
    Organization,
    Paper,
    Thing,
)
from allmende.capabilities.council.queries import agendas as queries
from allmende.capabilities.council.rules import agendas
from allmende.capabilities.council.rules.agendas import MeetingData
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.events import publish


def locked_meeting(number: int, at: datetime) -> Meeting:
    """One of ours that is still to come. Raises NotFound, Conflict."""
    try:
        meeting = lock(queries.ours(), number=number)
    except Meeting.DoesNotExist:
        raise NotFound from None
    if meeting.is_begun(at):
        raise Conflict(_("Die Sitzung hat schon begonnen. Ihre Tagesordnung bleibt, wie sie ist."))
    return meeting


def _point(meeting: Meeting, item_id: UUID) -> AgendaItem:
    found = AgendaItem.objects.filter(meeting=meeting, deleted=False, pk=item_id).select_related("own_paper").first()
    if found is None:
        raise NotFound
    return found


def _tell(actor: Actor, meeting: Meeting, touched: Collection[Thing], at: datetime) -> None:
    """What programs, search and pages know of an announced meeting follows; of others nothing does."""
    if not meeting.public or not touched:
        return
    touch_holders(touched, timezone.now())
    papers = {f"paper/{one.paper_id}" for one in touched if isinstance(one, Consultation)}
    changed = sorted({f"meeting/{meeting.pk}", *papers})
    batch = Batch.objects.create(at=at, different=len(touched), changed=changed)
    publish(actor, events.RecordsTakenIn(ref=batch.ref))


def settle(meeting: Meeting, written: datetime) -> list[Thing]:
    """Counts the points anew, public ones and others apart; returns what of that everybody sees."""
    counts = {True: 0, False: 0}
    touched: list[Thing] = []
    for place, item in enumerate(queries.items_of(meeting)):
        counts[item.public] += 1
        label = f"{'' if item.public else 'N '}{counts[item.public]}"
        if (item.place, item.label) == (place, label):
            continue
        if item.public and item.label != label:
            item.modified = written
            touched.append(item)
        item.place, item.label = place, label
        item.save(update_fields=["place", "label", "modified"])
    return touched


def _tie(item: AgendaItem, meeting: Meeting, written: datetime) -> list[Thing]:
    """The planned station of the paper is this point; where none was planned it is a new one."""
    if item.own_paper is None or not item.own_paper.public:
        return []
    sitting = list(meeting.organizations.all())
    waiting = Consultation.objects.public().filter(paper=item.own_paper, meeting=None, agenda_item=None)
    station = waiting.filter(organizations__in=sitting).order_by("created", "id").first()
    if station is None:
        station = Consultation.objects.create(
            paper=item.own_paper, public=True, was_public=True, created=written, modified=written
        )
        station.organizations.set(sitting)
    station.meeting, station.agenda_item, station.modified = meeting, item, written
    station.save(update_fields=["meeting", "agenda_item", "modified"])
    return [station]


def _untie(item: AgendaItem, written: datetime) -> list[Thing]:
    """Stations that were this point are planned again, without a day."""
    found = list(Consultation.objects.filter(agenda_item=item, deleted=False))
    for station in found:
        station.meeting, station.agenda_item, station.modified = None, None, written
        station.save(update_fields=["meeting", "agenda_item", "modified"])
    return [*found]


def open_to_all(actor: Actor, meeting: Meeting, at: datetime) -> None:
    """From now on everybody reads when and where the meeting is, and its public points. Call inside an action."""
    if meeting.public:
        return
    written = timezone.now()
    touched: list[Thing] = [meeting, *settle(meeting, written)]
    meeting.public = meeting.was_public = True
    meeting.created = meeting.modified = written  # to programs it begins now: their lists are in this order
    meeting.save(update_fields=["public", "was_public", "created", "modified"])
    if meeting.location is not None and not meeting.location.public:
        meeting.location.public = meeting.location.was_public = True
        meeting.location.created = meeting.location.modified = written
        meeting.location.save(update_fields=["public", "was_public", "created", "modified"])
    for item in queries.items_of(meeting):
        if item.public:
            item.created = item.modified = written
            item.save(update_fields=["created", "modified"])
            touched += [item, *_tie(item, meeting, written)]
    _tell(actor, meeting, touched, at)
    publish(actor, events.MeetingAnnounced(ref=meeting.ref))


def _place(words: str, organization: Organization) -> Location | None:
    """A place that the council knows by these words; else a new one, public once its meeting is."""
    if not words.strip():
        return None
    known = Location.objects.filter(body=organization.body, deleted=False, source_url=None)
    for one in known.order_by("created")[: queries.MOST]:
        if str(one) == words.strip():
            return one
    return Location.objects.create(body=organization.body, description=words.strip())


@action
def make_meeting(*, actor: Actor, data: MeetingData, at: datetime, is_example: bool = False) -> Meeting:
    """A new meeting, seen by the office alone until it is announced. Raises Invalid."""
    rules.require_may_keep(actor)
    known = {one.pk: one for one in queries.organizations_that_meet()}
    if wrong := agendas.meeting_faults(data, at, known):
        raise Invalid(fields=wrong)
    organization = known[data.organization]
    meeting = Meeting.objects.create(
        body=organization.body,
        name=data.name.strip(),
        start=data.start,
        end=data.end,
        location=_place(data.place, organization),
        is_example=is_example,
    )
    meeting.organizations.set([organization])
    audit.record(actor, "council.make_meeting", meeting.ref, fields=["end", "name", "organizations", "place", "start"])
    return meeting


@action
def change_meeting(*, actor: Actor, number: int, data: MeetingData, at: datetime) -> Meeting:
    """Another day, place or name, or it is called off; followers of an announced one are told.

    Raises NotFound, Conflict, Invalid.
    """
    rules.require_may_keep(actor)
    meeting = locked_meeting(number, at)
    known = {one.pk: one for one in queries.organizations_that_meet()}
    if wrong := agendas.meeting_faults(data, at, known):
        raise Invalid(fields=wrong)
    place = _place(data.place, known[data.organization])
    if place is not None and meeting.public and not place.public:
        place.public = place.was_public = True
        place.save(update_fields=["public", "was_public"])
    told = {
        "name": data.name.strip(),
        "start": data.start,
        "end": data.end,
        "location_id": place.pk if place else None,
        "cancelled": data.cancelled,
    }
    changed = [name for name, value in told.items() if getattr(meeting, name) != value]
    if {one.pk for one in meeting.organizations.all()} != {data.organization}:
        meeting.organizations.set([known[data.organization]])
        changed.append("organizations")
    for name, value in told.items():
        setattr(meeting, name, value)
    if changed:
        meeting.modified = timezone.now() if meeting.public else meeting.modified
        meeting.sequence += 1
        meeting.save()
        _tell(actor, meeting, [meeting], at)
    audit.record(actor, "council.change_meeting", meeting.ref, fields=changed)
    if meeting.public and {"start", "location_id", "cancelled"} & set(changed):
        publish(actor, events.MeetingMoved(ref=meeting.ref))
    return meeting


@action
def announce_meeting(*, actor: Actor, number: int, at: datetime) -> Meeting:
    """Tells everybody of the meeting, with the public points that there are. Raises NotFound, Conflict."""
    rules.require_may_keep(actor)
    meeting = locked_meeting(number, at)
    open_to_all(actor, meeting, at)
    audit.record(actor, "council.announce_meeting", meeting.ref, fields=["public"])
    return meeting


@action
def add_point(
    *, actor: Actor, number: int, name: str, paper_id: UUID | None = None, is_public: bool, at: datetime
) -> AgendaItem:
    """Puts a paper, or words of its own, at the end of the agenda. Raises NotFound, Conflict, Invalid."""
    rules.require_may_keep(actor)
    meeting = locked_meeting(number, at)
    paper = None
    if paper_id is not None:
        paper = Paper.objects.filter(pk=paper_id, deleted=False, source_url=None).first()
        if paper is None:
            raise Invalid(fields={"paper": _("Diese Vorlage gibt es nicht mehr.")})
        if AgendaItem.objects.filter(meeting=meeting, deleted=False, own_paper=paper).exists():
            raise Invalid(fields={"paper": _("Diese Vorlage steht schon auf der Tagesordnung.")})
    there = queries.items_of(meeting)
    words = name.strip() or (paper.name if paper else "")
    closed = paper is not None and not paper.public
    if wrong := agendas.item_faults(words, is_public=is_public, paper_is_public=not closed, places=len(there)):
        raise Invalid(fields=wrong)
    item = AgendaItem.objects.create(
        meeting=meeting, place=len(there) + 1, name=words, own_paper=paper, public=is_public, was_public=is_public,
        is_example=meeting.is_example,
    )  # fmt: skip
    written = timezone.now()
    seen: list[Thing] = [item, *_tie(item, meeting, written)] if is_public and meeting.public else []
    _tell(actor, meeting, [*seen, *settle(meeting, written)], at)
    item.refresh_from_db()
    audit.record(actor, "council.add_point", item.ref, fields=["name", "own_paper", "public"])
    return item


@action
def change_point(*, actor: Actor, number: int, item_id: UUID, name: str, is_public: bool, at: datetime) -> AgendaItem:
    """Other words, or behind closed doors, or public after all.

    A public point of an announced meeting that goes behind closed doors is withdrawn, and stands there as a new one:
    what programs know of it ends. Raises NotFound, Conflict, Invalid.
    """
    rules.require_may_keep(actor)
    meeting = locked_meeting(number, at)
    item = _point(meeting, item_id)
    closed = item.own_paper is not None and not item.own_paper.public
    if wrong := agendas.item_faults(name, is_public=is_public, paper_is_public=not closed, places=0):
        raise Invalid(fields=wrong)
    written = timezone.now()
    seen: list[Thing] = []
    if meeting.public and item.public and not is_public:
        seen = [*_untie(item, written), *bury([item], written)]
        item = AgendaItem(meeting=meeting, place=item.place, own_paper=item.own_paper, is_example=item.is_example)
    elif meeting.public and is_public and not item.public:
        item.created = item.modified = written
        seen = [item]
    elif meeting.public and is_public and item.name != name.strip():
        item.modified = written
        seen = [item]
    was_closed = not item.public
    item.name, item.public = name.strip(), is_public
    item.was_public = is_public or (item.was_public and meeting.was_public)
    item.save()
    if meeting.public and is_public and was_closed:
        seen += _tie(item, meeting, written)
    _tell(actor, meeting, [*seen, *settle(meeting, written)], at)
    audit.record(actor, "council.change_point", item.ref, fields=["name", "public"])
    return item


@action
def move_point(*, actor: Actor, number: int, item_id: UUID, up: bool, at: datetime) -> AgendaItem:
    """One place up or down among the points of its part; at the edge nothing happens. Raises NotFound, Conflict."""
    rules.require_may_keep(actor)
    meeting = locked_meeting(number, at)
    item = _point(meeting, item_id)
    part = [one for one in queries.items_of(meeting) if one.public == item.public]
    here = next(place for place, one in enumerate(part) if one.pk == item.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(part):
        other = part[there]
        item.place, other.place = other.place, item.place
        if item.place == other.place:
            item.place += -1 if up else 1
        AgendaItem.objects.bulk_update([item, other], ["place"])
    _tell(actor, meeting, settle(meeting, timezone.now()), at)
    audit.record(actor, "council.move_point", item.ref, fields=["place"])
    return item


@action
def remove_point(*, actor: Actor, number: int, item_id: UUID, at: datetime) -> AgendaItem:
    """Takes a point off the agenda; its paper waits again for a day. Raises NotFound, Conflict."""
    rules.require_may_keep(actor)
    meeting = locked_meeting(number, at)
    item = _point(meeting, item_id)
    written = timezone.now()
    seen: list[Thing] = []
    if meeting.public and item.public:
        seen = [*_untie(item, written), *bury([item], written)]
    else:
        item.public, item.deleted = False, True
        item.was_public = item.was_public and meeting.was_public
        item.save(update_fields=["public", "deleted", "was_public"])
    _tell(actor, meeting, [*seen, *settle(meeting, written)], at)
    audit.record(actor, "council.remove_point", item.ref, fields=["deleted"])
    return item


@action
def keep_standing_orders(*, actor: Actor, open_ids: Collection[UUID]) -> None:
    """Which committees prepare in public. Points that stand on an agenda already stay as they are."""
    rules.require_may_keep(actor)
    for one in queries.organizations_that_meet():
        is_open = one.pk in open_ids
        if queries.is_committee(one) and one.open_by_orders != is_open:
            lock(Organization.objects.all(), pk=one.pk)
            Organization.objects.filter(pk=one.pk).update(open_by_orders=is_open)
            audit.record(actor, "council.keep_standing_orders", one.ref, fields=["open_by_orders"])
