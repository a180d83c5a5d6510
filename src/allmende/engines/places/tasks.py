"""Jobs: an import that somebody started."""

from uuid import UUID

from procrastinate.contrib.django import app


def defer_import(import_id: UUID) -> None:
    run_import.defer(import_id=str(import_id))


@app.task(name="allmende.engines.places.tasks.run_import", queue="bulk")
def run_import(*, import_id: str) -> None:
    from allmende.engines.places import actions

    actions.run_import(UUID(import_id))
