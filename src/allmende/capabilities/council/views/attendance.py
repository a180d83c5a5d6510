"""Who was there: two numbers for everybody, a form for the council's office."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms.attendance import AttendanceForm
from allmende.capabilities.council.models import Meeting
from allmende.capabilities.council.queries import attendance as queries
from allmende.capabilities.council.queries.votes import entitled_in
from allmende.capabilities.council.rules.attendance import QUORA, AttendanceData, Stay
from allmende.capabilities.council.views.pages import crumbs, named, ours
from allmende.core.errors import Invalid
from allmende.core.http import Request
from allmende.ui.views import render_form

type Row = dict[str, object]
CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def attendance_row(meeting: Meeting) -> Row | None:
    """How many were there, and whether the council could decide."""
    found = queries.attendance_of(meeting)
    if found is None:
        return None
    rule = QUORA[found.quorum]
    return {
        "present": found.present,
        "seats": found.seats,
        "reached": rule.reached(found.present, found.seats),
        "rule": rule.label,
        "source": rule.source,
    }


def _moment(text: str, start: datetime | None) -> datetime | None:
    """A time of day as an instant of the meeting; after midnight it is the next day. Raises Invalid."""
    text = text.strip()
    if not text or start is None:
        return None
    found = CLOCK.fullmatch(text)
    if found is None:
        raise Invalid(_("Bitte geben Sie Uhrzeiten so an: 18:30."))
    begun = timezone.localtime(start)
    moment = datetime.combine(begun.date(), time(int(found[1]), int(found[2])), begun.tzinfo)
    return moment + timedelta(days=1) if moment < begun - timedelta(hours=6) else moment


def _read(sent: QueryDict, people: dict[UUID, int], meeting: Meeting) -> dict[UUID, Stay]:
    """Who was ticked, from when to when."""
    return {
        key: Stay(
            _moment(sent.get(f"since-{number}", ""), meeting.start),
            _moment(sent.get(f"until-{number}", ""), meeting.start),
        )
        for key, number in people.items()
        if f"here-{number}" in sent
    }


def _clock(moment: datetime | None) -> str:
    return "" if moment is None else f"{timezone.localtime(moment):%H:%M}"


def _before(stays: dict[UUID, Stay], people: dict[UUID, int]) -> dict[str, str]:
    """What the fields hold of a list that is there."""
    found: dict[str, str] = {}
    for key, stay in stays.items():
        if number := people.get(key):
            times = {f"since-{number}": _clock(stay.since), f"until-{number}": _clock(stay.until)}
            found |= {f"here-{number}": "1", **times}
    return found


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def record(request: Request, number: int) -> HttpResponse:
    """Who was there. Who has left the council since stands in the list no more; who is sent all the same is named."""
    rules.require_may_write(request.viewer)
    meeting = queries.meeting_by_number(number)
    members, ever = entitled_in(meeting), queries.ever_sat(meeting)
    people = {key: one_number for key, (_name, one_number, _last) in ever.items()}
    known = queries.attendance_of(meeting)
    form = AttendanceForm(request.POST or None, initial={"quorum": known.quorum if known else "majority"})
    back = reverse("council:meeting", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            data = AttendanceData(_read(request.POST, people, meeting), form.cleaned_data["quorum"])
            actions.record_attendance(actor=request.actor, meeting_id=meeting.pk, data=data, at=request.at)
            messages.success(request, _("Gespeichert."))
            return redirect(back)
    held: Callable[[str, str], str | None] = (
        request.POST.get if form.is_bound else _before(queries.stays(meeting.pk) or {}, people).get
    )
    context = {
        "meeting": meeting,
        "begun": meeting.is_begun(request.at),
        "members": [
            {
                "name": row.person.name,
                "group": row.on_behalf_of.name if row.on_behalf_of else "",
                "number": row.person.number,
                "here": held(f"here-{row.person.number}", ""),
                "since": held(f"since-{row.person.number}", ""),
                "until": held(f"until-{row.person.number}", ""),
            }
            for row in members.values()
        ],
        "gone": [(name, last) for key, (name, _number, last) in ever.items() if key not in members and last],
        "back_url": back,
        "crumbs": crumbs(
            (_("Sitzungen"), reverse("council:meetings")), (named(meeting.name), back), (_("Anwesenheit"), "")
        ),
    }
    return render_form(request, "council/attendance.html", form, context)
