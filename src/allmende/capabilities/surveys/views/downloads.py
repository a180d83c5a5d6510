"""Published results as files: CSV, Excel, SPSS, Parquet, a codebook (DDI and PDF) and a notebook that checks them.

Every file holds exactly the cells that the pages show. Who has a file knows no more than who has read the pages.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from allmende.accounts import interface as accounts
from allmende.capabilities.surveys import queries
from allmende.capabilities.surveys.queries.results import Results
from allmende.capabilities.surveys.rules.publication import FIELDS, NAMES, Published, Record, records
from allmende.capabilities.surveys.rules.sav import Variable, sav
from allmende.capabilities.surveys.views import codebook, figures
from allmende.capabilities.surveys.views.geojson import as_geojson, has_places
from allmende.capabilities.surveys.views.notebook import notebook
from allmende.capabilities.surveys.views.pages import ours, word
from allmende.capabilities.surveys.workflow import State
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.core.texts import Text
from allmende.ui import pdf

TIMES = 60
"""Files that one address may fetch in an hour."""
FILES: Mapping[str, Text] = {
    "csv": gettext_lazy("Tabelle als CSV"),
    "xlsx": gettext_lazy("Tabelle für Excel"),
    "sav": gettext_lazy("Tabelle für SPSS"),
    "parquet": gettext_lazy("Tabelle als Parquet"),
    "pdf": gettext_lazy("Codebuch als PDF"),
    "xml": gettext_lazy("Codebuch nach DDI"),
    "ipynb": gettext_lazy("Nachrechnen: Notebook für Python"),
    "geojson": gettext_lazy("Orte und Wege als GeoJSON"),
}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sav": "application/x-spss-sav",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "xml": "application/xml; charset=utf-8",
    "ipynb": "application/x-ipynb+json",
    "geojson": "application/geo+json",
}


def published(found: Results, language: str) -> list[Published]:
    """What files are made from. One query more."""
    cuts: dict[int, list[tuple[str, Mapping[str, Any]]]] = {}
    for cut in queries.every_cut(found.survey):
        cuts.setdefault(cut.finding.place, []).append((cut.group, cut.table))
    return [
        Published(row.place, row.variable, figures.titled(row, language), row.table, cuts.get(row.place, ()))
        for row in found.findings
    ]


def safe_cell(value: Any) -> Any:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def as_csv(rows: list[Record]) -> bytes:
    """UTF-8 with a byte order mark and semicolons, so that a German spreadsheet opens it as it is."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(NAMES)
    for row in rows:
        writer.writerow("" if value is None else safe_cell(value) for value in row.values())
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(rows: list[Record], language: str, title: str) -> bytes:
    """Two sheets: the cells, and what each column means."""
    from openpyxl import Workbook  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Ergebnisse"))
    sheet.freeze_panes = "A2"
    sheet.append(list(NAMES))
    for row in rows:
        sheet.append([safe_cell(_clean(value)) for value in row.values()])
    about = book.create_sheet(_("Spalten"))
    about.append([title])
    for field in FIELDS:
        about.append([field.name, word(field.label, language)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _clean(value: Any) -> Any:
    """Signs that a workbook cannot hold are left out."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]

    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value


def arrow(rows: list[Record]) -> Any:
    """The cells as an Arrow table with typed columns."""
    import pyarrow as pa

    types = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64()}
    return pa.table({
        field.name: pa.array([row[field.name] for row in rows], type=types[field.type]) for field in FIELDS
    })  # fmt: skip


def as_parquet(rows: list[Record], language: str) -> bytes:
    from pyarrow import parquet

    out = io.BytesIO()
    about = {field.name: word(field.label, language) for field in FIELDS}
    table = arrow(rows).replace_schema_metadata({b"columns": json.dumps(about, ensure_ascii=False).encode()})
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def as_sav(rows: list[Record], language: str, title: str, at: datetime) -> bytes:
    """Numbers as SPSS keeps them, missing where a cell is hidden; labels on all columns."""
    columns = [
        Variable(field.name, word(field.label, language), field.type == "string", 4 if field.type == "number" else 0)
        for field in FIELDS
    ]
    return sav(columns, (list(row.values()) for row in rows), title=title, at=at)


def _pdf(found: Results, rows: list[Published], language: str, request: Request) -> bytes:
    survey = found.survey
    data = codebook.readable(survey, found.evaluation, rows, language)
    title = _("Codebuch: %(title)s") % {"title": word(survey.title, language)}
    return pdf.make(
        "surveys/pdf/codebook.typ", data, title=title, language=language, at=survey.published_at or request.at,
        author=city.current().name,
    )  # fmt: skip


@ours
@require_safe
def results_file(request: Request, number: int, form: str) -> HttpResponse:
    """One file. Raises NotFound before publication: what is held back then must not be out already."""
    if form not in FILES:
        raise NotFound
    found = queries.results_of(number, request.viewer)
    if found.survey.state != State.PUBLISHED or (form == "geojson" and not has_places(found.findings)):
        raise NotFound
    accounts.limit(request, "surveys.results_file", times=TIMES, per=timedelta(hours=1))
    language = request.viewer.language
    title = word(found.survey.title, language)
    values = published(found, language)
    rows = records(values, language)
    make: Mapping[str, Callable[[], bytes]] = {
        "csv": partial(as_csv, rows),
        "xlsx": partial(as_xlsx, rows, language, title),
        "sav": partial(as_sav, rows, language, title, found.survey.published_at or request.at),
        "parquet": partial(as_parquet, rows, language),
        "pdf": partial(_pdf, found, values, language, request),
        "xml": partial(codebook.ddi, found.survey, found.evaluation, values, language),
        "ipynb": partial(notebook, title, f"umfrage-{number}.csv", language),
        "geojson": partial(as_geojson, found.findings, title, language),
    }
    response = HttpResponse(make[form](), content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="umfrage-{number}.{form}"'
    return response
