"""What is the signed-in person's own: contributions and what became of them, and what they follow."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.core.errors import NotSignedIn
from allmende.core.http import Request
from allmende.engines.notify import interface, queries
from allmende.engines.notify.queries.contributions import contributions_of, followed_things, receipt_by_id
from allmende.engines.notify.views import after

PAGE = 10
FOLLOWS = 30


@require_safe
def contributions(request: Request) -> HttpResponse:
    """What this person brought in, newest first, each with its way."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn(_("Ihre Beiträge sehen Sie, sobald Sie angemeldet sind."))
    found = contributions_of(request.viewer, request.at, after=after(request), limit=PAGE + 1)
    rows, more = found[:PAGE], len(found) > PAGE
    context = {
        "rows": rows,
        "more_url": f"?after={rows[-1].receipt.id}" if more else None,
        "crumbs": [(_("Mitteilungen"), reverse("notify:notices")), (_("Ihre Beiträge"), "")],
    }
    partial = request.htmx and request.GET.get("after")
    return render(request, "notify/contributions_more.html" if partial else "notify/contributions.html", context)


@require_safe
def contribution(request: Request, receipt_id: UUID) -> HttpResponse:
    """One of them, as its receipt shows it: also while it is not public."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    found = queries.standing_of(receipt_by_id(receipt_id, request.viewer), request.viewer, request.at)
    crumbs = [
        (_("Mitteilungen"), reverse("notify:notices")),
        (_("Ihre Beiträge"), reverse("notify:contributions")),
        (found.receipt.number, ""),
    ]
    response = render(request, "notify/standing.html", {"standing": found, "crumbs": crumbs})
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def follows(request: Request) -> HttpResponse:
    """What this person follows, newest first, each with the button that ends it."""
    if not request.viewer.is_signed_in:
        raise NotSignedIn(_("Wem und was Sie folgen, sehen Sie, sobald Sie angemeldet sind."))
    found = followed_things(request.viewer, request.at, after=after(request), limit=FOLLOWS + 1)
    rows, more = found[:FOLLOWS], len(found) > FOLLOWS
    boxes = interface.follow_boxes(request.viewer, {row.ref: row.title for row in rows})
    context = {
        "rows": [(row, boxes[row.ref]) for row in rows],
        "more_url": f"?after={rows[-1].id}" if more else None,
        "crumbs": [(_("Mitteilungen"), reverse("notify:notices")), (_("Folgen"), "")],
    }
    partial = request.htmx and request.GET.get("after")
    return render(request, "notify/follows_more.html" if partial else "notify/follows.html", context)
