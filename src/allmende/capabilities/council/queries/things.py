"""Single things by their key, for index, notices, gates and the interface for programs."""

from datetime import datetime
from uuid import UUID

from allmende.capabilities.council.models import Paper, Thing
from allmende.capabilities.council.queries.tracking import task_by_id
from allmende.capabilities.council.rules.tracking import may_report
from allmende.core.actor import Viewer


def thing[T: Thing](model: type[T], key: UUID) -> T | None:
    """What everybody may read; None for everything else."""
    found: T | None = model.objects.filter(pk=key).public().first()
    return found


def gate(model: type[Thing]) -> "Gate":
    return Gate(model)


class Gate:
    """Whether a thing may be seen: the same for everybody."""

    def __init__(self, model: type[Thing]) -> None:
        self.model = model

    def __call__(self, key: UUID, _viewer: Viewer, _at: datetime) -> bool:
        return self.model.objects.filter(pk=key).public().exists()


def paper_by_number(number: int) -> Paper | None:
    """A public paper."""
    return Paper.objects.public().filter(number=number).first() if 0 < number < 2**63 else None


def may_see_task(key: UUID, viewer: Viewer, _at: datetime) -> bool:
    """Whether somebody works on it; for everybody else it stands with its paper, and only if it is public."""
    found = task_by_id(key)
    return found is not None and may_report(viewer, found.department)
