"""A meeting and its agenda."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.council import queries, rules
from allmende.capabilities.council.models import AgendaItem, File, Meeting
from allmende.capabilities.council.queries.invitations import last_for
from allmende.capabilities.council.queries.minutes import is_released
from allmende.capabilities.council.views.attendance import attendance_row
from allmende.capabilities.council.views.pages import changes, crumbs, meeting_tag, named, origin, ours, today, until
from allmende.capabilities.council.views.tracking import task_rows
from allmende.capabilities.council.views.votes import vote_rows
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace

type Row = dict[str, object]


def item_row(
    one: AgendaItem,
    votes: Mapping[UUID, Row | None],
    motions: Mapping[UUID, list[Row | None]],
    tasks: Mapping[UUID, list[Row]],
) -> Row:
    """A point of the agenda with the papers it deals with."""
    papers = [row.paper for row in one.seen_consultations]  # type: ignore[attr-defined]
    return {
        "label": one.label,
        "name": one.name,
        "result": one.result,
        "resolution": one.resolution_text,
        "papers": [(paper.name, paper.reference, reverse("council:paper", args=[paper.number])) for paper in papers],
        "files": one.seen_files,  # type: ignore[attr-defined]
        "vote": votes.get(one.pk),
        "motions": motions.get(one.pk, []),
        "tasks": tasks.get(one.pk, []),
    }


def file_rows(files: list[File]) -> list[Row]:
    """Files with where they lie: ours with `engines/media`, others where the other system has them."""
    documents = media.documents_of([one.ref for one in files if one.is_ours]) if files else {}
    rows: list[Row] = []
    for one in files:
        kept = documents.get(one.ref, [])
        rows.append(
            {
                "name": one.name or one.file_name,
                "url": kept[0].file.url if kept else one.access_url,
                "size": kept[0].file.size if kept else one.size,
                "text": one.text,
                "elsewhere": not kept,
            }
        )
    return rows


def office_urls(meeting: Meeting, item: AgendaItem) -> Row:
    """Where the office records what came of a point."""
    address = [meeting.number, item.pk]
    return {"vote_url": reverse("council:vote", args=address), "task_url": reverse("council:assign", args=address)}


@ours
@require_safe
def meeting(request: Request, number: int) -> HttpResponse:
    """When, where, who, and point by point what about."""
    at = request.at
    found = queries.meeting_page(number)
    one = found.meeting
    tag, kind = meeting_tag(one, at)
    may_keep, begun = rules.may_keep(request.viewer), one.is_begun(at)
    votes, motions = vote_rows([row.pk for row in found.items])
    tasks = task_rows([row.pk for row in found.items], request.viewer.language, today(at))
    context = {
        "meeting": one,
        "phase": one.phase(at).value,
        "where": str(one.location) if one.location and one.location.public else "",
        "tag": tag,
        "kind": kind,
        "organizations": [
            (row.name, reverse("council:organization", args=[row.number])) for row in found.organizations
        ],
        "items": [
            item_row(row, votes, motions, tasks) | (office_urls(one, row) if may_keep else {}) for row in found.items
        ],
        "attendance": attendance_row(one),
        "minutes_url": reverse("council:minutes", args=[number]) if is_released(one) else "",
        "minutes_edit_url": reverse("council:minutes_edit", args=[number]) if may_keep and begun else "",
        "attendance_url": reverse("council:attendance", args=[number]) if may_keep and begun else "",
        "agenda_url": reverse("council:agenda", args=[number]) if may_keep and one.is_ours and not begun else "",
        "invitation": last_for(one, request.viewer),
        "files": file_rows(list(found.files)),
        "origin": origin(one),
        "follow": notify.follow_box(request, one.ref, about=named(one.name)),
        "trace": trace.trace_of(one.ref, request.viewer, at),
        "crumbs": crumbs((_("Sitzungen"), reverse("council:meetings")), (named(one.name), "")),
    }
    return until(render(request, "council/meeting.html", context), changes([one]), at=at)
