"""The condensed document of a store: page, accessible PDF, DOCX, CSV and JSON, all from one value."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from allmende.capabilities.participation import queries
from allmende.capabilities.participation.queries import Condensed, Quoted
from allmende.capabilities.participation.views.pages import contract_facts, crumbs, office_name, ours, until, word
from allmende.core import city
from allmende.core.actor import CHANNEL_LABELS, Channel
from allmende.core.http import Request
from allmende.engines.trace import interface as trace
from allmende.ui import pdf
from allmende.ui.office.docx import Document

COLUMNS = (
    "theme", "theme_title", "theme_summary", "idea", "idea_title", "idea_text", "author", "language", "channel",
    "state", "supports", "url",
)  # fmt: skip
"""Columns of the CSV; one row per idea and theme. `theme` is empty for an idea that stands in none."""


def _asked(request: Request, number: int) -> Condensed:
    """The edition that the address names (`?fassung=`), else the latest. Raises NotFound."""
    store, _function = queries.store_by_number(number, request.viewer, request.at)
    edition = request.GET.get("fassung", "")
    named = int(edition) if edition.isdecimal() and edition.isascii() and len(edition) < 5 else None  # noqa: PLR2004 - fits the column
    return queries.condensed(queries.document(store.pk, named))


def safe_cell(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _said(idea: Quoted, language: str) -> str:
    """„Ahorn 12 · Papier · 14 Menschen unterstützen das“."""
    parts = [idea.author or _("Gast")]
    if idea.channel not in {Channel.WEB, Channel.SEED}:
        parts.append(str(CHANNEL_LABELS[Channel(idea.channel)]))
    if idea.supports is not None:
        count = ngettext("%(n)s Mensch unterstützt das", "%(n)s Menschen unterstützen das", idea.supports)
        parts.append(count % {"n": idea.supports})
    parts.append(_("Idee %(n)s") % {"n": idea.number})
    return " · ".join(parts) if language else ""


def _values(found: Condensed, language: str) -> dict[str, Any]:
    """What page, PDF and DOCX say, in words."""
    document = found.document
    store = document.store
    day = formats.date_format(timezone.localtime(document.at), "DATE_FORMAT")
    count = found.count
    said = ngettext("%(n)s Beitrag", "%(n)s Beiträge", count) % {"n": count}
    themes = ngettext("%(n)s Thema", "%(n)s Themen", len(found.chapters)) % {"n": len(found.chapters)}
    notes = []
    if found.waiting:
        words = ngettext(
            "%(n)s Beitrag wurde zu diesem Zeitpunkt noch geprüft.",
            "%(n)s Beiträge wurden zu diesem Zeitpunkt noch geprüft.",
            found.waiting,
        )
        notes.append(words % {"n": found.waiting})
    if found.gone:
        words = ngettext(
            "%(n)s Beitrag ist seitdem nicht mehr öffentlich und fehlt hier.",
            "%(n)s Beiträge sind seitdem nicht mehr öffentlich und fehlen hier.",
            found.gone,
        )
        notes.append(words % {"n": found.gone})

    def ideas(rows: Any) -> list[dict[str, str]]:
        return [
            {
                "title": one.title or _("[Text entfernt]"),
                "body": one.body,
                "said": _said(one, language),
                "url": one.url,
                "language": one.language,
            }
            for one in rows
        ]

    return {
        "title": _("Ergebnis: %(title)s") % {"title": word(store.title, language)},
        "stand": _("%(n)s. Fassung vom %(day)s: %(said)s, %(themes)s.")
        % {"n": document.edition, "day": day, "said": said, "themes": themes},
        "group": word(store.group.names, language),
        "office": office_name(store.group.department, language),
        "facts": [(key, value) for key, value in contract_facts(store, language) if value],
        "contract_title": _("Worauf sich alle verlassen konnten"),
        "chapters": [
            {
                "title": word(chapter.title, language),
                "summary": word(chapter.summary, language),
                "ideas": ideas(chapter.ideas),
                "count": ngettext("%(n)s Beitrag", "%(n)s Beiträge", len(chapter.ideas)) % {"n": len(chapter.ideas)},
            }
            for chapter in found.chapters
        ],
        "loose_title": _("Noch keinem Thema zugeordnet"),
        "loose": ideas(found.loose),
        "notes": notes,
        "words": _("Die Beiträge stehen in den Worten ihrer Verfasserinnen und Verfasser."),
    }


@ours
@require_safe
def result(request: Request, number: int) -> HttpResponse:
    """The document as a page, with its other forms and earlier editions."""
    language, at = request.viewer.language, request.at
    found = _asked(request, number)
    store, edition = found.document.store, found.document.edition
    store_url = reverse("participation:store", args=[number])
    here = reverse("participation:result", args=[number])
    files = [
        (name, f"{reverse(f'participation:result_{kind}', args=[number])}?fassung={edition}")
        for kind, name in (("pdf", "PDF"), ("docx", "Word (DOCX)"), ("csv", "CSV"), ("json", "JSON"))
    ]
    context = {
        **_values(found, language),
        "files": files,
        "editions": [
            (row.edition, row.at, f"{here}?fassung={row.edition}", row.edition == edition)
            for row in queries.documents_of(store.pk)
        ],
        "store_title": word(store.title, language),
        "store_url": store_url,
        "trace": trace.trace_of(found.document.ref, request.viewer, at),
        "example": store.is_example,
        "crumbs": crumbs((word(store.title, language), store_url), (_("Ergebnis"), "")),
    }
    return until(render(request, "participation/result.html", context), at=at)


def _file(content: bytes | str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _name(found: Condensed, ending: str) -> str:
    return f"ergebnis-{found.document.store.number}-fassung-{found.document.edition}.{ending}"


@ours
@require_safe
def result_pdf(request: Request, number: int) -> HttpResponse:
    """Tagged (PDF/UA-1); the same edition gives the same file."""
    found = _asked(request, number)
    language = request.viewer.language
    values = _values(found, language)
    made = pdf.make(
        "participation/pdf/result.typ",
        values,
        title=values["title"],
        language=language,
        author=city.current().name,
        at=found.document.at,
    )
    response = _file(made, "application/pdf", _name(found, "pdf"))
    response["Content-Disposition"] = f'inline; filename="{_name(found, "pdf")}"'
    return response


@ours
@require_safe
def result_docx(request: Request, number: int) -> HttpResponse:
    """For those who go on writing: headings, paragraphs, languages."""
    found = _asked(request, number)
    language = request.viewer.language
    values = _values(found, language)
    paper = Document(values["title"], language=language, author=city.current().name, at=found.document.at)
    paper.heading(values["title"], 1)
    paper.paragraph(values["stand"])
    paper.paragraph(f"{values['group']} · {values['office']}")
    for note in values["notes"]:
        paper.paragraph(note)
    paper.heading(values["contract_title"], 2)
    for key, value in values["facts"]:
        paper.paragraph(value, lead=f"{key} ")
    paper.paragraph(values["words"])
    chapters = [*values["chapters"]]
    if values["loose"]:
        chapters.append({"title": values["loose_title"], "summary": "", "ideas": values["loose"]})
    for chapter in chapters:
        paper.heading(chapter["title"], 2)
        if chapter["summary"]:
            paper.paragraph(chapter["summary"])
        for idea in chapter["ideas"]:
            paper.heading(idea["title"], 3, language=idea["language"])
            paper.paragraph(idea["body"], language=idea["language"])
            paper.paragraph(idea["said"])
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return _file(paper.make(), kind, _name(found, "docx"))


def _rows(found: Condensed, base: str) -> list[dict[str, Any]]:
    chapters: list[tuple[str, Mapping[str, str], Mapping[str, str], Any]] = [
        (chapter.id, chapter.title, chapter.summary, chapter.ideas) for chapter in found.chapters
    ]
    chapters.append(("", {}, {}, found.loose))
    return [
        {
            "theme": id_, "theme_title": word(title, "de"), "theme_summary": word(summary, "de"), "idea": one.number,
            "idea_title": one.title, "idea_text": one.body, "author": one.author, "language": one.language,
            "channel": one.channel, "state": one.state, "supports": one.supports, "url": f"{base}{one.url}",
        }
        for id_, title, summary, ideas in chapters
        for one in ideas
    ]  # fmt: skip


@ours
@require_safe
def result_csv(request: Request, number: int) -> HttpResponse:
    """UTF-8 with a byte order mark and semicolons, so that a German spreadsheet opens it as it is."""
    found = _asked(request, number)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(found, request.build_absolute_uri("/").rstrip("/")):
        writer.writerow(["" if row[name] is None else safe_cell(str(row[name])) for name in COLUMNS])
    return _file("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", _name(found, "csv"))


@ours
@require_safe
def result_json(request: Request, number: int) -> HttpResponse:
    """Everything of the edition, texts of the city per language."""
    found = _asked(request, number)
    store = found.document.store
    values = {
        "store": {"number": store.number, "title": store.title, "group": store.group.slug, "contract": store.contract},
        "edition": found.document.edition,
        "published_at": found.document.at.isoformat(),
        "themes": [{"id": part.id, "title": part.title, "summary": part.summary} for part in found.chapters],
        "ideas": _rows(found, request.build_absolute_uri("/").rstrip("/")),
        "no_longer_public": found.gone,
        "not_yet_checked": found.waiting,
    }
    return _file(json.dumps(values, ensure_ascii=False, indent=1), "application/json", _name(found, "json"))
