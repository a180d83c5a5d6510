"""`allmende manage work`: the job worker.

Two workers in one process: one slot of its own for `urgent` (login mail must not wait behind pictures), the rest share
the others. And what stays behind is taken up again: the jobs of a killed worker once its heartbeat is missed, and those
whose end could not be noted because the database was away in that very moment.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate import App, JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from allmende.core.tasks import working

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


@dataclass
class Held:
    """What this process works on now: the jobs, and the workers that took them."""

    jobs: set[int] = field(default_factory=set)
    workers: set[int] = field(default_factory=set)

    async def around(self, call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
        """The workers' middleware: a job is held for as long as its task runs."""
        assert context.job.id is not None
        assert worker.worker_id is not None
        self.workers.add(worker.worker_id)
        self.jobs.add(context.job.id)
        try:
            return await call_next()
        finally:
            self.jobs.discard(context.job.id)


class Command(BaseCommand):
    help = "Runs jobs until it is stopped."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        with working() as jobs:
            asyncio.run(work(jobs))


async def work(jobs: App) -> None:
    """Both workers and the rescue, until SIGTERM or SIGINT, or until one of them fails."""
    held = Held()
    async with jobs.open_async():
        common: dict[str, Any] = {
            "install_signal_handlers": False,
            "update_heartbeat_interval": HEARTBEAT,
            "stalled_worker_timeout": MISSED,
            "shutdown_graceful_timeout": GRACE,
            "fetch_job_polling_interval": 5.0,
            "worker_middleware": [held.around],
        }
        tasks = [
            asyncio.create_task(jobs.run_worker_async(queues=["urgent"], concurrency=1, name="urgent", **common)),
            asyncio.create_task(jobs.run_worker_async(queues=OTHERS, concurrency=SLOTS, name="others", **common)),
            asyncio.create_task(rescue(jobs, held)),
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


async def rescue(jobs: App, held: Held) -> None:
    """Takes up again what stays behind, and lets go of finished jobs."""
    rounds = 0
    unheld: set[int] = set()
    while True:
        unheld = await take_up(jobs, held, unheld)
        if rounds % 360 == 0:
            await jobs.job_manager.delete_old_jobs(nb_hours=KEEP_HOURS)
        rounds += 1
        await asyncio.sleep(HEARTBEAT * 2)


async def take_up(jobs: App, held: Held, unheld: set[int]) -> set[int]:
    """Puts back into the queue the jobs of killed workers, and ours that nobody has held since the round before.

    A worker that runs a job and cannot note its end (the database went just then and was back before the next sign of
    life) forgets the job, which would be „doing" for ever and keep all others of its lock waiting. `unheld` is what the
    round before returned: two rounds tell such a job from one that is just being taken or noted.
    """
    for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=MISSED):
        await _put_back(jobs, job, "its worker is gone")
    now: set[int] = set()
    for job in await jobs.job_manager.list_jobs_async(status="doing"):
        if job.id is None or job.worker_id not in held.workers or job.id in held.jobs:
            continue
        if job.id in unheld:
            await _put_back(jobs, job, "its end was not noted")
        else:
            now.add(job.id)
    return now


async def _put_back(jobs: App, job: Job, why: str) -> None:
    logger.warning("Job %s (%s) is taken up again: %s.", job.id, job.task_name, why)
    with contextlib.suppress(ConnectorException):  # it came to its end a moment ago
        await jobs.job_manager.retry_job(job)
