"""The offices' own figures over a chosen time, with files; and what the retention takes away next."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from allmende.capabilities.reports import actions, rules
from allmende.capabilities.reports.forms.dashboard import PeriodForm
from allmende.capabilities.reports.models import Report
from allmende.capabilities.reports.queries import categories, dashboard
from allmende.capabilities.reports.queries.dashboard import Density, Ends
from allmende.capabilities.reports.queries.figures import Row
from allmende.capabilities.reports.views.pages import crumbs
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.pages import district_name, office_name, ours
from allmende.ui.views import render_form

USUAL = timedelta(days=89)
SQUARE = 10
MOST_MONTHS = 12
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
COLUMNS = (
    "number", "category", "state", "department", "district", "place", "longitude", "latitude", "channel", "received",
    "due", "closed", "confirmed", "joined", "public", "public_words",
)  # fmt: skip
"""Names for programs; `words` comes last where it was asked for by somebody who may."""


def _asked(request: Request) -> tuple[PeriodForm, date, date, str]:
    """The form, both days, the group; what does not fit counts as not chosen."""
    today = request.at.astimezone(city.current().zone).date()
    first, last = today - USUAL, today
    usual = {"von": str(first), "bis": str(last), "nach": "art"}
    data = {name: request.GET.get(name) or value for name, value in usual.items()}
    form = PeriodForm(data)
    if not form.is_valid():
        return form, first, last, "art"
    values = form.cleaned_data
    return form, values["von"], values["bis"], values["nach"]


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    zone = city.current().zone
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """Sentence, table, density by month."""
    rules.require_may_open_inbox(request.viewer)
    form, first, last, group = _asked(request)
    start, end = _instants(first, last)
    rows = dashboard.figures(group, start, min(end, request.at))
    language = request.viewer.language
    names = {one.slug: one.name(language) for one in categories.every()} if group == "art" else {}
    dense = _density(first, last, start, end)
    context: dict[str, Any] = {
        "inflow": sum(row.inflow for row in rows),
        "backlog": sum(row.backlog for row in rows),
        "late": sum(row.late for row in rows),
        "done": sum(row.done for row in rows),
        "columns": [
            {"label": {"art": _("Art"), "stadtteil": _("Stadtteil"), "amt": _("Amt")}[group]},
            *(
                {"label": label, "numeric": True}
                for label in (
                    _("eingegangen"), pgettext("report", "offen"), _("überfällig"), _("erledigt"),
                    _("davon in der Frist"), _("Tage bis erledigt"), _("Tage bis zur ersten Antwort"),
                )
            ),
        ],
        "rows": [{"cells": _cells(row, group, names, language)} for row in rows],
        "maps": _maps(dense),
        "box": f"0 0 {dense.width * SQUARE} {dense.height * SQUARE}",
        "dense_columns": [
            {"label": _("Stadtteil")}, *({"label": _month(month), "numeric": True} for month in dense.months)
        ],
        "dense_rows": [
            {"cells": [district_name(slug) or _("nicht bekannt"), *(by.get(month, 0) for month in dense.months)]}
            for slug, by in sorted(dense.districts.items(), key=lambda one: -sum(one[1].values()))
        ],
        "query": f"von={first}&bis={last}",
        "is_desk": rules.is_desk(request.viewer),
        "crumbs": crumbs((_("Eingang der Meldungen"), reverse("reports:inbox")), (_("Auswertung"), "")),
    }  # fmt: skip
    return render_form(request, "reports/dashboard.html", form, context)


def _cells(row: Row, group: str, names: Mapping[str, str], language: str) -> list[Any]:
    if group == "art":
        name = names.get(row.name, row.name)
    else:
        name = district_name(row.name) if group == "stadtteil" else office_name(row.name, language)
    days = [
        "" if value is None else formats.number_format(round(value, 1), decimal_pos=1)
        for value in (row.fixed, row.answered)
    ]
    return [name or _("nicht bekannt"), row.inflow, row.backlog, row.late, row.done, row.in_time, *days]


def _density(first: date, last: date, start: datetime, end: datetime) -> Density:
    """The last twelve months of the time at most."""
    months: list[date] = []
    month = last.replace(day=1)
    while month >= first.replace(day=1) and len(months) < MOST_MONTHS:
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    months.reverse()
    here = city.current()
    begin = max(start, datetime.combine(months[0], time(), here.zone))
    stretch = 1 / max(0.1, math.cos(math.radians(here.centre[1])))
    return dashboard.density(
        months, last + timedelta(days=1), zone=here.zone.key, start=begin, until=end, stretch=stretch
    )


def _month(month: str) -> str:
    return formats.date_format(date.fromisoformat(f"{month}-01"), "M Y")


def _maps(dense: Density) -> list[dict[str, Any]]:
    """One small map a month: squares from the north down, the darker the more."""
    found = []
    for month in dense.months:
        there = dense.squares.get(month, {})
        found.append(
            {
                "label": _month(month),
                "count": sum(there.values()),
                "squares": [
                    (x * SQUARE, (dense.height - 1 - y) * SQUARE, f"{0.25 + 0.75 * count / dense.most:.2f}")
                    for (x, y), count in sorted(there.items())
                ],
            }
        )
    return found


@ours
@require_safe
def export(request: Request, form: str) -> HttpResponse:
    """The reports of the viewer's offices as CSV, XLSX or GeoJSON. Who reported them is in none of them.

    `?worte=1` adds what residents wrote, for the desk only; every file is in the audit.
    """
    make: Mapping[str, Callable[[Iterable[Report], bool], bytes]] = {
        "csv": _as_csv, "xlsx": _as_xlsx, "geojson": _as_geojson,
    }  # fmt: skip
    if form not in make:
        raise NotFound
    with_words = request.GET.get("worte") == "1"
    actions.export_reports(actor=request.actor, with_words=with_words, at=request.at)
    _form, first, last, _group = _asked(request)
    content = make[form](dashboard.to_export(request.viewer, *_instants(first, last)), with_words)
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="meldungen-{first}-{last}.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _values(one: Report, *, with_words: bool) -> list[Any]:
    instants = [
        value.isoformat(timespec="seconds") if value else ""
        for value in (one.received_at, one.due_at, one.closed_at, one.confirmed_at)
    ]
    return [
        one.number, one.category.slug, one.state, one.department, one.district, one.place,
        "" if one.longitude is None else one.longitude, "" if one.latitude is None else one.latitude,
        one.channel, *instants, one.join_count, int(one.is_public), one.public_words if one.is_public else "",
        *([one.words] if with_words else []),
    ]  # fmt: skip


def _header(*, with_words: bool) -> list[str]:
    return [*COLUMNS, "words"] if with_words else list(COLUMNS)


def _safe(value: Any) -> Any:
    """No programme of a spreadsheet: what looks like a formula becomes text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _as_csv(rows: Iterable[Report], with_words: bool) -> bytes:  # noqa: FBT001 - shape of the three
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_header(with_words=with_words))
    for one in rows:
        writer.writerow([_safe(value) for value in _values(one, with_words=with_words)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _as_xlsx(rows: Iterable[Report], with_words: bool) -> bytes:  # noqa: FBT001 - shape of the three
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Meldungen"))
    sheet.freeze_panes = "A2"
    sheet.append(_header(with_words=with_words))
    for one in rows:
        values = [_safe(value) for value in _values(one, with_words=with_words)]
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value for value in values])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _as_geojson(rows: Iterable[Report], with_words: bool) -> bytes:  # noqa: FBT001 - shape of the three
    """RFC 7946; what has no position has no geometry."""
    header = _header(with_words=with_words)
    found = [
        {
            "type": "Feature",
            "id": one.number,
            "geometry": None if one.point is None else {"type": "Point", "coordinates": list(one.point)},
            "properties": {
                name: value
                for name, value in zip(header, _values(one, with_words=with_words), strict=True)
                if name not in {"longitude", "latitude"}
            },
        }
        for one in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": found}, ensure_ascii=False).encode()


def _numbers(first: str, last: str) -> list[dict[str, Any]]:
    """Columns of a table of the retention."""
    labels = (_("Tage"), first, _("heute Nacht"), _("in den 30 Tagen danach"), last)
    return [{"label": _("Art")}, *({"label": label, "numeric": True} for label in labels)]


@ours
@require_safe
def retention(request: Request) -> HttpResponse:
    """A dry run of the night: what is emptied and what deleted by kind, now and within thirty days."""
    rules.require_desk(request.viewer)
    language = request.viewer.language
    rows = dashboard.retention(request.at)

    def _kind(row: Ends, *cells: int) -> dict[str, Any]:
        url = reverse("reports:category", args=[row.category.slug])
        return {"cells": [row.category.name(language), *cells], "url": url}

    context = {
        "tonight": sum(row.tonight for row in rows),
        "deleted_tonight": sum(row.deleted_tonight for row in rows),
        "columns": _numbers(_("abgeschlossen, noch vollständig"), _("schon geleert")),
        "deletion_columns": _numbers(_("geleert"), _("schon gelöscht")),
        "rows": [
            _kind(row, row.category.retention_days, row.waiting, row.tonight, row.soon, row.emptied)
            for row in rows
            if not row.category.elsewhere
        ],
        "deletion_rows": [
            _kind(row, row.category.deletion_days, row.emptied, row.deleted_tonight, row.deleted_soon, row.deleted)
            for row in rows
            if not row.category.elsewhere
        ],
        "crumbs": crumbs(
            (_("Eingang der Meldungen"), reverse("reports:inbox")), (_("Aufbewahrung"), "")
        ),
    }  # fmt: skip
    return render(request, "reports/retention.html", context)
