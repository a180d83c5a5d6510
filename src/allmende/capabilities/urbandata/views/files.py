"""Values to take away: CSV as German spreadsheets open it, JSON for programs. With source and licence inside."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.urbandata.models import Datastream
from allmende.capabilities.urbandata.queries import series as queries
from allmende.core import city
from allmende.core.errors import Invalid, NotFound
from allmende.core.http import Request
from allmende.ui.pages import ours, until

MOST_DAYS = 400
"""Of one file; `von` and `bis` (days, the last one included) choose which."""


def _found(number: int) -> Datastream:
    found = queries.by_number(number)
    if found is None:
        raise NotFound
    return found


def _day(request: Request, name: str) -> date | None:
    given = request.GET.get(name, "").strip()
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Invalid(_("Bitte geben Sie Tage so an: 2026-05-31.")) from None


def _period(request: Request, found: Datastream) -> tuple[datetime, datetime]:
    """The days asked for, else the last ones that there are."""
    zone = city.current().zone
    newest = getattr(found, "standing", None)
    last = _day(request, "bis") or (newest.last if newest is not None else request.at).astimezone(zone).date()
    first = _day(request, "von") or max(last - timedelta(days=MOST_DAYS - 1), date(1800, 1, 1))
    if first > last or (last - first).days >= MOST_DAYS or last.year > 9000 or first.year < 1800:  # noqa: PLR2004
        raise Invalid(_("Eine Datei reicht über höchstens %(n)s Tage.") % {"n": MOST_DAYS})
    begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + timedelta(days=1)))
    return begin, end


def _cell(value: Any) -> Any:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    if isinstance(value, float):
        return f"{int(value) if value.is_integer() else value}".replace(".", ",")
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} and not isinstance(value, int) else text


def _csv(found: Datastream, name: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """UTF-8 with a byte order mark, semicolons and decimal commas; the last columns name source and licence."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*columns, "unit", "series", "source", "licence"])
    more = [_cell(one) for one in (found.symbol, found.name, found.source, found.licence)]
    for row in rows:
        writer.writerow([*(_cell(one) for one in row), *more])
    response = HttpResponse(b"\xef\xbb\xbf" + out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{found.number}.csv"'
    return response


@ours
@require_safe
def values_csv(request: Request, number: int) -> HttpResponse:
    """Every value: time with its offset, result, what the source doubts."""
    found = _found(number)
    since, end = _period(request, found)
    zone = city.current().zone
    rows = (
        (at.astimezone(zone).isoformat(timespec="seconds"), value, flags or None)
        for at, value, flags in queries.values(found, since, end)
    )
    return until(_csv(found, "werte", ("time", "result", "flags"), rows), at=request.at)


@ours
@require_safe
def values_json(request: Request, number: int) -> HttpResponse:
    """The same for programs."""
    found = _found(number)
    since, end = _period(request, found)
    body = {
        "name": found.name,
        "description": found.description,
        "unit": found.unit,
        "source": found.source,
        "licence": found.licence,
        "example": found.is_example,
        "page": settings.PUBLIC_URL.rstrip("/") + reverse("urbandata:series", args=[found.number]),
        "columns": ["time", "result", "flags"],
        "values": [
            [f"{at:%Y-%m-%dT%H:%M:%SZ}", value, flags] for at, value, flags in queries.values(found, since, end)
        ],
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return until(response, at=request.at)


@ours
@require_safe
def hours_csv(request: Request, number: int) -> HttpResponse:
    """An hour a row: how many values, their sum, mean, least and greatest."""
    found = _found(number)
    since, end = _period(request, found)
    zone = city.current().zone
    rows = (
        (start.astimezone(zone).isoformat(timespec="seconds"), count, total, total / count, low, high)
        for start, count, total, low, high in queries.hourly(found, since, end)
    )
    return until(_csv(found, "stunden", ("hour", "count", "sum", "mean", "min", "max"), rows), at=request.at)
