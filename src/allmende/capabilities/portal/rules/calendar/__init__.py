"""Who may do what in the calendar, and when: pure predicates over `viewer`, object and `at`."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from allmende.capabilities.portal.models import CalendarEvent, Registration
from allmende.capabilities.portal.workflow.calendar import PUBLIC, State
from allmende.core.actor import Channel, Role, Viewer
from allmende.core.errors import Closed, NotAllowed, NotFound, NotSignedIn

SCOPE = "portal"
HAND_CHANNELS = (Channel.PAPER, Channel.TELEPHONE, Channel.COUNTER, Channel.EMAIL)
"""Channels over which organisers enter who has no internet (practice.md 5)."""
CONFIRM_WITHIN = timedelta(hours=24)
"""How long a seat is kept for a guest who has not pressed the button in the mail yet."""
CHECK_WITHIN = timedelta(days=3)
"""How long a registration waits for an organiser when the browser has not worked for it and there is no mail."""


def organises(viewer: Viewer, department: str) -> bool:
    """Editors of the portal, and clerks of the office that invites."""
    return viewer.has(Role.EDITOR, SCOPE) or viewer.has(Role.CLERK, f"department:{department}")


def may_organise(viewer: Viewer) -> bool:
    """Whether there is any office for which they may."""
    return viewer.has(Role.EDITOR, SCOPE) or viewer.has_anywhere(Role.CLERK)


def departments_of(viewer: Viewer) -> set[str] | None:
    """Offices for which they may organise; None: all."""
    if viewer.has(Role.EDITOR, SCOPE) or viewer.has(Role.CLERK):
        return None
    prefix = "department:"
    return {
        grant.scope.removeprefix(prefix)
        for grant in viewer.grants
        if grant.role == Role.CLERK and grant.scope.startswith(prefix)
    }


def require_may_organise(viewer: Viewer) -> None:
    """Raises NotSignedIn or NotAllowed."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not may_organise(viewer):
        raise NotAllowed(_("Termine planen die Redaktion und die Ämter."))


def require_organiser(viewer: Viewer, department: str) -> None:
    """Raises NotSignedIn or NotAllowed for whoever does not organise for this office."""
    if not viewer.is_signed_in:
        raise NotSignedIn
    if not organises(viewer, department):
        raise NotAllowed(_("Diesen Termin pflegen die Redaktion und das Amt, das einlädt."))


def may_see(event: CalendarEvent, viewer: Viewer, at: datetime) -> bool:
    """Everybody, once announced and past its embargo; before, those who organise."""
    open_now = event.state in PUBLIC and (event.visible_from is None or event.visible_from <= at)
    return open_now or organises(viewer, event.department)


def takes_registrations(event: CalendarEvent, at: datetime) -> bool:
    """Whether one can register at this time."""
    until = event.registration_until or event.starts_at
    announced = event.state == State.PUBLISHED and (event.visible_from is None or event.visible_from <= at)
    return event.registration and announced and at < min(until, event.starts_at)


def require_registrations(event: CalendarEvent, *, at: datetime, by_hand: bool) -> None:
    """Raises Closed with the reason. Organisers may enter people at the door, until the event ends."""
    if event.state == State.CANCELLED:
        raise Closed(_("Dieser Termin ist abgesagt."))
    if event.ends_at <= at:
        raise Closed(pgettext("event", "Dieser Termin ist vorbei."))
    if by_hand and event.state == State.PUBLISHED:
        return
    if not event.registration:
        raise Closed(_("Für diesen Termin braucht es keine Anmeldung."))
    if not takes_registrations(event, at):
        raise Closed(_("Die Anmeldung ist geschlossen. Rufen Sie uns an, vielleicht finden wir noch einen Platz."))


def may_ask_for_aids(event: CalendarEvent, at: datetime) -> bool:
    """Until the deadline; without one, until the beginning."""
    return bool(event.aids_on_request) and at < (event.aids_until or event.starts_at)


def require_own_seat(seat: Registration, viewer: Viewer, *, by_link: bool) -> None:
    """Whoever's seat it is, who holds its signed address, or who organises. Raises NotFound: others know nothing."""
    mine = viewer.person_id is not None and seat.person_id == viewer.person_id
    if not (mine or by_link or organises(viewer, seat.event.department)):
        raise NotFound
