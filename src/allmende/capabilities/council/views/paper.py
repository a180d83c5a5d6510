"""A paper in plain words: what it is about, who decides it when, what came before and after."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.council import queries, rules
from allmende.capabilities.council.models import Paper
from allmende.capabilities.council.queries.pages import phase_of
from allmende.capabilities.council.queries.parts import parts_of
from allmende.capabilities.council.rules.parts import summed_up
from allmende.capabilities.council.views.meeting import file_rows
from allmende.capabilities.council.views.pages import (
    changes,
    crumbs,
    meeting_tag,
    named,
    origin,
    ours,
    paper_tag,
    role_words,
    spoken,
    today,
    until,
    word,
)
from allmende.capabilities.council.views.parts import part_rows
from allmende.capabilities.council.views.tracking import task_rows
from allmende.capabilities.council.views.votes import vote_rows
from allmende.core.http import Request
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace

type Row = dict[str, object]


def station_row(
    one: queries.Station, at: datetime, votes: Mapping[UUID, Row | None], motions: Mapping[UUID, list[Row | None]]
) -> Row:
    """One station: who deals with it, as what, when, with which result."""
    meeting, item = one.meeting, one.item
    tag, kind = meeting_tag(meeting, at) if meeting else ("", "")
    return {
        "who": [(row.name, reverse("council:organization", args=[row.number])) for row in one.organizations],
        "role": role_words(one.consultation.role) or (_("entscheidet") if one.decides else ""),
        "role_typed": one.consultation.role,
        "decides": one.decides,
        "when": meeting.start if meeting else None,
        "meeting": meeting.name if meeting else "",
        "url": reverse("council:meeting", args=[meeting.number]) if meeting else "",
        "over": meeting is not None and meeting.start is not None and meeting.start <= at,
        "result": item.result if item else "",
        "resolution": item.resolution_text if item else "",
        "label": item.label if item else "",
        "vote": votes.get(item.pk) if item else None,
        "motions": motions.get(item.pk, []) if item else [],
        "tag": tag,
        "kind": kind,
    }


def _links(papers: list[Paper]) -> list[tuple[str, str]]:
    return [(one.name, reverse("council:paper", args=[one.number])) for one in papers]


@ours
@require_safe
def paper(request: Request, number: int) -> HttpResponse:
    """One paper."""
    at, language = request.at, request.viewer.language
    found = queries.paper_page(number)
    one = found.paper
    items = [station.item.pk for station in found.stations if station.item]
    votes, motions = vote_rows(items)
    tasks = task_rows(items, language, today(at))
    rows = [station_row(station, at, votes, motions) for station in found.stations]
    tag, kind = paper_tag(phase_of(found.stations, at))
    deciding: list[Row | None] = [row for row in rows if row["decides"]]
    done = [row for row in deciding if row and row["result"]]
    by = [(row.name, row.path) for row in found.by_people]
    by += [(row.name, reverse("council:organization", args=[row.number])) for row in found.by_organizations]
    parts = parts_of([one.pk]).get(one.pk, [])
    may_keep = rules.may_keep(request.viewer)
    context = {
        "paper": one,
        "plain": word(one.plain, language),
        "plain_language": spoken(one.plain, language),
        "tag": tag,
        "kind": kind,
        "stations": rows,
        "decision": ([None, *deciding, *done])[-1],
        "decided": bool(done),
        "tasks": [row for key in items for row in tasks.pop(key, [])],
        "parts": part_rows(parts, request.viewer, at),
        "parts_sum": summed_up([part.decision for part in parts]),
        "parts_url": reverse("council:parts", args=[number]) if may_keep else "",
        "decide_url": reverse("council:decide", args=[number]) if may_keep else "",
        "by": by,
        "office": [(row.name, reverse("council:organization", args=[row.number])) for row in found.office],
        "files": file_rows(list(found.files)),
        "related": _links(list(found.related)),
        "above": _links(list(found.above)),
        "below": _links(list(found.below)),
        "origin": origin(one),
        "may_explain": may_keep,
        "follow": notify.follow_box(request, one.ref, about=named(one.name)),
        "trace": trace.trace_of(one.ref, request.viewer, at),
        "crumbs": crumbs((_("Vorlagen"), reverse("council:papers")), (named(one.name), "")),
    }
    page = render(request, "council/paper.html", context)
    return until(page, changes([s.meeting for s in found.stations if s.meeting]), at=at)
