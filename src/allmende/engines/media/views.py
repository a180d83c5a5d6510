"""The private door: a picture that is not public is sent to whoever may see what it belongs to."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.media import queries

TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


@require_safe
def private(request: Request, image_id: UUID, width: int, extension: str) -> HttpResponse:
    """Names the file to the ASGI shell, which sends it. Nothing on the way may keep a copy."""
    try:
        row = queries.private_file(
            image_id, width, extension, request.viewer, request.at, ticket=request.GET.get("ticket", "")
        )
    except NotFound:
        raise Http404 from None
    response = HttpResponse(content_type=TYPES[row.extension])
    response["X-Allmende-File"] = f"private/{row.path}"
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    return response
