"""The worker leaves no job behind: neither a killed worker's nor one whose end could not be noted."""

import asyncio

import pytest
from procrastinate import App

from allmende.core.tasks import tidy, working
from allmende.project.management.commands.work import MISSED, Held, take_up


def rounds(number: int, *, held: Held, job: int | None = None, silent: float = 0) -> list[str]:
    """A job is taken by a worker that then says nothing of it; its state after each round of the rescue."""

    async def go(jobs: App) -> list[str]:
        manager, states, unheld = jobs.job_manager, [], set[int]()
        async with jobs.open_async():
            worker = await manager.register_worker()
            taken = await manager.fetch_job(queues=["bulk"], worker_id=worker)
            assert taken is not None
            assert taken.id == job
            held.workers |= {worker} if not silent else set()
            await jobs.connector.execute_query_async(
                "UPDATE procrastinate_workers SET last_heartbeat = now() - %(silent)s * interval '1 second'",
                silent=silent,
            )
            for _ in range(number):
                unheld = await take_up(jobs, held, unheld)
                states.append((await manager.get_job_status_async(taken.id)).value)
        return states

    with working() as jobs:
        return asyncio.run(go(jobs))


@pytest.fixture
def waiting(transactional_db):
    return tidy.defer(timestamp=0)


def test_a_job_whose_end_was_not_noted_is_taken_up_again_in_the_second_round(waiting):
    assert rounds(2, held=Held(), job=waiting) == ["doing", "todo"]


def test_a_job_that_runs_is_left_alone_however_long_it_takes(waiting):
    assert rounds(3, held=Held(jobs={waiting}), job=waiting) == ["doing"] * 3


def test_a_killed_workers_job_is_taken_up_again_at_once_when_its_heartbeat_is_missed(waiting):
    assert rounds(1, held=Held(), job=waiting, silent=MISSED + 1) == ["todo"]


def test_the_job_of_a_worker_in_another_process_is_not_ours_to_judge(waiting):
    assert rounds(3, held=Held(), job=waiting, silent=1) == ["doing"] * 3
