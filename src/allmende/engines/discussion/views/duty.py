"""The roster, absences, the escalation page and figures per scope."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from allmende.accounts import interface as accounts
from allmende.core import manifest
from allmende.core.actor import Role
from allmende.core.errors import NotAllowed, NotSignedIn
from allmende.core.http import Request
from allmende.engines.discussion import actions
from allmende.engines.discussion.forms import AbsenceForm, DutyForm, NoteForm
from allmende.engines.discussion.queries import duty, queue
from allmende.engines.discussion.queries.published import chain_text
from allmende.engines.discussion.views.queue import require_moderator
from allmende.ui.views import render_form


def _scopes(request: Request) -> list[tuple[str, str]]:
    """Scopes of the roster: the whole city, and every room that has moderated things."""
    rooms = sorted({capability for capability, _kind in manifest.moderated_kinds()} - {"discussion"})
    return [(scope, accounts.scope_label(scope, request.viewer.language)) for scope in ["", *rooms]]


@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: Request) -> HttpResponse:
    """Who checks when, who stands in, who is away."""
    require_moderator(request.viewer, Role.ADMINISTRATOR)
    verb = request.POST.get("verb", "")
    scopes = _scopes(request)
    able = set().union(*(duty.moderators_for(scope) for scope, _label in scopes))
    names = accounts.person_names(able)
    people = sorted(((str(id_), name or _("Ohne Namen")) for id_, name in names.items()), key=lambda pair: pair[1])
    line = DutyForm(request.POST if verb == "duty" else None, people=people, scopes=scopes)
    away = AbsenceForm(request.POST if verb == "absence" else None, prefix="absence")
    if request.method == "POST":
        if verb == "duty" and line.is_valid():
            with line.attempt():
                values = line.cleaned_data
                actions.add_duty(
                    actor=request.actor,
                    person_id=UUID(values["person"]),
                    deputy_id=UUID(values["deputy"]) if values["deputy"] else None,
                    scope=values["scope"],
                    weekday=int(values["weekday"]) if values["weekday"] else None,
                    starts_on=values["starts_on"],
                    ends_on=values["ends_on"],
                    at=request.at,
                )
                return _saved(request)
        elif verb == "absence" and away.is_valid():
            with away.attempt():
                assert request.viewer.person_id is not None
                actions.add_absence(
                    actor=request.actor, person_id=request.viewer.person_id, at=request.at, **away.cleaned_data
                )
                return _saved(request)
        elif verb in {"remove_duty", "remove_absence"}:
            return _remove(request, verb)
    sent: Any = {"duty": line, "absence": away}.get(verb)
    today = duty.local_day(request.at)
    labels = dict(scopes)
    context = {
        "lines": [(row, labels.get(row.scope, row.scope)) for row in duty.roster()],
        "absences": duty.absences(today),
        "today": [name for name in accounts.person_names(duty.on_duty("", today)).values() if name],
        "line": line,
        "away": away,
        "moderates": request.viewer.has_anywhere(Role.MODERATOR),
        "crumbs": [(_("Moderation"), reverse("discussion:queue")), (_("Dienstplan"), "")],
    }
    return render_form(request, "discussion/roster.html", sent, context)


def _remove(request: Request, verb: str) -> HttpResponse:
    try:
        wanted = UUID(request.POST.get("id", ""))
    except ValueError:
        return redirect("discussion:roster")
    if verb == "remove_duty":
        actions.remove_duty(actor=request.actor, duty_id=wanted, at=request.at)
    else:
        actions.remove_absence(actor=request.actor, absence_id=wanted, at=request.at)
    return _saved(request)


def _saved(request: Request) -> HttpResponse:
    messages.success(request, _("Gespeichert."))
    return redirect("discussion:roster")


@require_http_methods(["GET", "HEAD", "POST"])
def escalation(request: Request) -> HttpResponse:
    """What left the queue because of danger, with the written chain; administrators only."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    if not request.viewer.has(Role.ADMINISTRATOR):
        raise NotAllowed
    form = NoteForm(request.POST or None)
    form.fields["note"].label = _("Was wurde getan?")
    if form.is_bound and form.is_valid():
        with form.attempt():
            try:
                wanted = UUID(request.POST.get("case", ""))
            except ValueError:
                return redirect("discussion:escalation")
            actions.return_case(actor=request.actor, case_id=wanted, note=form.cleaned_data["note"], at=request.at)
            messages.success(request, _("Zurück in der Prüfung. Die Moderation entscheidet jetzt über den Beitrag."))
            return redirect("discussion:escalation")
    context = {
        "cases": queue.views_of(queue.escalated(), request.at),
        "chain": chain_text(),
        "crumbs": [(_("Gefahr"), "")],
    }
    return render_form(request, "discussion/escalation.html", form, context)


@require_safe
def figures(request: Request) -> HttpResponse:
    """How many, how fast, per scope. Never per person (practice.md 10)."""
    require_moderator(request.viewer, Role.ADMINISTRATOR)
    rows = queue.figures_per_scope(request.at)
    labels = [
        _("Bereich"), _("Wartet"), _("Überfällig"), _("Entschieden"), _("Nicht veröffentlicht"), _("In der Zeit"),
        _("Mittlere Dauer in Stunden"),
    ]  # fmt: skip
    context = {
        "columns": [{"label": label, "numeric": number > 0} for number, label in enumerate(labels)],
        "rows": [
            {
                "cells": [
                    accounts.scope_label(row.scope, request.viewer.language),
                    row.waiting,
                    row.overdue,
                    row.decided,
                    row.refused,
                    f"{round(100 * row.in_time / row.decided)} %" if row.decided else "–",
                    f"{row.hours:.1f}" if row.hours is not None else "–",
                ]
            }
            for row in rows
        ],
        "moderates": request.viewer.has_anywhere(Role.MODERATOR),
        "waiting": sum(row.waiting for row in rows),
        "overdue": sum(row.overdue for row in rows),
        "crumbs": [(_("Moderation"), reverse("discussion:queue")), (_("Zahlen"), "")],
    }
    return render(request, "discussion/figures.html", context)
