"""What everybody reads: the list of series, and a series in sentences, as a chart and as a table."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.urbandata.models import Datastream
from allmende.capabilities.urbandata.queries import series as queries
from allmende.capabilities.urbandata.rules import charts, usual
from allmende.capabilities.urbandata.rules.usual import Verdict
from allmende.capabilities.urbandata.views.figures import bound, figure, hour_words, with_unit
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.trace import interface as trace
from allmende.ui.pages import Said, ours, until

HOUR = timedelta(hours=1)
OLD = timedelta(days=2)
SHOWN_DAYS = 8
"""Those of the chart: its first and its last are not whole."""
LONGEST = 100
"""Characters of a search."""


def _title(one: Datastream) -> Said:
    name = one.name if one.thing.name in one.name else f"{one.thing.name}: {one.name}"
    return Said(name, one.language)


def _card(one: Datastream) -> dict[str, Any]:
    newest = getattr(one, "standing", None)
    value = None if newest is None else newest.result_number
    shown = newest.result_other if newest is not None and value is None else value
    return {
        "url": reverse("urbandata:series", args=[one.number]),
        "title": _title(one),
        "text": Said(one.description, one.language),
        "value": "" if newest is None else with_unit(shown, one),
        "at": newest.last if newest is not None else None,
        "example": one.is_example,
        "source": one.source,
    }


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """All series, or those in which the words stand."""
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST]
    mark = request.GET.get("after", "")
    rows, following = queries.listed(words=words, after=int(mark) if mark.isdecimal() and len(mark) < 19 else 0)  # noqa: PLR2004
    more = {"q": words} if words else {}
    context = {
        "cards": [_card(one) for one in rows],
        "words": words,
        "total": queries.counted(),
        "more": "" if following is None else reverse("urbandata:overview", query={**more, "after": following}),
        "crumbs": [(_("Daten der Stadt"), "")],
    }
    return until(render(request, "urbandata/overview.html", context), at=request.at)


@ours
@require_safe
def series(request: Request, number: int) -> HttpResponse:
    """What it shows, what is usual here, what is not; chart, days, origin, files."""
    found = queries.by_number(number)
    if found is None:
        raise NotFound
    newest = getattr(found, "standing", None)
    context: dict[str, Any] = {
        "series": found,
        "card": _card(found),
        "thing": Said(found.thing.description, found.thing.language),
        "sensor": Said(found.sensor.name, found.sensor.language),
        "property": Said(found.observed_property.name, found.observed_property.language),
        "unit": found.symbol,
        "parts": [_card(one) for one in queries.parts_of(found)],
        "total": _card(found.total) if found.total is not None else None,
        "standing": newest,
        "interface": f"/sta/v1.1/Datastreams({found.number})",
        "example": found.is_example,
        "trace": trace.trace_of(found.ref, request.viewer, request.at),
        "crumbs": [(_("Daten der Stadt"), reverse("urbandata:overview")), (str(_title(found)), "")],
    }
    if newest is not None:
        context |= _measured(found, newest.last, request.at)
    return until(render(request, "urbandata/series.html", context), at=request.at)


def _measured(found: Datastream, last: datetime, at: datetime) -> dict[str, Any]:
    """Sentences, chart and table. The last hour that is over counts: one that still runs is not yet to be compared."""
    zone = city.current().zone
    hours = queries.hours(found, last)
    over = [start for start in hours if start + HOUR <= at]
    shown = max(over, default=None)
    days = queries.days(found, timezone.localdate(at), SHOWN_DAYS)
    context: dict[str, Any] = {
        "days": [
            {"day": one.day, "value": with_unit(one.value, found), "low": figure(one.low), "high": figure(one.high)}
            for one in days
        ],
        "is_old": at - last > OLD,
    }
    if shown is None:
        return context
    since = shown - queries.SHOWN + HOUR
    known = {start: usual.usual_at(start, hours, zone) for start in hours if since <= start <= shown}
    normal = {start: one for start, one in known.items() if one is not None}
    chart = charts.chart_of(hours, normal, since=since, until=shown, zone=zone)
    odd = [
        start
        for start, one in normal.items()
        if usual.verdict(hours[start], one) is not Verdict.USUAL and start != shown
    ]
    return context | {
        "hour": hour_words(shown),
        "hour_day": shown,
        "hour_value": with_unit(hours[shown], found),
        "usual": normal.get(shown) and {
            "low": figure(bound(normal[shown].low, found)), "high": with_unit(bound(normal[shown].high, found), found),
            "weeks": normal[shown].weeks,
        },
        "verdict": usual.verdict(hours[shown], normal.get(shown)).value,
        "chart": chart,
        "chart_high": with_unit(chart.high, found) if chart is not None else "",
        "odd": [
            {
                "at": start, "hour": hour_words(start), "value": with_unit(hours[start], found),
                "low": figure(bound(normal[start].low, found)), "high": figure(bound(normal[start].high, found)),
                "higher": usual.verdict(hours[start], normal[start]) is Verdict.HIGHER,
            }
            for start in sorted(odd, reverse=True)[:8]
        ],
    }  # fmt: skip
