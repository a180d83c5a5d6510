"""An organisation and who sits in it; a person and where they sit."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from allmende.capabilities.council import queries
from allmende.capabilities.council.models import Membership
from allmende.capabilities.council.views.lists import meeting_row
from allmende.capabilities.council.views.pages import changes, crumbs, named, origin, ours, spoken, today, until, word
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace

type Row = dict[str, object]


def member_row(one: Membership) -> Row:
    sent_by = one.on_behalf_of
    return {
        "name": one.person.name,
        "url": reverse("council:person", args=[one.person.number]),
        "role": one.role,
        "votes": one.voting_right,
        "since": one.start_date,
        "until": one.end_date,
        "for": sent_by.name if sent_by and sent_by.public and not sent_by.deleted else "",
    }


def seat_row(one: Membership) -> Row:
    return {
        "name": one.organization.name,
        "url": reverse("council:organization", args=[one.organization.number]),
        "role": one.role,
        "since": one.start_date,
        "until": one.end_date,
    }


@ours
@require_safe
def organization(request: Request, number: int) -> HttpResponse:
    """What it does, when it meets, who sits in it."""
    at, language = request.at, request.viewer.language
    found = queries.organization_page(number, at, today(at))
    one = found.organization
    context = {
        "organization": one,
        "plain": word(one.plain, language),
        "plain_language": spoken(one.plain, language),
        "members": [member_row(row) for row in found.members],
        "former": [member_row(row) for row in found.former],
        "coming": [meeting_row(row, at) for row in found.coming],
        "past": [meeting_row(row, at) for row in found.past],
        "papers": [(row.name, reverse("council:paper", args=[row.number])) for row in found.papers],
        "origin": origin(one),
        "follow": notify.follow_box(request, one.ref, about=named(one.name)),
        "trace": trace.trace_of(one.ref, request.viewer, at),
        "crumbs": crumbs((named(one.name), "")),
    }
    return until(render(request, "council/organization.html", context), changes([*found.coming, *found.past]), at=at)


@ours
@require_safe
def person(request: Request, number: int) -> HttpResponse:
    """Where somebody sits, and since when."""
    at = request.at
    found = queries.person_page(number, today(at))
    one = found.person
    context = {
        "person": one,
        "now": [seat_row(row) for row in found.now],
        "before": [seat_row(row) for row in found.before],
        "papers": [(row.name, reverse("council:paper", args=[row.number])) for row in found.papers],
        "origin": origin(one),
        "crumbs": crumbs((named(one.name), "")),
    }
    return until(render(request, "council/person.html", context), [], at=at)
