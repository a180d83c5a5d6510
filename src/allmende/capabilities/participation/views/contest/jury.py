"""The jury's desk: what is still to score, one entry at a time, by keyboard and by phone; bias is said here."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from allmende.capabilities.participation import actions, queries, rules
from allmende.capabilities.participation.forms.contest import SheetForm
from allmende.capabilities.participation.models import Juror
from allmende.capabilities.participation.models.contest import JurorConflict
from allmende.capabilities.participation.queries import ContestPage, Desk
from allmende.capabilities.participation.queries.contest import OwnSheet
from allmende.capabilities.participation.views.contest.pages import contest_crumbs, entry_title, result_context
from allmende.capabilities.participation.views.pages import ours, word
from allmende.core.errors import NotAllowed, NotFound
from allmende.core.http import Request
from allmende.engines.media import interface as media
from allmende.ui import forms as ui
from allmende.ui.views import render_form


def _seat(request: Request, number: int) -> tuple[ContestPage, Juror, Desk]:
    """The viewer's own seat. Raises NotSignedIn, NotFound, or NotAllowed for whoever is not in the jury."""
    rules.require_signed_in(request.viewer)
    page = queries.contest_by_number(number, request.viewer, request.at)
    if page.juror is None:
        raise NotAllowed(_("Hier bewertet nur die Jury."))
    return page, page.juror, queries.desk(page.contest.pk, page.juror)


def _progress(desk: Desk) -> str:
    return _("%(done)s von %(total)s bewertet") % {"done": desk.done, "total": desk.total}


def _conflict_words(cause: str) -> str:
    return {
        JurorConflict.Cause.OWN.value: _("Ihr eigener Beitrag"),
        JurorConflict.Cause.GROUP.value: _("aus Ihrer Gruppe"),
        JurorConflict.Cause.DECLARED.value: _("Sie sind befangen"),
    }[cause]


@ours
@require_safe
def contest_jury(request: Request, number: int) -> HttpResponse:
    """All entries with their state for this juror; when all jurors are done, the result."""
    page, _juror, desk = _seat(request, number)
    is_open = rules.jury_is_open(page.store, request.at)
    is_done = queries.progress_of(desk.entries, len(page.jurors)).is_done
    rows = []
    for entry in desk.entries:
        cause = desk.conflicts.get(entry.pk, "")
        scored = entry.pk in desk.sheets
        rows.append(
            {
                "title": entry_title(entry),
                "language": entry.idea.language,
                "author": entry.idea.author_name or _("Gast"),
                "url": reverse("participation:contest_sheet", args=[number, entry.idea.number]),
                "state": _conflict_words(cause)
                if cause
                else _("bewertet")
                if scored
                else pgettext("participation", "noch offen"),
                "kind": "quiet" if cause else "good" if scored else "warn",
            }
        )
    context: dict[str, Any] = {
        "title": word(page.store.title, request.viewer.language),
        "progress": _progress(desk),
        "done": desk.done,
        "total": desk.total,
        "rows": rows,
        "is_open": is_open and not is_done,
        "is_done": is_done,
        "waiting": not desk.entries,
        "next_url": reverse("participation:contest_sheet", args=[number, desk.open[0].idea.number])
        if desk.open and is_open
        else "",
        "crumbs": contest_crumbs(page, request.viewer.language, (_("Jury"), "")),
        "example": page.store.is_example,
    }
    if is_done or (desk.entries and not is_open and rules.jury_is_public(page.store, request.at)):
        found = result_context(page, request.at, request.viewer.language, staff=True)
        for row in found["rows"]:
            row["notes"] = found["notes"].get(row["entry"].pk, [])
        context["result"] = found
    return render(request, "participation/contest_jury.html", context)


def _given(page: ContestPage, sheet: OwnSheet | None, language: str) -> list[tuple[str, str]]:
    """The juror's own points, to read when nothing can be changed any more."""
    if sheet is None:
        return []
    points = {str(criterion): given for criterion, given in sheet.points.items()}
    return [
        (word(row.names, language), _("%(n)s von %(scale)s Punkten") % {"n": points[str(row.pk)], "scale": row.scale})
        for row in page.criteria
        if str(row.pk) in points
    ] + ([(_("Notiz"), sheet.note)] if sheet.note else [])


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def contest_sheet(request: Request, number: int, entry: int) -> HttpResponse:
    """One entry: its words, its concept, and beside it the criteria. Saving leads to the next one."""
    page, juror, desk = _seat(request, number)
    found = next((row for row in desk.entries if row.idea.number == entry), None)
    if found is None:
        raise NotFound
    sheet = desk.sheets.get(found.pk)
    initial: dict[str, Any] = {}
    if sheet is not None:
        initial = {**{str(criterion): given for criterion, given in sheet.points.items()}, "note": sheet.note}
    language = request.viewer.language
    form = SheetForm(request.POST or None, initial=initial, criteria=page.criteria, language=language)
    if form.is_bound and form.is_valid():
        with form.attempt():
            actions.score_entry(
                actor=request.actor,
                store_id=page.store.pk,
                entry_number=entry,
                points=form.points(),
                note=form.cleaned_data["note"],
                at=request.at,
            )
            after = queries.desk(page.contest.pk, juror)
            messages.success(request, _("Gespeichert. %(progress)s.") % {"progress": _progress(after)})
            if after.open:
                return redirect("participation:contest_sheet", number=number, entry=after.open[0].idea.number)
            return redirect("participation:contest_jury", number=number)
    ref = found.idea.ref
    cause = desk.conflicts.get(found.pk, "")
    title = entry_title(found)
    context = {
        "entry": found,
        "idea": found.idea,
        "title": title,
        "author": found.idea.author_name or _("Gast"),
        "images": media.images_of([ref]).get(ref, []),
        "documents": media.documents_of([ref]).get(ref, []),
        "progress": _progress(desk),
        "done": desk.done,
        "total": desk.total,
        "is_open": rules.jury_is_open(page.store, request.at)
        and not queries.progress_of(desk.entries, len(page.jurors)).is_done,
        "scored": sheet is not None,
        "given": _given(page, sheet, language),
        "cause": _conflict_words(cause) if cause else "",
        "by_rule": cause in {JurorConflict.Cause.OWN, JurorConflict.Cause.GROUP},
        "conflict_url": reverse("participation:contest_conflict", args=[number, entry]),
        "jury_url": reverse("participation:contest_jury", args=[number]),
        "crumbs": contest_crumbs(
            page, language, (_("Jury"), reverse("participation:contest_jury", args=[number])), (title, "")
        ),
        "example": page.store.is_example,
    }
    return render_form(request, "participation/contest_sheet.html", form, context)


@ours
@require_http_methods(["GET", "HEAD", "POST"])
def contest_conflict(request: Request, number: int, entry: int) -> HttpResponse:
    """Asks once more, then notes that this juror is biased, or takes that back."""
    page, _juror, desk = _seat(request, number)
    found = next((row for row in desk.entries if row.idea.number == entry), None)
    if found is None:
        raise NotFound
    declared = desk.conflicts.get(found.pk) == JurorConflict.Cause.DECLARED
    form = ui.Form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with form.attempt():
            deed = actions.withdraw_conflict if declared else actions.declare_conflict
            deed(actor=request.actor, store_id=page.store.pk, entry_number=entry, at=request.at)
            if declared:
                messages.success(request, _("Sie können den Beitrag jetzt bewerten."))
                return redirect("participation:contest_sheet", number=number, entry=entry)
            messages.success(request, _("Notiert: Diesen Beitrag bewerten die anderen."))
            return redirect("participation:contest_jury", number=number)
    title = entry_title(found)
    question = (
        _("Sind Sie bei „%(title)s“ doch nicht befangen?")
        if declared
        else _(
            "Sind Sie bei „%(title)s“ befangen, etwa weil Sie die Menschen dahinter gut kennen oder selbst etwas davon "
            "haben? Dann bewerten die anderen. Was Sie schon bewertet haben, fällt weg. Öffentlich steht nur, wie "
            "viele Mitglieder befangen sind."
        )
    )
    back = reverse("participation:contest_sheet", args=[number, entry])
    context = {
        "title": _("Befangen"),
        "question": question % {"title": title},
        "action": _("Zurücknehmen") if declared else _("Ich bin befangen"),
        "cancel_url": back,
        "crumbs": contest_crumbs(page, request.viewer.language, (title, back), (_("Befangen"), "")),
    }
    return render_form(request, "ui/confirm.html", form, context)
