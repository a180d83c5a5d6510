"""Open data: everything public as CSV and JSON Lines, each table alone or all in one archive with its dictionary."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.participation import queries
from allmende.capabilities.participation.queries import opendata as reading
from allmende.capabilities.participation.queries.opendata import (
    BY_NAME,
    OPEN_LICENCE,
    OPEN_LICENCE_URL,
    TABLES,
)
from allmende.capabilities.participation.queries.opendata.columns import Scope, Table
from allmende.capabilities.participation.views.documents import safe_cell
from allmende.capabilities.participation.views.pages import crumbs, ours, word
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request

TIMES = 60
"""Files that one address may fetch in an hour."""
FORMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
ABOUT_CELLS = {
    "de": "In CSV-Dateien steht vor Zellen, die mit = + - @ beginnen, ein Hochkomma, damit keine Tabelle sie ausführt.",
    "en": "In CSV files cells that begin with = + - @ have an apostrophe in front, so that no spreadsheet runs them.",
}


def _licence() -> dict[str, str]:
    return {
        "title": str(city.setting("participation.open_data_licence", OPEN_LICENCE)),
        "path": str(city.setting("participation.open_data_licence_url", OPEN_LICENCE_URL)),
    }


def _csv_lines(table: Table, scope: Scope) -> Iterator[bytes]:
    """UTF-8 with a byte order mark and semicolons, so that a German spreadsheet opens it as it is."""
    yield b"\xef\xbb\xbf" + _line(column.name for column in table.columns)
    for row in table.rows(scope):
        yield _line("" if value is None else safe_cell(value) if isinstance(value, str) else value
                    for value in row.values())  # fmt: skip


def _line(cells: Iterable[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


def _json_lines(table: Table, scope: Scope) -> Iterator[bytes]:
    for row in table.rows(scope):
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _lines(table: Table, scope: Scope, form: str) -> Iterator[bytes]:
    return _csv_lines(table, scope) if form == "csv" else _json_lines(table, scope)


def dictionary(language: str) -> str:
    """The data dictionary in Markdown, from the very declaration that the files are made by."""
    licence = _licence()
    heads = {
        "de": ("Wörterbuch der Daten", "Spalte", "Typ", "Bedeutung", "Lizenz"),
        "en": ("Data dictionary", "Column", "Type", "Meaning", "Licence"),
    }
    title, column_, type_, meaning, licence_ = heads[language]
    lines = [f"# {title}", "", f"{licence_}: {licence['title']}, {licence['path']}", "", ABOUT_CELLS[language], ""]
    for table in TABLES:
        lines += [f"## {table.name}: {table.titles[language]}", "", table.meaning[language], ""]
        lines += [f"| {column_} | {type_} | {meaning} |", "|---|---|---|"]
        lines += [f"| {one.name} | {one.type} | {one.meaning[language]} |" for one in table.columns]
        lines.append("")
    return "\n".join(lines)


class _Out(io.RawIOBase):
    """Where the archive is written to: what was written since it was last asked is handed on."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held


def _package(scope: Scope, name: str, resources: list[dict[str, Any]]) -> str:
    """A Frictionless Tabular Data Package: what each file holds, its size and its hash."""
    values = {
        "profile": "tabular-data-package",
        "name": name,
        "title": f"{city.current().name}: participation",
        "created": scope.at.isoformat(),
        "homepage": settings.PUBLIC_URL,
        "licenses": [_licence()],
        "resources": resources,
    }
    return json.dumps(values, ensure_ascii=False, indent=1)


def _resource(table: Table, form: str, path: str, rows: int, size: int, digest: str) -> dict[str, Any]:
    fields = [
        {"name": one.name, "type": one.type, "description": one.meaning["en"], "description:de": one.meaning["de"]}
        for one in table.columns
    ]
    found: dict[str, Any] = {
        "name": f"{table.name}-{form}",
        "path": path,
        "title": table.titles["en"],
        "title:de": table.titles["de"],
        "description": table.meaning["en"],
        "description:de": table.meaning["de"],
        "format": form,
        "mediatype": FORMS[form].partition(";")[0],
        "encoding": "utf-8",
        "rows": rows,
        "bytes": size,
        "hash": f"sha256:{digest}",
        "schema": {"fields": fields},
    }
    if form == "csv":
        found["dialect"] = {"delimiter": ";", "lineTerminator": "\r\n"}
    return found


def archive(scope: Scope, name: str) -> Iterator[bytes]:
    """The ZIP piece by piece: all tables in both forms, the dictionary in both languages, and last the manifest, since
    sizes and hashes are known only then.
    """
    out = _Out()
    resources = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as bundle:
        for language, path in (("de", "woerterbuch.md"), ("en", "dictionary.md")):
            bundle.writestr(path, dictionary(language))
        for table in TABLES:
            for form in FORMS:
                path, digest, size, count = f"{table.name}.{form}", hashlib.sha256(), 0, 0
                with bundle.open(path, "w", force_zip64=True) as file:
                    for line in _lines(table, scope, form):
                        file.write(line)
                        digest.update(line)
                        size, count = size + len(line), count + 1
                        yield out.taken()
                rows = count - 1 if form == "csv" else count
                resources.append(_resource(table, form, path, rows, size, digest.hexdigest()))
        bundle.writestr("datapackage.json", _package(scope, name, resources))
    yield out.taken()


def _stream(request: Request, lines: Iterator[bytes], kind: str, name: str) -> StreamingHttpResponse:
    accounts.limit(request, "participation.open_data", times=TIMES, per=timedelta(hours=1))
    response = StreamingHttpResponse((line for line in lines if line), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@ours
@require_safe
def open_data(request: Request) -> HttpResponse:
    """What there is, what each column means, under which licence."""
    language = request.viewer.language
    context = {
        "tables": [
            {
                "name": table.name,
                "title": word(table.titles, language),
                "meaning": word(table.meaning, language),
                "files": [
                    (form.upper() if form == "csv" else "JSON Lines",
                     reverse("participation:open_data_file", args=[table.name, form]))
                    for form in FORMS
                ],
                "columns": [(one.name, one.type, word(one.meaning, language)) for one in table.columns],
            }
            for table in TABLES
        ],
        "licence": _licence(),
        "about_cells": word(ABOUT_CELLS, language),
        "zip_url": reverse("participation:open_data_zip"),
        "crumbs": crumbs((_("Offene Daten"), "")),
    }  # fmt: skip
    return render(request, "participation/open_data.html", context)


@ours
@require_safe
def open_data_file(request: Request, table: str, form: str) -> StreamingHttpResponse:
    """One table in one form."""
    found = BY_NAME.get(table)
    if found is None or form not in FORMS:
        raise NotFound
    scope = reading.scope_of(request.at)
    return _stream(request, _lines(found, scope, form), FORMS[form], f"{table}.{form}")


@ours
@require_safe
def open_data_zip(request: Request) -> StreamingHttpResponse:
    """Everything in one archive."""
    name = f"mitmachen-{request.at:%Y-%m-%d}"
    return _stream(request, archive(reading.scope_of(request.at), name), "application/zip", f"{name}.zip")


@ours
@require_safe
def project_zip(request: Request, number: int) -> StreamingHttpResponse:
    """Everything of one project in one archive."""
    project = queries.project_by_number(number, request.viewer, request.at).project
    name = f"projekt-{number}-{request.at:%Y-%m-%d}"
    scope = reading.scope_of(request.at, project.pk)
    return _stream(request, archive(scope, name), "application/zip", f"{name}.zip")
