"""Pictures that programs have named are fetched, drawn anew and kept, private like all others."""

from urllib.parse import urlsplit

from django.utils import timezone

from allmende.capabilities.reports.actions.exchange import keep_named_picture
from allmende.capabilities.reports.adapters import picture_reader
from allmende.capabilities.reports.models import ApiKey, NamedPicture
from allmende.core.actor import SYSTEM
from allmende.core.errors import Invalid
from allmende.core.events import Stored
from allmende.core.fetching import Unreachable
from allmende.engines.media import interface as media

AGAIN = frozenset({"slow", "broken", "unknown", "short"})
"""Problems that may be over in an hour: the delivery is repeated."""


def fetch(event: Stored) -> None:
    """Raises Unreachable when another try may help."""
    rows = NamedPicture.objects.select_related("report", "partner")
    row = rows.filter(pk=event.payload["picture_id"]).first()
    if row is None or row.done_at is not None:
        return
    at, image_id, problem = timezone.now(), None, ""
    try:
        if not _is_allowed(row):
            raise Unreachable("private")  # noqa: TRY301 - the key was narrowed, or the partner is asked no more
        fetched = picture_reader().fetch(row.url)
        alt = row.partner.label if row.partner is not None else " ".join(row.report.words.split())[:200]
        image_id = media.take_image(fetched.body or b"", alt=alt, at=at, language=row.report.language).pk
    except Unreachable as error:
        if error.problem in AGAIN:
            raise
        problem = error.problem
    except Invalid:
        problem = "picture"
    keep_named_picture(actor=SYSTEM, picture_id=row.pk, image_id=image_id, problem=problem, at=at)


def _is_allowed(row: NamedPicture) -> bool:
    """A partner may name any host of the open web (`core.fetching` refuses what lies inside), a key those it lists."""
    if row.partner is not None:
        return row.partner.is_active
    key = ApiKey.objects.filter(inbound__report=row.report).first()
    return key is not None and (urlsplit(row.url).hostname or "").lower() in key.media_hosts
