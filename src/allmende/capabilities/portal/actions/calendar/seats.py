"""Registering, confirming, giving up a seat; who came."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from allmende.accounts import interface as accounts
from allmende.capabilities.portal.actions.calendar import rows
from allmende.capabilities.portal.events.calendar import SeatConfirmed, SeatGivenUp, SeatTaken
from allmende.capabilities.portal.models import CalendarEvent, Registration
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.workflow.calendar import HOLDING, LIVE, Seat
from allmende.core import audit, events
from allmende.core.actions import action
from allmende.core.actor import Actor
from allmende.core.errors import Closed, Conflict, Invalid, NotFound
from allmende.engines.notify import interface as notify

NAME_LIMIT = 80
NOTE_LIMIT = 300


def _check(event: CalendarEvent, name: str, aids: Sequence[str], note: str, at: datetime) -> None:
    """Raises Invalid for a name that is missing, and for aids that cannot be had (any more)."""
    wrong: dict[str, str] = {}
    if not name:
        wrong["name"] = _("Bitte sagen Sie, unter welchem Namen wir Sie erwarten.")
    elif len(name) > NAME_LIMIT:
        wrong["name"] = _("Bitte kürzen Sie den Namen auf %(n)s Zeichen.") % {"n": NAME_LIMIT}
    if len(note) > NOTE_LIMIT:
        wrong["aids_note"] = _("Bitte kürzen Sie das auf %(n)s Zeichen.") % {"n": NOTE_LIMIT}
    if aids and (set(aids) - set(event.aids_on_request) or not rules.may_ask_for_aids(event, at)):
        wrong["aids"] = _("Das lässt sich für diesen Termin nicht mehr anfragen. Bitte rufen Sie uns an.")
    if wrong:
        raise Invalid(fields=wrong)


def _tidy(text: str) -> str:
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


@action
def take_seat(
    *,
    actor: Actor,
    event_id: UUID,
    name: str,
    guest: Mapping[str, Any] | None = None,
    aids: Sequence[str] = (),
    aids_note: str = "",
    proven: bool = True,
    at: datetime,
) -> Registration:
    """Registers the actor, or the guest; when all seats are taken, for the waiting list.

    A guest with an e-mail address confirms by the link in a mail; the seat is kept for a day. Without the browser's
    proof of work and without mail an organiser confirms. With a hand channel an organiser enters somebody (`guest` says
    how to reach them). Whoever has a seat gets that one again. Raises Closed, Invalid with fields.
    """
    event = rows.locked_event(event_id)
    by_hand = actor.channel in rules.HAND_CHANNELS
    if by_hand:
        rules.require_organiser(actor.viewer, event.department)
    elif not rules.may_see(event, actor.viewer, at):
        raise NotFound
    rules.require_registrations(event, at=at, by_hand=by_hand)
    name, aids_note = _tidy(name), _tidy(aids_note)
    _check(event, name, aids, aids_note, at)
    sender = actor
    if guest is not None:
        person = accounts.guest(**{**guest, "display_name": guest.get("display_name") or name[:60]})
        key = accounts.key_of(person.pk)
        sender = actor.via(actor.channel, on_behalf_of=key) if by_hand else dataclasses.replace(actor, key=key)
    elif actor.person_id is not None and not by_hand:
        person = accounts.person(actor.person_id)
        mine = Registration.objects.filter(event=event, person=person, state__in=LIVE).first()
        if mine is not None:
            audit.record(actor, "portal.take_seat", mine.ref, fields=[])
            return mine
    else:
        raise Invalid(_("Bitte sagen Sie, wie wir Sie erreichen, oder wählen Sie „keine Nachricht“."))
    by_mail = guest is not None and not by_hand and person.contact_kind == "email"
    to_confirm = by_mail or (guest is not None and not by_hand and not proven)
    within = rules.CONFIRM_WITHIN if by_mail else rules.CHECK_WITHIN
    full = event.waiting > 0 or event.free == 0
    state = Seat.WAITING if full else Seat.ASKED if to_confirm else Seat.SEATED
    seat = Registration.objects.create(
        event=event,
        person=person,
        entered_by_id=actor.person_id if by_hand else None,
        channel=actor.channel.value,
        language=person.language,
        name=name,
        state=state.value,
        aids=sorted(set(aids)),
        aids_note=aids_note,
        queued_at=at,
        keep_until=min(at + within, event.starts_at) if to_confirm else None,
        confirmed_at=None if to_confirm else at,
    )
    if full:
        event.waiting += 1
    else:
        event.taken += 1
    event.save(update_fields=["taken", "waiting"])
    if guest is not None:
        notify.issue_receipt(event.ref, person.pk, at)
    if by_mail:
        from allmende.capabilities.portal.tasks.calendar import send_confirmation

        send_confirmation.defer(registration_id=str(seat.pk))
    audit.record(sender, "portal.take_seat", seat.ref, fields=["name", "state", "aids"])
    # In the name of whoever is signed in, so that a guest is told by their own way.
    events.publish(actor, SeatTaken(ref=event.ref, registration_id=seat.pk, state=seat.state))
    return seat


def _locked(seat_id: UUID) -> tuple[CalendarEvent, Registration]:
    """Event and seat, locked in this order. Raises NotFound."""
    found = Registration.objects.filter(pk=seat_id).values_list("event_id", flat=True).first()
    if found is None:
        raise NotFound
    event = rows.locked_event(found)
    seat = Registration.objects.select_for_update().get(pk=seat_id)
    seat.event = event
    return event, seat


@action
def confirm_seat(*, actor: Actor, seat_id: UUID, by_link: bool = False, at: datetime) -> Registration:
    """The guest by the link in the mail, or an organiser. Repeating changes nothing. Raises Closed when too late."""
    event, seat = _locked(seat_id)
    if not by_link:
        rules.require_organiser(actor.viewer, event.department)
    if seat.confirmed_at is not None:
        audit.record(actor, "portal.confirm_seat", seat.ref, fields=[])
        return seat
    if seat.state not in LIVE or (seat.keep_until is not None and seat.keep_until <= at):
        raise Closed(_("Der Platz ist inzwischen wieder frei. Bitte melden Sie sich noch einmal an."))
    rules.require_registrations(event, at=at, by_hand=True)
    seat.confirmed_at, seat.keep_until = at, None
    if seat.state == Seat.ASKED:
        seat.state = Seat.SEATED.value
    seat.save(update_fields=["confirmed_at", "keep_until", "state"])
    rows.fill_seats(actor, event, at)
    event.save(update_fields=["taken", "waiting"])
    audit.record(actor, "portal.confirm_seat", seat.ref, fields=["state"])
    events.publish(actor, SeatConfirmed(ref=event.ref, registration_id=seat.pk))
    seat.refresh_from_db()
    return seat


@action
def give_up_seat(*, actor: Actor, seat_id: UUID, by_link: bool = False, at: datetime) -> Registration:
    """Somebody does not come: the first on the waiting list moves up. Repeating it changes nothing."""
    event, seat = _locked(seat_id)
    rules.require_own_seat(seat, actor.viewer, by_link=by_link)
    if event.ends_at <= at:
        raise Closed(pgettext("event", "Dieser Termin ist vorbei."))
    if seat.state in LIVE:
        _free(actor, event, seat, at)
    audit.record(actor, "portal.give_up_seat", seat.ref, fields=["state"])
    return seat


def _free(actor: Actor, event: CalendarEvent, seat: Registration, at: datetime) -> None:
    if seat.state in HOLDING:
        event.taken -= 1
    else:
        event.waiting -= 1
    seat.state, seat.given_up_at, seat.keep_until = Seat.GIVEN_UP.value, at, None
    seat.aids, seat.aids_note = [], ""
    seat.save(update_fields=["state", "given_up_at", "keep_until", "aids", "aids_note"])
    events.publish(actor, SeatGivenUp(ref=event.ref, registration_id=seat.pk))
    rows.fill_seats(actor, event, at)
    event.save(update_fields=["taken", "waiting"])


@action
def release_unconfirmed(*, actor: Actor, event_id: UUID, at: datetime) -> CalendarEvent:
    """Takes back seats that nobody confirmed in time; called by the clock."""
    event = rows.locked_event(event_id)
    late = Registration.objects.select_for_update().filter(event=event, state__in=LIVE, keep_until__lte=at)
    for seat in late.order_by("pk"):
        _free(actor, event, seat, at)
    audit.record(actor, "portal.release_unconfirmed", event.ref, fields=["taken", "waiting"])
    return event


@action
def note_who_came(*, actor: Actor, event_id: UUID, came: Collection[UUID], at: datetime) -> CalendarEvent:
    """The list at the door: exactly these came of those seated. From an hour before the beginning on."""
    event = rows.locked_event(event_id)
    rules.require_organiser(actor.viewer, event.department)
    if event.names_deleted_at is not None:
        raise Conflict(_("Die Namen sind schon gelöscht."))
    seats = Registration.objects.select_for_update().filter(event=event, state=Seat.SEATED.value).order_by("pk")
    for seat in seats:
        here = seat.pk in came
        if seat.came is not here:
            seat.came = here
            seat.save(update_fields=["came"])
    audit.record(actor, "portal.note_who_came", event.ref, fields=["came"], reason=f"{at:%Y-%m-%d}")
    return event
