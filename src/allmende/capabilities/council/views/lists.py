"""The council at a glance, its meetings, its papers."""

from collections import defaultdict
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.council import queries
from allmende.capabilities.council.models import Meeting, Organization, Paper
from allmende.capabilities.council.queries.pages import paper_types, phase_of, stations_of
from allmende.capabilities.council.views.pages import (
    changes,
    crumbs,
    meeting_tag,
    ours,
    paper_tag,
    spoken,
    today,
    until,
    word,
)
from allmende.core.http import Request

type Row = dict[str, object]


def meeting_row(one: Meeting, at: datetime) -> Row:
    """A meeting in a list."""
    tag, kind = meeting_tag(one, at)
    return {
        "name": one.name,
        "url": reverse("council:meeting", args=[one.number]),
        "start": one.start,
        "where": str(one.location) if one.location and one.location.public else "",
        "tag": tag,
        "kind": kind,
        "is_example": one.is_example,
    }


def paper_row(one: Paper, language: str, at: datetime) -> Row:
    """A paper in a list, with its next or last station."""
    stations = stations_of(one)
    tag, kind = paper_tag(phase_of(stations, at))
    coming = [s for s in stations if s.meeting and s.meeting.start and s.meeting.start > at]
    last = [s for s in stations if s.item and s.item.result]
    return {
        "name": one.name,
        "url": reverse("council:paper", args=[one.number]),
        "reference": one.reference,
        "type": one.paper_type,
        "date": one.date,
        "text": word(one.plain, language),
        "text_language": spoken(one.plain, language),
        "tag": tag,
        "kind": kind,
        "next": coming[0].meeting if coming else None,
        "result": last[-1].item.result if last and last[-1].item else "",
        "is_example": one.is_example,
    }


def organization_groups(rows: list[Organization], language: str) -> list[tuple[str, list[Row]]]:
    """By what they are: committees first, groups of members, offices."""
    labels = {"Gremium": _("Rat und Ausschüsse"), "Fraktion": _("Gruppen im Rat"), "Verwaltungsbereich": _("Ämter")}
    found: dict[str, list[Row]] = defaultdict(list)
    for one in rows:
        label = labels.get(one.organization_type, _("Weitere"))
        found[label].append(
            {
                "name": one.name,
                "url": reverse("council:organization", args=[one.number]),
                "text": word(one.plain, language),
                "text_language": spoken(one.plain, language),
            }
        )
    order = [*labels.values(), _("Weitere")]
    return sorted(found.items(), key=lambda group: order.index(group[0]))


@ours
@require_safe
def council(request: Request) -> HttpResponse:
    """What comes next, what lies before the council, who sits in it."""
    at, language = request.at, request.viewer.language
    found = queries.overview(at, today(at))
    context = {
        "bodies": found.bodies,
        "example": any(body.is_example for body in found.bodies),
        "meetings": [meeting_row(one, at) for one in found.coming],
        "papers": [paper_row(one, language, at) for one in found.papers],
        "groups": organization_groups(list(found.organizations), language),
        "crumbs": [(_("Stadtrat"), "")],
    }
    moments = [*changes(found.coming), *_starts(found.papers)]
    return until(render(request, "council/council.html", context), moments, at=at)


def _starts(papers: object) -> list[datetime | None]:
    return [s.meeting.start for one in papers for s in stations_of(one) if s.meeting]  # type: ignore[attr-defined]


@ours
@require_safe
def meetings(request: Request) -> HttpResponse:
    """What comes, and what was, the last first."""
    at = request.at
    before = _mark(request.GET.get("before", ""))
    coming = [] if before else queries.meetings_coming(at)
    past, more = queries.meetings_past(at, before=before)
    context = {
        "coming": [meeting_row(one, at) for one in coming],
        "past": [meeting_row(one, at) for one in past],
        "before": before[0] if before else None,
        "more": f"{reverse('council:meetings')}?{urlencode({'before': _marked(*more)})}" if more else "",
        "crumbs": crumbs((_("Sitzungen"), "")),
    }
    return until(render(request, "council/meetings.html", context), changes(coming), at=at)


def _marked(start: datetime, number: int) -> str:
    return f"{start.isoformat()}~{number}"


def _mark(text: str) -> tuple[datetime, int] | None:
    """Start and number as the link „Mehr anzeigen“ has them; anything else is none."""
    when, _mark, number = text.partition("~")
    try:
        found = parse_datetime(when)
    except ValueError:
        return None
    if found is None or found.utcoffset() is None or not 1 < found.year < 9999:  # noqa: PLR2004
        return None
    return (found, int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None  # noqa: PLR2004


@ours
@require_safe
def papers(request: Request) -> HttpResponse:
    """All papers, the last first."""
    at, language = request.at, request.viewer.language
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004
    types = paper_types()
    kind = request.GET.get("art", "")
    kind = kind if kind in types else ""
    rows, more = queries.papers_newest(before=before, kind=kind)
    here = reverse("council:papers")
    kept: dict[str, str | int] = {"art": kind} if kind else {}
    context = {
        "papers": [paper_row(one, language, at) for one in rows],
        "tabs": [
            (_("Alle"), here, not kind),
            *[(one, f"{here}?{urlencode({'art': one})}", one == kind) for one in types],
        ],
        "before": before,
        "more": f"{here}?{urlencode({**kept, 'before': more or 0})}" if more else "",
        "crumbs": crumbs((_("Vorlagen"), "")),
    }
    return until(render(request, "council/papers.html", context), _starts(rows), at=at)
