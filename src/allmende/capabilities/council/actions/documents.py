"""The bytes of our own files."""

from uuid import UUID

from django.utils import timezone

from allmende.capabilities.council import events, rules
from allmende.capabilities.council.actions.burying import touch_holders
from allmende.capabilities.council.models import File
from allmende.core import audit
from allmende.core.actions import action, lock
from allmende.core.actor import Actor
from allmende.core.errors import NotFound
from allmende.core.events import publish
from allmende.engines.media import interface as media


@action
def attach_document(*, actor: Actor, file_id: UUID, medium_id: UUID, size: int, sha512: str) -> File:
    """Ties a PDF that `engines/media` keeps to a file; public with it, private with it. Raises NotFound."""
    rules.require_may_keep(actor)
    try:
        file = lock(File.objects.filter(deleted=False), pk=file_id)
    except File.DoesNotExist:
        raise NotFound from None
    media.attach(medium_id, file.ref)
    if File.objects.public().filter(pk=file.pk).exists():
        media.release(file.ref)
    written = timezone.now()
    file.mime_type, file.size, file.sha512, file.modified = "application/pdf", size, sha512, written
    file.save(update_fields=["mime_type", "size", "sha512", "modified"])
    touch_holders([file], written)
    audit.record(actor, "council.attach_document", file.ref, fields=["medium"])
    publish(actor, events.DocumentAttached(ref=file.ref))
    return file
