"""The calendar as agenda, week, month and archive; the same filters everywhere."""

import calendar as months
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from allmende.capabilities.portal.queries import calendar as queries
from allmende.capabilities.portal.rules import calendar as rules
from allmende.capabilities.portal.views.calendar import html
from allmende.capabilities.portal.views.calendar.pages import (
    MONTHS,
    WEEKDAYS,
    crumbs,
    filters_of,
    ours,
    query_of,
    until,
)
from allmende.core import city
from allmende.core.http import Request

YEARS = range(1990, 2101)
PAGE = 20
WEEKS_MOST = 53


def _start(day: date) -> datetime:
    """The beginning of a local day."""
    return datetime.combine(day, time(), city.current().zone).astimezone(UTC)


def _shared(request: Request, view: str, title: str) -> tuple[queries.Filters, dict[str, Any]]:
    """Filters, and the context that every view of the calendar needs."""
    language = request.viewer.language
    groups = queries.groups(request.viewer, request.at, language)
    filters, selects = filters_of(request.GET, groups, language)
    query = query_of(filters)
    tabs = [
        (_("Liste"), "portal:calendar", "agenda"),
        (_("Woche"), "portal:calendar_this_week", "week"),
        (_("Monat"), "portal:calendar_this_month", "month"),
        (_("Vorbei"), "portal:calendar_past", "past"),
    ]
    return filters, {
        "title": title,
        "selects": [(select.name, select.label, html.options(select)) for select in selects],
        "text": filters.text,
        "narrowed": filters.narrow,
        "clear_url": request.path if filters.narrow else "",
        "tabs": [(label, reverse(name) + query, key == view) for label, name, key in tabs],
        "feed_url": reverse("portal:calendar_feed") + query,
        "query": query,
        "may_organise": rules.may_organise(request.viewer),
        "crumbs": [(_("Kalender"), "")] if view == "agenda" else crumbs((title, "")),
        "zone": city.current().zone,
    }


@ours
@require_safe
def agenda(request: Request) -> HttpResponse:
    """What goes on now and what comes next; with htmx only the next ones."""
    filters, context = _shared(request, "agenda", _("Was ist los in der Stadt?"))
    language, at = request.viewer.language, request.at
    after = request.GET.get("after", "")[:120]
    items, more = queries.agenda(filters, request.viewer, at, language=language, after=after, limit=PAGE)
    context |= {
        "items": items,
        "rows": html.rows(items, at, language=language, zone=context["zone"]),
        "more_url": _more(request, more),
    }
    if request.htmx and after:
        return render(request, "portal/calendar/parts/more.html", context)
    return until(render(request, "portal/calendar/agenda.html", context), queries.next_change(at), at=at)


def _more(request: Request, cursor: str) -> str:
    if not cursor:
        return ""
    values = request.GET.copy()
    values["after"] = cursor
    return f"?{values.urlencode()}"


@ours
@require_safe
def past(request: Request) -> HttpResponse:
    """What is over, latest first; recordings and summaries are marked."""
    filters, context = _shared(request, "past", _("Was war?"))
    language, at = request.viewer.language, request.at
    after = request.GET.get("after", "")[:120]
    items, more = queries.past(filters, at, language=language, after=after, limit=PAGE)
    context |= {
        "items": items,
        "rows": html.rows(items, at, language=language, zone=context["zone"]),
        "more_url": _more(request, more),
    }
    if request.htmx and after:
        return render(request, "portal/calendar/parts/more.html", context)
    return until(render(request, "portal/calendar/past.html", context), queries.next_change(at), at=at)


@ours
@require_safe
def month(request: Request, year: int | None = None, number: int | None = None) -> HttpResponse:
    """A month as a table; on a phone as a list."""
    language, at = request.viewer.language, request.at
    today = timezone.localtime(at).date()
    year, number = year or today.year, number or today.month
    if year not in YEARS or not 1 <= number <= len(MONTHS):
        raise Http404
    name = f"{MONTHS[number - 1]} {year}"
    filters, context = _shared(request, "month", name)
    weeks = months.Calendar().monthdatescalendar(year, number)
    first, last = weeks[0][0], weeks[-1][-1]
    zone = context["zone"]
    items, counts = queries.month(
        filters,
        _start(first),
        _start(last + timedelta(days=1)),
        request.viewer,
        at,
        language=language,
        zone=zone,
        per_day=html.SOME,
    )
    days = html.by_day(items, zone, first, last)
    inside = [day for week in weeks for day in week if day.month == number]
    count = sum(total for day, total in counts.items() if day in inside)
    before, after = inside[0] - timedelta(days=1), inside[-1] + timedelta(days=1)
    week_url = reverse("portal:calendar_week", args=[1111, 22]).replace("1111", "%s").replace("22", "%s")
    day_url = week_url + context["query"].replace("%", "%%")
    words = html.Words.now(language)
    context |= {
        "count_text": ngettext("%(n)s Termin", "%(n)s Termine", count) % {"n": count},
        "count": count,
        "table": html.month_table(
            weeks,
            days,
            counts,
            month=number,
            today=today,
            caption=name,
            zone=zone,
            day_url=day_url,
            words=words,
            language=language,
        ),
        "list": html.month_list(inside, days, counts, at, language=language, zone=zone, day_url=day_url, words=words),
        "previous": _month_link(before, context["query"]),
        "next": _month_link(after, context["query"]),
        "here": (year, number) == (today.year, today.month),
        "this_url": reverse("portal:calendar_this_month") + context["query"],
    }
    moments = [moment for item in items for moment in (item.starts_at, item.ends_at)]
    return until(render(request, "portal/calendar/month.html", context), queries.next_shown(at), *moments, at=at)


def _month_link(day: date, query: str) -> tuple[str, str] | None:
    if day.year not in YEARS:
        return None
    return f"{MONTHS[day.month - 1]} {day.year}", reverse("portal:calendar_month", args=[day.year, day.month]) + query


def _day_name(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]}, {formats.date_format(day, 'MONTH_DAY_FORMAT')}"


@ours
@require_safe
def week(request: Request, year: int | None = None, number: int | None = None) -> HttpResponse:
    """Seven days, each with its own heading."""
    language, at = request.viewer.language, request.at
    today = timezone.localtime(at).date()
    if year is None or number is None:
        year, number = today.isocalendar()[:2]
    if year not in YEARS or not 1 <= number <= WEEKS_MOST:
        raise Http404
    try:
        first = date.fromisocalendar(year, number, 1)
    except ValueError:
        raise Http404 from None
    last = first + timedelta(days=6)
    name = _("Woche vom %(first)s bis %(last)s") % {
        "first": formats.date_format(first, "MONTH_DAY_FORMAT"), "last": formats.date_format(last, "DATE_FORMAT"),
    }  # fmt: skip
    filters, context = _shared(request, "week", name)
    items = queries.between(
        filters, _start(first), _start(last + timedelta(days=1)), request.viewer, at, language=language
    )
    zone = context["zone"]
    days = html.by_day(items, zone, first, last)
    all_days = [first + timedelta(days=step) for step in range(7)]
    context |= {
        "days": [
            (day, _day_name(day), rows, day == today)
            for day in all_days
            for rows in [html.rows(days.get(day, ()), at, language=language, zone=zone, days=False)]
        ],
        "count": len(items),
        "previous": _week_link(first - timedelta(days=7), context["query"]),
        "next": _week_link(first + timedelta(days=7), context["query"]),
        "here": first <= today <= last,
        "this_url": reverse("portal:calendar_this_week") + context["query"],
    }  # fmt: skip
    return until(render(request, "portal/calendar/week.html", context), queries.next_change(at), at=at)


def _week_link(day: date, query: str) -> tuple[str, str] | None:
    year, number, _weekday = day.isocalendar()
    if year not in YEARS:
        return None
    label = _("Woche ab %(day)s") % {"day": formats.date_format(day, "MONTH_DAY_FORMAT")}
    return label, reverse("portal:calendar_week", args=[year, number]) + query
