"""What happened to media."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PictureRefused(DomainEvent):
    """A picture that the worker was to draw is broken. `ref` is the thing that is without it now."""

    name: ClassVar[str] = "media.picture_refused"
    medium_id: UUID
