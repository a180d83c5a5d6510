"""/verwaltung/suche/: how the index stands, building it anew, its synonyms."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from allmende.core.errors import Conflict
from allmende.core.http import Request
from allmende.engines.search import actions, queries, rules
from allmende.engines.search.models import Rebuild
from allmende.engines.search.queries.asked import SYNONYMS

REFRESH = 5
"""Seconds after which the page of a running rebuild asks again."""


def _words(row: Rebuild) -> str:
    """How far it is, in real units."""
    done, total = number_format(row.done, force_grouping=True), number_format(row.total, force_grouping=True)
    sentences = {
        Rebuild.Step.WAITING: _("Der Aufbau beginnt gleich."),
        Rebuild.Step.THINGS: _("Schritt 1 von 3: %(done)s von %(total)s Einträgen gelesen"),
        Rebuild.Step.WORDS: _("Schritt 2 von 3: Wörter von %(done)s von %(total)s Einträgen gezählt"),
        Rebuild.Step.VECTORS: _("Schritt 3 von 3: %(done)s von %(total)s Einträgen neu geschrieben"),
        Rebuild.Step.DONE: _("%(done)s Einträge neu aufgebaut"),
        Rebuild.Step.FAILED: _("Abgebrochen nach %(done)s von %(total)s Einträgen"),
    }
    return sentences[Rebuild.Step(row.step)] % {"done": done, "total": total}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(http_request: HttpRequest) -> HttpResponse:
    """The state of the index in numbers; POST has it built anew."""
    request = cast("Request", http_request)
    rules.require_keeper(request.viewer)
    if request.method == "POST":
        try:
            actions.start_rebuild(actor=request.actor, at=request.at)
            messages.success(request, _("Der Such-Index wird neu aufgebaut. Sie können diese Seite verlassen."))
        except Conflict as refused:
            messages.info(request, str(refused))
        return redirect("search:index")
    past = queries.rebuilds()
    running = next((row for row in past if rules.is_running(row.ended_at, row.moved_at, request.at)), None)
    context = {
        "standing": queries.standing(),
        "running": running,
        "running_words": _words(running) if running else "",
        "past": [
            {"words": _words(row), "begun_at": row.begun_at, "ended_at": row.ended_at} for row in past if row != running
        ],
        "synonyms_url": reverse("accounts:setting", args=[SYNONYMS]),
        "crumbs": [(_("Verwaltung"), reverse("accounts:staff")), (_("Such-Index"), "")],
    }
    response = render(request, "search/staff.html", context)
    if running:
        response["Refresh"] = str(REFRESH)
    return response
