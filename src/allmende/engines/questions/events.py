"""What happened here. Answers in progress are nobody's business and no event."""

from dataclasses import dataclass
from typing import ClassVar

from allmende.core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class VersionFrozen(DomainEvent):
    """`ref` is the version; from now on people may answer it, and nobody can change it."""

    name: ClassVar[str] = "questions.version_frozen"
