"""A PDF of ours is read as soon as it is there; whatever fails is taken up by the job every ten minutes."""

from django.utils import timezone

from allmende.capabilities.council.tasks.texts import read_file
from allmende.core.events import Stored


def read_document(event: Stored) -> None:
    read_file(event.ref.id, timezone.now())
