"""Registering, the receipt, confirming by link, giving the seat back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from allmende.accounts import interface as accounts
from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.forms.calendar.seats import SeatForm
from allmende.capabilities.portal.models import Registration
from allmende.capabilities.portal.queries import calendar as queries
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.rules.calendar.tokens import seat_id_of, seat_token
from allmende.capabilities.portal.views.calendar.pages import crumbs, office_name, ours, when
from allmende.capabilities.portal.workflow.calendar import AIDS, SEAT_LABELS, Seat, word
from allmende.core import city
from allmende.core.errors import Closed, DomainError, NotFound
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.ui.views import render_form

PER_HOUR = 20


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: Request, number: int) -> HttpResponse:
    """The form, as guest or with an account; when all seats are taken, for the waiting list."""
    viewer, at = request.viewer, request.at
    found = queries.event_by_number(number, viewer, at)
    title = word(found.title, viewer.language)
    url = reverse("portal:calendar_event", args=[number])
    own = queries.seat_of_person(found, viewer)
    if own is not None:
        return redirect("portal:calendar_seat", token=seat_token(own))
    try:
        rules.require_registrations(found, at=at, by_hand=False)
    except Closed as error:
        context: dict[str, Any] = {
            "title": title,
            "reason": error.message,
            "url": url,
            "crumbs": crumbs((title, url), (pgettext("event", "Anmelden"), "")),
        }
        return render(request, "portal/calendar/closed.html", context, status=200 if request.method != "POST" else 409)
    initial = {"name": accounts.person(viewer.person_id).display_name} if viewer.person_id else {}
    form = SeatForm(
        request.POST or None, event=found, may_ask=rules.may_ask_for_aids(found, at), viewer=viewer, initial=initial
    )
    if form.is_bound and form.is_valid():
        with form.attempt():
            return _register(request, form, found.pk)
    full = found.waiting > 0 or found.free == 0
    context = {
        "event": found,
        "title": title,
        "when": when(found),
        "full": full,
        "free": found.free,
        "url": url,
        "reader": _("das Team, das einlädt (%(office)s)") % {"office": office_name(found.department, viewer.language)},
        "private": _("Name, Kontakt und was Sie brauchen"),
        "days": city.setting("portal.event_names_days", 30),
        "crumbs": crumbs((title, url), (pgettext("event", "Anmelden"), "")),
        "example": found.is_example,
    }
    return render_form(request, "portal/calendar/register.html", form, context)


def _register(request: Request, form: SeatForm, event_id: UUID) -> HttpResponse:
    times = int(city.setting("portal.registrations_per_hour", PER_HOUR))
    proof = accounts.check_visitor(request, "portal.register", times=times)
    values = form.cleaned_data
    seat = actions.take_seat(
        actor=request.actor,
        event_id=event_id,
        name=values["name"],
        guest=form.guest_data(language=request.viewer.language) if form.asks_contact else None,
        aids=values.get("aids") or (),
        aids_note=values["aids_note"],
        proven=proof == "proved",
        at=request.at,
    )
    return redirect("portal:calendar_seat", token=seat_token(seat))


def _seat(token: str) -> Registration:
    """The seat behind a signed address. Raises NotFound for a foreign token, and once the names are deleted."""
    seat_id = seat_id_of(token)
    found = queries.seat(seat_id) if seat_id else None
    if found is None:
        raise NotFound(_("Diese Anmeldung gibt es nicht mehr."))
    return found


def _private(response: HttpResponse) -> HttpResponse:
    """Whoever holds the address may act, so no one keeps the page."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: Request, token: str) -> HttpResponse:
    """How the registration stands, the calendar entry, the receipt; POST gives the seat back."""
    found = _seat(token)
    if request.method == "POST":
        try:
            actions.give_up_seat(actor=request.actor, seat_id=found.pk, by_link=True, at=request.at)
            messages.success(request, _("Sie sind abgemeldet. Danke, dass Sie Bescheid gesagt haben."))
        except DomainError as error:
            messages.error(request, str(error.message))
        return _private(redirect("portal:calendar_seat", token=token))
    event, language = found.event, request.viewer.language
    title = word(event.title, language)
    person_id = found.person_id
    assert person_id is not None
    person = accounts.person(person_id)
    receipt = notify.receipt_of(event.ref, person_id) if person.is_guest else None
    queue = [row.pk for row in queries.seats(event) if row.state == Seat.WAITING]
    context = {
        "seat": found,
        "event": event,
        "title": title,
        "when": when(event),
        "state_label": word(SEAT_LABELS[found.state], language),
        "heading": _heading(found),
        "by_mail": person.contact_kind == "email",
        "place_in_queue": queue.index(found.pk) + 1 if found.pk in queue else 0,
        "aids": [word(AIDS[key], language) for key in found.aids if key in AIDS],
        "receipt": receipt,
        "token": token,
        "over": event.ends_at <= request.at,
        "claim_url": accounts.claim_url(person_id) if person.is_guest and not request.viewer.is_signed_in else "",
        "url": reverse("portal:calendar_event", args=[event.number]),
        "crumbs": crumbs((title, reverse("portal:calendar_event", args=[event.number])), (_("Meine Anmeldung"), "")),
        "example": event.is_example,
    }
    return _private(render(request, "portal/calendar/seat.html", context))


def _heading(seat: Registration) -> str:
    if seat.state == Seat.GIVEN_UP:
        return _("Sie sind abgemeldet")
    if seat.keep_until is not None:
        return _("Fast geschafft: bitte noch bestätigen")
    return _("Sie stehen auf der Warteliste") if seat.state == Seat.WAITING else _("Sie sind angemeldet")


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, token: str) -> HttpResponse:
    """The link in the mail. GET changes nothing, since scanners of mails open every link."""
    found = _seat(token)
    if found.confirmed_at is not None or found.state == Seat.GIVEN_UP:
        return _private(redirect("portal:calendar_seat", token=token))
    if request.method == "POST":
        try:
            actions.confirm_seat(actor=request.actor, seat_id=found.pk, by_link=True, at=request.at)
        except DomainError as error:
            messages.error(request, str(error.message))
        return _private(redirect("portal:calendar_seat", token=token))
    title = word(found.event.title, request.viewer.language)
    context = {
        "title": _("Anmeldung bestätigen"),
        "question": _("„%(title)s“, %(when)s. Kommen Sie?") % {"title": title, "when": when(found.event)},
        "action": _("Ja, ich komme"),
        "cancel_url": reverse("portal:calendar_event", args=[found.event.number]),
        "crumbs": crumbs((title, reverse("portal:calendar_event", args=[found.event.number])), (_("Bestätigen"), "")),
    }
    return _private(render_form(request, "ui/confirm.html", None, context))
