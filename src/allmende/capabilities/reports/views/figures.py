"""How the city is doing with what was reported: for everybody, as a sentence, a table and a file."""

import csv
import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from allmende.capabilities.reports.queries import categories
from allmende.capabilities.reports.queries import figures as counted
from allmende.capabilities.reports.queries.figures import GROUPS, PERIOD, Row
from allmende.capabilities.reports.views.pages import crumbs
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui.pages import district_name, office_name, ours, until

COLUMNS = ("name", "received", "open", "overdue", "done", "done_in_time", "median_days_to_fix", "median_days_to_answer")


def _group(request: Request) -> str:
    group = request.GET.get("nach", "art")
    if group not in GROUPS:
        raise NotFound
    return group


def _names(group: str, language: str) -> dict[str, str]:
    return {one.slug: one.name(language) for one in categories.every()} if group == "art" else {}


def _name(row: Row, group: str, names: dict[str, str], language: str) -> str:
    if group == "art":
        return names.get(row.name, row.name)
    found = district_name(row.name) if group == "stadtteil" else office_name(row.name, language)
    return found or _("nicht bekannt")


def _days(value: float | None) -> str:
    return "" if value is None else formats.number_format(round(value, 1), decimal_pos=1)


@ours
@require_safe
def overview(request: Request) -> HttpResponse:
    """The last 90 days."""
    group, language = _group(request), request.viewer.language
    rows, names = counted.figures(group, request.at), _names(group, language)
    here = reverse("reports:figures")
    labels = {"art": _("Nach Art"), "stadtteil": _("Nach Stadtteil"), "amt": _("Nach Amt")}
    context: dict[str, Any] = {
        "tabs": [(label, f"{here}?nach={key}", key == group) for key, label in labels.items()],
        "group": group,
        "days": PERIOD.days,
        "inflow": sum(row.inflow for row in rows),
        "backlog": sum(row.backlog for row in rows),
        "late": sum(row.late for row in rows),
        "done": sum(row.done for row in rows),
        "in_time": sum(row.in_time for row in rows),
        "columns": [
            {"label": labels[group].partition(" ")[2] if language == "de" else pgettext("report", "Gruppe")},
            *(
                {"label": label, "numeric": True}
                for label in (
                    _("eingegangen"), pgettext("report", "offen"), _("überfällig"), _("erledigt"),
                    _("davon in der Frist"),
                    _("Tage bis erledigt"), _("Tage bis zur ersten Antwort"),
                )
            ),
        ],
        "rows": [
            {"cells": [_name(row, group, names, language), row.inflow, row.backlog, row.late, row.done, row.in_time,
                       _days(row.fixed), _days(row.answered)]}
            for row in rows
        ],
        "crumbs": crumbs((_("Zahlen"), "")),
    }  # fmt: skip
    return until(render(request, "reports/figures.html", context), at=request.at)


@ours
@require_safe
def table(request: Request) -> HttpResponse:
    """The same as CSV, in UTF-8 with semicolons, as German spreadsheets open it. Columns have English names."""
    group, language = _group(request), request.viewer.language
    names = _names(group, language)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in counted.figures(group, request.at):
        times = ["" if value is None else f"{value:.1f}" for value in (row.fixed, row.answered)]
        name = _name(row, group, names, language)
        writer.writerow(["'" + name if name[:1] in "=+-@" else name, row.inflow, row.backlog, row.late, row.done,
                         row.in_time, *times])  # fmt: skip
    response = HttpResponse(b"\xef\xbb\xbf" + out.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="meldungen-{group}.csv"'
    return response
