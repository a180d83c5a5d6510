"""What other rooms may call.

In a form: `PictureField`. In a view: `noted` for the place that a camera wrote down, `take_image` before the action.
Inside the action: `attach`, later `release`, `withdraw`, `detach`, `discard_of`. For pages: `images_of` and the parts
`media/parts/image.html` and `figure.html`, `videos_of` or `video` and `media/parts/player.html`, `documents_of` and
`media/parts/document.html`. In a job: `text_of_document` and `text_of` read the words of a PDF.
"""

from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.core.actor import Actor
from allmende.core.errors import Invalid
from allmende.core.refs import Ref
from allmende.engines.media import actions
from allmende.engines.media.actions import (
    Rights,
    Words,
    attach,
    detach,
    documents,
    films,
    incoming,
    pictures,
    release,
    scanning,
    waiting,
    withdraw,
)
from allmende.engines.media.actions.blurring import Part, pixelated
from allmende.engines.media.actions.noting import Noted, noted
from allmende.engines.media.actions.pictures import Picture, Readable, draw
from allmende.engines.media.actions.reading_back import content_of, small_pictures_of
from allmende.engines.media.actions.texts import PdfText, text_of, text_of_document
from allmende.engines.media.forms import ACCEPT, PictureField
from allmende.engines.media.models import Medium
from allmende.engines.media.queries import (
    DocumentView,
    ImageView,
    VideoView,
    addresses_of,
    by_ticket,
    documents_of,
    fingerprints_of,
    images_of,
    library,
    preview_of,
    ticket_of,
    video,
    videos_of,
)
from allmende.engines.media.rules import is_same_view

__all__ = [
    "ACCEPT",
    "DocumentView",
    "Image",
    "ImageView",
    "Medium",
    "Noted",
    "Part",
    "PdfText",
    "Picture",
    "PictureField",
    "Rights",
    "VideoView",
    "Words",
    "addresses_of",
    "attach",
    "content_of",
    "detach",
    "discard_of",
    "documents_of",
    "draw",
    "fingerprints_of",
    "images_of",
    "is_same_view",
    "kept_image",
    "library",
    "noted",
    "pixelated",
    "preview_of",
    "release",
    "small_pictures_of",
    "take_document",
    "take_image",
    "take_image_later",
    "take_video",
    "text_of",
    "text_of_document",
    "ticket_of",
    "undrawn",
    "video",
    "videos_of",
    "waits",
    "withdraw",
]

Image = Medium
"""What `take_image` returns."""


def take_image(
    upload: Readable | bytes,
    *,
    alt: str,
    actor: Actor | None = None,
    at: datetime | None = None,
    field: str = "image",
    decorative: bool = False,
    rights: Rights | None = None,
    language: str = "",
    library: bool = False,
) -> Medium:
    """Draws a picture anew and keeps it, private and attached to nothing; call before the action, not inside it.

    Takes JPEG, PNG, WebP and HEIC, up to the city's limits (15 megabytes, 60 megapixels). Raises Invalid for
    everything else, with a sentence for residents beside `field`, `<field>_alt`, `<field>_credit` or `<field>_licence`.
    The sender's idempotency key is left to the action that follows.
    """
    try:
        scan = scanning.examine_upload(upload)
        return actions.keep_image(
            actor=(actor or Actor()).without_key(),
            picture=draw(upload),
            alt=alt,
            at=at or timezone.now(),
            decorative=decorative,
            rights=rights,
            language=language,
            library=library,
            scan=scan,
        )
    except Invalid as error:
        names = {name: f"{field}_{name}" for name in ("alt", "credit", "licence")}
        named = next((names[name] for name in names if name in error.fields), field)
        raise Invalid(fields={named: error.message}) from error


def take_image_later(
    upload: Readable | bytes,
    *,
    alt: str,
    actor: Actor | None = None,
    at: datetime | None = None,
    field: str = "image",
    language: str = "",
) -> Medium:
    """As `take_image`, but the worker draws it: answers within milliseconds whatever was sent.

    Until it is drawn nobody sees it, and no page shows it. What the worker cannot draw is told by the event
    `PictureRefused`. Raises Invalid for what is seen to be no picture.
    """
    try:
        scan = scanning.examine_upload(upload)
        content, _sort = pictures.admitted(upload)
        return waiting.keep_waiting(
            actor=(actor or Actor()).without_key(),
            content=content,
            alt=alt,
            at=at or timezone.now(),
            language=language,
            scan=scan,
        )
    except Invalid as error:
        raise error if error.fields else Invalid(fields={field: error.message}) from error


def waits(image: Medium) -> bool:
    """Whether the worker has still to draw it."""
    return image.drawing == Medium.Drawing.WAITING


def undrawn(ref: Ref) -> int:
    """How many pictures of a thing the worker has still to draw: they are there in a moment."""
    return Medium.objects.attached_to(ref).filter(drawing=Medium.Drawing.WAITING).count()


def take_document(
    upload: Readable | bytes,
    *,
    words: Words,
    actor: Actor | None = None,
    at: datetime | None = None,
    field: str = "file",
    rights: Rights | None = None,
    library: bool = False,
) -> Medium:
    """Keeps a PDF, private and attached to nothing; call before the action, not inside it.

    It holds no programs, attachments or passwords, and has a summary as text. Raises Invalid with a sentence beside
    `field`, or beside `title` or `summary`.
    """
    try:
        scan = scanning.examine_upload(upload)
        content = documents.read_pdf(upload)
        return actions.keep_document(
            actor=(actor or Actor()).without_key(),
            content=content,
            words=words,
            at=at or timezone.now(),
            rights=rights,
            library=library,
            scan=scan,
        )
    except Invalid as error:
        raise error if error.fields else Invalid(fields={field: error.message}) from error


def take_video(
    upload: BinaryIO | Path,
    *,
    words: Words,
    actor: Actor | None = None,
    at: datetime | None = None,
    field: str = "file",
    rights: Rights | None = None,
    library: bool = False,
    sound: bool = False,
) -> Medium:
    """Keeps an MP4 or WebM, private and attached to nothing; call before the action, not inside it.

    Takes an open upload, or the path of a file that has come in pieces and is moved away. Notes of the camera about
    place and device are blanked. For a thing that people hand in as a sign video: `words` are those of the form around
    it, and the video stays private until the thing is released. With `sound` a voice note is taken as well.
    Raises Invalid as `take_document`.
    """
    path = upload if isinstance(upload, Path) else incoming.received_at_once(upload)
    try:
        with path.open("rb") as content:
            scan = scanning.examine(content)
        return actions.keep_video(
            actor=(actor or Actor()).without_key(),
            path=path,
            film=films.take_film(path, sound=sound),
            words=words,
            at=at or timezone.now(),
            rights=rights,
            library=library,
            scan=scan,
        )
    except Invalid as error:
        raise error if error.fields else Invalid(fields={field: error.message}) from error
    finally:
        path.unlink(missing_ok=True)


def kept_image(ticket: str) -> Medium:
    """The upload that a ticket stands for. Raises Invalid when it has expired, is attached already, or is made up."""
    image = by_ticket(ticket)
    if image is None:
        raise Invalid(_("Das Bild ist nicht mehr da. Bitte wählen Sie es noch einmal aus."))
    return image


def discard_of(ref: Ref) -> int:
    """Deletes the media of a thing for good; call inside an action, for erasure. Returns how many."""
    return actions.discard(Medium.objects.attached_to(ref).values_list("pk", flat=True))
