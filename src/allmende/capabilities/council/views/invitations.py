"""Inviting: the office sends, members read the whole invitation, letters are printed for those without an account."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms.agendas import InviteForm
from allmende.capabilities.council.handlers.printing import document_of
from allmende.capabilities.council.models import Invitation, Invited
from allmende.capabilities.council.queries import agendas
from allmende.capabilities.council.queries import invitations as queries
from allmende.capabilities.council.rules import invitations
from allmende.capabilities.council.views.agendas import path_to
from allmende.capabilities.council.views.pages import SPOKEN, crumbs, named, ours, today
from allmende.core import city
from allmende.core.errors import NotSignedIn
from allmende.core.http import Request
from allmende.ui import pdf
from allmende.ui.views import render_form

type Row = dict[str, object]


def _start(one: Invitation) -> datetime | None:
    return parse_datetime(one.agenda["start"]) if one.agenda["start"] else None


def title_of(one: Invitation) -> str:
    words = _("Nachtrag zur Einladung") if one.issue else _("Einladung")
    return f"{words}: {one.agenda['name']}"


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def invite(request: Request, number: int) -> HttpResponse:
    """Whether there is time, to whom it goes, what stands in it; and what was sent before."""
    rules.require_may_write(request.viewer)
    found = agendas.agenda(number, request.at)
    meeting = found.meeting
    held = today(meeting.start) if meeting.start else None
    sent = today(request.at)
    in_time = held is None or invitations.is_in_time(sent, held)
    form = InviteForm(request.POST if request.method == "POST" else None, in_time=in_time)
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = actions.invite_members(
                actor=request.actor, number=number, urgency=form.cleaned_data.get("urgency", ""), at=request.at
            )
            messages.success(request, _("Die Einladung ist verschickt."))
            return redirect("council:invitation", made.number)
    before = queries.sent_for(meeting)
    members = queries.members_of(meeting) if meeting.start else []
    context = {
        "meeting": meeting,
        "found": found,
        "before": [(title_of(one), one.sent_at, reverse("council:invitation", args=[one.number])) for one in before],
        "members": len(members),
        "letters": sum(one.account_id is None for one in members),
        "in_time": in_time,
        "full_days": max(0, invitations.full_days(sent, held)) if held else None,
        "last_day": invitations.last_day(held) if held else None,
        "source": invitations.SOURCE,
        "nothing_new": bool(before) and before[-1].agenda == queries.agenda_of(meeting),
        "back_url": reverse("council:agenda", args=[number]),
        "crumbs": path_to(meeting, (_("Einladen"), "")),
    }
    return render_form(request, "council/invite.html", form, context)


def _readable(request: Request, number: int) -> Invitation:
    """Whoever comes by the address in their mail is asked to sign in first."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    return queries.invitation(number, request.viewer)


def _items(one: Invitation, *, public: bool) -> list[Row]:
    """Points with the way to their papers: public ones on the portal, others as a file of this invitation."""
    rows: list[Row] = []
    for item in queries.items_of_part(one.agenda, public=public):
        url = ""
        if item["paper"] and item["open"]:
            url = reverse("council:paper", args=[item["paper"]])
        elif item["paper"]:
            url = reverse("council:invitation_paper", args=[one.number, item["paper"]])
        rows.append({**item, "url": url})
    return rows


@ours
@require_safe
def invitation(request: Request, number: int) -> HttpResponse:
    """The whole invitation, for those to whom it went and for the office. Nothing on the way may keep a copy."""
    one = _readable(request, number)
    is_office = rules.may_keep(request.viewer)
    invited = queries.invited_to(one) if is_office else []
    title = title_of(one)
    back = [path_to(one.meeting, (title, ""))] if is_office and not one.meeting.is_begun(request.at) else []
    context = {
        "invitation": one,
        "title": title,
        "start": _start(one),
        "public": _items(one, public=True),
        "closed": _items(one, public=False),
        "invited": invited,
        "letters": sum(row.by_post for row in invited),
        "is_office": is_office,
        "source": invitations.SOURCE,
        "file_url": reverse("council:invitation_file", args=[number]),
        "meeting_url": reverse("council:meeting", args=[one.meeting.number]) if one.meeting.public else "",
        "crumbs": back[0] if back else crumbs((_("Sitzungen"), reverse("council:meetings")), (named(title), "")),
    }
    response = render(request, "council/invitation.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _line(item: Any) -> str:
    reference = f" ({item['reference']})" if item["reference"] else ""
    return f"{item['label']}  {item['name']}{reference}"


def _letter(one: Invitation, row: Invited | None) -> dict[str, Any]:
    """One letter, in the council's language. Addresses are not kept: the window holds the name, the office adds it."""
    here, start = city.current(), _start(one)
    when = timezone.localtime(start) if start else None
    day = formats.date_format(when, "l, j. F Y") if when else ""
    hour = formats.time_format(when, "H:i") if when else ""
    place = f", {one.agenda['place']}" if one.agenda["place"] else ""
    sent = formats.date_format(timezone.localtime(one.sent_at), "DATE_FORMAT")
    words = _("Sie sind eingeladen: %(name)s am %(day)s um %(hour)s Uhr%(place)s.") % {
        "name": one.agenda["name"], "day": day, "hour": hour, "place": place,
    }  # fmt: skip
    if one.issue:
        words += " " + _("Dieser Nachtrag ersetzt die Tagesordnung, die Sie bekommen haben.")
    urgent = ""
    if one.urgency:
        urgent = _("Die Ladungsfrist ist verkürzt (%(source)s), weil es eilt: %(reason)s") % {
            "source": invitations.SOURCE, "reason": one.urgency,
        }  # fmt: skip
    return {
        "sender": " · ".join(line.strip() for line in str(here.contact.get("post", "")).splitlines() if line.strip()),
        "receiver": [row.person.name] if row else [],
        "date": sent,
        "city": here.name,
        "subject": title_of(one),
        "words": words,
        "urgent": urgent,
        "parts": [
            [label, [_line(item) for item in queries.items_of_part(one.agenda, public=public)]]
            for label, public in ((_("Öffentlicher Teil"), True), (_("Nichtöffentlicher Teil"), False))
        ],
        "closing": _("Freundliche Grüße"),
        "from": _("Büro des Stadtrats"),
    }


@ours
@require_safe
def invitation_file(request: Request, number: int) -> HttpResponse:
    """Letters to print: for the office those that go by post, for a member their own."""
    one = _readable(request, number)
    with translation.override(SPOKEN):
        found = [_letter(one, row) for row in queries.letters_of(one, request.viewer)]
        for letter in found:
            letter["parts"] = [part for part in letter["parts"] if part[1]]
        made = pdf.make(
            "council/pdf/invitation.typ",
            {"letters": found},
            title=title_of(one),
            language=SPOKEN,
            author=city.current().name,
            at=one.sent_at,
        )
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="einladung-{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@ours
@require_safe
def invitation_paper(request: Request, number: int, paper: int) -> HttpResponse:
    """A paper of this invitation that only members read."""
    one = _readable(request, number)
    draft = queries.closed_draft(one, paper)
    response = HttpResponse(document_of(draft, draft.changed_at), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="einladung-{number}-vorlage-{paper}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
