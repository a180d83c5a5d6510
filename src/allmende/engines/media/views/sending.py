"""Large files in pieces: the page's script asks for a ticket and sends one piece after the other."""

from datetime import timedelta

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from allmende.accounts import interface as accounts
from allmende.core.errors import Conflict, DomainError, NotAllowed, NotSignedIn
from allmende.core.http import Request
from allmende.engines.media import rules
from allmende.engines.media.actions import incoming

TIMES = 200
"""Uploads that one person may begin in an hour."""


def _allowed(request: Request) -> None:
    if not request.viewer.is_signed_in:
        raise NotSignedIn
    if not rules.may_edit(request.viewer):
        raise NotAllowed


def _refused(error: DomainError) -> JsonResponse:
    return JsonResponse({"error": str(error.message)}, status=error.status)


@require_POST
def begin(request: Request) -> HttpResponse:
    """Body: `size` in bytes. Answer: `ticket`, and `piece`, how many bytes may be sent at once."""
    _allowed(request)
    accounts.limit(request, "media.begin", times=TIMES, per=timedelta(hours=1))
    size = request.POST.get("size", "")
    try:
        ticket = incoming.begin(int(size) if size.isdecimal() and len(size) < 16 else 0, request.viewer.person_id)  # noqa: PLR2004
    except DomainError as error:
        return _refused(error)
    return JsonResponse({"ticket": ticket, "piece": incoming.PIECE})


@require_POST
def part(request: Request) -> HttpResponse:
    """Body: bytes. Headers: `Upload-Ticket`, `Upload-Offset`. Answer: `received`; with 409 when it begins elsewhere."""
    _allowed(request)
    ticket, offset = request.headers.get("Upload-Ticket", ""), request.headers.get("Upload-Offset", "")
    person_id = request.viewer.person_id
    try:
        at = int(offset) if offset.isdecimal() and len(offset) < 16 else -1  # noqa: PLR2004 - a thousand terabytes
        got = incoming.append(ticket, person_id, at, request)
    except Conflict:
        return JsonResponse({"received": incoming.received(ticket, person_id)}, status=409)
    except DomainError as error:
        return _refused(error)
    return JsonResponse({"received": got})
