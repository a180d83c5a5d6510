"""Pictures that programs have named are fetched, drawn anew and kept, private like all others."""

from urllib.parse import urlsplit

from django.utils import timezone

from allmende.capabilities.reports.actions.exchange import keep_named_picture
from allmende.capabilities.reports.adapters import picture_reader
from allmende.capabilities.reports.models import NamedPicture
from allmende.core.actor import SYSTEM
from allmende.core.errors import Invalid
from allmende.core.events import Stored
from allmende.core.fetching import Unreachable
from allmende.engines.media import interface as media

AGAIN = frozenset({"slow", "broken", "unknown", "short"})
"""Problems that may be over in an hour: the delivery is repeated."""


def fetch(event: Stored) -> None:
    """Raises Unreachable when another try may help."""
    row = NamedPicture.objects.select_related("report__inbound__key").filter(pk=event.payload["picture_id"]).first()
    if row is None or row.done_at is not None:
        return
    at, image_id, problem = timezone.now(), None, ""
    try:
        if (urlsplit(row.url).hostname or "").lower() not in row.report.inbound.key.media_hosts:
            raise Unreachable("private")  # noqa: TRY301 - the key was narrowed since
        fetched = picture_reader().fetch(row.url)
        alt = " ".join(row.report.words.split())[:200]
        image_id = media.take_image(fetched.body or b"", alt=alt, at=at, language=row.report.language).pk
    except Unreachable as error:
        if error.problem in AGAIN:
            raise
        problem = error.problem
    except Invalid:
        problem = "picture"
    keep_named_picture(actor=SYSTEM, picture_id=row.pk, image_id=image_id, problem=problem, at=at)
