"""Files whose words are not known yet."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import F, Q

from allmende.capabilities.council.models import File, Mirror


def _is_pdf() -> Q:
    return Q(mime_type__iexact="application/pdf") | Q(mime_type="", file_name__iendswith=".pdf")


def _to_be_had() -> Q:
    """Ours once there is a document; others while their system is being read."""
    found = Q(source_url=None) & ~Q(sha512="")
    elsewhere = ~Q(access_url="") | ~Q(download_url="")
    for url in Mirror.objects.filter(is_active=True).exclude(url__startswith="demo:").values_list("url", flat=True):
        host = urlsplit(url).netloc
        for scheme in ("http", "https"):
            found |= Q(source_url__startswith=f"{scheme}://{host}/") & elsewhere
    return found


def unread_files(at: datetime, *, limit: int) -> list[UUID]:
    """Public PDF files without a text, never read, changed since, or to be asked for again; the newest first."""
    due = Q(reading=None) | Q(reading__begun_at__lt=F("modified")) | Q(reading__next_at__lte=at)
    rows = File.objects.public().filter(_is_pdf(), _to_be_had(), due, text="")
    return list(rows.order_by("-modified", "id").values_list("pk", flat=True)[:limit])
