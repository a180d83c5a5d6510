"""/verwaltung/orte/: bringing places in, and watching how far it is."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.places import actions, queries, rules
from allmende.engines.places.forms import ImportForm
from allmende.engines.places.models import Import
from allmende.ui.templatetags.ui import at_time
from allmende.ui.views import render_form

STATES = {
    Import.State.WAITING: gettext_lazy("wartet"),
    Import.State.RUNNING: gettext_lazy("läuft"),
    Import.State.DONE: gettext_lazy("fertig"),
    Import.State.FAILED: gettext_lazy("nicht geklappt"),
}
UNITS = {
    "districts": pgettext_lazy("number of", "Stadtteile"),
    "streets": pgettext_lazy("number of", "Straßen"),
    "addresses": pgettext_lazy("number of", "Adressen"),
    "landmarks": pgettext_lazy("number of", "bekannte Orte"),
    "skipped": pgettext_lazy("number of", "nicht verwendbar"),
}


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Verwaltung"), reverse("accounts:staff")), (_("Orte"), reverse("places:imports") if more else ""), *more]


def progress(row: Import) -> str:
    """How far, in real units: „3.120 von 14.004 Adressen“."""
    done, total = (number_format(value, force_grouping=True) for value in (row.done, row.total))
    if row.step in UNITS:
        return _("%(done)s von %(total)s %(unit)s") % {"done": done, "total": total, "unit": UNITS[row.step]}
    if row.total:
        return _("%(done)s von %(total)s Zeilen gelesen") % {"done": done, "total": total}
    return _("%(done)s Objekte gelesen") % {"done": done}


def counts(found: dict[str, Any]) -> list[str]:
    return [
        f"{number_format(found[name], force_grouping=True)} {unit}" for name, unit in UNITS.items() if found.get(name)
    ]


@never_cache
@require_safe
def imports(http_request: HttpRequest) -> HttpResponse:
    """Sources with what they hold, and the last imports."""
    request = cast("Request", http_request)
    rules.require_may_import(request.viewer)
    context = {
        "sources": [
            {
                "cells": [source.name, ", ".join(counts(source.counts)), source.licence, at_time(source.imported_at)],
                "id": source.key,
            }
            for source in queries.sources()
        ],
        "source_columns": [
            {"label": _("Quelle")},
            {"label": _("Orte")},
            {"label": _("Lizenz")},
            {"label": pgettext("Datum", "Stand")},
        ],
        "rows": [
            {
                "cells": [row.file_name, STATES[Import.State(row.state)], at_time(row.created_at)],
                "url": reverse("places:import", kwargs={"import_id": row.pk}),
                "id": str(row.pk),
            }
            for row in queries.imports()
        ],
        "columns": [{"label": _("Datei")}, {"label": _("Zustand")}, {"label": _("Begonnen")}],
        "crumbs": _crumbs(),
    }
    return render(request, "places/imports.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(http_request: HttpRequest) -> HttpResponse:
    """The form: a file, and whose it is."""
    request = cast("Request", http_request)
    rules.require_may_import(request.viewer)
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        with form.attempt():
            row = actions.start_import(
                actor=request.actor,
                data=actions.SourceData(
                    key=values["key"],
                    name=values["name"],
                    licence=values["licence"],
                    licence_url=values["licence_url"],
                    attribution=values["attribution"],
                ),
                file=values["file"],
                at=request.at,
            )
            messages.success(request, _("Wir lesen die Datei jetzt ein. Sie können diese Seite verlassen."))
            return redirect("places:import", import_id=row.pk)
    return render_form(request, "places/import_new.html", form, {"crumbs": _crumbs((_("Orte einlesen"), ""))})


@never_cache
@require_safe
def import_page(http_request: HttpRequest, import_id: UUID) -> HttpResponse:
    """How far one import is; the page asks for itself every two seconds while there is something to see."""
    request = cast("Request", http_request)
    rules.require_may_import(request.viewer)
    row = Import.objects.filter(pk=import_id).first()
    if row is None:
        raise NotFound
    going = row.state in {Import.State.WAITING, Import.State.RUNNING}
    context = {
        "row": row,
        "going": going,
        "state": STATES[Import.State(row.state)],
        "progress": progress(row) if row.state == Import.State.RUNNING else "",
        "counts": counts(row.counts),
        "crumbs": _crumbs((row.file_name, "")),
    }
    if getattr(request, "htmx", False):
        return render(request, "places/parts/progress.html", context)
    return render(request, "places/import.html", context)
