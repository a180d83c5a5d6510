"""One's own stated age groups; nobody else's are read but in counts (`queries.analysis`)."""

from uuid import UUID

from allmende.capabilities.participation.models import StatedAge


def stated_age(project_id: UUID, person_id: UUID) -> str:
    """What the person stated for the project, else empty. One query."""
    rows = StatedAge.objects.filter(project_id=project_id, person_id=person_id)
    return rows.values_list("group", flat=True).first() or ""


def stated_ages(person_id: UUID) -> list[StatedAge]:
    """All that the person stated, with the projects. One query."""
    return list(StatedAge.objects.filter(person_id=person_id).select_related("project").order_by("-at")[:100])
