"""The public pages of the portfolio: all pilots, one pilot, the comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.pilots import rules
from allmende.capabilities.pilots.models import Milestone, Pilot
from allmende.capabilities.pilots.queries import indicators, origins, portfolio
from allmende.capabilities.pilots.queries.origins import Origin
from allmende.capabilities.pilots.rules.criteria import DEFAULT, LEVELS, Criterion, criteria
from allmende.capabilities.pilots.rules.light import coming, days_late
from allmende.capabilities.pilots.views import cards
from allmende.capabilities.pilots.views.figures import LightShown, euros, funding_text, light_of
from allmende.capabilities.pilots.views.pages import crumbs
from allmende.capabilities.pilots.workflow import IN_ORDER, STATES, State, steps_from
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui.pages import Said, district_name, office_name, ours, said, until, word


@dataclass(frozen=True)
class PilotRow:
    """A pilot in a list."""

    number: int
    title: Said
    summary: Said
    url: str
    state: str
    kind: str
    light: LightShown | None
    office: str
    district: str
    next: Milestone | None
    next_title: Said | None
    overdue: bool
    """Whether the day of what comes next is over."""
    example: bool


def row_of(pilot: Pilot, language: str, today: date) -> PilotRow:
    info = STATES[State(pilot.state)]
    milestones = portfolio.milestones_of(pilot)
    light = light_of(pilot, milestones, today)
    step = coming(milestones, today) if light is not None else None
    return PilotRow(
        pilot.number, said(pilot.title, language), said(pilot.summary, language),
        reverse("pilots:pilot", args=[pilot.number]), word(info.labels, language), info.kind, light,
        office_name(pilot.department, language), district_name(pilot.district), step,
        said(step.title, language) if step is not None else None, step is not None and step.planned_on < today,
        pilot.is_example,
    )  # fmt: skip


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """All pilots, what happens now first; how many there are, and what they cost."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    today = portfolio.day_of(at)
    found = portfolio.pilots(viewer)
    groups = [
        (state.value, str(STATES[state].plural), [row_of(one, language, today) for one in found if one.state == state])
        for state in IN_ORDER
    ]
    chosen = [one for one in found if State(one.state) in {State.DECIDED, State.RUNNING, State.FINISHED}]
    context = {
        "groups": [group for group in groups if group[2]],
        "total": len([one for one in found if one.is_public]),
        "running": sum(one.state == State.RUNNING for one in found),
        "planned": euros(sum(one.planned_cents or 0 for one in chosen)) if chosen else "",
        "spent": euros(sum(one.spent_cents or 0 for one in chosen)) if chosen else "",
        "may_edit": rules.may_edit(viewer),
        "crumbs": crumbs(),
        "example": any(one.is_example for one in found),
    }
    return until(render(request, "pilots/overview.html", context), at=at)


@ours
@require_safe
def pilot(request: Request, number: int) -> HttpResponse:
    """One pilot: state and light, milestones, money, risks, indicators, and both questions of the Trace."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    today = portfolio.day_of(at)
    found = portfolio.by_number(number, viewer)
    milestones = portfolio.milestones_of(found)
    info = STATES[State(found.state)]
    title = said(found.title, language)
    context = {
        "pilot": found,
        "title": title,
        "summary": said(found.summary, language),
        "text": said(found.text, language),
        "reason": said(found.reason, language),
        "state": word(info.labels, language),
        "kind": info.kind,
        "light": light_of(found, milestones, today),
        "milestones": [_milestone(one, language, today) for one in milestones],
        "partners": [said(one, language) for one in found.partners],
        "risks": [said(one, language) for one in found.risks],
        "contact": said(found.contact, language),
        "reach": said(found.reach, language),
        "planned": euros(found.planned_cents, found.currency),
        "spent": euros(found.spent_cents, found.currency),
        "funding": funding_text(found.funding_percent),
        "office": office_name(found.department, language),
        "district": district_name(found.district),
        "images": media.images_of([found.ref]).get(found.ref, []),
        "indicators": [cards.card_of(one, language) for one in indicators.of_pilot(found.pk)],
        "follow": notify.follow_box(request, found.ref, about=str(title)) if found.is_public else None,
        "trace": trace.trace_of(found.ref, viewer, at),
        "may_maintain": rules.may_maintain(viewer, found),
        "steps": [(verb, step.label) for verb, step in steps_from(State(found.state)).items()]
        if rules.may_edit(viewer)
        else [],
        "crumbs": crumbs((str(title), "")),
        "example": found.is_example,
    }
    return until(render(request, "pilots/pilot.html", context), at=at)


def _milestone(one: Milestone, language: str, today: date) -> Mapping[str, Any]:
    reached = one.reached_on is not None and one.reached_on <= today
    return {
        "place": one.place,
        "title": said(one.title, language),
        "planned_on": one.planned_on,
        "first_planned_on": one.first_planned_on if one.first_planned_on != one.planned_on else None,
        "reason": said(one.move_reason, language),
        "reached_on": one.reached_on,
        "state": _("erreicht") if reached else (_("überfällig") if today > one.planned_on else _("geplant")),
        "kind": "good" if reached else ("warn" if days_late(one, today) else "quiet"),
    }


@ours
@require_safe
def compare(request: Request) -> HttpResponse:
    """All proposals beside each other: cost, reach, criteria, what they answer to. On a phone a card each."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    kind = request.GET.get("art", "")
    if kind not in {"", "offen"}:
        raise NotFound
    published = [one for one in portfolio.pilots(viewer) if one.is_public]
    waiting = [one for one in published if one.state == State.PROPOSED]
    rows = waiting if kind else published
    asked = criteria(city.setting("pilots.criteria", list(DEFAULT)))
    led = origins.origins_of([one.pk for one in rows], viewer, at)
    here = reverse("pilots:compare")
    context = {
        "tabs": [
            (_("Alle Vorschläge (%(n)s)") % {"n": len(published)}, here, not kind),
            (_("Noch zu entscheiden (%(n)s)") % {"n": len(waiting)}, f"{here}?art=offen", bool(kind)),
        ],
        "criteria": [one.label(language) for one in asked],
        "rows": [_compared(one, asked, led.get(one.pk, []), language) for one in rows],
        "crumbs": crumbs((_("Vergleich"), "")),
        "example": any(one.is_example for one in rows),
    }
    return until(render(request, "pilots/compare.html", context), at=at)


def _compared(pilot: Pilot, asked: Sequence[Criterion], led: Sequence[Origin], language: str) -> Mapping[str, Any]:
    info = STATES[State(pilot.state)]
    return {
        "title": said(pilot.title, language),
        "url": reverse("pilots:pilot", args=[pilot.number]),
        "state": word(info.labels, language),
        "kind": info.kind,
        "cost": euros(pilot.planned_cents, pilot.currency),
        "funding": funding_text(pilot.funding_percent),
        "reach": said(pilot.reach, language),
        "people": pilot.people,
        "ratings": [_rated(pilot, one, language) for one in asked],
        "answers": [
            (one.shown.kind_label, Said(one.shown.title(language), one.shown.title_language(language)),
             one.shown.path(language))
            for one in led
            if one.shown is not None
        ],
    }  # fmt: skip


def _rated(pilot: Pilot, criterion: Criterion, language: str) -> Mapping[str, Any]:
    rating = pilot.ratings.get(criterion.key, {})
    level = rating.get("level")
    return {
        "label": criterion.label(language),
        "level": str(LEVELS[level]) if level in LEVELS else "",
        "note": said(rating.get("note", {}), language),
    }
