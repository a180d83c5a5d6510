"""What staff carries out by hand: the daily batch of letters, and the list of calls."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from allmende.core.http import Request
from allmende.engines.notify import actions, queries, rules
from allmende.engines.notify.models import Errand
from allmende.engines.notify.queries import ErrandView
from allmende.ui.templatetags.ui import at_time

PAGES = {Errand.Medium.LETTER: "notify:letters", Errand.Medium.CALL: "notify:calls"}


def _rows(found: list[ErrandView], *, done: bool) -> list[dict[str, object]]:
    """For `ui/parts/table.html`."""
    return [
        {
            "id": str(one.errand.id),
            "cells": [
                one.errand.label,
                one.recipient.name if one.recipient else _("nicht mehr da"),
                one.errand.subject or _("Text gelöscht"),
                at_time(one.errand.done_at if done else one.errand.created_at),
            ],
        }
        for one in found
    ]


@require_safe
def letters(request: Request) -> HttpResponse:
    """Letters that wait for the printer, and those printed last."""
    rules.require_errands(request.viewer)
    waiting = queries.waiting(request.viewer, Errand.Medium.LETTER)
    done = queries.done(request.viewer, Errand.Medium.LETTER)
    columns = [{"label": _("Nummer")}, {"label": _("An wen")}, {"label": _("Betreff")}]
    return render(
        request,
        "notify/letters.html",
        {
            "waiting": [one for one in waiting if one.is_possible],
            "impossible": [one for one in waiting if not one.is_possible],
            "waiting_rows": _rows(waiting, done=False),
            "waiting_columns": [*columns, {"label": _("wartet seit")}],
            "done_rows": _rows(done, done=True),
            "done_columns": [*columns, {"label": _("gedruckt")}],
            "finish_actions": [("finish", _("Als gedruckt markieren"))],
            "reopen_actions": [("reopen", _("Doch noch nicht gedruckt"))],
            "crumbs": [(_("Briefe"), "")],
        },
    )


@require_safe
def print_letters(request: Request) -> HttpResponse:
    """All waiting letters, one to a page, with the button that marks exactly these as printed."""
    rules.require_errands(request.viewer)
    found = [one for one in queries.waiting(request.viewer, Errand.Medium.LETTER) if one.is_possible]
    return render(
        request,
        "notify/print_letters.html",
        {"letters": found, "crumbs": [(_("Briefe"), "../"), (_("Druckansicht"), "")]},
    )


@require_safe
def calls(request: Request) -> HttpResponse:
    """Who is to be called, with what to say."""
    rules.require_errands(request.viewer)
    done = queries.done(request.viewer, Errand.Medium.CALL)
    columns = [{"label": _("Nummer")}, {"label": _("An wen")}, {"label": _("Worum es geht")}, {"label": _("angerufen")}]
    return render(
        request,
        "notify/calls.html",
        {
            "waiting": queries.waiting(request.viewer, Errand.Medium.CALL),
            "done_rows": _rows(done, done=True),
            "done_columns": columns,
            "reopen_actions": [("reopen", _("Doch noch nicht angerufen"))],
            "crumbs": [(_("Anrufe"), "")],
        },
    )


@require_POST
def change(request: Request, medium: str) -> HttpResponse:
    """Marks errands (`ids`) as done, or takes that back (`action` reopen)."""
    rules.require_errands(request.viewer)
    ids = []
    for text in request.POST.getlist("ids"):
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    actor = request.actor.without_key()
    if request.POST.get("action") == "reopen":
        count = actions.reopen_errands(actor=actor, errand_ids=ids)
        text = ngettext("%(count)s Auftrag wartet wieder.", "%(count)s Aufträge warten wieder.", count)
    else:
        count = actions.finish_errands(actor=actor, errand_ids=ids, at=request.at)
        text = ngettext(
            "%(count)s Auftrag ist erledigt. Unten können Sie das zurücknehmen.",
            "%(count)s Aufträge sind erledigt. Unten können Sie das zurücknehmen.",
            count,
        )
    if count:
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("Es war nichts ausgewählt."))
    return redirect(PAGES[Errand.Medium(medium)])
