"""Who does what until when: a group's tasks, one task, one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms import ReasonForm
from allmende.capabilities.participation.forms.minutes import DoneForm, TaskForm
from allmende.capabilities.participation.models import GroupMember, Task
from allmende.capabilities.participation.queries import TaskRow
from allmende.capabilities.participation.views.pages import crumbs, office_name, ours, until, word
from allmende.core.errors import NotAllowed
from allmende.core.http import Request
from allmende.ui.views import render_form


def who(row: TaskRow, language: str) -> str:
    """The name where it may be known, else what the person is in the group; the office; or the whole group."""
    if row.who == "office":
        return office_name(row.task.department, language)
    if row.who == "group":
        return _("die ganze Gruppe")
    if row.name:
        return row.name
    return str(GroupMember.Function(row.function).label) if row.function else _("früheres Mitglied")


def _tag(task: Task, request: Request) -> tuple[str, str]:
    """State in words, and its colour."""
    if task.done_at is not None:
        return _("erledigt"), "good"
    if task.dropped_at is not None:
        return _("gestrichen"), "quiet"
    if task.due_at <= request.at:
        days = (timezone.localtime(request.at).date() - timezone.localtime(task.due_at).date()).days + 1
        return ngettext("seit %(n)s Tag überfällig", "seit %(n)s Tagen überfällig", days) % {"n": days}, "bad"
    return _("offen"), ""


def _shown(row: TaskRow, request: Request) -> dict[str, Any]:
    language = request.viewer.language
    tag, kind = _tag(row.task, request)
    decision = row.task.decision
    return {
        "task": row.task,
        "url": reverse("participation:task", args=[row.task.number]),
        "who": who(row, language),
        "tag": tag,
        "kind": kind,
        "meeting": word(decision.meeting.topic, language) if decision is not None else "",
        "decision_url": _decision_url(row.task),
    }


def _decision_url(task: Task) -> str:
    if task.decision is None:
        return ""
    url = reverse("participation:minutes", args=[task.decision.meeting.number])
    return f"{url}#beschluss-{task.decision_id}"


@ours
@require_safe
def tasks(request: Request, slug: str) -> HttpResponse:
    """Everybody sees what is to be done; names only those who work on it."""
    language, at = request.viewer.language, request.at
    group = queries.group_by_slug(slug, request.viewer, at).group
    found = queries.tasks_of_group(group.pk, request.viewer)
    title = word(group.names, language)
    context = {
        "group": group,
        "title": title,
        "open": [_shown(row, request) for row in found.open],
        "ended": [_shown(row, request) for row in found.ended],
        "may_lead": rules.may_edit_store(request.viewer, found.function),
        "crumbs": crumbs((title, reverse("participation:group", args=[slug])), (_("Aufgaben"), "")),
    }
    response = render(request, "participation/tasks.html", context)
    return until(response, *(row.task.due_at for row in found.open), at=at)


@ours
@require_safe
def task(request: Request, number: int) -> HttpResponse:
    """One task: what, who, until when, what came out."""
    row, function = queries.task_by_number(number, request.viewer)
    language = request.viewer.language
    group = row.task.group
    group_url = reverse("participation:group", args=[group.slug])
    tasks_url = reverse("participation:tasks", args=[group.slug])
    context = {
        **_shown(row, request),
        "group_title": word(group.names, language),
        "group_url": group_url,
        "may_finish": row.task.is_open and rules.may_finish(row.task, request.viewer, function),
        "may_lead": row.task.is_open and rules.may_edit_store(request.viewer, function),
        "crumbs": crumbs((word(group.names, language), group_url), (_("Aufgaben"), tasks_url), (str(number), "")),
    }
    return until(render(request, "participation/task.html", context), row.task.due_at, at=request.at)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def task_new(request: Request, slug: str) -> HttpResponse:
    page = queries.group_by_slug(slug, request.viewer, request.at)
    rules.require_may_edit_store(request.viewer, page.function)
    form = TaskForm(request.POST or None, members=queries.members_of(page.group.pk), language=request.viewer.language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.add_task(
                actor=request.actor,
                group_id=page.group.pk,
                text=form.cleaned_data["text"],
                due_on=form.cleaned_data["due_on"],
                person_id=form.person_id,
                department=form.department,
                at=request.at,
            )
            messages.success(request, _("Die Aufgabe steht. Wer sie hat, bekommt Bescheid."))
            return redirect("participation:tasks", slug=slug)
    back = reverse("participation:tasks", args=[slug])
    context = {
        "title": _("Neue Aufgabe"), "submit": _("Aufgabe geben"), "cancel_url": back,
        "crumbs": crumbs((word(page.group.names, request.viewer.language), back), (_("Neue Aufgabe"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


def _may_lead(request: Request, number: int) -> TaskRow:
    row, function = queries.task_by_number(number, request.viewer)
    rules.require_may_edit_store(request.viewer, function)
    return row


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def task_edit(request: Request, number: int) -> HttpResponse:
    row = _may_lead(request, number)
    found = row.task
    form = TaskForm(
        request.POST or None,
        members=queries.members_of(found.group_id),
        language=request.viewer.language,
        task=found,
    )
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.change_task(
                actor=request.actor,
                task_id=found.pk,
                text=form.cleaned_data["text"],
                due_on=form.cleaned_data["due_on"],
                person_id=form.person_id,
                department=form.department,
            )
            messages.success(request, _("Gespeichert."))
            return redirect("participation:task", number=number)
    back = reverse("participation:task", args=[number])
    context = {
        "title": _("Aufgabe ändern"), "submit": _("Speichern"), "cancel_url": back,
        "crumbs": crumbs((found.text[:60], back), (_("Ändern"), "")),
    }  # fmt: skip
    return render_form(request, "participation/form.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def task_done(request: Request, number: int) -> HttpResponse:
    row, function = queries.task_by_number(number, request.viewer)
    rules.require_may_finish(row.task, request.viewer, function)
    form = DoneForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.finish_task(
                actor=request.actor, task_id=row.task.pk, result=form.cleaned_data["result"], at=request.at
            )
            messages.success(request, _("Erledigt. Danke."))
            return redirect("participation:task", number=number)
    back = reverse("participation:task", args=[number])
    context = {
        "title": _("Erledigt?"), "question": row.task.text, "action": _("Ist erledigt"), "cancel_url": back,
        "crumbs": crumbs((row.task.text[:60], back), (_("Erledigt"), "")),
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def task_drop(request: Request, number: int) -> HttpResponse:
    row = _may_lead(request, number)
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.drop_task(
                actor=request.actor, task_id=row.task.pk, reason=form.cleaned_data["reason"], at=request.at
            )
            messages.success(request, _("Die Aufgabe ist gestrichen. Der Grund steht dabei."))
            return redirect("participation:task", number=number)
    back = reverse("participation:task", args=[number])
    context = {
        "title": _("Aufgabe streichen"), "question": row.task.text, "action": _("Streichen"), "cancel_url": back,
        "danger": True, "crumbs": crumbs((row.task.text[:60], back), (_("Streichen"), "")),
    }  # fmt: skip
    return render_form(request, "ui/confirm.html", form, context)


@ours
@require_safe
def my_work(request: Request) -> HttpResponse:
    """One's own tasks, and the meetings at which one was: with the say over one's name in the minutes."""
    person = rules.require_signed_in(request.viewer)
    language = request.viewer.language
    rows = queries.tasks_of_person(person)
    shown = [
        {**_shown(TaskRow(row, "person", "", ""), request), "group": word(row.group.names, language)} for row in rows
    ]
    context = {
        "open": [row for row in shown if row["task"].is_open],
        "ended": [row for row in shown if not row["task"].is_open],
        "attended": [
            {
                "row": row,
                "title": word(row.meeting.topic, language),
                "group": word(row.meeting.group.names, language),
                "url": reverse("participation:meeting", args=[row.meeting.number]),
            }
            for row in queries.attended_by(person)
        ],
        "certificates": [
            {
                "row": row,
                "group": word(row.group.names, language),
                "url": reverse("participation:certificate_pdf", args=[row.number]),
            }
            for row in queries.certificates_of(person)
        ],
        "groups": [
            (word(group.names, language), reverse("participation:certificate_ask", args=[group.slug]))
            for group in queries.groups_of(person)
        ],
        "crumbs": crumbs((_("Meine Mitarbeit"), "")),
    }
    return render(request, "participation/my_work.html", context)


@ours
@require_POST
def my_name(request: Request) -> HttpResponse:
    """Names oneself in the minutes of a meeting, or takes one's name out."""
    rules.require_signed_in(request.viewer)
    try:
        attendance_id = UUID(request.POST.get("attendance", ""))
    except ValueError:
        raise NotAllowed from None
    named = request.POST.get("named") == "1"
    actions.name_oneself(actor=request.actor, attendance_id=attendance_id, named=named)
    messages.success(
        request, _("Ihr Name steht jetzt im Protokoll.") if named else _("Ihr Name steht nicht mehr im Protokoll.")
    )
    return redirect("participation:my_work")
