"""Keeping what was read out of a file."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.models import File, FileText
from allmende.capabilities.council.rules.texts import MOST_TEXT, again_after
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import NotFound
from allmende.core.events import publish


@action
def keep_file_text(
    *, actor: Actor, file_id: UUID, text: str, outcome: FileText.Outcome, begun: datetime, at: datetime
) -> FileText:
    """Keeps the words of a public file, or that there were none. `begun`: clock time before it was fetched.

    Raises NotFound when nobody may read the file any more, or it says its text itself by now.
    """
    rules.require_may_keep(actor)
    try:
        file = lock(File.objects.public().filter(text=""), pk=file_id)
    except File.DoesNotExist:
        raise NotFound from None
    before = FileText.objects.filter(file=file).first()
    found = before or FileText(file=file)
    is_new = found.text != text[:MOST_TEXT]
    if outcome != FileText.Outcome.ABSENT:
        found.attempts, found.next_at = 1, None
    else:
        waited = before is not None and before.outcome == FileText.Outcome.ABSENT and before.begun_at >= file.modified
        found.attempts = found.attempts + 1 if waited else 1
        pause = again_after(found.attempts)
        found.next_at = at + pause if pause is not None else None
    found.text, found.outcome, found.begun_at = text[:MOST_TEXT], outcome, begun
    found.save()
    audit.record(actor, "council.keep_file_text", file.ref, fields=["text"] if is_new else ["outcome"])
    if is_new:
        publish(actor, events.FileRead(ref=file.ref))
    return found
