"""The list at the door: who is registered, who waits, who came; also for print and as a table."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.portal.actions import calendar as actions
from allmende.capabilities.portal.forms.calendar.seats import EnterSeatForm
from allmende.capabilities.portal.models import CalendarEvent, Registration
from allmende.capabilities.portal.queries import calendar as queries
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.views.calendar.desk import _event_crumbs, _ours, seat_id
from allmende.capabilities.portal.views.calendar.pages import ours, when
from allmende.capabilities.portal.workflow.calendar import AIDS, SEAT_LABELS, Seat, word
from allmende.core import city
from allmende.core.actor import CHANNEL_LABELS, Channel
from allmende.core.errors import DomainError
from allmende.core.http import Request
from allmende.ui.views import render_form

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet begins to calculate what somebody has typed as a name."""


def _needs(seat: Registration, language: str) -> str:
    words = [word(AIDS[key], language) for key in seat.aids if key in AIDS]
    return ", ".join([*words, seat.aids_note] if seat.aids_note else words)


def _rows(event: CalendarEvent, language: str) -> list[dict[str, Any]]:
    seats = queries.seats(event)
    ids = [seat.person_id for seat in seats if seat.person_id]
    people = accounts.recipients(ids)
    found = []
    for seat in seats:
        person = people.get(seat.person_id) if seat.person_id else None
        reach = (person.email or person.telephone or person.postal_address) if person else ""
        found.append(
            {
                "id": str(seat.pk),
                "name": seat.name or _("gelöscht"),
                "state": seat.state,
                "state_label": word(SEAT_LABELS[seat.state], language),
                "needs": _needs(seat, language),
                "reach": reach or "–",
                "channel": str(CHANNEL_LABELS[Channel(seat.channel)]),
                "came": seat.came,
                "unconfirmed": seat.keep_until is not None,
            }
        )
    return found


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: Request, number: int) -> HttpResponse:
    """The list; POST notes who came, confirms somebody, or frees a seat."""
    event = _ours(request, number)
    if request.method == "POST":
        try:
            _change(request, event)
        except DomainError as error:
            messages.error(request, str(error.message))
        return redirect("portal:calendar_people", number=number)
    language = request.viewer.language
    rows = _rows(event, language)
    context = {
        "event": event,
        "title": word(event.title, language),
        "when": when(event),
        "rows": rows,
        "seated": [row for row in rows if row["state"] != Seat.WAITING],
        "waiting": [row for row in rows if row["state"] == Seat.WAITING],
        "days": city.setting("portal.event_names_days", 30),
        "over": event.ends_at <= request.at,
        "crumbs": _event_crumbs(event, language, _("Teilnehmende")),
        "example": event.is_example,
    }
    return render(request, "portal/calendar/people.html", context)


def _change(request: Request, event: CalendarEvent) -> None:
    verb, _colon, which = request.POST.get("action", "came").partition(":")
    if verb == "confirm":
        actions.confirm_seat(actor=request.actor, seat_id=seat_id(which), at=request.at)
        messages.success(request, _("Bestätigt."))
    elif verb == "free":
        actions.give_up_seat(actor=request.actor, seat_id=seat_id(which), at=request.at)
        messages.success(request, _("Der Platz ist frei. Wer am längsten wartet, rückt nach."))
    else:
        came = {seat_id(text) for text in request.POST.getlist("ids")}
        actions.note_who_came(actor=request.actor, event_id=event.pk, came=came, at=request.at)
        messages.success(request, _("Gespeichert."))


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Request, number: int) -> HttpResponse:
    """Somebody without the internet: by telephone, on paper, at the counter."""
    event = _ours(request, number)
    language = request.viewer.language
    form = EnterSeatForm(
        request.POST or None, event=event, may_ask=rules.may_ask_for_aids(event, request.at), language=language
    )
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            seat = actions.take_seat(
                actor=request.actor.via(Channel(values["channel"])),
                event_id=event.pk,
                name=values["name"],
                guest=form.guest_data(language=language),
                aids=values.get("aids") or (),
                aids_note=values["aids_note"],
                at=request.at,
            )
            waiting = seat.state == Seat.WAITING
            messages.success(request, _("Steht auf der Warteliste.") if waiting else _("Ist angemeldet."))
            return redirect("portal:calendar_people", number=number)
    context = {
        "title": _("Jemanden eintragen"),
        "submit": _("Eintragen"),
        "cancel_url": reverse("portal:calendar_people", args=[number]),
        "crumbs": _event_crumbs(event, language, _("Eintragen")),
    }
    return render_form(request, "portal/calendar/form.html", form, context)


@ours
@require_safe
def people_csv(request: Request, number: int) -> HttpResponse:
    """The list for a spreadsheet; nothing in it can be taken for a formula."""
    event = _ours(request, number)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("Name"), _("Stand"), _("Was gebraucht wird"), _("Gemeldet per"), _("War da")])
    for row in _rows(event, request.viewer.language):
        came = {True: _("ja"), False: _("nein"), None: ""}[row["came"]]
        cells = [str(row["name"]), str(row["state_label"]), str(row["needs"]), str(row["channel"]), came]
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="teilnehmende-{event.number}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
