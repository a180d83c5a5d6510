"""The public pages: where the city wants to go, a field of action, a goal, what has no answer yet, an answer."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.strategy import rules
from allmende.capabilities.strategy.models import Goal
from allmende.capabilities.strategy.queries import coverage, plan, texts
from allmende.capabilities.strategy.views.pages import crumbs
from allmende.capabilities.strategy.views.texts import tag_of
from allmende.core import manifest
from allmende.core.actor import Viewer
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.core.panels import panels_on
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.pages import Said, office_name, ours, said, until


@dataclass(frozen=True)
class GoalRow:
    """A goal in a list."""

    code: str
    title: Said
    summary: Said
    url: str
    rests_on: int
    """How many things led to it."""
    ended: bool


def goal_row(goal: Goal, language: str, rests_on: int) -> GoalRow:
    return GoalRow(
        goal.code, said(goal.title, language), said(goal.summary, language),
        reverse("strategy:goal", args=[goal.number]), rests_on, goal.ended_at is not None,
    )  # fmt: skip


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """Fields of action with their goals; the guidelines; how much of what people said is answered."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    fields = plan.fields()
    resting = plan.rests_on([goal.pk for field in fields for goal in field.live_goals])  # type: ignore[attr-defined]
    covered = coverage.cover(at)
    guidelines = plan.guidelines()
    written = texts.texts(viewer)
    context = {
        "texts": [
            {
                "title": said(one.title, language),
                "summary": said(one.summary, language),
                "url": reverse("strategy:text", args=[one.number]),
                "tag": tag_of(one, language, at),
                "closes_at": one.closes_at if one.is_open(at) else None,
            }
            for one in written
        ],
        "fields": [
            {
                "place": field.place,
                "title": said(field.title, language),
                "summary": said(field.summary, language),
                "url": reverse("strategy:field", args=[field.number]),
                "goals": [goal_row(goal, language, resting.get(goal.pk, 0)) for goal in field.live_goals],  # type: ignore[attr-defined]
            }
            for field in fields
        ],
        "guidelines": [
            {"number": one.number, "title": said(one.title, language), "text": said(one.text, language)}
            for one in guidelines
        ],
        "total": sum(row.total for row in covered),
        "answered": sum(row.answered for row in covered),
        "may_edit": rules.may_edit(viewer),
        "crumbs": crumbs(),
        "example": any(row.is_example for row in fields) or any(row.is_example for row in guidelines),
    }
    changes = [instant for one in written for instant in (one.opens_at, one.closes_at)]
    return until(render(request, "strategy/overview.html", context), *changes, at=at)


@ours
@require_safe
def field(request: Request, number: int) -> HttpResponse:
    """A field of action: its goals, and both questions of the Trace."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = plan.field_by_number(number)
    goals = plan.goals_of(found.pk)
    resting = plan.rests_on([goal.pk for goal in goals])
    rows = [goal_row(goal, language, resting.get(goal.pk, 0)) for goal in goals]
    title = said(found.title, language)
    context = {
        "field": found,
        "title": title,
        "summary": said(found.summary, language),
        "goals": [row for row in rows if not row.ended],
        "ended": [row for row in rows if row.ended],
        "office": office_name(found.department, language),
        "follow": notify.follow_box(request, found.ref, about=str(title)),
        "trace": trace.trace_of(found.ref, viewer, at),
        "may_edit": rules.may_edit(viewer),
        "crumbs": crumbs((str(title), "")),
        "example": found.is_example,
    }
    return until(render(request, "strategy/field.html", context), at=at)


@ours
@require_safe
def goal(request: Request, number: int) -> HttpResponse:
    """A goal: what it means, its measures and guidelines, what it rests on and what became of it."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = plan.goal_by_number(number)
    title, field_title = said(found.title, language), said(found.field.title, language)
    context = {
        "goal": found,
        "title": title,
        "summary": said(found.summary, language),
        "measures": [said(row.title, language) for row in found.measures.all()],
        "guidelines": [(row.number, said(row.title, language)) for row in found.guidelines.all()],
        "field_title": field_title,
        "field_url": reverse("strategy:field", args=[found.field.number]),
        "office": office_name(found.field.department, language),
        "follow": notify.follow_box(request, found.ref, about=str(title)),
        "panels": panels_on(found.ref, viewer, at),
        "trace": trace.trace_of(found.ref, viewer, at),
        "rests_on": plan.rests_on([found.pk]).get(found.pk, 0),
        "may_edit": rules.may_edit(viewer),
        "crumbs": crumbs(
            (str(field_title), reverse("strategy:field", args=[found.field.number])), (f"{found.code} {title}", "")
        ),
        "example": found.is_example,
    }
    return until(render(request, "strategy/goal.html", context), at=at)


@ours
@require_safe
def answered(request: Request) -> HttpResponse:
    """What people said and has no answer yet; goals that rest on nothing. For everybody: nothing gets lost unseen."""
    at, language = request.at, request.viewer.language
    kind = request.GET.get("art", "")
    covered = coverage.cover(at)
    if kind and kind not in {row.key for row in covered}:
        raise NotFound
    listed = coverage.listed(at, kind=kind, after=request.GET.get("after", ""))
    here = reverse("strategy:answered")
    tabs = [(f"{_('Alle')} ({sum(row.open for row in covered)})", here, not kind)]
    tabs += [(f"{row.label} ({row.open})", f"{here}?art={row.key}", row.key == kind) for row in covered]
    context = {
        "covered": covered,
        "total": sum(row.total for row in covered),
        "answered": sum(row.answered for row in covered),
        "tabs": tabs,
        "rows": [
            (
                row.kind_label,
                Said(row.title(language), row.title_language(language)),
                row.path(language),
                row.happened_at,
            )
            for row in listed.rows
        ],
        "more_url": f"{here}?art={kind}&after={listed.next}" if listed.next else "",
        "bare": [goal_row(one, language, 0) for one in coverage.resting_on_nothing()],
        "may_edit": rules.may_edit(request.viewer),
        "crumbs": crumbs((_("Was ist beantwortet?"), "")),
    }
    return until(render(request, "strategy/answered.html", context), at=at)


@ours
@require_safe
def aside(request: Request, number: int) -> HttpResponse:
    """Why something is in none of the goals."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = plan.aside_by_number(number)
    shown = manifest.lookup().resolve([found.impulse], Viewer(language=language), at).get(found.impulse)
    if shown is None:
        raise NotFound
    title = Said(shown.title(language), shown.title_language(language))
    context = {
        "aside": found,
        "title": title,
        "kind": shown.kind_label,
        "url": shown.path(language),
        "follow": notify.follow_box(request, found.impulse, about=str(title)),
        "trace": trace.trace_of(found.impulse if found.withdrawn_at else found.own_ref, viewer, at),
        "crumbs": crumbs((_("Was ist beantwortet?"), reverse("strategy:answered")), (_("Antwort"), "")),
        "example": found.is_example,
    }
    return until(render(request, "strategy/aside.html", context), at=at)
