"""The minutes of a meeting: a page for everybody, files to take away, and the office's own form.

They are laid out from what was recorded: who was there, point by point the votes, the resolutions and what follows from
them. The points behind closed doors stand in a file of their own, which only the office can make.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.council import actions, rules
from allmende.capabilities.council.forms.minutes import MinutesForm
from allmende.capabilities.council.models import AgendaItem, Meeting, Minutes, Presence, Vote
from allmende.capabilities.council.queries import minutes as queries
from allmende.capabilities.council.queries.minutes import MinutesPage
from allmende.capabilities.council.rules.attendance import QUORA
from allmende.capabilities.council.rules.votes import MAJORITIES
from allmende.capabilities.council.views.pages import SPOKEN, crumbs, named, ours, until
from allmende.capabilities.council.views.tracking import office_name
from allmende.core import city
from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.ui import office
from allmende.ui.office import Block, Piece, Shape
from allmende.ui.views import render_form


def _day(value: date) -> str:
    return str(formats.date_format(value, "DATE_FORMAT"))


def title_of(meeting: Meeting) -> str:
    day = f", {_day(timezone.localtime(meeting.start))}" if meeting.start else ""
    return f"{_('Niederschrift')}: {meeting.name}{day}"


def state_of(found: Minutes | None) -> str:
    """Whether they hold."""
    if found is not None and found.approved_on is not None:
        return _("Genehmigt am %(day)s") % {"day": _day(found.approved_on)}
    return _("Noch nicht genehmigt")


def _said(shape: Shape, text: str) -> Block:
    """In the language of the page."""
    return Block(shape, (Piece(text),))


def _spoken(shape: Shape, text: str, label: str = "") -> Block:
    """Words of the council's own, with a label of ours before them."""
    before = (Piece(f"{label} ", "strong"),) if label else ()
    return Block(shape, (*before, Piece(text, language=SPOKEN)))


def _head(meeting: Meeting, state: str) -> Iterator[Block]:
    day = f", {_day(timezone.localtime(meeting.start))}" if meeting.start else ""
    yield Block("h1", (Piece(f"{_('Niederschrift')}: "), Piece(meeting.name, language=SPOKEN), Piece(day)))
    yield Block("text", (Piece(state, "strong"),))
    if meeting.start is not None:
        start = timezone.localtime(meeting.start)
        text = _("%(day)s, Beginn %(clock)s Uhr") % {"day": _day(start), "clock": f"{start:%H:%M}"}
        if meeting.end is not None:
            text += ", " + _("Ende %(clock)s Uhr") % {"clock": f"{timezone.localtime(meeting.end):%H:%M}"}
        yield _said("text", text)
    if meeting.location is not None and meeting.location.public:
        yield _spoken("text", str(meeting.location), _("Ort:"))


def _stay(one: Presence) -> str:
    times = []
    if one.since is not None:
        times.append(_("ab %(clock)s Uhr") % {"clock": f"{timezone.localtime(one.since):%H:%M}"})
    if one.until is not None:
        times.append(_("bis %(clock)s Uhr") % {"clock": f"{timezone.localtime(one.until):%H:%M}"})
    return ", ".join(times)


def _attendance(found: MinutesPage) -> Iterator[Block]:
    """Who was there, who was not (names alone), and whether the council could decide."""
    if found.attendance is None:
        return
    yield _said("h2", _("Wer da war"))
    for one in found.present:
        stay = _stay(one)
        more = (Piece(f" ({stay})"),) if stay else ()
        yield Block("item", (Piece(one.person.name, language=SPOKEN), *more))
    if found.absent:
        yield _said("h2", _("Wer nicht da war"))
        for name in found.absent:
            yield _spoken("item", name)
    rule = QUORA[found.attendance.quorum]
    reached = rule.reached(found.attendance.present, found.attendance.seats)
    words = _("Der Rat durfte beschließen.") if reached else _("Das waren zu wenige, um etwas zu beschließen.")
    count = _("%(present)s von %(seats)s Mitgliedern mit Stimme waren da.") % {
        "present": found.attendance.present,
        "seats": found.attendance.seats,
    }
    yield Block("text", (Piece(f"{count} {words} {rule.label} ("), Piece(rule.source, language=SPOKEN), Piece(").")))


def _vote(vote: Vote) -> Block:
    word = _("Angenommen") if vote.passed else _("Abgelehnt")
    counts = ngettext(
        "%(yes)s Ja, %(no)s Nein, %(abstention)s Enthaltung, %(absent)s nicht da",
        "%(yes)s Ja, %(no)s Nein, %(abstention)s Enthaltungen, %(absent)s nicht da",
        vote.abstention,
    ) % {"yes": vote.yes, "no": vote.no, "abstention": vote.abstention, "absent": vote.absent}
    kind = {
        Vote.Kind.OPEN: _("offen abgestimmt"),
        Vote.Kind.NAMED: _("namentlich abgestimmt"),
        Vote.Kind.SECRET: _("geheim abgestimmt"),
    }[Vote.Kind(vote.kind)]
    rule = MAJORITIES.get(vote.majority)
    needed = f"; {_('nötig:')} {rule.label}" if rule else ""
    about = (Piece(f"{vote.subject}: ", language=SPOKEN),) if vote.subject else ()
    return Block("text", (*about, Piece(word, "strong"), Piece(f": {counts} ({kind}{needed})")))


def _item(one: AgendaItem, found: MinutesPage, language: str) -> Iterator[Block]:
    yield _spoken("h2", str(one))
    if names := found.recused.get(one.pk):
        label = _("Persönlich beteiligt, nicht mitgestimmt (ThürKO § 38):")
        yield _spoken("text", ", ".join(names), label)
    for vote in found.votes.get(one.pk, ()):
        yield _vote(vote)
    if one.result:
        yield _spoken("text", one.result, _("Ergebnis:"))
    if one.resolution_text:
        yield _spoken("text", one.resolution_text)
    for task in found.tasks.get(one.pk, ()):
        who = f" ({office_name(task.department, language)}, {pgettext('Frist', 'bis')} {_day(task.due)})"
        yield Block("item", (Piece(task.text, language=SPOKEN), Piece(who)))


def blocks_of(found: MinutesPage, language: str) -> list[Block]:
    """The public minutes."""
    blocks = [*_head(found.meeting, state_of(found.minutes)), *_attendance(found)]
    for one in found.items:
        blocks += _item(one, found, language)
    if found.minutes is not None and found.minutes.note:
        blocks += [_said("h2", _("Was sonst noch festzuhalten ist")), _spoken("text", found.minutes.note)]
    return blocks


def _closed_blocks(meeting: Meeting, items: Iterable[AgendaItem]) -> list[Block]:
    """The part behind closed doors."""
    blocks = [*_head(meeting, _("Nichtöffentlicher Teil. Nicht weitergeben."))]
    for one in items:
        blocks.append(_spoken("h2", str(one)))
        if one.result:
            blocks.append(_spoken("text", one.result, _("Ergebnis:")))
        if one.resolution_text:
            blocks.append(_spoken("text", one.resolution_text))
    return blocks


def _readable(request: Request, number: int) -> MinutesPage:
    """Released ones for everybody, drafts for the office; for everybody else there are none."""
    found = queries.minutes_page(number)
    if not queries.is_released(found.meeting) and not rules.may_keep(request.viewer):
        raise NotFound
    return found


@ours
@require_safe
def minutes(request: Request, number: int) -> HttpResponse:
    """To be read."""
    found = _readable(request, number)
    heading, *blocks = blocks_of(found, request.viewer.language)
    back = reverse("council:meeting", args=[number])
    context = {
        "meeting": found.meeting,
        "title": title_of(found.meeting),
        "heading": heading,
        "blocks": blocks,
        "released": queries.is_released(found.meeting),
        "approved": found.minutes is not None and found.minutes.approved_on is not None,
        "is_example": found.minutes is not None and found.minutes.is_example,
        "files": [(label, reverse("council:minutes_file", args=[number, form])) for form, (label, _t) in FILES.items()],
        "edit_url": reverse("council:minutes_edit", args=[number]) if rules.may_keep(request.viewer) else "",
        "crumbs": crumbs(
            (_("Sitzungen"), reverse("council:meetings")), (named(found.meeting.name), back), (_("Niederschrift"), "")
        ),
    }
    return until(render(request, "council/minutes.html", context), [], at=request.at)


FILES = {form: known for form, known in office.FORMS.items() if form != "html"}


@ours
@require_safe
def minutes_file(request: Request, number: int, form: str) -> HttpResponse:
    """To be taken away: accessible PDF (PDF/UA-1), DOCX, ODT."""
    if form not in FILES:
        raise NotFound
    found = _readable(request, number)
    at = found.minutes.changed_at if found.minutes else request.at
    made = office.make(
        form,
        blocks_of(found, request.viewer.language),
        title=f"{title_of(found.meeting)} ({state_of(found.minutes)})",
        language=request.viewer.language,
        author=city.current().name,
        at=at,
    )
    response = HttpResponse(made, content_type=FILES[form][1])
    response["Content-Disposition"] = f'attachment; filename="niederschrift-{number}.{form}"'
    if not queries.is_released(found.meeting):
        response["Cache-Control"] = "private, no-store"
    return response


@ours
@require_safe
def closed(request: Request, number: int) -> HttpResponse:
    """The part behind closed doors, as PDF for the office alone; nothing on the way may keep a copy."""
    rules.require_may_write(request.viewer)
    meeting = queries.meeting_with_minutes(number)
    made = office.make(
        "pdf",
        _closed_blocks(meeting, queries.closed_items(meeting)),
        title=f"{title_of(meeting)} ({_('nichtöffentlicher Teil')})",
        language=request.viewer.language,
        author=city.current().name,
        at=request.at,
    )
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="niederschrift-{number}-intern.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@ours
@require_http_methods(("GET", "HEAD", "POST"))
def edit(request: Request, number: int) -> HttpResponse:
    """The note, and where the minutes stand."""
    rules.require_may_write(request.viewer)
    meeting = queries.meeting_with_minutes(number)
    known = queries.minutes_of(meeting)
    initial = (
        {"note": known.note, "is_released": known.released_at is not None, "approved_on": known.approved_on}
        if known
        else {}
    )
    form = MinutesForm(request.POST or None, initial=initial)
    here = reverse("council:minutes", args=[number])
    if form.is_bound and form.is_valid():
        with form.attempt():
            told = form.cleaned_data
            data = actions.MinutesData(told["note"], told["is_released"], told["approved_on"])
            actions.keep_minutes(actor=request.actor, meeting_id=meeting.pk, data=data, at=request.at)
            messages.success(request, _("Gespeichert."))
            return redirect(here)
    context = {
        "meeting": meeting,
        "draft_url": here,
        "closed_url": reverse("council:minutes_closed", args=[number]),
        "back_url": reverse("council:meeting", args=[number]),
        "crumbs": crumbs(
            (_("Sitzungen"), reverse("council:meetings")),
            (named(meeting.name), reverse("council:meeting", args=[number])),
            (_("Niederschrift"), here),
            (_("Bearbeiten"), ""),
        ),
    }
    return render_form(request, "council/minutes_edit.html", form, context)
