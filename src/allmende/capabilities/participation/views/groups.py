"""Groups, their members and meetings."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms import AppointForm, GroupForm, MeetingForm, ReasonForm, both
from allmende.capabilities.participation.models import GroupMember, Meeting
from allmende.capabilities.participation.views.minutes import there
from allmende.capabilities.participation.views.pages import (
    crumbs,
    office_name,
    ours,
    remap,
    store_card,
    until,
    word,
)
from allmende.core import city
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.views import render_form


@ours
@require_safe
def group(request: Request, slug: str) -> HttpResponse:
    """What the group does, who leads it, when it meets, what it asks."""
    language, at = request.viewer.language, request.at
    page = queries.group_by_slug(slug, request.viewer, at)
    found = page.group
    title = word(found.names, language)
    lead = rules.may_edit_store(request.viewer, page.function)
    context = {
        "group": found,
        "title": title,
        "kind": city.current().word("group", language),
        "summary": word(found.summary, language),
        "leads": [(GroupMember.Function(lead.function).label, lead.name or _("ohne Namen")) for lead in page.leads],
        "members": ngettext("%(n)s Mitglied", "%(n)s Mitglieder", page.members) % {"n": page.members},
        "function": page.function,
        "function_label": GroupMember.Function(page.function).label if page.function else "",
        "office": office_name(found.department, language),
        "meetings": [meeting_row(meeting, language) for meeting in page.meetings],
        "stores": [store_card(store, at, language) for store in page.stores],
        "past": [
            (
                word(one.topic, language),
                reverse("participation:minutes" if edition else "participation:meeting", args=[one.number]),
                one.starts_at,
                edition,
            )
            for one, edition in queries.past_meetings(found.pk, at)
        ],
        "open_tasks": queries.open_task_count(found.pk),
        "handed_over": queries.last_change(found.pk),
        "may_hand_over": page.function == GroupMember.Function.CHAIR or rules.may_appoint(request.viewer),
        "asked_to_lead": request.viewer.is_signed_in and _asked(found.pk, request),
        "certificates": [
            (row.name, reverse("participation:certificate_give", args=[row.number]))
            for row in (queries.certificates_asked(found.pk) if lead else ())
            if row.person_id != request.viewer.person_id
        ],
        "may_lead": lead,
        "may_appoint": rules.may_appoint(request.viewer),
        "follow": notify.follow_box(request, found.ref, about=title),
        "crumbs": crumbs((title, "")),
    }
    response = render(request, "participation/group.html", context)
    return until(response, *(store.closes_at for store in page.stores), *(m.ends_at for m in page.meetings), at=at)


def _asked(group_id: UUID, request: Request) -> bool:
    """Whether the viewer is the one who is asked to take the chair."""
    waiting = queries.handover_of(group_id)
    return waiting is not None and waiting.successor_id == request.viewer.person_id


def meeting_row(meeting: Meeting, language: str) -> dict[str, Any]:
    """Context of ui/parts/dates.html."""
    place = word(meeting.place, language) or _("online")
    return {
        "starts": meeting.starts_at,
        "title": word(meeting.topic, language),
        "url": reverse("participation:meeting", args=[meeting.number]),
        "text": _("Abgesagt. %(reason)s") % {"reason": meeting.cancel_reason} if meeting.cancelled_at else place,
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Request, slug: str) -> HttpResponse:
    """Asks once, then joins."""
    rules.require_signed_in(request.viewer)
    page = queries.group_by_slug(slug, request.viewer, request.at)
    title = word(page.group.names, request.viewer.language)
    if request.method == "POST":
        actions.join_group(actor=request.actor, group_id=page.group.pk, at=request.at)
        messages.success(request, _("Sie machen jetzt mit. Wir sagen Ihnen, wann sich die Gruppe trifft."))
        return redirect("participation:group", slug=slug)
    context = {
        "title": _("Mitmachen: %(group)s") % {"group": title},
        "question": _(
            "Sie bekommen Bescheid, wenn sich die Gruppe trifft. Ihr Name wird nicht veröffentlicht. "
            "Austreten geht jederzeit."
        ),
        "action": _("Mitmachen"),
        "cancel_url": reverse("participation:group", args=[slug]),
        "crumbs": crumbs((title, reverse("participation:group", args=[slug])), (_("Mitmachen"), "")),
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", None, context)


@ours
@require_POST
def leave(request: Request, slug: str) -> HttpResponse:
    page = queries.group_by_slug(slug, request.viewer, request.at)
    actions.leave_group(actor=request.actor, group_id=page.group.pk, at=request.at)
    messages.success(request, _("Sie sind kein Mitglied dieser Gruppe mehr."))
    return redirect("participation:group", slug=slug)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: Request, slug: str) -> HttpResponse:
    """Who leads, who stands in: for editors."""
    rules.require_signed_in(request.viewer)
    if not rules.may_appoint(request.viewer):
        raise NotFound
    page = queries.group_by_slug(slug, request.viewer, request.at)
    found = queries.members_of(page.group.pk)
    form = AppointForm(request.POST or None, members=found)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.appoint_member(
                actor=request.actor,
                group_id=page.group.pk,
                person_id=UUID(form.cleaned_data["person"]),
                function=form.cleaned_data["function"],
                at=request.at,
            )
            messages.success(request, _("Gespeichert."))
            return redirect("participation:members", slug=slug)
    title = word(page.group.names, request.viewer.language)
    context = {
        "title": title,
        "members": [
            (member.name or _("ohne Namen"), GroupMember.Function(member.function).label, member.since)
            for member in found
        ],
        "crumbs": crumbs((title, reverse("participation:group", args=[slug])), (_("Mitglieder"), "")),
    }
    return render_form(request, "participation/members.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def group_edit(request: Request, slug: str) -> HttpResponse:
    rules.require_signed_in(request.viewer)
    if not rules.may_appoint(request.viewer):
        raise NotFound
    found = queries.group_by_slug(slug, request.viewer, request.at).group
    initial = {
        "names": found.names.get("de", ""), "names_en": found.names.get("en", ""),
        "summary": found.summary.get("de", ""), "summary_en": found.summary.get("en", ""),
        "department": found.department,
    }  # fmt: skip
    form = GroupForm(request.POST or None, initial=initial, language=request.viewer.language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.save_group(
                actor=request.actor,
                group_id=found.pk,
                names=both(form.cleaned_data, "names"),
                summary=both(form.cleaned_data, "summary"),
                department=form.cleaned_data["department"],
            )
            messages.success(request, _("Gespeichert."))
            return redirect("participation:group", slug=slug)
    title = word(found.names, request.viewer.language)
    back = reverse("participation:group", args=[slug])
    context = {
        "title": _("Gruppe ändern"), "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs((title, back), (_("Ändern"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


@ours
@require_safe
def meeting(request: Request, number: int) -> HttpResponse:
    """When, where, how to come along."""
    language, at = request.viewer.language, request.at
    found = queries.meeting_by_number(number)
    function = queries.function_in(request.viewer, found.group_id)
    minutes, edition = queries.minutes_of(found.pk), queries.edition_of(found.pk)
    group_title = word(found.group.names, language)
    title = word(found.topic, language)
    group_url = reverse("participation:group", args=[found.group.slug])
    context = {
        "meeting": found,
        "title": title,
        "group_title": group_title,
        "group_url": group_url,
        "place": word(found.place, language),
        "notes": word(found.notes, language),
        "office": office_name(found.group.department, language),
        "over": found.ends_at <= at,
        "may_edit": rules.may_edit_store(request.viewer, function)
        and found.cancelled_at is None
        and found.ends_at > at,
        "may_lead": rules.may_edit_store(request.viewer, function) and found.cancelled_at is None,
        "may_write": rules.may_write_minutes(found, request.viewer, function)
        and found.cancelled_at is None
        and found.starts_at - actions.AHEAD <= at,
        "minutes": minutes,
        "edition": edition,
        "decided": [row["text"] for item in edition.items for row in item["decisions"]] if edition else [],
        "there": ", ".join(there(edition.counts)) if edition else "",
        "trace": trace.trace_of(found.ref, request.viewer, at),
        "follow": notify.follow_box(request, found.ref, about=title),
        "crumbs": crumbs((group_title, group_url), (title, "")),
        "example": found.is_example,
    }
    return until(render(request, "participation/meeting.html", context), found.starts_at, found.ends_at, at=at)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: Request, slug: str) -> HttpResponse:
    page = queries.group_by_slug(slug, request.viewer, request.at)
    rules.require_may_edit_store(request.viewer, page.function)
    form = MeetingForm(request.POST or None, zone=city.current().zone)
    if form.is_bound and form.is_valid():
        with form.attempt():
            try:
                made = actions.plan_meeting(
                    actor=request.actor, group_id=page.group.pk, at=request.at, **form.data_of_meeting()
                )
            except Invalid as error:
                raise remap(error, dict(form.FIELDS_OF_ACTION)) from error
            messages.success(request, _("Der Termin steht. Mitglieder und alle, die folgen, bekommen Bescheid."))
            return redirect("participation:meeting", number=made.number)
    title = word(page.group.names, request.viewer.language)
    back = reverse("participation:group", args=[slug])
    context = {
        "title": _("Termin planen"), "submit": _("Termin bekannt machen"), "cancel_url": back,
        "crumbs": crumbs((title, back), (_("Termin planen"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: Request, number: int) -> HttpResponse:
    found = queries.meeting_by_number(number)
    rules.require_may_edit_store(request.viewer, queries.function_in(request.viewer, found.group_id))
    form = MeetingForm(request.POST or None, meeting=found, zone=city.current().zone)
    if form.is_bound and form.is_valid():
        with form.attempt():
            try:
                actions.change_meeting(
                    actor=request.actor, meeting_id=found.pk, at=request.at, **form.data_of_meeting()
                )
            except Invalid as error:
                raise remap(error, dict(form.FIELDS_OF_ACTION)) from error
            messages.success(request, _("Gespeichert. Mitglieder und alle, die folgen, bekommen Bescheid."))
            return redirect("participation:meeting", number=number)
    back = reverse("participation:meeting", args=[number])
    context = {
        "title": _("Termin ändern"), "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs((word(found.topic, request.viewer.language), back), (_("Ändern"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_cancel(request: Request, number: int) -> HttpResponse:
    found = queries.meeting_by_number(number)
    rules.require_may_edit_store(request.viewer, queries.function_in(request.viewer, found.group_id))
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.cancel_meeting(
                actor=request.actor, meeting_id=found.pk, reason=form.cleaned_data["reason"], at=request.at
            )
            messages.success(request, _("Der Termin ist abgesagt. Mitglieder und alle, die folgen, bekommen Bescheid."))
            return redirect("participation:meeting", number=number)
    title = word(found.topic, request.viewer.language)
    back = reverse("participation:meeting", args=[number])
    context = {
        "title": _("Termin absagen"),
        "question": _("Soll „%(title)s“ ausfallen? Die Seite bleibt stehen und sagt, warum.") % {"title": title},
        "action": _("Absagen"), "cancel_url": back, "danger": True, "crumbs": crumbs((title, back), (_("Absagen"), "")),
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", form, context)
