"""What happens by the clock."""

import logging
from datetime import UTC, datetime
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from allmende.core import city
from allmende.engines.media import actions
from allmende.engines.media.actions import files, scanning, waiting
from allmende.engines.media.actions.repair import YOUNG, repair_files
from allmende.engines.media.ports import StoreDown

logger = logging.getLogger(__name__)
CACHE_MEGABYTES = 5000
"""What of a storage service's files stays on this disk."""


@app.task(name="allmende.engines.media.tasks.render", queue="media")
def render(medium_id: str) -> None:
    """After an upload: the renditions that take longer, then the way to the storage service."""
    actions.render(UUID(medium_id))
    _store(medium_id=UUID(medium_id))


@app.task(
    name=waiting.TASK, queue="media", retry=RetryStrategy(max_attempts=10, wait=5, retry_exceptions=[waiting.Busy])
)
def draw(medium_id: str) -> None:
    """After an upload that nobody waited for: the picture drawn anew."""
    waiting.draw_waiting(UUID(medium_id))


@app.periodic(cron="* * * * *")
@app.task(name="allmende.engines.media.tasks.expire", queue="default", queueing_lock="media.expire")
def expire(timestamp: int) -> None:
    """Every minute: what may no longer be shown vanishes."""
    actions.expire_published(at=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="allmende.engines.media.tasks.catch_up", queue="media", queueing_lock="media.catch_up")
def catch_up(timestamp: int) -> None:
    """Every five minutes: what waits for the virus scanner, for being drawn, or for the storage service."""
    scanning.examine_waiting()
    waiting.draw_forgotten(datetime.fromtimestamp(timestamp, UTC))
    _store()


def _store(medium_id: UUID | None = None) -> None:
    try:
        files.store_waiting(medium_id=medium_id)
    except StoreDown as down:
        logger.warning("Files wait for the storage service: %s", down)


@app.periodic(cron="23 * * * *")
@app.task(name="allmende.engines.media.tasks.tidy", queue="media", queueing_lock="media.tidy")
def tidy(timestamp: int) -> None:
    """Every hour: uploads that nobody attached go, files follow decisions that a crash cut off from them."""
    actions.expire_unattached(at=datetime.fromtimestamp(timestamp, UTC))
    actions.settle_all()


@app.periodic(cron="29 3 * * *")
@app.task(name="allmende.engines.media.tasks.repair", queue="media", queueing_lock="media.repair")
def repair(timestamp: int) -> None:
    """Every night: trees and storage service are compared with the database."""
    try:
        repair_files(before=timestamp - YOUNG)
    except StoreDown as down:
        logger.warning("The storage service could not be compared: %s", down)
        return
    files.make_room(int(city.setting("media.cache_mb", CACHE_MEGABYTES)) * 1024 * 1024)
