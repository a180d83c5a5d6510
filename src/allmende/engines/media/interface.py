"""What other rooms may call.

In a form: `PictureField`. In a view: `take_image` before the action. Inside the action: `attach`, later `release`,
`withdraw`, `detach`, `discard_of`. For pages: `images_of` and the parts `media/parts/image.html`, `figure.html`.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.core.actor import Actor
from allmende.core.errors import Invalid
from allmende.core.refs import Ref
from allmende.engines.media import actions
from allmende.engines.media.actions import Rights, attach, detach, release, scanning, withdraw
from allmende.engines.media.actions.pictures import Picture, Readable, draw
from allmende.engines.media.forms import ACCEPT, PictureField
from allmende.engines.media.models import Medium
from allmende.engines.media.queries import ImageView, by_ticket, images_of, preview_of, ticket_of

__all__ = [
    "ACCEPT",
    "Image",
    "ImageView",
    "Medium",
    "Picture",
    "PictureField",
    "Rights",
    "attach",
    "detach",
    "discard_of",
    "draw",
    "images_of",
    "kept_image",
    "preview_of",
    "release",
    "take_image",
    "ticket_of",
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


def kept_image(ticket: str) -> Medium:
    """The upload that a ticket stands for. Raises Invalid when it has expired, is attached already, or is made up."""
    image = by_ticket(ticket)
    if image is None:
        raise Invalid(_("Das Bild ist nicht mehr da. Bitte wählen Sie es noch einmal aus."))
    return image


def discard_of(ref: Ref) -> int:
    """Deletes the media of a thing for good; call inside an action, for erasure. Returns how many."""
    return actions.discard(Medium.objects.attached_to(ref).values_list("pk", flat=True))
