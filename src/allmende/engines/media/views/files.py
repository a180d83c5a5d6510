"""The private door: what is not public is sent to whoever may see what it belongs to."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from allmende.core.errors import NotFound
from allmende.core.http import Request
from allmende.engines.media import queries
from allmende.engines.media.actions import files, placing
from allmende.engines.media.models import File
from allmende.engines.media.ports import NotStored, StoreDown

TYPES = {
    "avif": "image/avif",
    "jpg": "image/jpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "vtt": "text/vtt; charset=utf-8",
    "webm": "video/webm",
    "webp": "image/webp",
}
KEEP_NOTHING = "private, no-store"


@require_safe
def private(request: Request, image_id: UUID, width: int, extension: str) -> HttpResponse:
    """Names a picture's file to the ASGI shell, which sends it. Nothing on the way may keep a copy."""
    ticket = request.GET.get("ticket", "")
    try:
        row = queries.private_file(image_id, width, extension, request.viewer, request.at, ticket=ticket)
    except NotFound:
        raise Http404 from None
    return _sent(row, KEEP_NOTHING)


@require_safe
def private_file(request: Request, medium_id: UUID, file_id: int, extension: str) -> HttpResponse:
    """As `private` for the files of documents and videos."""
    ticket = request.GET.get("ticket", "")
    try:
        row = queries.private_other(medium_id, file_id, request.viewer, request.at, ticket=ticket)
    except NotFound:
        raise Http404 from None
    if row.extension != extension:
        raise Http404
    return _sent(row, KEEP_NOTHING)


@require_safe
def public(request: Request, path: str) -> HttpResponse:
    """A public file where a storage service keeps them; without one the ASGI shell answers these addresses itself."""
    found = File.objects.filter(sha256=files.hash_of(path)).select_related("medium").first()
    if found is None or found.path != path or not placing.published(path, request.at):
        raise Http404
    return _sent(found, "public, max-age=60")


def _sent(row: File, keep: str) -> HttpResponse:
    try:
        files.near(row.path)
    except StoreDown:
        response = HttpResponse(
            _("Diese Datei ist im Moment nicht erreichbar. Bitte versuchen Sie es in einer Minute noch einmal."),
            content_type="text/plain; charset=utf-8",
            status=503,
        )
        response["Retry-After"] = "60"
        return response
    except NotStored:
        raise Http404 from None
    response = HttpResponse(content_type=TYPES[row.extension])
    response["X-Allmende-File"] = f"private/{row.path}"
    response["Cache-Control"] = keep
    attached = row.role == File.Role.DOCUMENT
    name = f"{slugify(row.medium.title)[:80] or 'datei'}.{row.extension}"
    response["Content-Disposition"] = content_disposition_header(attached, name) if attached else "inline"
    return response
