"""`allmende manage work`: the job worker.

Two workers in one process: one slot of its own for `urgent` (login mail must not wait behind pictures), the rest share
the others. And what a killed worker leaves behind: its jobs are taken up again once its heartbeat is missed.
"""

import asyncio
import contextlib
import logging
import signal
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate import App
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)

OTHERS = ["default", "media", "bulk"]
SLOTS = 3
HEARTBEAT = 5.0
"""Seconds between two signs of life of a worker."""
MISSED = 20.0
"""Seconds without one, after which a worker counts as killed and its jobs are taken up again."""
KEEP_HOURS = 24
"""Finished jobs are kept this long: the queue is no archive, what happened is in `core.Event`."""
GRACE = 4.0
"""Seconds a running job gets to finish when we are asked to stop; then it is left to the next start."""


class Command(BaseCommand):
    help = "Runs jobs until it is stopped."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as jobs:  # type: ignore[attr-defined]
            asyncio.run(work(jobs))


async def work(jobs: App) -> None:
    """Both workers and the rescue, until SIGTERM or SIGINT, or until one of them fails."""
    async with jobs.open_async():
        common: dict[str, Any] = {
            "install_signal_handlers": False,
            "update_heartbeat_interval": HEARTBEAT,
            "stalled_worker_timeout": MISSED,
            "shutdown_graceful_timeout": GRACE,
            "fetch_job_polling_interval": 5.0,
        }
        tasks = [
            asyncio.create_task(jobs.run_worker_async(queues=["urgent"], concurrency=1, name="urgent", **common)),
            asyncio.create_task(jobs.run_worker_async(queues=OTHERS, concurrency=SLOTS, name="others", **common)),
            asyncio.create_task(rescue(jobs)),
        ]
        loop = asyncio.get_running_loop()

        def stop() -> None:
            for task in tasks:
                task.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*left, return_exceptions=True)
        for task in done:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error


async def rescue(jobs: App) -> None:
    """Take up the jobs of killed workers again, and let go of finished ones."""
    rounds = 0
    while True:
        for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=MISSED):
            logger.warning("Job %s (%s) is taken up again: its worker is gone.", job.id, job.task_name)
            await jobs.job_manager.retry_job(job)
        if rounds % 360 == 0:
            await jobs.job_manager.delete_old_jobs(nb_hours=KEEP_HOURS)
        rounds += 1
        await asyncio.sleep(HEARTBEAT * 2)
