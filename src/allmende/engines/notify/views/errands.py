"""What staff carries out by hand: the daily batch of letters, and the list of calls. `letter` writes the PDF."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from allmende.core.http import Request
from allmende.engines.notify import actions, queries, rules
from allmende.engines.notify.models import Errand
from allmende.engines.notify.queries import ErrandView
from allmende.engines.notify.views import letter
from allmende.ui.templatetags.ui import at_time

LONGEST_NUMBER = 15
PAGES = {Errand.Medium.LETTER: "notify:letters", Errand.Medium.CALL: "notify:calls"}


def _staff() -> tuple[str, str]:
    return _("Verwaltung"), reverse("accounts:staff")


def _rows(found: list[ErrandView], *, done: bool) -> list[dict[str, Any]]:
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
    """Today's batch, what is printed but not posted, and what was posted last."""
    rules.require_errands(request.viewer)
    waiting = queries.waiting(request.viewer, Errand.Medium.LETTER)
    printed = queries.done(request.viewer, Errand.Medium.LETTER, limit=200)
    posted = queries.done(request.viewer, Errand.Medium.LETTER, Errand.State.POSTED, Errand.State.RETURNED, limit=50)
    columns = [{"label": _("Nummer")}, {"label": _("An wen")}, {"label": _("Betreff")}]
    return render(
        request,
        "notify/letters.html",
        {
            "waiting": [one for one in waiting if one.is_possible],
            "impossible": [one for one in waiting if not one.is_possible],
            "waiting_rows": _rows(waiting, done=False),
            "waiting_columns": [*columns, {"label": _("wartet seit")}],
            "printed_rows": _rows(printed, done=True),
            "printed_columns": [*columns, {"label": _("gedruckt")}],
            "posted_rows": [
                {**row, "cells": [*row["cells"], one.errand.get_state_display()]}
                for row, one in zip(_rows(posted, done=True), posted, strict=True)
            ],
            "posted_columns": [*columns, {"label": _("gedruckt")}, {"label": _("Stand")}],
            "finish_actions": [("finish", _("Als gedruckt markieren"))],
            "printed_actions": [("post", _("Zur Post gegeben")), ("reopen", _("Doch noch nicht gedruckt"))],
            "posted_actions": [("return", _("Kam zurück"))],
            "crumbs": [_staff(), (_("Briefe"), "")],
        },
    )


@require_safe
def print_letters(request: Request) -> HttpResponse:
    """All waiting letters as they will be printed, with the PDF and the button that marks exactly these as printed."""
    rules.require_errands(request.viewer)
    found = [one for one in queries.waiting(request.viewer, Errand.Medium.LETTER) if one.is_possible]
    return render(
        request,
        "notify/print_letters.html",
        {
            "letters": found,
            "up_to": str(max((one.errand.number for one in found), default=0)),
            "crumbs": [_staff(), (_("Briefe"), "../"), (_("Druckansicht"), "")],
        },
    )


@require_safe
def batch(request: Request) -> HttpResponse:
    """Today's batch as one PDF: every waiting letter, up to the number `bis` where the page named one."""
    rules.require_errands(request.viewer)
    asked = request.GET.get("bis", "")
    up_to = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < LONGEST_NUMBER else None
    found = queries.waiting(request.viewer, Errand.Medium.LETTER, up_to=up_to)
    content = letter.batch([one for one in found if one.is_possible], at=request.at)
    if content is None:
        messages.info(request, _("Es gibt nichts zu drucken."))
        return redirect("notify:letters")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="briefe-{request.at:%Y-%m-%d}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


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
            "crumbs": [_staff(), (_("Anrufe"), "")],
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
    asked = request.POST.get("action")
    if asked == "post":
        count = actions.post_letters(actor=actor, errand_ids=ids, at=request.at)
        text = ngettext("%(count)s Brief ist auf dem Weg.", "%(count)s Briefe sind auf dem Weg.", count)
    elif asked == "return":
        count = actions.return_letters(actor=actor, errand_ids=ids, at=request.at)
        text = ngettext(
            "%(count)s Brief kam zurück. Die Person erfährt es im Portal, an diese Anschrift schreiben wir nicht mehr.",
            "%(count)s Briefe kamen zurück. Die Personen erfahren es im Portal, an diese Anschriften schreiben wir "
            "nicht mehr.",
            count,
        )
    elif asked == "reopen":
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
