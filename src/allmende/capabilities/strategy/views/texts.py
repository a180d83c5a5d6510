"""The public pages of a text: reading, one paragraph, comparing versions, the synopsis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.capabilities.strategy import rules
from allmende.capabilities.strategy.forms.texts import CONTRACT_LABELS
from allmende.capabilities.strategy.models import Feedback, Text, Version
from allmende.capabilities.strategy.queries import feedback as reading
from allmende.capabilities.strategy.queries import texts
from allmende.capabilities.strategy.queries.reading import since_read
from allmende.capabilities.strategy.rules import texts as access
from allmende.capabilities.strategy.rules.words import Piece, difference
from allmende.capabilities.strategy.views import document
from allmende.capabilities.strategy.views.pages import crumbs
from allmende.capabilities.strategy.workflow import texts as flow
from allmende.core.actor import CHANNEL_LABELS, Channel
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.discussion import interface as discussion
from allmende.engines.notify import interface as notify
from allmende.engines.trace import interface as trace
from allmende.ui import office
from allmende.ui.pages import Said, office_name, ours, said, until
from allmende.ui.views import announce

IN_A_PART = 20
"""Paragraphs of a synopsis at a time."""


def text_crumbs(found: Text, language: str, *more: tuple[str, str]) -> Any:
    """The strategy, the text, what lies below it."""
    here = reverse("strategy:text", args=[found.number]) if more else ""
    return crumbs((str(said(found.title, language)), here), *more)


def tag_of(found: Text, language: str, at: datetime) -> tuple[str, str]:
    """Where a text stands, in words, and how urgent that is."""
    key = language if language == "en" else "de"
    if found.state == flow.State.CONSULTATION and not found.is_open(at):
        if found.opens_at is not None and at < found.opens_at:
            return _("öffnet bald"), "quiet"
        return flow.STATES[flow.State.REVISING].labels[key], ""
    kind = {"consultation": "hot", "adopted": "good", "draft": "quiet"}.get(found.state, "")
    return flow.STATES[flow.State(found.state)].labels[key], kind


def next_step(found: Text, language: str, at: datetime) -> dict[str, Any]:
    """Context of ui/parts/next_step.html; empty when nothing comes."""
    state = flow.State(found.state)
    if state == flow.State.CONSULTATION and found.closes_at is not None and found.closes_at <= at:
        state = flow.State.REVISING
    step = flow.STATES[state].next_step.get(language if language == "en" else "de", "")
    due = found.closes_at if state == flow.State.CONSULTATION else found.due_at
    return {"step": step, "office": office_name(found.department, language), "due": due, "at": at}


def contract_facts(found: Text, language: str) -> list[tuple[str, str]]:
    """The five answers."""
    return [(str(label), str(said(found.contract.get(name, {}), language))) for name, label in CONTRACT_LABELS.items()]


def number_of(value: str | None) -> int:
    """A number from an address; 0, which nothing has, for anything else."""
    return int(value) if value and value.isdecimal() and value.isascii() and len(value) < 9 else 0  # noqa: PLR2004 - fits the columns


@ours
@require_safe
def text(request: Request, number: int) -> HttpResponse:
    """The document. Every paragraph has a link to all that was said to it and, in its time, one to say something."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = texts.text_by_number(number, viewer)
    asked = number_of(request.GET.get("fassung")) if "fassung" in request.GET else None
    shown = texts.version(found, asked) if asked is not None else texts.shown_or_written(found)
    published = texts.versions(found)
    is_last = not published or shown.pk == published[-1].pk
    is_open = found.is_open(at) and is_last
    rows = document.rows_of(found, texts.wordings(shown), linked=bool(published), is_open=is_open)
    title = said(found.title, language)
    tag, kind = tag_of(found, language, at)
    context = {
        "text": found,
        "title": title,
        "summary": said(found.summary, language),
        "tag": tag,
        "tag_kind": kind,
        "rows": rows,
        "outline": [row for row in rows if row.shape in {"heading", "subheading"}],
        "version": shown,
        "is_last": is_last,
        "is_open": is_open,
        "counts": texts.counts(found),
        "versions": [
            (
                one, reverse("strategy:text", args=[number]) + f"?fassung={one.number}",
                reverse("strategy:synopsis", args=[number, one.number]) if one.number > 1 else "", one.pk == shown.pk,
            )
            for one in reversed(published)
        ],
        "compare_url": reverse("strategy:compare", args=[number]) if len(published) > 1 else "",
        "since": since_read(found, published[-1] if published else None, viewer),
        "last_number": published[-1].number if published else 0,
        "facts": contract_facts(found, language),
        "files": files_of("version_file", found, shown),
        "next": next_step(found, language, at),
        "follow": notify.follow_box(request, found.ref, about=str(title)),
        "trace": trace.trace_of(shown.ref, viewer, at),
        "may_edit": rules.may_edit(viewer),
        "may_enter": access.may_enter(viewer) and found.state == flow.State.CONSULTATION,
        "steps": flow.steps_from(found.state) if rules.may_edit(viewer) else [],
        "crumbs": text_crumbs(found, language),
        "example": found.is_example,
    }  # fmt: skip
    return until(render(request, "strategy/text.html", context), found.opens_at, found.closes_at, found.due_at, at=at)


@dataclass(frozen=True)
class SaidRow:
    """What somebody said, as it stands in a list."""

    number: int
    url: str
    kind: str
    author: str
    channel: str
    body: str
    language: str
    pieces: list[Piece]
    supports: int
    outcome: str
    outcome_kind: str
    reason: Said | None
    """The answer's."""
    at: datetime
    report_url: str
    """Where anybody says that it should not stand there; empty while only few can read it."""

    @property
    def name(self) -> str:
        """„Kommentar 12“."""
        return f"{self.kind[:1].upper()}{self.kind[1:]} {self.number}"


def said_row(one: Feedback, base: str, language: str) -> SaidRow:
    """With the difference to the words to which it was said."""
    key = language if language == "en" else "de"
    answer = one.answer
    outcome = flow.OUTCOMES[flow.Outcome(answer.outcome)][key] if answer else flow.HEARD[flow.Heard(one.state)][key]
    shade = {"adopted": "good", "partly": "good", "no": "warn"}.get(answer.outcome, "") if answer else "quiet"
    named = one.channel not in {Channel.WEB, Channel.SEED, Channel.API}
    return SaidRow(
        number=one.number,
        url=reverse("strategy:feedback", args=[one.number]),
        kind=flow.KINDS[flow.Kind(one.kind)][key],
        author=one.author_name,
        channel=str(CHANNEL_LABELS[Channel(one.channel)]) if named else "",
        body=one.body,
        language=one.language,
        pieces=difference(base, one.wording) if one.kind == flow.Kind.WORDING and one.wording else [],
        supports=one.supports,
        outcome=outcome,
        outcome_kind=shade,
        reason=Said(answer.reason, answer.language) if answer else None,
        at=one.received_at,
        report_url=discussion.report_url(one.ref) if one.state == flow.Heard.SHOWN else "",
    )


@ours
@require_safe
def paragraph(request: Request, number: int, paragraph: int) -> HttpResponse:
    """One paragraph: its words, all that was said to it, how it came to read so."""
    viewer, at, language = request.viewer, request.at, request.viewer.language
    found = texts.text_by_number(number, viewer)
    one = texts.paragraph(found, paragraph)
    words = texts.history(one)
    if not words:
        raise NotFound
    listed = reading.said_here(one, after=number_of(request.GET.get("after")))
    bases = reading.bases(listed.rows)
    here = reverse("strategy:paragraph", args=[number, paragraph])
    title = _("Absatz %(n)s") % {"n": paragraph}
    last = texts.version(found, None)
    gone = words[0].version_id != last.pk
    context = {
        "text": found,
        "text_title": said(found.title, language),
        "text_url": f"{reverse('strategy:text', args=[number])}#absatz-{paragraph}",
        "paragraph": one,
        "title": title,
        "words": words[0],
        "gone": gone,
        "is_open": found.is_open(at) and not gone,
        "goal": (one.goal, said(one.goal.title, language)) if one.goal else None,
        "rows": [said_row(row, bases[row.pk], language) for row in listed.rows],
        "more_url": f"{here}?after={listed.next}" if listed.next else "",
        "history": [
            (new.version, difference(old.body, new.body)) for new, old in pairwise(words) if new.body != old.body
        ],
        "follow": notify.follow_box(request, one.ref, about=title),
        "trace": trace.trace_of(one.ref, viewer, at),
        "crumbs": text_crumbs(found, language, (title, "")),
        "example": found.is_example,
    }
    return until(render(request, "strategy/paragraph.html", context), found.opens_at, found.closes_at, at=at)


@ours
@require_safe
def compare(request: Request, number: int) -> HttpResponse:
    """Any two versions, paragraph by paragraph; only what differs."""
    language = request.viewer.language
    found = texts.text_by_number(number, request.viewer)
    published = texts.versions(found)
    if not published:
        raise NotFound
    first = number_of(request.GET.get("von")) or (published[-2].number if len(published) > 1 else 1)
    second = number_of(request.GET.get("bis")) or published[-1].number
    by_number = {one.number: one for one in published}
    if first not in by_number or second not in by_number:
        raise NotFound
    old, new = by_number[min(first, second)], by_number[max(first, second)]
    changes = texts.compared(old, new) if old != new else []
    context = {
        "text": found,
        "title": said(found.title, language),
        "old": old,
        "new": new,
        "versions": published,
        "changes": [
            (one, difference(one.old, one.new), reverse("strategy:paragraph", args=[number, one.paragraph.number]))
            for one in changes
        ],
        "crumbs": text_crumbs(found, language, (_("Fassungen vergleichen"), "")),
        "example": found.is_example,
    }  # fmt: skip
    return until(render(request, "strategy/compare.html", context), at=request.at)


@dataclass(frozen=True)
class Explained:
    """One paragraph of a synopsis. `pieces` are empty when its words stayed."""

    number: int
    url: str
    changed: bool
    pieces: list[Piece]
    said: list[SaidRow]


def explained(found: Text, rows: Sequence[texts.Synopsis], language: str) -> list[Explained]:
    """What was said to each paragraph and what changed, in their order."""
    bases = reading.bases([one for row in rows for one in row.said])
    return [
        Explained(
            row.paragraph.number,
            reverse("strategy:paragraph", args=[found.number, row.paragraph.number]),
            row.old != row.new,
            difference(row.old, row.new) if row.old != row.new else [],
            [said_row(one, bases[one.pk], language) for one in row.said],
        )
        for row in rows
        if row.said or row.old
    ]


def synopsis_rows(found: Text, shown: Version, language: str) -> list[Explained]:
    """All of it, for files."""
    return explained(found, texts.synopsis(found, shown), language)


def files_of(name: str, found: Text, shown: Version) -> list[tuple[str, str]]:
    """(name of the form, address) of what can be taken along of a published version."""
    if shown.published_at is None:
        return []
    return [
        (label, reverse(f"strategy:{name}", args=[found.number, shown.number, form]))
        for form, (label, _type) in office.FORMS.items()
    ]


@ours
@require_safe
def synopsis(request: Request, number: int, version: int) -> HttpResponse:
    """What was said, what the city changed, why: for one version, some paragraphs at a time; files hold all."""
    language = request.viewer.language
    found = texts.text_by_number(number, request.viewer)
    shown = texts.version(found, version)
    after = number_of(request.GET.get("after"))
    part = texts.synopsis_part(found, shown, after=after, limit=IN_A_PART)
    context = {
        "text": found,
        "title": said(found.title, language),
        "version": shown,
        "rows": explained(found, part.rows, language),
        "more_url": f"{reverse('strategy:synopsis', args=[number, version])}?after={part.next}" if part.next else "",
        "after": after,
        "files": files_of("synopsis_file", found, shown),
        "total": part.said,
        "crumbs": text_crumbs(found, language, (_("Was gesagt und was geändert wurde"), "")),
        "example": found.is_example,
    }
    if getattr(request, "htmx", False) and after:
        page = render(request, "strategy/synopsis_more.html", context)
        return until(announce(page, _("Weitere Absätze stehen darunter.")), at=request.at)
    return until(render(request, "strategy/synopsis.html", context), at=request.at)
