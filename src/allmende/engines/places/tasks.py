"""Jobs: an import that somebody started."""

from uuid import UUID

from procrastinate.contrib.django import app


def defer_import(import_id: UUID) -> None:
    run_import.defer(import_id=str(import_id))


@app.periodic(cron="41 3 * * *")
@app.task(name="allmende.engines.places.tasks.tidy_tiles", queue="bulk", queueing_lock="places.tidy_tiles")
def tidy_tiles(timestamp: int) -> None:  # noqa: ARG001 - the queue names the minute
    """Every night: of a foreign base map only what was fetched last is kept."""
    from allmende.engines.places.adapters import tiles

    tiles.tidy()


@app.task(name="allmende.engines.places.tasks.run_import", queue="bulk")
def run_import(*, import_id: str) -> None:
    from allmende.engines.places import actions

    actions.run_import(UUID(import_id))
