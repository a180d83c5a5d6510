"""Events read in from an iCalendar file (RFC 5545): drafts for editors, the same file twice changes nothing.

The file comes from outside: any encoding, cut short, hostile, huge. Whatever it is, the editor gets sentences that
say what was taken over and what was not, and why.
"""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from icalendar import Calendar

from allmende.capabilities.portal.actions.calendar.data import TITLE_LIMIT, EventData
from allmende.capabilities.portal.actions.calendar.planning import cancel_event, change_event, data_of, plan_event
from allmende.capabilities.portal.models import CalendarEvent
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.rules.calendar import recurrence
from allmende.capabilities.portal.workflow.calendar import Kind, State
from allmende.core import city
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Conflict, Invalid
from allmende.engines.discussion.interface import tidy

LARGEST = 2 * 1024 * 1024
"""Bytes of a file."""
MOST = 500
"""Events in a file, and dates that its repetitions make."""
LINE = 75
DEFAULT_LENGTH = timedelta(hours=1)
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
UNUSED = re.compile(r"^BEGIN:(VTIMEZONE|VALARM)\s*$.*?^END:\1\s*$\n?", re.DOTALL | re.MULTILINE | re.IGNORECASE)
"""Zones are known by name here, alarms are not wanted: neither is worth trusting a file with."""


@dataclass(frozen=True)
class Imported:
    """What became of a file: events by what was done, and for the rest title and reason."""

    planned: list[CalendarEvent] = field(default_factory=list)
    changed: list[CalendarEvent] = field(default_factory=list)
    cancelled: list[CalendarEvent] = field(default_factory=list)
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """One date of the file."""

    uid: str
    sequence: int
    cancelled: bool
    data: EventData


def decoded(raw: bytes) -> str:
    """The text, whatever encoding it has. Raises Invalid for what is no text."""
    if len(raw) > LARGEST:
        raise Invalid(fields={"file": _("Diese Datei ist größer als 2 MB. Bitte teilen Sie sie auf.")})
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace").replace("\x00", "")
    if raw[:2] == b"B\x00" or raw[:2] == b"\x00B":
        return raw.decode("utf-16-le" if raw[0] else "utf-16-be", errors="replace")
    if b"\x00" in raw:
        raise Invalid(fields={"file": _("Das ist keine Kalenderdatei. Sie endet meist auf .ics.")})
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _events(raw: bytes) -> list[Any]:
    """The VEVENTs of a file. Raises Invalid for a file that is none, is damaged, or is too much."""
    text = decoded(raw).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text.upper().startswith("BEGIN:VCALENDAR"):
        raise Invalid(fields={"file": _("Das ist keine Kalenderdatei. Sie endet meist auf .ics.")})
    if "END:VCALENDAR" not in text.upper():
        raise Invalid(
            fields={"file": _("Die Datei ist abgeschnitten: Ihr Ende fehlt. Bitte laden Sie sie neu herunter.")}
        )
    if text.upper().count("BEGIN:VEVENT") > MOST:
        raise Invalid(
            fields={"file": _("Das sind mehr als %(most)s Termine. Bitte teilen Sie die Datei.") % {"most": MOST}}
        )
    try:
        calendars = Calendar.from_ical(UNUSED.sub("", text).replace("\n", "\r\n"), multiple=True)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, RecursionError, OverflowError):
        raise Invalid(fields={"file": _("Diese Datei ist beschädigt, wir können sie nicht lesen.")}) from None
    parts = [part for calendar in calendars for part in calendar.walk("VEVENT")]
    if not parts:
        raise Invalid(fields={"file": _("In dieser Datei steht kein Termin.")})
    return parts


def read(raw: bytes, *, department: str, zone: ZoneInfo) -> tuple[list[Found], list[tuple[str, str]]]:
    """The dates in a file, and what could not be read (title, reason). Raises Invalid when nothing could."""
    found: dict[str, Found] = {}
    refused: list[tuple[str, str]] = []
    # Dates that were moved one by one come last, so that they replace what the repetition makes.
    for part in sorted(_events(raw), key=lambda part: "RECURRENCE-ID" in part):
        title = _text(part, "SUMMARY", 80) or _("ohne Namen")
        try:
            for one in _dates(part, department, zone):
                found[one.uid] = one
        except Invalid as error:
            refused.append((title, str(error.message)))
        except (ValueError, KeyError, AttributeError, TypeError, OverflowError):
            refused.append((title, _("Zeit oder Wiederholung sind nicht lesbar.")))
        if len(found) > MOST:
            raise Invalid(
                fields={"file": _("Das sind mehr als %(most)s Termine. Bitte teilen Sie die Datei.") % {"most": MOST}}
            )
    return sorted(found.values(), key=lambda one: one.data.starts_at), refused


def _text(part: Any, name: str, limit: int) -> str:
    value = part.get(name, "")
    value = value[0] if isinstance(value, list) else value
    return tidy(str(value))[:limit]


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    """A day begins at its midnight here; an hour without a zone is ours."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone follows
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _moments(part: Any, name: str) -> list[Any]:
    value = part.get(name)
    rows = value if isinstance(value, list) else [value] if value is not None else []
    return [one.dt for row in rows for one in row.dts]


def _dates(part: Any, department: str, zone: ZoneInfo) -> Iterator[Found]:
    begins = part["DTSTART"].dt
    all_day = not isinstance(begins, datetime)
    start = _instant(begins, zone)
    if "DTEND" in part:
        end = _instant(part["DTEND"].dt, zone)
    elif "DURATION" in part:
        end = start + part["DURATION"].dt
    else:
        end = start + (timedelta(days=1) if all_day else DEFAULT_LENGTH)
    place, link = _text(part, "LOCATION", 200), _text(part, "URL", 300)
    online = place if place.startswith(("https://", "http://")) else ""
    data = EventData(
        title={"de": _text(part, "SUMMARY", TITLE_LIMIT)},
        starts_at=start,
        ends_at=end,
        all_day=all_day,
        department=department,
        kind=Kind.OTHER.value,
        description={"de": _text(part, "DESCRIPTION", 5000)},
        place={} if online else {"de": place},
        online_url=online,
        link=link if link.startswith(("https://", "http://")) else "",
    )
    uid = _text(part, "UID", 200) or hashlib.sha256(f"{start}{data.title['de']}".encode()).hexdigest()
    sequence = max(0, min(int(part.get("SEQUENCE", 0)), 2**31 - 1))
    one = Found(uid, sequence, str(part.get("STATUS", "")).upper() == "CANCELLED", data)
    if "RECURRENCE-ID" in part:
        day = _instant(part["RECURRENCE-ID"].dt, zone).astimezone(zone).date()
        yield replace(one, uid=f"{uid}#{day:%Y%m%d}")
    elif "RRULE" in part:
        yield from _repeated(part, one, zone)
    else:
        yield one


def _repeated(part: Any, one: Found, zone: ZoneInfo) -> Iterator[Found]:
    local = one.data.starts_at.astimezone(zone)
    rule = recurrence.parse(part["RRULE"].to_ical().decode(), first=one.data.starts_at, zone=zone)
    left_out = {_instant(moment, zone).astimezone(zone).date() for moment in _moments(part, "EXDATE")}
    wall = [moment.astimezone(zone).replace(tzinfo=None) for moment in (one.data.starts_at, one.data.ends_at)]
    minutes = max(1, int((wall[1] - wall[0]).total_seconds() // 60))
    for day in recurrence.days_of(rule, local.date(), left_out):
        start, end = recurrence.period(day, local.time().replace(tzinfo=None), minutes, zone)
        yield replace(one, uid=f"{one.uid}#{day:%Y%m%d}", data=replace(one.data, starts_at=start, ends_at=end))


def import_calendar(*, actor: Actor, raw: bytes, department: str, at: datetime) -> Imported:
    """Plans a draft for each date to come; changes what was read in before and has a higher SEQUENCE; cancels.

    Each date is an action of its own, so a file that is half good is half taken over. Raises Invalid for a file that
    cannot be read at all.
    """
    rules.require_organiser(actor.viewer, department)
    found, refused = read(raw, department=department, zone=city.current().zone)
    done = Imported(refused=refused)
    known = {row.external_uid: row for row in CalendarEvent.objects.filter(external_uid__in=[one.uid for one in found])}
    plain = actor.without_key()
    unchanged = 0
    for one in found:
        title, before = one.data.title["de"], known.get(one.uid)
        try:
            if before is None and one.cancelled:
                continue
            if before is None and one.data.ends_at <= at:
                done.refused.append((title, pgettext("event", "Dieser Termin ist vorbei.")))
            elif before is None:
                event = plan_event(actor=plain, data=one.data, external=(one.uid, one.sequence), at=at)
                done.planned.append(event)
            elif one.cancelled and before.state == State.PUBLISHED:
                reason = _("Abgesagt von der Stelle, die einlädt.")
                done.cancelled.append(cancel_event(actor=plain, event_id=before.pk, reason=reason, at=at))
            elif one.sequence > before.external_sequence:
                own = replace(
                    data_of(before),
                    title={**before.title, **one.data.title},
                    starts_at=one.data.starts_at,
                    ends_at=one.data.ends_at,
                    all_day=one.data.all_day,
                    description={**before.description, **one.data.description},
                    place={**before.place, **one.data.place},
                    online_url=one.data.online_url or before.online_url,
                )
                done.changed.append(
                    change_event(actor=plain, event_id=before.pk, data=own, external_sequence=one.sequence, at=at)
                )
            else:
                unchanged += 1
        except (Invalid, Closed, Conflict) as error:
            done.refused.append((title or _("ohne Namen"), str(error.message)))
    return replace(done, unchanged=unchanged)
