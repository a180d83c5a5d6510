"""Agenda, attendance and minutes: what a group writes while it meets, and what everybody reads afterwards."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms.minutes import AgendaForm, AttendanceForm, CorrectionForm, MinutesForm
from allmende.capabilities.participation.models import Attendance, Meeting, Minutes, MinutesEdition, Task
from allmende.capabilities.participation.views.pages import crumbs, office_name, ours, until, word
from allmende.capabilities.participation.workflow import decisions
from allmende.core import city
from allmende.core.errors import Closed, Invalid, NotFound
from allmende.core.http import Request
from allmende.ui import pdf
from allmende.ui.views import render_form


def _place(meeting: Meeting, language: str, *more: tuple[str, str]) -> dict[str, Any]:
    """Crumbs and the way back to the meeting."""
    back = reverse("participation:meeting", args=[meeting.number])
    group = (
        word(meeting.group.names, language),
        reverse("participation:group", args=[meeting.group.slug]),
    )
    return {
        "meeting": meeting,
        "meeting_title": word(meeting.topic, language),
        "cancel_url": back,
        "crumbs": crumbs(group, (word(meeting.topic, language), back), *more),
    }


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def agenda(request: Request, number: int) -> HttpResponse:
    """What the meeting talks about."""
    found = queries.meeting_by_number(number)
    rules.require_may_edit_store(request.viewer, queries.function_in(request.viewer, found.group_id))
    minutes = queries.minutes_of(found.pk)
    points = "\n".join(item["title"] for item in minutes.items) if minutes is not None else ""
    form = AgendaForm(request.POST or None, initial={"agenda": points})
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.save_agenda(actor=request.actor, meeting_id=found.pk, titles=form.titles, at=request.at)
            messages.success(request, _("Gespeichert."))
            return redirect("participation:meeting", number=number)
    title = _("Tagesordnung")
    context = {**_place(found, request.viewer.language, (title, "")), "title": title, "submit": _("Speichern")}
    return render_form(request, "participation/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: Request, number: int) -> HttpResponse:
    """Who was there, also without the internet, and whose interests were heard."""
    found = queries.meeting_by_number(number)
    rules.require_may_edit_store(request.viewer, queries.function_in(request.viewer, found.group_id))
    form = AttendanceForm(
        request.POST or None,
        members=queries.members_for(found.pk, found.group_id),
        there=queries.attendances(found.pk),
        minutes=queries.minutes_of(found.pk),
    )
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.record_attendance(actor=request.actor, meeting_id=found.pk, there=form.there, at=request.at)
            messages.success(request, _("Gespeichert."))
            return redirect("participation:minutes_write", number=number)
    title = _("Wer war da?")
    context = {**_place(found, request.viewer.language, (title, "")), "title": title}
    return render_form(request, "participation/attendance.html", form, context)


def _said(line: decisions.Line, names: Mapping[Any, str], language: str) -> dict[str, str]:
    """How a line was understood, in a sentence."""
    if line.problems:
        return {"text": line.text or line.line, "problem": " ".join(line.problems)}
    parts = []
    if line.is_task and line.due is not None:
        who = names.get(line.person, "") or office_name(line.department, language) or _("die ganze Gruppe")
        parts.append(
            _("Aufgabe: %(who)s, bis %(day)s") % {"who": who, "day": formats.date_format(line.due, "DATE_FORMAT")}
        )
    if line.about is not None:
        kind = _("Idee %(n)s") if line.about[0] == "idea" else _("Thema %(n)s")
        parts.append(kind % {"n": line.about[1]})
    return {"text": line.text, "problem": "", "more": " · ".join(parts)}


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_write(request: Request, number: int) -> HttpResponse:
    """A section per point; every saving is a draft, and says how it understood the decisions."""
    found = queries.meeting_by_number(number)
    function = queries.function_in(request.viewer, found.group_id)
    rules.require_may_write_minutes(found, request.viewer, function)
    minutes, language = queries.minutes_of(found.pk), request.viewer.language
    form = MinutesForm(request.POST or None, minutes=minutes)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.save_minutes(
                actor=request.actor,
                meeting_id=found.pk,
                items=form.items,
                revision=form.cleaned_data["revision"],
                at=request.at,
            )
            if request.POST.get("do") == "submit":
                return redirect("participation:minutes_check", number=number)
            clock = formats.time_format(timezone.localtime(request.at), "H:i")
            messages.success(request, _("Entwurf gespeichert, %(clock)s Uhr.") % {"clock": clock})
            return redirect("participation:minutes_write", number=number)
    names = queries.names_of_members(found.group_id)
    items = minutes.items if minutes is not None else []
    read = [[_said(line, names, language) for line in point] for point in actions.understood(found, items)]
    title = _("Protokoll schreiben")
    context = {
        **_place(found, language, (title, "")),
        "title": title,
        "sections": list(zip(form.sections, [*read, *([] for _unread in range(len(form.sections)))], strict=False)),
        "state": minutes.get_state_display() if minutes is not None else "",
        "members": sorted(name for name in names.values() if name),
        "may_lead": rules.may_edit_store(request.viewer, function),
    }
    return render_form(request, "participation/minutes_write.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_check(request: Request, number: int) -> HttpResponse:
    """What will be public, as it will look. Writers hand it over here, the chair publishes it here."""
    found = queries.meeting_by_number(number)
    function = queries.function_in(request.viewer, found.group_id)
    rules.require_may_write_minutes(found, request.viewer, function)
    minutes, language = queries.minutes_of(found.pk), request.viewer.language
    if minutes is None:
        raise NotFound
    may_publish = rules.may_edit_store(request.viewer, function)
    last = queries.edition_of(found.pk)
    waits = minutes.state == Minutes.State.CHECKING
    sent = request.POST if request.method == "POST" and may_publish and waits else None
    form = CorrectionForm(sent, again=last is not None)
    if request.method == "POST" and not waits:
        try:
            actions.submit_minutes(actor=request.actor, meeting_id=found.pk, at=request.at)
        except (Closed, Invalid) as error:
            messages.error(request, error.message)
            return redirect("participation:minutes_write", number=number)
        if may_publish:
            return redirect("participation:minutes_check", number=number)
        messages.success(request, _("Der Vorsitz prüft das Protokoll jetzt."))
        return redirect("participation:meeting", number=number)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.publish_minutes(
                actor=request.actor,
                meeting_id=found.pk,
                correction=form.cleaned_data.get("correction", ""),
                at=request.at,
            )
            messages.success(request, _("Das Protokoll ist veröffentlicht. Die Gruppe bekommt Bescheid."))
            return redirect("participation:minutes", number=number)
    names = queries.names_of_members(found.group_id)
    lines = actions.understood(found, minutes.items)
    title = _("Protokoll prüfen")
    context = {
        **_place(found, language, (title, "")),
        "title": title,
        "written_in": minutes.language,
        "points": [
            {**item, "lines": [_said(line, names, language) for line in point]}
            for item, point in zip(minutes.items, lines, strict=True)
        ],
        "waits": waits,
        "may_publish": may_publish,
        "unclear": any(line.problems for point in lines for line in point),
    }
    return render_form(request, "participation/minutes_check.html", form, context)


# What everybody reads


def there(counts: Mapping[str, int]) -> list[str]:
    """„3 vor Ort“, „1 am Telefon“, … as far as there was anybody."""
    words = {
        Attendance.Way.PLACE.value: _("%(n)s vor Ort"),
        Attendance.Way.ONLINE.value: _("%(n)s online"),
        Attendance.Way.PHONE.value: _("%(n)s am Telefon"),
        "guests": ngettext("%(n)s weiterer Gast", "%(n)s weitere Gäste", counts.get("guests", 0)),
        "offline": _("davon %(n)s ohne Internet"),
    }
    return [said % {"n": counts[key]} for key, said in words.items() if counts.get(key)]


def _interests(edition: MinutesEdition, kind: str) -> str:
    return ", ".join(str(name) for key, name in decisions.INTERESTS.items() if edition.interests.get(key) == kind)


def task_line(task: Task, language: str) -> str:
    """„Aufgabe 12: Mitglied der Gruppe, bis 3. Mai“ without anybody's name."""
    if task.department:
        who = office_name(task.department, language)
    else:
        who = _("ein Mitglied der Gruppe") if task.person_id else _("die ganze Gruppe")
    last = timezone.localtime(task.due_at) - timedelta(days=1)
    return _("%(who)s, bis %(day)s") % {"who": who, "day": formats.date_format(last, "DATE_FORMAT")}


def _values(meeting: Meeting, edition: MinutesEdition, language: str) -> dict[str, Any]:
    """What page and PDF say, in words."""
    known = queries.decisions_of(meeting.pk)
    points = []
    for item in edition.items:
        made = []
        for row in item["decisions"]:
            decision = next((one for pk, one in known.items() if str(pk) == row["id"]), None)
            tasks = list(decision.tasks.all()) if decision is not None else []
            made.append(
                {
                    "id": row["id"],
                    "text": row["text"],
                    "about": f"/r/{decision.about}" if decision is not None and decision.about is not None else "",
                    "about_label": ""
                    if decision is None or not decision.about_kind
                    else _("zur Idee")
                    if decision.about_kind == "idea"
                    else _("zum Thema"),
                    "tasks": [
                        {
                            "text": task_line(task, language),
                            "url": reverse("participation:task", args=[task.number]),
                            "done": task.done_at is not None,
                            "dropped": task.dropped_at is not None,
                        }
                        for task in tasks
                    ],
                    "gone": decision is not None and decision.withdrawn_at is not None,
                }
            )
        points.append({"title": item["title"], "said": item["said"], "weighed": item["weighed"], "decisions": made})
    starts = timezone.localtime(meeting.starts_at)
    day = formats.date_format(starts, "DATE_FORMAT")
    return {
        "title": _("Protokoll: %(title)s") % {"title": word(meeting.topic, language)},
        "stand": _("%(day)s, %(n)s. Fassung vom %(at)s")
        % {
            "day": day,
            "n": edition.edition,
            "at": formats.date_format(timezone.localtime(edition.at), "DATE_FORMAT"),
        },
        "group": word(meeting.group.names, language),
        "place": word(meeting.place, language),
        "correction": edition.correction,
        "correction_label": _("Berichtigt"),
        "there": ", ".join(there(edition.counts)) or _("nicht festgehalten"),
        "names": ", ".join(queries.names_there(meeting.pk)),
        "spoke": _interests(edition, "there"),
        "missing": _interests(edition, "missing"),
        "heard_later": edition.heard_later,
        "points": points,
        "written_in": edition.minutes.language,
        "labels": {
            "there": _("Wer da war"),
            "names": _("Mit Namen"),
            "spoke": _("Zu Wort kamen"),
            "missing": _("Es fehlten"),
            "later": _("So werden sie noch gehört"),
            "weighed": _("Abgewogen"),
            "decided": _("Beschlossen"),
            "place": _("Ort"),
        },
    }


def _asked(request: Request, number: int) -> tuple[Meeting, MinutesEdition]:
    """The edition that the address names (`?fassung=`), else the last. Raises NotFound."""
    meeting = queries.meeting_by_number(number)
    edition = request.GET.get("fassung", "")
    named = int(edition) if edition.isdecimal() and edition.isascii() and len(edition) < 5 else None  # noqa: PLR2004 - fits the column
    found = queries.edition_of(meeting.pk, named)
    if found is None:
        raise NotFound
    return meeting, found


@ours
@require_safe
def minutes(request: Request, number: int) -> HttpResponse:
    """The minutes as they were published, with earlier editions."""
    meeting, edition = _asked(request, number)
    language = request.viewer.language
    here = reverse("participation:minutes", args=[number])
    context = {
        **_place(meeting, language, (pgettext("participation", "Protokoll"), "")),
        **_values(meeting, edition, language),
        "pdf_url": f"{reverse('participation:minutes_pdf', args=[number])}?fassung={edition.edition}",
        "editions": [
            (row.edition, row.at, row.correction, f"{here}?fassung={row.edition}", row.edition == edition.edition)
            for row in queries.editions_of(meeting.pk)
        ],
        "tasks_url": reverse("participation:tasks", args=[meeting.group.slug]),
        "example": meeting.is_example,
    }
    return until(render(request, "participation/minutes.html", context), at=request.at)


@ours
@require_safe
def minutes_pdf(request: Request, number: int) -> HttpResponse:
    """Tagged (PDF/UA-1)."""
    meeting, edition = _asked(request, number)
    language = request.viewer.language
    values = _values(meeting, edition, language)
    made = pdf.make(
        "participation/pdf/minutes.typ",
        {**values, "words": values["written_in"]},
        title=values["title"],
        language=language,
        author=city.current().name,
        at=edition.at,
    )
    response = HttpResponse(made, content_type="application/pdf")
    name = f"protokoll-{meeting.number}-fassung-{edition.edition}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
