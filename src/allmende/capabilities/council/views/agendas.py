"""The council's office prepares a meeting: when and where, which points in which order, what is public."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms.agendas import MeetingForm, PointForm, StandingOrdersForm
from allmende.capabilities.council.models import AgendaItem, Meeting
from allmende.capabilities.council.queries import agendas as queries
from allmende.capabilities.council.views.pages import Crumbs, crumbs, named, ours
from allmende.core import city
from allmende.core.errors import Conflict, NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form

type Row = dict[str, object]


def path_to(meeting: Meeting | None, *more: tuple[str, str]) -> Crumbs:
    """Where one is: the list, one of its meetings, and what belongs to that."""
    here = [(named(meeting.name), reverse("council:agenda", args=[meeting.number]))] if meeting else []
    found = crumbs((_("Sitzungen vorbereiten"), reverse("council:meetings_office")), *here, *more)
    return found if more else [*found[:-1], (found[-1][0], "")]


def state_tag(meeting: Meeting, sent: int) -> tuple[str, str]:
    """Where the preparation stands."""
    if meeting.cancelled:
        return _("fällt aus"), "bad"
    if sent:
        return _("eingeladen"), "good"
    return (_("öffentlich"), "") if meeting.public else (_("in Vorbereitung"), "quiet")


@ours
@require_safe
def meetings_office(request: Request) -> HttpResponse:
    """Meetings to come, with how far each is."""
    rules.require_may_write(request.viewer)
    rows: list[Row] = []
    for one in queries.in_preparation(request.at):
        sent = one.sent  # type: ignore[attr-defined]
        tag, kind = state_tag(one, sent)
        rows.append(
            {
                "name": one.name,
                "start": one.start,
                "url": reverse("council:agenda", args=[one.number]),
                "tag": tag,
                "kind": kind,
                "points": one.points,  # type: ignore[attr-defined]
                "is_example": one.is_example,
            }
        )
    return render(request, "council/meetings_office.html", {"rows": rows, "crumbs": path_to(None)})


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def make(request: Request) -> HttpResponse:
    """A new meeting."""
    rules.require_may_write(request.viewer)
    form = MeetingForm(request.POST or None, zone=city.current().zone, organizations=queries.organizations_that_meet())
    if form.is_bound and form.is_valid():
        with form.attempt():
            made = actions.make_meeting(actor=request.actor, data=form.data_of_meeting, at=request.at)
            messages.success(request, _("Die Sitzung ist angelegt. Noch sieht sie nur das Büro des Stadtrats."))
            return redirect("council:agenda", made.number)
    context = {
        "heading": _("Neue Sitzung"),
        "back_url": reverse("council:meetings_office"),
        "crumbs": path_to(None, (_("Neue Sitzung"), "")),
    }
    return render_form(request, "council/meeting_edit.html", form, context)


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def change(request: Request, number: int) -> HttpResponse:
    """Another day, place or name; or it is called off."""
    rules.require_may_write(request.viewer)
    meeting = queries.agenda(number, request.at).meeting
    known = queries.organizations_that_meet()
    form = MeetingForm(request.POST or None, zone=city.current().zone, organizations=known, meeting=meeting)
    back = reverse("council:agenda", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.change_meeting(actor=request.actor, number=number, data=form.data_of_meeting, at=request.at)
            messages.success(request, _("Gespeichert."))
            return redirect(back)
    context = {
        "heading": _("Termin ändern"),
        "meeting": meeting,
        "back_url": back,
        "crumbs": path_to(meeting, (_("Termin ändern"), "")),
    }
    return render_form(request, "council/meeting_edit.html", form, context)


def _rows(items: list[AgendaItem]) -> list[Row]:
    return [
        {
            "id": one.pk,
            "about": named(str(one)),
            "label": one.label,
            "name": one.name,
            "reference": one.own_paper.reference if one.own_paper else "",
            "is_first": place == 0,
            "is_last": place == len(items) - 1,
            **{verb: f"{verb}:{one.pk}" for verb in ("up", "down", "remove")},
        }
        for place, one in enumerate(items)
    ]


def _do(request: Request, number: int, told: str) -> str:
    """One of the buttons beside a point: „up:…“, „down:…“, „remove:…“. Returns where the page goes on."""
    verb, _colon, key = told.partition(":")
    try:
        item_id = UUID(key)
    except ValueError:
        raise NotFound from None
    common: dict[str, Any] = {"actor": request.actor, "number": number, "item_id": item_id, "at": request.at}
    match verb:
        case "up" | "down":
            actions.move_point(**common, up=verb == "up")
            return f"#punkt-{item_id}"
        case "remove":
            actions.remove_point(**common)
            messages.success(request, _("Der Punkt steht nicht mehr auf der Tagesordnung."))
            return "#punkte"
    raise NotFound


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def agenda(request: Request, number: int) -> HttpResponse:
    """All points in their order, with buttons to move them, and a form for one more."""
    rules.require_may_write(request.viewer)
    found = queries.agenda(number, request.at)
    meeting, here = found.meeting, reverse("council:agenda", args=[number])
    if told := request.POST.get("do", ""):
        return redirect(here + _do(request, number, told))
    is_open = queries.is_open(meeting)
    form = PointForm(request.POST or None, papers=queries.papers_to_choose(meeting), initial={"is_public": is_open})
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            item = actions.add_point(
                actor=request.actor, number=number, name=values["name"], is_public=values["is_public"],
                paper_id=UUID(values["paper"]) if values["paper"] else None, at=request.at,
            )  # fmt: skip
            messages.success(request, _("Der Punkt steht auf der Tagesordnung."))
            return redirect(f"{here}#punkt-{item.pk}")
    sent = meeting.invitations.count()
    tag, kind = state_tag(meeting, sent)
    context = {
        "meeting": meeting,
        "tag": tag,
        "kind": kind,
        "parts": [
            ("public", _("Öffentlicher Teil"), _rows(found.public)),
            ("closed", _("Nichtöffentlicher Teil"), _rows(found.closed)),
        ],
        "is_open": is_open,
        "sent": sent,
        "who": [one.name for one in queries.sitting(meeting)],
        "crumbs": path_to(meeting),
    }
    return render_form(request, "council/agenda.html", form, context)


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def announce(request: Request, number: int) -> HttpResponse:
    """Asked once more: from now on everybody reads it."""
    rules.require_may_write(request.viewer)
    meeting = queries.agenda(number, request.at).meeting
    if meeting.public:
        raise Conflict(_("Die Sitzung ist schon öffentlich."))
    back = reverse("council:agenda", args=[number])
    if request.method == "POST":
        actions.announce_meeting(actor=request.actor, number=number, at=request.at)
        messages.success(request, _("Die Sitzung ist jetzt öffentlich."))
        return redirect(back)
    context = {
        "title": _("Sitzung öffentlich machen"),
        "question": _(
            "„%(name)s“: Alle lesen dann, wann und wo die Sitzung ist, und die öffentlichen Punkte. "
            "Nichtöffentliche Punkte bleiben verborgen. Wer dem Gremium folgt, bekommt Bescheid."
        )
        % {"name": meeting.name},
        "action": _("Öffentlich machen"),
        "cancel_url": back,
        "crumbs": path_to(meeting, (_("Öffentlich machen"), "")),
    }
    return render(request, "ui/confirm.html", context)


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def point(request: Request, number: int, item: UUID) -> HttpResponse:
    """Other words of a point, or another part of the agenda."""
    rules.require_may_write(request.viewer)
    found = queries.agenda(number, request.at)
    one = next((row for row in found.items if row.pk == item), None)
    if one is None:
        raise NotFound
    form = PointForm(request.POST or None, papers=None, initial={"name": one.name, "is_public": one.public})
    back = reverse("council:agenda", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            values = form.cleaned_data
            saved = actions.change_point(
                actor=request.actor, number=number, item_id=item, name=values["name"],
                is_public=values["is_public"], at=request.at,
            )  # fmt: skip
            messages.success(request, _("Gespeichert."))
            return redirect(f"{back}#punkt-{saved.pk}")
    context = {
        "meeting": found.meeting,
        "item": one,
        "withdrawn": found.meeting.public and one.public,
        "back_url": back,
        "crumbs": path_to(found.meeting, (_("Punkt ändern"), "")),
    }
    return render_form(request, "council/agenda_item.html", form, context)


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def standing_orders(request: Request) -> HttpResponse:
    """Which committees prepare in public."""
    rules.require_may_write(request.viewer)
    committees = [one for one in queries.organizations_that_meet() if queries.is_committee(one)]
    chosen = [str(one.pk) for one in committees if one.open_by_orders]
    sent = request.POST if request.method == "POST" else None
    form = StandingOrdersForm(sent, committees=committees, initial={"organizations": chosen})
    if form.is_bound and form.is_valid():
        with form.attempt():
            open_ids = {UUID(key) for key in form.cleaned_data["organizations"]}
            actions.keep_standing_orders(actor=request.actor, open_ids=open_ids)
            messages.success(request, _("Gespeichert."))
            return redirect("council:meetings_office")
    context = {
        "back_url": reverse("council:meetings_office"),
        "crumbs": path_to(None, (_("Was öffentlich beraten wird"), "")),
    }
    return render_form(request, "council/standing_orders.html", form, context)
