"""What other rooms may call.

In a view: `take_image` before the action. Inside the action: `attach`, later `release`, `withdraw`, `detach`,
`discard_of`. For pages: `images_of` and the part `media/parts/image.html`.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from allmende.core.actor import Actor
from allmende.core.errors import Invalid
from allmende.core.refs import Ref
from allmende.engines.media import actions
from allmende.engines.media.actions import attach, detach, release, withdraw
from allmende.engines.media.actions.pictures import MAX_BYTES, Readable, draw
from allmende.engines.media.models import Image
from allmende.engines.media.queries import ImageView, by_ticket, images_of, preview_of, ticket_of

__all__ = [
    "ACCEPT",
    "MAX_BYTES",
    "Image",
    "ImageView",
    "attach",
    "detach",
    "discard_of",
    "images_of",
    "kept_image",
    "preview_of",
    "release",
    "take_image",
    "ticket_of",
    "withdraw",
]

ACCEPT = "image/jpeg,image/png,image/webp,image/gif"
"""For the `accept` of a file field; together with MAX_BYTES for `ui.forms.KeptFile`."""


def take_image(
    upload: Readable | bytes,
    *,
    alt: str,
    actor: Actor | None = None,
    at: datetime | None = None,
    field: str = "image",
) -> Image:
    """Draws a picture anew and keeps it, private and attached to nothing; call before the action, not inside it.

    Takes JPEG, PNG, WebP and the first frame of a GIF, up to 15 megabytes and 60 megapixels. Raises Invalid for
    everything else, with a sentence for residents beside `field` or `<field>_alt`. The sender's idempotency key is left
    to the action that follows.
    """
    try:
        return actions.keep_image(
            actor=(actor or Actor()).without_key(), picture=draw(upload), alt=alt, at=at or timezone.now()
        )
    except Invalid as error:
        raise Invalid(fields={f"{field}_alt" if "alt" in error.fields else field: error.message}) from error


def kept_image(ticket: str) -> Image:
    """The upload that a ticket stands for. Raises Invalid when it has expired, is attached already, or is made up."""
    image = by_ticket(ticket)
    if image is None:
        raise Invalid(_("Das Bild ist nicht mehr da. Bitte wählen Sie es noch einmal aus."))
    return image


def discard_of(ref: Ref) -> int:
    """Deletes the pictures of a thing for good; call inside an action, for erasure. Returns how many."""
    return actions.discard(Image.objects.attached_to(ref).values_list("pk", flat=True))
