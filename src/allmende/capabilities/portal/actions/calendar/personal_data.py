"""What the calendar holds about a person: export, erasure, retention (GDPR Art. 15, 17, 20)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allmende.capabilities.portal.actions.calendar.rows import fill_seats
from allmende.capabilities.portal.models import CalendarEvent, Registration
from allmende.capabilities.portal.workflow.calendar import HOLDING, LIVE, Seat
from allmende.core import city
from allmende.core.actor import SYSTEM
from allmende.core.manifest import PersonalData, SettingSpec

KEPT = timedelta(days=30)
SETTING = SettingSpec(
    "portal.event_names_days",
    _("Tage, nach denen Namen von Angemeldeten gelöscht werden"),
    KEPT.days,
    hint=_("Gezählt ab dem Ende des Termins. Wie viele es waren, bleibt als Zahl."),
    kind="number",
)


def export_seats(person_id: UUID) -> Iterable[Mapping[str, Any]]:
    for seat in Registration.objects.filter(person_id=person_id).select_related("event").order_by("queued_at"):
        yield {
            "event": seat.event.title,
            "number": seat.event.number,
            "starts_at": seat.event.starts_at,
            "name": seat.name,
            "state": seat.state,
            "asked_for": seat.aids,
            "note": seat.aids_note,
            "registered_at": seat.queued_at,
            "channel": seat.channel,
            "came": seat.came,
        }


def erase_seats(person_id: UUID, _keep_texts: bool) -> None:  # noqa: FBT001 - the manifest's call
    """Seats to come go to those who wait; of the past the row stays without a name."""
    at = timezone.now()
    ids = Registration.objects.filter(person_id=person_id).values_list("event_id", flat=True)
    for event in CalendarEvent.objects.select_for_update(of=("self",)).filter(pk__in=set(ids)).order_by("pk"):
        for seat in Registration.objects.select_for_update().filter(event=event, person_id=person_id).order_by("pk"):
            if seat.state in LIVE and event.ends_at > at:
                if seat.state in HOLDING:
                    event.taken -= 1
                else:
                    event.waiting -= 1
                seat.state, seat.given_up_at, seat.keep_until = Seat.GIVEN_UP.value, at, None
            _blank(seat)
        fill_seats(SYSTEM, event, at)
        event.save(update_fields=["taken", "waiting"])
    Registration.objects.filter(entered_by_id=person_id).update(entered_by=None)


def _blank(seat: Registration) -> None:
    seat.person, seat.name, seat.aids, seat.aids_note, seat.entered_by = None, "", [], "", None
    seat.save()


def expire_seats(at: datetime) -> int:
    """Takes the names out some days after the end (the city says how many); returns from how many rows."""
    days = timedelta(days=max(0, int(city.setting(SETTING.key, KEPT.days))))
    old = CalendarEvent.objects.filter(ends_at__lte=at - days, names_deleted_at__isnull=True).order_by("pk")
    count = 0
    for event in old.select_for_update(of=("self",)):
        rows = Registration.objects.filter(event=event)
        count += rows.exclude(person=None, name="").update(person=None, name="", aids=[], aids_note="", entered_by=None)
        event.names_deleted_at = at
        event.save(update_fields=["names_deleted_at"])
    return count


PERSONAL_DATA = PersonalData(
    "registration",
    _("Anmeldungen zu Terminen"),
    _("damit ein Platz für Sie frei ist und Sie erfahren, wenn sich etwas ändert"),
    KEPT,
    export_seats,
    erase_seats,
    expire_seats,
)
