"""What people are told of events: those registered, and those who follow the event or what it is about."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from allmende.capabilities.portal.models import CalendarEvent, EventAbout, Registration
from allmende.capabilities.portal.workflow.calendar import LIVE, Seat, State, word
from allmende.core.events import Stored
from allmende.core.manifest import NoticeRule, NoticeText
from allmende.core.refs import Ref


def _event(event: Stored) -> CalendarEvent | None:
    return CalendarEvent.objects.filter(pk=event.ref.id).first()


def _when(found: CalendarEvent) -> str:
    starts = timezone.localtime(found.starts_at)
    day = formats.date_format(starts, "DATE_FORMAT")
    if found.all_day:
        return day
    return _("%(day)s, %(hour)s Uhr") % {"day": day, "hour": f"{starts:%H:%M}"}


def _facts(found: CalendarEvent, language: str) -> str:
    lines = [_when(found), ", ".join(part for part in (word(found.place, language), found.address) if part)]
    return "\n".join(line for line in [*lines, found.online_url] if line)


def _text(found: CalendarEvent, language: str, subject: str, *lines: str) -> NoticeText:
    body = "\n\n".join(line for line in lines if line)
    return NoticeText(subject % {"title": word(found.title, language)}, body, found.ref)


# Whom


def on_the_list(event: Stored) -> Iterable[UUID]:
    """Everybody registered, waiting or still to confirm."""
    rows = Registration.objects.filter(event_id=event.ref.id, state__in=LIVE, person__isnull=False)
    return list(rows.order_by("id").values_list("person_id", flat=True))


def seated(event: Stored) -> Iterable[UUID]:
    rows = Registration.objects.filter(event_id=event.ref.id, state=Seat.SEATED.value, person__isnull=False)
    return list(rows.order_by("id").values_list("person_id", flat=True))


def this_one(event: Stored) -> Iterable[UUID]:
    rows = Registration.objects.filter(pk=event.payload["registration_id"], person__isnull=False)
    return list(rows.values_list("person_id", flat=True))


def itself(event: Stored) -> Iterable[Ref]:
    return (event.ref,)


def itself_and_about(event: Stored) -> Iterable[Ref]:
    """The event, and the groups and stores that it is about."""
    return (event.ref, *(row.ref for row in EventAbout.objects.filter(event_id=event.ref.id).order_by("id")))


# What


def published(event: Stored, language: str) -> NoticeText | None:
    found = _event(event)
    if found is None or found.state != State.PUBLISHED or found.starts_at <= event.at:
        return None
    if not event.payload.get("first_of_series", True):
        return None
    more = _("Das ist der erste Termin einer Reihe.") if found.series_id else ""
    return _text(found, language, pgettext("event", "Neuer Termin: %(title)s"), _facts(found, language), more)


def moved(event: Stored, language: str) -> NoticeText | None:
    found = _event(event)
    if found is None or found.state != State.PUBLISHED or found.ends_at <= event.at:
        return None
    return _text(
        found,
        language,
        pgettext("event", "Termin geändert: %(title)s"),
        _("So gilt es jetzt:"),
        _facts(found, language),
    )


def cancelled(event: Stored, language: str) -> NoticeText | None:
    found = _event(event)
    if found is None or found.state != State.CANCELLED or found.ends_at <= event.at:
        return None
    return _text(found, language, pgettext("event", "Abgesagt: %(title)s"), _when(found), found.cancel_reason)


def soon(event: Stored, language: str) -> NoticeText | None:
    found = _event(event)
    if found is None or found.state != State.PUBLISHED or found.starts_at <= event.at:
        return None
    subject = _("Morgen: %(title)s") if event.payload["notice"] == "day" else _("In einer Stunde: %(title)s")
    if (
        event.payload["notice"] == "day"
        and timezone.localtime(found.starts_at).date() == timezone.localtime(event.at).date()
    ):
        subject = _("Heute: %(title)s")
    free = _("Sie können nicht kommen? Bitte geben Sie den Platz frei, andere warten.") if found.waiting else ""
    return _text(found, language, subject, _facts(found, language), free)


def taken(event: Stored, language: str) -> NoticeText | None:
    found, seat = _event(event), Registration.objects.filter(pk=event.payload["registration_id"]).first()
    if found is None or seat is None or seat.state not in LIVE or seat.keep_until is not None:
        return None
    if event.name == "portal.seat_taken" and seat.confirmed_at != seat.queued_at:
        return None  # told when it is confirmed
    if seat.state == Seat.WAITING:
        line = _("Zurzeit sind alle Plätze vergeben. Sobald einer frei wird, rücken Sie nach und bekommen Bescheid.")
        return _text(found, language, _("Auf der Warteliste: %(title)s"), line, _facts(found, language))
    return _text(found, language, _("Angemeldet: %(title)s"), _facts(found, language))


def moved_up(event: Stored, language: str) -> NoticeText | None:
    found, seat = _event(event), Registration.objects.filter(pk=event.payload["registration_id"]).first()
    if found is None or seat is None or seat.state != Seat.SEATED or found.ends_at <= event.at:
        return None
    return _text(
        found,
        language,
        _("Ein Platz ist frei geworden: %(title)s"),
        _("Sie sind nachgerückt und jetzt angemeldet."),
        _facts(found, language),
    )


def reviewed(event: Stored, language: str) -> NoticeText | None:
    found = _event(event)
    if found is None or not (found.recording_url or found.review):
        return None
    return _text(found, language, _("Zum Nachlesen: %(title)s"), word(found.review, language))


RULES = (
    NoticeRule("portal.event_published", published, followed=itself_and_about),
    NoticeRule("portal.event_moved", moved, people=on_the_list, followed=itself, urgent=True),
    NoticeRule("portal.event_cancelled", cancelled, people=on_the_list, followed=itself, urgent=True),
    NoticeRule("portal.event_soon", soon, people=seated, urgent=True),
    NoticeRule("portal.seat_taken", taken, people=this_one, urgent=True),
    NoticeRule("portal.seat_confirmed", taken, people=this_one, urgent=True),
    NoticeRule("portal.seat_moved_up", moved_up, people=this_one, urgent=True),
    NoticeRule("portal.event_reviewed", reviewed, people=seated, followed=itself),
)
