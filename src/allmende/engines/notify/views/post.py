"""How mail is going, for administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from allmende.core.http import Request
from allmende.engines.notify import actions
from allmende.engines.notify.queries.post import backlog
from allmende.ui.templatetags.ui import at_time, plain_number


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: Request) -> HttpResponse:
    """What waits and why; the button lets all of it be tried at once."""
    found = backlog(request.viewer, request.at)
    if request.method == "POST":
        count = actions.retry_stuck(actor=request.actor, at=request.at)
        text = ngettext("%(count)s E-Mail wird gleich versucht.", "%(count)s E-Mails werden gleich versucht.", count)
        messages.success(request, text % {"count": count})
        return redirect("notify:post")
    facts = [
        (_("In den letzten 24 Stunden zugestellt"), plain_number(found.sent_today)),
        (_("Unterwegs"), plain_number(found.waiting)),
        (_("Älteste, die wartet"), at_time(found.oldest)),
        (_("Nächster Versuch"), at_time(found.next_try)),
        (_("In den letzten 24 Stunden abgelehnte Adressen"), plain_number(found.refused)),
        (_("Menschen, bei denen E-Mails nicht ankommen"), plain_number(found.unreachable)),
        (_("Angemeldete Browser"), plain_number(found.devices)),
    ]
    return render(
        request,
        "notify/post.html",
        {
            "backlog": found,
            "facts": facts,
            "answer_columns": [{"label": _("Antwort")}, {"label": _("E-Mails"), "numeric": True}],
            "answer_rows": [
                {"id": "", "cells": [answer or _("noch keine"), plain_number(n)]} for answer, n in found.answers
            ],
            "crumbs": [(_("Verwaltung"), reverse("accounts:staff")), (_("E-Mails"), "")],
        },
    )
