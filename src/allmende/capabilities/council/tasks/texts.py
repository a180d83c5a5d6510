"""Reads the words of PDF files that came without a text, one after the other, so that search finds them."""

import time
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.council import actions
from allmende.capabilities.council.adapters import file_reader
from allmende.capabilities.council.models import File, FileText
from allmende.capabilities.council.ports import Unreachable
from allmende.capabilities.council.queries.texts import unread_files
from allmende.core.actor import SYSTEM
from allmende.core.errors import NotFound
from allmende.engines.media import interface as media

SECONDS = 4 * 60.0
"""For one round; ten minutes later the next one goes on."""
MOST = 1_000
"""Files in one round."""

ABSENT = media.PdfText("", FileText.Outcome.ABSENT)


def _words(file: File) -> media.PdfText:
    """Of ours by `engines/media`, of others from where their system says that they lie."""
    if file.is_ours:
        return media.text_of_document(file.ref) or ABSENT
    try:
        fetched = file_reader().fetch(file.download_url or file.access_url)
    except Unreachable:
        return ABSENT
    return media.text_of(fetched.body or b"")


def read_file(file_id: UUID, at: datetime) -> bool:
    """Reads one file; whether something was kept of it."""
    begun = timezone.now()
    file = File.objects.public().filter(pk=file_id, text="").first()
    if file is None:
        return False
    read = _words(file)
    outcome = FileText.Outcome(read.outcome)
    try:
        actions.keep_file_text(actor=SYSTEM, file_id=file_id, text=read.text, outcome=outcome, begun=begun, at=at)
    except NotFound:  # taken back, or given a text, while it was being read
        return False
    return True


def read_files(at: datetime, *, seconds: float = SECONDS) -> int:
    """Reads what is unread until the time is over; returns how many."""
    ends = time.monotonic() + seconds
    count = 0
    for key in unread_files(at, limit=MOST):
        if time.monotonic() > ends:
            break
        count += read_file(key, at)
    return count


@app.periodic(cron="5-59/10 * * * *")
@app.task(name="council.read_files", queue="bulk", queueing_lock="council.read_files")
def every_ten_minutes(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    read_files(timezone.now())
