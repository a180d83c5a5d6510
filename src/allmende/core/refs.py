"""A reference to a thing in any room, without a foreign key and without knowing its model."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, order=True, slots=True)
class Ref:
    """`capability` is the room's name, `kind` one of the kinds in its manifest, `id` the row's UUID."""

    capability: str
    kind: str
    id: UUID

    def __str__(self) -> str:
        return f"{self.capability}/{self.kind}/{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """Inverse of `str`; raises ValueError for anything else."""
        capability, kind, id_ = text.split("/")
        if not capability.isidentifier() or not kind.isidentifier():
            raise ValueError(f"not a reference: {text[:80]!r}")
        return cls(capability, kind, UUID(id_))
