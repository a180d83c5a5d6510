"""An official notice as a tagged PDF (PDF/UA-1): the same sealed wording, for printing and posting."""

from typing import Any

from django.http import HttpResponse
from django.utils import formats, timezone
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from allmende.capabilities.portal.models.notices import Notice
from allmende.capabilities.portal.queries import notices as queries
from allmende.capabilities.portal.rules import notices as rules
from allmende.capabilities.portal.views.notices import office_of, ours
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui import pdf

_markdown = MarkdownIt("commonmark", {"html": False})


def blocks(text: str) -> list[dict[str, str]]:
    """Markdown as headings, paragraphs and items of lists: what paper needs, in reading order."""
    found: list[dict[str, str]] = []
    kind, mark = "paragraph", ""
    for token in _markdown.parse(text):
        if token.type == "heading_open":
            kind = "heading"
        elif token.type == "list_item_open":
            kind, mark = "item", f"{token.info}." if token.info else "–"
        elif token.type == "inline":
            parts = ["\n" if part.type in {"softbreak", "hardbreak"} else part.content for part in token.children or []]
            found.append({"kind": kind, "text": "".join(parts), "mark": mark})
        elif token.type in {"heading_close", "list_item_close"}:
            kind, mark = "paragraph", ""
        elif token.type in {"code_block", "fence"}:
            found.append({"kind": "paragraph", "text": token.content, "mark": ""})
    return [
        {**one, "text": " ".join(one["text"].split()) if one["kind"] != "paragraph" else one["text"]} for one in found
    ]


def draw(notice: Notice) -> bytes:
    """The paper; the same notice gives the same file. Its language is German, whatever the page's is."""
    assert notice.provided_at is not None
    day = timezone.localtime(notice.provided_at)
    facts = [
        ("Rechtsgrundlage", notice.legal_basis),
        ("Zuständig", office_of(notice, "de")),
        ("Gezeichnet", notice.signed_by),
        ("Bereitgestellt am", f"{formats.date_format(day, 'd.m.Y')}, {day:%H:%M} Uhr"),
        ("Auf Papier", notice.paper_place),
    ]
    facts += [(f"Anlage {number}", annex.title) for number, annex in enumerate(notice.annexes.all(), 1)]
    if notice.corrects is not None:
        facts.append(("Berichtigt die Bekanntmachung", notice.corrects.label))
    values: dict[str, Any] = {
        "label": f"Öffentliche Bekanntmachung {notice.label}",
        "city": f"Stadt {city.current().name}",
        "heading": notice.title,
        "blocks": blocks(notice.text),
        "facts": facts,
        "seal": {"words": "Prüfsumme des Wortlauts (SHA-256):", "hash": notice.content_hash},
    }
    return pdf.make(
        "portal/pdf/notice.typ",
        values,
        title=f"Bekanntmachung {notice.label}: {notice.title}",
        language="de",
        author=f"Stadt {city.current().name}",
        at=notice.provided_at,
    )


@ours
@require_safe
def notice_pdf(request: Request, year: int, number: int) -> HttpResponse:
    """/bekanntmachungen/2026/12/bekanntmachung.pdf, from the instant of provision on."""
    found = queries.by_number(year, number, request.viewer, request.at).notice
    if not rules.stands(found, request.at) or not rules.text_is_shown(found, request.at):
        raise NotFound
    response = HttpResponse(draw(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="bekanntmachung-{year}-{number}.pdf"'
    return response
