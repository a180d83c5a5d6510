"""Pictures for programs: sent first, then named by their ticket in what they belong to."""

from datetime import timedelta
from typing import cast

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from allmende.accounts.interface import ApiAuth, limit
from allmende.core.http import Request
from allmende.engines.media import actions, interface
from allmende.engines.media.actions import scanning
from allmende.engines.media.actions.pictures import draw

router = Router(tags=["media"])
UPLOADS_PER_HOUR = 60


class UploadOut(Schema):
    """A picture that waits 24 hours for the text it belongs to."""

    ticket: str
    alt: str
    width: int
    height: int
    url: str
    """Where whoever has the ticket sees it."""


@router.post("images", response={201: UploadOut}, auth=ApiAuth(optional=True), summary="Send a picture")
def send_image(request: HttpRequest, image: File[UploadedFile], alt: Form[str] = "") -> Status[UploadOut]:
    """Takes JPEG, PNG, WebP or HEIC up to 15 MB, draws it anew without any metadata, and answers with a ticket.

    `alt` describes the picture for those who do not see it, in 300 characters or fewer.
    """
    ours = cast("Request", request)
    limit(request, "media.upload", times=UPLOADS_PER_HOUR, per=timedelta(hours=1))
    scan = scanning.examine_upload(image)
    kept = actions.keep_image(actor=ours.actor, picture=draw(image), alt=alt, at=ours.at, scan=scan)
    view = interface.preview_of(kept)
    return Status(
        201,
        UploadOut(
            ticket=interface.ticket_of(kept.id), alt=kept.alt, width=kept.width, height=kept.height, url=view.src
        ),
    )
