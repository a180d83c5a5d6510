"""Participation in numbers, for editors and research: tables that single nobody out, and the same as CSV."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from allmende.capabilities.participation import queries, rules
from allmende.capabilities.participation.models import Project
from allmende.capabilities.participation.queries import analysis as reading
from allmende.capabilities.participation.queries.analysis import Analysis, Breakdown, Dimension, Kind
from allmende.capabilities.participation.views.documents import safe_cell
from allmende.capabilities.participation.views.pages import crumbs, ours, word
from allmende.capabilities.participation.workflow.ages import AGE_GROUPS, AgeGroup
from allmende.capabilities.participation.workflow.phases import PHASES, PhaseKind
from allmende.core import city
from allmende.core.actor import CHANNEL_LABELS, Channel
from allmende.core.errors import NotAllowed
from allmende.core.http import Request


def _titles() -> Mapping[Dimension, str]:
    return {
        Dimension.PHASE: _("In welcher Phase?"),
        Dimension.DISTRICT: _("Aus welchem Stadtteil?"),
        Dimension.CHANNEL: _("Auf welchem Weg?"),
        Dimension.LANGUAGE: _("In welcher Sprache?"),
        Dimension.AGE: _("Wie alt?"),
    }


def _label(dimension: Dimension, key: str, language: str) -> str:
    """A row in the reader's words."""
    if not key:
        return _("außerhalb der Phasen") if dimension == Dimension.PHASE else _("nicht angegeben")
    if dimension == Dimension.PHASE:
        return word(PHASES[PhaseKind(key)], language)
    if dimension == Dimension.DISTRICT:
        found = city.current().districts.get(key)
        return found.name if found else key
    if dimension == Dimension.CHANNEL:
        return str(CHANNEL_LABELS[Channel(key)])
    if dimension == Dimension.LANGUAGE:
        return {"de": _("Deutsch"), "en": _("Englisch")}.get(key, key)
    return str(AGE_GROUPS[AgeGroup(key)])


def _period(name: str) -> str:
    """„April 2026“, „2. Quartal 2026“, „2026“, „bis 2020“."""
    if name.startswith("≤"):
        return _("bis %(year)s") % {"year": name.removeprefix("≤ ")}
    year, _dash, part = name.partition("-")
    if part.startswith("Q"):
        return _("%(n)s. Quartal %(year)s") % {"n": part[1:], "year": year}
    return formats.date_format(date(int(year), int(part), 1), "YEAR_MONTH_FORMAT") if part else year


def _kinds() -> Mapping[Kind, str]:
    return {
        Kind.CONTRIBUTIONS: pgettext("participation", "Beiträge"),
        Kind.COMMENTS: _("Kommentare"),
        Kind.SUPPORTS: _("Unterstützungen"),
    }


def _finding(rows: list[tuple[str, int | None]], total: int | None, kind: str) -> str:
    """What a table says, in one sentence; nothing where too much is hidden."""
    shown = [(label, number) for label, number in rows if number is not None]
    if not shown or not total:
        return _("Hier sind es noch zu wenige, um etwas darüber zu sagen.")
    label, most = max(shown, key=lambda row: row[1])
    return _("Am häufigsten: %(label)s (%(kind)s: %(most)s von %(total)s).") % {
        "label": label, "most": most, "total": total, "kind": kind,
    }  # fmt: skip


def _table(found: Breakdown, kind: Kind, periods: list[str], language: str) -> dict[str, Any]:
    title, id_ = _titles()[found.dimension], f"{kind.value}-{found.dimension.value}"
    labels = [_label(found.dimension, key, language) for key in found.keys]
    if found.cells is None:
        return {"id": id_, "title": title, "rows": [], "finding": ""}
    sums = [row[-1] for row in found.cells]
    return {
        "id": id_,
        "title": title,
        "finding": _finding(list(zip(labels, sums[:-1], strict=True)), sums[-1], _kinds()[kind]),
        "largest": max((number for number in sums[:-1] if number), default=1),
        "rows": [
            {"label": label, "cells": list(zip([*periods, _("Alle")], cells, strict=True)), "sum": cells[-1]}
            for label, cells in zip([*labels, _("Alle")], found.cells, strict=True)
        ],
    }


def _asked(request: Request, number: int | None) -> tuple[Project | None, Analysis]:
    """For staff: of the city, or of one project. Raises NotSignedIn, NotAllowed, NotFound."""
    rules.require_signed_in(request.viewer)
    if not rules.may_enter(request.viewer):
        raise NotAllowed
    project = None if number is None else queries.project_by_number(number, request.viewer, request.at).project
    stores = reading.analysed_stores(request.at, None if project is None else project.pk)
    projects = reading.analysed_projects(request.at) if project is None else [project.pk]
    return project, reading.analysis(stores, request.at, city.current().zone, project_ids=projects)


@ours
@require_safe
def analysis(request: Request, number: int | None = None) -> HttpResponse:
    """How many took part when, in which phase, from where, by which way; what could single somebody out is hidden."""
    project, found = _asked(request, number)
    language = request.viewer.language
    periods = [_period(name) for name in found.periods]
    title = word(project.title, language) if project else ""
    context = {
        "project_title": title,
        "periods": periods,
        "line": [(_kinds()[one.kind], list(zip([*periods, _("Alle")], one.line, strict=True))) for one in found.counted]
        if periods
        else [],
        "kinds": [
            {
                "id": one.kind.value,
                "title": _kinds()[one.kind],
                "tables": [_table(table, one.kind, periods, language) for table in one.breakdowns],
            }
            for one in found.counted
            if one.breakdowns
        ],
        "csv_url": reverse("participation:project_analysis_csv", args=[number])
        if number is not None
        else reverse("participation:analysis_csv"),
        "city_url": reverse("participation:analysis") if number is not None else "",
        "crumbs": crumbs(
            *([(title, reverse("participation:project", args=[number]))] if project else []), (_("Auswertung"), "")
        ),
        "example": project.is_example if project else False,
    }
    return render(request, "participation/analysis.html", context)


@ours
@require_safe
def analysis_csv(request: Request, number: int | None = None) -> HttpResponse:
    """The same numbers, one to a line; an empty count is a hidden one."""
    _project, found = _asked(request, number)
    language = request.viewer.language
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("table", "key", "label", "period", "count", "hidden"))
    names = [*found.periods, "all"] if found.periods else []

    def write(table: str, key: str, label: str, cells: Any) -> None:
        for period, value in zip(names, cells, strict=True):
            row = (table, key, safe_cell(label), period, "" if value is None else value, int(value is None))
            writer.writerow(row)

    for counted in found.counted:
        write(counted.kind.value, "all", _kinds()[counted.kind], counted.line)
    for counted in found.counted:
        for one in counted.breakdowns:
            # Contributions came first: their tables keep the names that programs know.
            prefix = "" if counted.kind == Kind.CONTRIBUTIONS else f"{counted.kind.value}."
            for key, cells in zip(one.keys, one.cells or (), strict=False):
                write(f"{prefix}{one.dimension.value}", key, _label(one.dimension, key, language), cells)
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"auswertung-{number}" if number is not None else "auswertung"
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
