"""Agenda, attendance and minutes of a meeting; what is decided becomes tasks and edges of the Trace.

The meeting's row is locked first. Minutes are drafts until the chair has checked them; each publication is an edition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.actions.rows import locked_meeting
from allmende.capabilities.participation.events import (
    DecisionMade,
    DecisionWithdrawn,
    MinutesPublished,
    MinutesReady,
    TaskGiven,
)
from allmende.capabilities.participation.models import (
    Attendance,
    Decision,
    Meeting,
    Minutes,
    MinutesEdition,
    Task,
)
from allmende.capabilities.participation.workflow import decisions, end_of
from allmende.core import audit, city, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Conflict, Invalid, NotAllowed, NotFound
from allmende.engines.trace import interface as trace

POINTS = 20
"""Points of an agenda."""
TITLE_LIMIT = 160
TEXT_LIMIT = 6000
AHEAD = timedelta(hours=1)
"""So long before a meeting its minutes can be opened for writing."""


@dataclass(frozen=True, kw_only=True)
class There:
    """Who was there: members by id, guests who gave their name, and how many more."""

    members: Mapping[UUID, tuple[str, bool]]
    """Person → way, and whether they agree to be named."""
    guests: Sequence[tuple[str, str]] = ()
    """Name and way of guests who agree to be named."""
    uncounted: int = 0
    offline: int = 0
    interests: Mapping[str, str]
    heard_later: str = ""


def _opened(actor: Actor, meeting: Meeting, at: datetime) -> Minutes:
    """The minutes of the meeting, made at first need."""
    found = Minutes.objects.filter(meeting=meeting).first()
    if found is not None:
        return found
    return Minutes.objects.create(meeting=meeting, language=actor.language, saved_at=at)


def _require_takes_place(meeting: Meeting) -> None:
    if meeting.cancelled_at is not None:
        raise Closed(_("Dieser Termin fällt aus."))


def _require_begun(meeting: Meeting, at: datetime) -> None:
    _require_takes_place(meeting)
    if meeting.starts_at - AHEAD > at:
        raise Closed(_("Das Protokoll öffnet eine Stunde vor dem Treffen."))


@action
def save_agenda(*, actor: Actor, meeting_id: UUID, titles: Sequence[str], at: datetime) -> Minutes:
    """Says what a meeting talks about, in this order. What was written under a title that stays is kept."""
    meeting = locked_meeting(meeting_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, meeting.group_id))
    _require_takes_place(meeting)
    wanted = list(dict.fromkeys(" ".join(title.split()) for title in titles if title.strip()))
    if len(wanted) > POINTS or any(len(title) > TITLE_LIMIT for title in wanted):
        words = _("Höchstens %(n)s Punkte mit je %(signs)s Zeichen.") % {"n": POINTS, "signs": TITLE_LIMIT}
        raise Invalid(fields={"agenda": words})
    minutes = _opened(actor, meeting, at)
    there = {item["title"]: item for item in minutes.items}
    written = [item for item in minutes.items if item["title"] not in wanted and _says_something(item)]
    if written:
        words = _("Zu „%(title)s“ steht schon etwas im Protokoll. Der Punkt bleibt deshalb.")
        raise Invalid(fields={"agenda": words % {"title": written[0]["title"]}})
    empty = {"said": "", "weighed": "", "decisions": ""}
    minutes.items = [there.get(title, {"title": title, **empty}) for title in wanted]
    minutes.saved_at, minutes.revision = at, minutes.revision + 1
    minutes.save()
    audit.record(actor, "participation.save_agenda", meeting.ref, fields=["agenda"])
    return minutes


def _says_something(item: Mapping[str, str]) -> bool:
    return any(item.get(name) for name in ("said", "weighed", "decisions"))


@action
def record_attendance(*, actor: Actor, meeting_id: UUID, there: There, at: datetime) -> Minutes:
    """Notes who was there, by which way, and which interests were heard. Whoever leads, and the office.

    Raises Invalid when more people are said to be offline than were there, NotFound for who is no member.
    """
    meeting = locked_meeting(meeting_id)
    rules.require_may_edit_store(actor.viewer, queries.function_in(actor.viewer, meeting.group_id))
    _require_begun(meeting, at)
    known = set(queries.live_members(meeting.group_id))
    known |= set(meeting.attendances.exclude(person=None).values_list("person_id", flat=True))
    if not set(there.members) <= known:
        raise NotFound
    if there.offline > len(there.members) + len(there.guests) + there.uncounted:
        raise Invalid(fields={"offline": _("Das sind mehr Menschen, als da waren.")})
    minutes = _opened(actor, meeting, at)
    # A consent that its person has taken back stays taken back, whatever an older form says.
    before = {row.person_id: row for row in meeting.attendances.exclude(person=None)}
    meeting.attendances.all().delete()
    rows = [
        Attendance(
            meeting=meeting,
            person_id=person,
            way=way,
            is_named=named and (person not in before or before[person].is_named or person == actor.person_id),
        )
        for person, (way, named) in there.members.items()
    ]
    rows += [Attendance(meeting=meeting, guest_name=name[:80], way=way, is_named=True) for name, way in there.guests]
    Attendance.objects.bulk_create(rows)
    minutes.guests, minutes.offline = there.uncounted, there.offline
    minutes.interests = {key: value for key, value in there.interests.items() if key in decisions.INTERESTS and value}
    minutes.heard_later = there.heard_later.strip()[:600]
    minutes.saved_at = at
    minutes.save()
    audit.record(actor, "participation.record_attendance", meeting.ref, fields=["attendance", "interests"])
    return minutes


@action
def name_oneself(*, actor: Actor, attendance_id: UUID, named: bool) -> Attendance:
    """Lets one's own name stand in the minutes of a meeting, or takes it out of every edition."""
    person_id = rules.require_signed_in(actor.viewer)
    row = Attendance.objects.select_related("meeting").filter(pk=attendance_id, person_id=person_id).first()
    if row is None:
        raise NotFound
    row.is_named = named
    row.save(update_fields=["is_named"])
    audit.record(actor, "participation.name_oneself", row.meeting.ref, fields=["is_named"])
    return row


@action
def save_minutes(
    *, actor: Actor, meeting_id: UUID, items: Sequence[Mapping[str, str]], revision: int, at: datetime
) -> Minutes:
    """Keeps what is written so far; half a sentence is fine. `revision` is the one that the form was made from.

    Raises Conflict when somebody else has saved meanwhile, Closed before the meeting or while the chair checks.
    """
    meeting = locked_meeting(meeting_id)
    rules.require_may_write_minutes(meeting, actor.viewer, queries.function_in(actor.viewer, meeting.group_id))
    _require_begun(meeting, at)
    minutes = _opened(actor, meeting, at)
    if minutes.revision != revision:
        raise Conflict(_("Jemand anderes hat inzwischen gespeichert. Ihr Text steht noch hier. Bitte vergleichen Sie."))
    kept = [
        {
            "title": " ".join(item["title"].split())[:TITLE_LIMIT],
            **{name: item.get(name, "").strip()[:TEXT_LIMIT] for name in ("said", "weighed", "decisions")},
        }
        for item in items[:POINTS]
    ]
    minutes.items = [item for item in kept if item["title"]]
    minutes.state, minutes.revision, minutes.saved_at = Minutes.State.WRITING, revision + 1, at
    minutes.written_by_id = actor.person_id
    minutes.save()
    audit.record(actor, "participation.save_minutes", meeting.ref, fields=["minutes"])
    return minutes


def understood(meeting: Meeting, items: Sequence[Mapping[str, str]]) -> list[list[decisions.Line]]:
    """The decisions of each point as they are read, with what is not clear; what stands already is."""
    known, standing = queries.known_for(meeting), _standing(meeting)

    def read(line: str) -> decisions.Line:
        found = decisions.understand(line, known)
        return replace(found, problems=()) if line in standing else found

    return [[read(line) for line in decisions.lines(item["decisions"])] for item in items]


def _standing(meeting: Meeting) -> set[str]:
    """The lines that an edition holds: who is named in them may have left since."""
    return set(meeting.decisions.filter(withdrawn_at=None).values_list("line", flat=True))


def _require_clear(meeting: Meeting, minutes: Minutes, at: datetime) -> list[list[decisions.Line]]:
    found = understood(meeting, minutes.items)
    if not any(_says_something(item) for item in minutes.items):
        raise Invalid(_("Im Protokoll steht noch nichts."))
    standing = _standing(meeting)
    for line in (line for point in found for line in point if line.line not in standing):
        if line.problems:
            raise Invalid(_("„%(line)s“: %(problem)s") % {"line": line.line[:120], "problem": line.problems[0]})
        if line.about is not None and queries.about(*line.about, at) is None:
            raise Invalid(_("„%(line)s“: Diese Nummer gibt es nicht.") % {"line": line.line[:120]})
    if any(len(point) > decisions.LINES for point in found):
        raise Invalid(_("Höchstens %(n)s Beschlüsse je Punkt.") % {"n": decisions.LINES})
    return found


@action
def submit_minutes(*, actor: Actor, meeting_id: UUID, at: datetime) -> Minutes:
    """The minutes are written: the chair is asked to check them. Raises Invalid with the first line that is unclear."""
    meeting = locked_meeting(meeting_id)
    rules.require_may_write_minutes(meeting, actor.viewer, queries.function_in(actor.viewer, meeting.group_id))
    _require_begun(meeting, at)
    minutes = _opened(actor, meeting, at)
    _require_clear(meeting, minutes, at)
    if minutes.state != Minutes.State.CHECKING:
        minutes.state = Minutes.State.CHECKING
        minutes.save(update_fields=["state"])
        audit.record(actor, "participation.submit_minutes", meeting.ref, fields=["state"])
        events.publish(actor, MinutesReady(ref=meeting.ref, group_id=meeting.group_id))
    return minutes


def _counts(meeting: Meeting, minutes: Minutes) -> dict[str, int]:
    ways = list(meeting.attendances.values_list("way", flat=True))
    return {
        **{way.value: ways.count(way.value) for way in Attendance.Way},
        "guests": minutes.guests,
        "offline": minutes.offline,
    }


def _decide(
    actor: Actor, meeting: Meeting, lines: Sequence[Sequence[decisions.Line]], at: datetime
) -> list[list[Decision]]:
    """Makes what is new, keeps what is the same, takes back what is gone; returns the decisions per point."""
    live = {row.line: row for row in meeting.decisions.filter(withdrawn_at=None)}
    points: list[list[Decision]] = []
    for point, rows in enumerate(lines):
        made = []
        for order, line in enumerate(rows):
            old = live.pop(line.line, None)
            if old is not None:
                old.item, old.order = point, order
                old.save(update_fields=["item", "order"])
                made.append(old)
            else:
                made.append(_new_decision(actor, meeting, line, (point, order), at))
        points.append(made)
    for row in live.values():
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        with override("de"):
            reason = _("Das Protokoll wurde berichtigt.")
        row.tasks.filter(done_at=None, dropped_at=None).update(dropped_at=at, drop_reason=reason)
        if row.about is not None:
            trace.untie(actor, row.about, row.ref, reason=reason, at=at)
        events.publish(actor, DecisionWithdrawn(ref=row.ref, meeting_id=meeting.pk))
    return points


def _new_decision(
    actor: Actor, meeting: Meeting, line: decisions.Line, place: tuple[int, int], at: datetime
) -> Decision:
    about = queries.about(*line.about, at) if line.about is not None else None
    row = Decision.objects.create(
        meeting=meeting,
        item=place[0],
        order=place[1],
        text=line.text,
        line=line.line[: decisions.LONGEST],
        about_kind=about.kind if about else "",
        about_id=about.id if about else None,
        made_at=meeting.starts_at,
    )
    if line.due is not None:
        task = Task.objects.create(
            group_id=meeting.group_id,
            decision=row,
            text=line.text,
            language=actor.language,
            person_id=line.person,
            department=line.department,
            due_at=end_of(line.due, city.current().zone),
            created_at=at,
        )
        events.publish(actor, TaskGiven(ref=task.ref, group_id=meeting.group_id))
    if about is not None:
        with override("de"):
            reason = _("Die Gruppe hat dazu etwas beschlossen.")
        trace.tie(actor, about, row.ref, reason=reason, happened_at=meeting.starts_at, at=at, quiet=True)
    events.publish(actor, DecisionMade(ref=row.ref, meeting_id=meeting.pk))
    return row


@action
def publish_minutes(*, actor: Actor, meeting_id: UUID, correction: str = "", at: datetime) -> MinutesEdition:
    """The chair has checked the minutes: everybody can read them, decisions become tasks and edges of the Trace.

    A later edition needs `correction`, a sentence that says what was wrong. Raises NotAllowed for who does not lead the
    group, Conflict when nothing waits for a check, Invalid with the first line that is unclear.
    """
    meeting = locked_meeting(meeting_id)
    if not rules.may_edit_store(actor.viewer, queries.function_in(actor.viewer, meeting.group_id)):
        raise NotAllowed(_("Veröffentlichen kann das Protokoll nur der Vorsitz der Gruppe oder die Redaktion."))
    minutes = Minutes.objects.select_for_update().filter(meeting=meeting).first()
    if minutes is None or minutes.state != Minutes.State.CHECKING:
        raise Conflict(_("Dieses Protokoll wartet nicht auf eine Prüfung."))
    if meeting.starts_at > at:
        raise Closed(_("Das Treffen hat noch nicht begonnen."))
    last = minutes.editions.first()
    if last is not None and not correction.strip():
        raise Invalid(fields={"correction": _("Bitte sagen Sie in einem Satz, was berichtigt ist.")})
    points = _decide(actor, meeting, _require_clear(meeting, minutes, at), at)
    items: list[dict[str, Any]] = [
        {
            "title": item["title"],
            "said": item["said"],
            "weighed": item["weighed"],
            "decisions": [{"id": str(row.pk), "text": row.text} for row in rows],
        }
        for item, rows in zip(minutes.items, points, strict=True)
    ]
    edition = MinutesEdition.objects.create(
        minutes=minutes,
        edition=last.edition + 1 if last is not None else 1,
        items=items,
        counts=_counts(meeting, minutes),
        interests=minutes.interests,
        heard_later=minutes.heard_later,
        correction=correction.strip()[:300] if last is not None else "",
        at=at,
    )
    minutes.state = Minutes.State.RELEASED
    minutes.save(update_fields=["state"])
    audit.record(actor, "participation.publish_minutes", meeting.ref, fields=["minutes", "decisions"])
    events.publish(actor, MinutesPublished(ref=meeting.ref, group_id=meeting.group_id, edition=edition.edition))
    return edition
