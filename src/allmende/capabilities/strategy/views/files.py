"""A version and its synopsis to take along: accessible PDF, DOCX, ODT, HTML, all from one value."""

from collections.abc import Iterator, Sequence
from typing import cast

from django.http import HttpResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from allmende.capabilities.strategy.forms.texts import CONTRACT_LABELS
from allmende.capabilities.strategy.models import Text, Version
from allmende.capabilities.strategy.queries import texts
from allmende.capabilities.strategy.rules import words
from allmende.capabilities.strategy.views.texts import SaidRow, synopsis_rows
from allmende.capabilities.strategy.workflow import texts as flow
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui import office
from allmende.ui.office import Block, Piece
from allmende.ui.pages import office_name, ours, said, until

SHAPES: dict[str, office.Shape] = {
    flow.Shape.HEADING: "h2", flow.Shape.SUBHEADING: "h3", flow.Shape.TEXT: "text", flow.Shape.ITEM: "item",
}  # fmt: skip
NUMBERED = {flow.Shape.TEXT, flow.Shape.ITEM}


def _line(text: str, language: str = "", lead: str = "") -> Block:
    pieces = (Piece(f"{lead} ", "strong"), Piece(text, "", language)) if lead else (Piece(text, "", language),)
    return Block("text", pieces)


def _heading(shape: office.Shape, text: str, language: str = "") -> Block:
    return Block(shape, (Piece(text, "", language),))


def _head(title: str, found: Text, shown: Version, language: str) -> Iterator[Block]:
    """Title, which version of what, who is responsible."""
    assert shown.published_at is not None, "only published versions have files"
    name = said(found.title, language)
    day = formats.date_format(timezone.localtime(shown.published_at), "DATE_FORMAT")
    yield _heading("h1", title or name.text, "" if title else name.language)
    if title:
        yield _line(name.text, name.language)
    stand = flow.STATES[flow.State(found.state)].labels["en" if language == "en" else "de"]
    yield _line(_("Fassung %(n)s vom %(day)s. Stand des Textes: %(state)s.")
                % {"n": shown.number, "day": day, "state": stand})  # fmt: skip
    office_words = office_name(found.department, language)
    if office_words:
        yield _line(office_words)
    if found.is_example:
        yield _line(_("Dieser Text ist ein Beispiel."))


def version_blocks(found: Text, shown: Version, language: str) -> Iterator[Block]:
    """The document, with the numbers of its paragraphs as on the page."""
    yield from _head("", found, shown, language)
    summary = said(found.summary, language)
    yield _line(summary.text, summary.language)
    if shown.note:
        yield _line(shown.note, found.language, _("Neu:"))
    yield _line(_("Die Nummern sind die der Absätze. Zu jedem Absatz steht im Netz, was dazu gesagt wurde."))
    for one in texts.wordings(shown):
        number = (Piece(f"{one.paragraph.number}  ", "strong"),) if one.shape in NUMBERED else ()
        yield Block(SHAPES[one.shape], (*number, Piece(one.body, "", found.language)))
    facts = [(label, said(found.contract.get(name, {}), language)) for name, label in CONTRACT_LABELS.items()]
    if any(answer.text for _label, answer in facts):
        yield _heading("h2", _("Was offen ist, wer entscheidet und wann"))
    for label, answer in facts:
        if answer.text:
            yield _line(answer.text, answer.language, str(label))


def _difference(pieces: Sequence[words.Piece], language: str) -> tuple[Piece, ...]:
    """What went and what came, in words as well as by lines."""
    gone, come = _("[gestrichen: %(words)s]"), _("[neu: %(words)s]")
    return tuple(
        Piece(row.text, "", language)
        if row.sort == "same"
        else Piece((gone if row.sort == "del" else come) % {"words": row.text}, cast("office.Mark", row.sort), language)
        for row in pieces
    )


def _said(one: SaidRow) -> Iterator[Block]:
    facts = [f"{one.kind[:1].upper()}{one.kind[1:]} {one.number}", one.author or _("Gast"), one.channel]
    if one.supports:
        count = ngettext("%(n)s Mensch unterstützt das", "%(n)s Menschen unterstützen das", one.supports)
        facts.append(count % {"n": one.supports})
    yield Block("text", (Piece(" · ".join(filter(None, facts)), "strong"),))
    if one.pieces:
        yield Block("text", _difference(one.pieces, one.language))
    if one.body:
        yield _line(one.body, one.language)
    if one.reason is not None:
        yield _line(one.reason.text, one.reason.language, f"{one.outcome[:1].upper()}{one.outcome[1:]}.")


def synopsis_blocks(found: Text, shown: Version, language: str) -> Iterator[Block]:
    """What was said, what changed, why: paragraph by paragraph."""
    yield from _head(_("Was wurde gesagt, was geändert, und warum?"), found, shown, language)
    rows = synopsis_rows(found, shown, language)
    if not rows:
        yield _line(_("Für diese Fassung wurde nichts beantwortet und nichts geändert."))
    for row in rows:
        yield _heading("h2", _("Absatz %(n)s") % {"n": row.number})
        yield _heading("h3", _("Gesagt und beantwortet"))
        if not row.said:
            yield _line(_("Dazu hat niemand etwas gesagt. Das Team hat den Absatz von sich aus geändert."))
        for one in row.said:
            yield from _said(one)
        yield _heading("h3", _("Geändert"))
        if row.changed:
            yield Block("text", _difference(row.pieces, found.language))
        else:
            yield _line(_("Der Wortlaut ist geblieben."))


def _file(request: Request, form: str, blocks: Iterator[Block], found: Text, shown: Version, name: str) -> HttpResponse:
    """The answer: a PDF opens, everything else is saved."""
    assert shown.published_at is not None, "only published versions have files"
    language = request.viewer.language
    address = request.build_absolute_uri(f"{reverse('strategy:text', args=[found.number])}?fassung={shown.number}")
    title = _("%(title)s, Fassung %(n)s") % {"title": said(found.title, language), "n": shown.number}
    made = office.make(
        form, [*blocks, _line(address)], title=title, language=language, author=city.current().name,
        at=shown.published_at,
    )  # fmt: skip
    response = HttpResponse(made, content_type=office.FORMS[form][1])
    way = "inline" if form == "pdf" else "attachment"
    response["Content-Disposition"] = f'{way}; filename="{name}-{found.number}-fassung-{shown.number}.{form}"'
    return until(response, at=request.at)


def _asked(request: Request, number: int, version: int, form: str) -> tuple[Text, Version]:
    """Raises NotFound."""
    if form not in office.FORMS:
        raise NotFound
    found = texts.text_by_number(number, request.viewer)
    return found, texts.version(found, version)


@ours
@require_safe
def version_file(request: Request, number: int, version: int, form: str) -> HttpResponse:
    """A published version."""
    found, shown = _asked(request, number, version, form)
    return _file(request, form, version_blocks(found, shown, request.viewer.language), found, shown, "text")


@ours
@require_safe
def synopsis_file(request: Request, number: int, version: int, form: str) -> HttpResponse:
    """The synopsis of a published version."""
    found, shown = _asked(request, number, version, form)
    return _file(request, form, synopsis_blocks(found, shown, request.viewer.language), found, shown, "synopse")
