"""What a paper asks that is decided one by one: as everybody reads it, and the office's two forms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms.parts import DecisionsForm, PartsForm, seen_mark
from allmende.capabilities.council.models import AgendaItem, Consultation, Paper, Part
from allmende.capabilities.council.queries import parts as queries
from allmende.capabilities.council.queries.things import paper_by_number
from allmende.capabilities.council.rules.parts import WORDS
from allmende.capabilities.council.views.pages import crumbs, named, ours
from allmende.core.actor import Viewer
from allmende.core.errors import Conflict, Invalid, NotFound
from allmende.core.http import Request
from allmende.core.manifest import Shown
from allmende.core.refs import Ref
from allmende.ui.views import render_form

type Row = dict[str, object]
TAGS = {"": "quiet", "accepted": "good", "rejected": "bad", "postponed": "warn"}


def part_rows(parts: Sequence[Part], viewer: Viewer, at: datetime) -> list[Row]:
    """Parts as the page of the paper shows them, with what each is about, as far as the viewer may see that."""
    things = queries.things_of(parts, viewer, at)
    return [_row(part, things, viewer.language) for part in parts]


def _row(part: Part, things: Mapping[Ref, Shown], language: str) -> Row:
    shown, item = things.get(part.about_ref) if part.about_ref else None, queries.seen_item(part)
    return {
        "part": part,
        "tag": WORDS[part.decision],
        "kind": TAGS[part.decision],
        "item": item,
        "item_url": reverse("council:meeting", args=[item.meeting.number]) if item is not None else "",
        "about": shown and {
            "kind": shown.kind_label,
            "title": shown.title(language),
            "language": shown.title_language(language),
            "url": shown.path(language),
        },
    }  # fmt: skip


def _paper(request: Request, number: int) -> Paper:
    rules.require_may_write(request.viewer)
    found = paper_by_number(number)
    if found is None:
        raise NotFound
    return found


def _context(paper: Paper, title: str) -> Row:
    back = reverse("council:paper", args=[paper.number])
    return {
        "paper": paper,
        "back_url": back,
        "crumbs": crumbs((_("Vorlagen"), reverse("council:papers")), (named(paper.name), back), (title, "")),
    }


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def parts(request: Request, number: int) -> HttpResponse:
    """Writes, orders, adds and takes out the parts of a paper, also of one that is mirrored."""
    paper = _paper(request, number)
    found = queries.parts_of([paper.pk]).get(paper.pk, [])
    form = PartsForm(
        request.POST or None,
        parts=found,
        choices=queries.choices(request.at),
        things=queries.things_of(found, Viewer(), request.at),
        language=request.viewer.language,
    )
    if form.is_bound and form.is_valid():
        with form.attempt():
            try:
                actions.write_parts(actor=request.actor, paper_id=paper.pk, data=form.written(), at=request.at)
            except (Invalid, Conflict):
                form.see_again({pk: str(one.edition) for pk, one in _now(paper).items()})
                raise
            messages.success(request, _("Gespeichert."))
            return redirect("council:paper", number)
    names = ("place", "title", "about", "text", "remove", "seen")
    context = _context(paper, _("Was einzeln entschieden wird")) | {
        "rows": [
            {"part": part, "word": WORDS[part.decision], **{name: form.bound(name, part.pk) for name in names}}
            for part in form.parts
        ],
        "decide_url": reverse("council:decide", args=[number]) if found else "",
    }
    return render_form(request, "council/parts.html", form, context)


def _now(paper: Paper) -> dict[UUID, Part]:
    """The parts as they stand now, whatever was read before."""
    return {part.pk: part for part in queries.parts_of([paper.pk]).get(paper.pk, [])}


def _points(paper: Paper, at: datetime) -> tuple[list[AgendaItem], list[AgendaItem]]:
    """Public points of the meetings that have begun and deal with the paper; and of these the paper's own, the
    deciding one first.
    """
    every = [
        item
        for item in queries.points_of(paper.pk)
        if item.public and item.meeting.public and item.meeting.body.public and item.meeting.is_begun(at)
    ]
    ways = Consultation.objects.public().filter(paper=paper, agenda_item__isnull=False)
    decides = {one.agenda_item_id: bool(one.authoritative) or one.role == "Entscheidung" for one in ways}
    own = [item for item in every if item.pk in decides]
    return every, sorted(own, key=lambda item: not decides[item.pk])


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def decide(request: Request, number: int) -> HttpResponse:
    """Records what was decided on the parts of a paper, all of them on one page."""
    paper = _paper(request, number)
    found = queries.parts_of([paper.pk]).get(paper.pk, [])
    if not found:
        messages.info(request, _("Bitte tragen Sie zuerst ein, was einzeln entschieden wird."))
        return redirect("council:parts", number)
    every, own = _points(paper, request.at)
    form = DecisionsForm(request.POST or None, parts=found, points=every, own=own)
    if form.is_bound and form.is_valid():
        with form.attempt():
            wanted = form.decisions()
            try:
                actions.decide_parts(actor=request.actor, paper_id=paper.pk, decisions=wanted, at=request.at)
            except (Invalid, Conflict):
                form.see_again({pk: seen_mark(one) for pk, one in _now(paper).items()})
                raise
            text = ngettext(
                "%(n)s Entscheidung ist eingetragen.", "%(n)s Entscheidungen sind eingetragen.", len(wanted)
            )
            messages.success(request, text % {"n": len(wanted)})
            return redirect("council:paper", number)
    things = queries.things_of(form.parts, request.viewer, request.at)
    context = _context(paper, _("Entscheidungen eintragen")) | {
        "rows": [
            {
                **_row(part, things, request.viewer.language),
                "decision": form.bound("decision", part.pk),
                "seen": form.bound("seen", part.pk),
            }
            for part in form.parts
        ],
        "shared": [form[name] for name in ("meeting", "decided_on", "again") if name in form.fields],
    }
    return render_form(request, "council/decide.html", form, context)
