"""What became of resolutions: for everybody to read, for the office to assign, for departments to report on."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms.tracking import ReportForm, TaskForm
from allmende.capabilities.council.models import AgendaItem, Task
from allmende.capabilities.council.queries import tracking as queries
from allmende.capabilities.council.rules import tracking
from allmende.capabilities.council.rules.tracking import ReportData, TaskData
from allmende.capabilities.council.views.pages import crumbs, named, ours, today, until
from allmende.capabilities.council.workflow import TaskState
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.views import render_form

type Row = dict[str, object]
STATES = {"offen": TaskState.OPEN, "ueberfaellig": TaskState.OVERDUE, "erledigt": TaskState.DONE}
"""Word in the address → state."""


def office_name(slug: str, language: str) -> str:
    found = city.current().department(slug)
    return found.name(language) if found else slug


def task_row(one: Task, language: str, day: date) -> Row:
    """A task as pages show it."""
    state = tracking.state_of(one.due, one.done_on, day)
    tag, kind = {
        TaskState.OPEN: (_("in Arbeit"), ""),
        TaskState.OVERDUE: (_("überfällig"), "warn"),
        TaskState.DONE: (_("erledigt"), "good"),
    }[state]
    reports = queries.told(one) if hasattr(one, "said") else []
    return {
        "number": one.number,
        "text": one.text,
        "office": office_name(one.department, language),
        "due": one.due,
        "done_on": one.done_on,
        "late": state == TaskState.OVERDUE,
        "tag": tag,
        "kind": kind,
        "is_public": one.is_public,
        "is_example": one.is_example,
        "last": reports[-1] if reports else None,
        "earlier": reports[-2::-1],
    }


def task_rows(items: Iterable[UUID], language: str, day: date) -> dict[UUID, list[Row]]:
    """Public point → what follows from it, for the pages of meetings and papers."""
    found = queries.tasks_of(list(items))
    return {key: [task_row(one, language, day) for one in tasks] for key, tasks in found.items()}


def _behind(one: Task) -> Row:
    """Which resolution a task follows from."""
    way = one.item.seen_consultations  # type: ignore[attr-defined]
    papers = [(row.paper.name, reverse("council:paper", args=[row.paper.number])) for row in way]
    meeting = one.item.meeting
    return {
        "paper": papers[0] if papers else None,
        "item": str(one.item),
        "meeting_url": reverse("council:meeting", args=[meeting.number]),
        "decided": meeting.start,
    }


@ours
@require_safe
def outcomes(request: Request) -> HttpResponse:
    """What became of resolutions, the newest first."""
    language, day = request.viewer.language, today(request.at)
    word, text = request.GET.get("stand", ""), request.GET.get("before", "")
    state = STATES.get(word)
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004
    rows, more = queries.outcomes(day, state=state, before=before)
    here = reverse("council:outcomes")
    kept: dict[str, str | int] = {"stand": word} if state else {}
    labels = {"offen": _("in Arbeit"), "ueberfaellig": _("überfällig"), "erledigt": _("erledigt")}
    context = {
        "rows": [{**task_row(one, language, day), **_behind(one)} for one in rows],
        "tabs": [
            (_("Alle"), here, state is None),
            *[(label, f"{here}?{urlencode({'stand': code})}", code == word) for code, label in labels.items()],
        ],
        "label": labels[word] if state else "",
        "before": before,
        "more": f"{here}?{urlencode({**kept, 'before': more})}" if more else "",
        "crumbs": crumbs((_("Was aus Beschlüssen wurde"), "")),
    }
    return until(render(request, "council/outcomes.html", context), [], at=request.at)


@ours
@require_safe
def tasks(request: Request) -> HttpResponse:
    """What is not done yet, the most urgent first: for the office all of it, for a department its own."""
    tracking.require_may_see_tasks(request.viewer)
    language, day = request.viewer.language, today(request.at)
    found = queries.open_tasks(tracking.departments_of(request.viewer))
    rows: list[Row] = [
        {**task_row(one, language, day), **_behind(one), "url": reverse("council:task", args=[one.number])}
        for one in found
    ]
    context = {
        "late": [row for row in rows if row["late"]],
        "coming": [row for row in rows if not row["late"]],
        "all_of_them": rules.may_keep(request.viewer),
        "crumbs": crumbs((_("Beschlusskontrolle"), "")),
    }
    return render(request, "council/tasks.html", context)


def _public_point(number: int, item: UUID) -> AgendaItem:
    rows = AgendaItem.objects.public().select_related("meeting")
    point = rows.filter(pk=item, meeting__number=number).first() if number < 2**63 else None
    if point is None:
        raise NotFound
    return point


def _data(form: TaskForm) -> TaskData:
    told = form.cleaned_data
    return TaskData(told["text"], told["department"], told["due"], told["is_public"])


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def assign(request: Request, number: int, item: UUID) -> HttpResponse:
    """A new task that follows from a point."""
    rules.require_may_write(request.viewer)
    point = _public_point(number, item)
    back = reverse("council:meeting", args=[number])
    form = TaskForm(request.POST or None, language=request.viewer.language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.assign_task(actor=request.actor, item_id=point.pk, data=_data(form), at=request.at)
            messages.success(request, _("Der Auftrag ist eingetragen."))
            return redirect(back)
    context = {
        "about": str(point),
        "resolution": point.resolution_text,
        "back_url": back,
        "crumbs": crumbs(
            (_("Sitzungen"), reverse("council:meetings")), (named(point.meeting.name), back), (_("Auftrag"), "")
        ),
    }
    return render_form(request, "council/assign.html", form, context)


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def task(request: Request, number: int) -> HttpResponse:
    """A task: what was reported, and a form to report once more."""
    tracking.require_may_see_tasks(request.viewer)
    found = queries.task(number)
    tracking.require_may_report(request.actor, found.department)
    language, day = request.viewer.language, today(request.at)
    form = ReportForm(request.POST or None, initial={"day": day})
    if form.is_bound and form.is_valid():
        with form.attempt():
            told = form.cleaned_data
            data = ReportData(told["day"], told["text"], told["is_done"], told["is_public"])
            actions.report_on_task(actor=request.actor, number=number, data=data, at=request.at)
            messages.success(request, _("Der Bericht ist eingetragen."))
            return redirect("council:task", number)
    context = {
        "row": {**task_row(found, language, day), **_behind(found)},
        "reports": queries.reports_of(found),
        "change_url": reverse("council:task_change", args=[number]) if rules.may_keep(request.viewer) else "",
        "crumbs": crumbs(
            (_("Beschlusskontrolle"), reverse("council:tasks")),
            (_("Auftrag %(number)d") % {"number": number}, ""),
        ),
    }
    return render_form(request, "council/task.html", form, context)


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def change(request: Request, number: int) -> HttpResponse:
    """Another text, department or day."""
    rules.require_may_write(request.viewer)
    found = queries.task(number)
    names = ("text", "department", "due", "is_public")
    initial = {name: getattr(found, name) for name in names}
    form = TaskForm(request.POST or None, initial=initial, language=request.viewer.language)
    back = reverse("council:task", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.change_task(actor=request.actor, number=number, data=_data(form), at=request.at)
            messages.success(request, _("Gespeichert."))
            return redirect(back)
    context = {
        "about": str(found.item),
        "number": number,
        "back_url": back,
        "crumbs": crumbs(
            (_("Beschlusskontrolle"), reverse("council:tasks")),
            (_("Auftrag %(number)d") % {"number": number}, back),
            (_("Ändern"), ""),
        ),
    }
    return render_form(request, "council/assign.html", form, context)
