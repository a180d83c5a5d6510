"""What time brings: stores open and close on their dates, late next steps are remembered, old drafts go."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.participation import actions, queries
from allmende.core.actor import SYSTEM


def note_periods(at: datetime) -> int:
    """Makes beginnings and ends of stores known; so with the phases of projects; publishes what was handed in for a
    contest whose deadline is over. Returns how many were looked at.
    """
    found = queries.stores_to_note(at)
    for store_id in found:
        actions.note_period(actor=SYSTEM, store_id=store_id, at=at)
    contests = queries.contests_to_publish(at)
    for store_id in contests:
        actions.publish_entries(actor=SYSTEM, store_id=store_id, at=at)
    turned = queries.projects_to_turn(at)
    for project_id in turned:
        actions.note_turn(actor=SYSTEM, project_id=project_id, at=at)
    return len(found) + len(contests) + len(turned)


def remind_offices(at: datetime) -> int:
    """Reminds offices of what is late, and their deputies a week after; so with tasks, and the chair.

    Returns how many things were looked at.
    """
    ideas, stores = queries.overdue_ideas(at), queries.overdue_stores(at)
    for idea_id in ideas:
        actions.remind_of_idea(actor=SYSTEM, idea_id=idea_id, at=at)
    for store_id in stores:
        actions.remind_of_store(actor=SYSTEM, store_id=store_id, at=at)
    tasks = queries.overdue_tasks(at, after=actions.CHAIR_AFTER)
    for task_id in tasks:
        actions.remind_of_task(actor=SYSTEM, task_id=task_id, at=at)
    return len(ideas) + len(stores) + len(tasks)


@app.periodic(cron="* * * * *")
@app.task(name="participation.note_periods", queue="default", queueing_lock="participation.note_periods")
def every_minute(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    """Every minute, so that a store closes in the index within a minute of its date; the rules know it at once."""
    note_periods(timezone.now())


@app.periodic(cron="41 6 * * *")
@app.task(name="participation.remind_offices", queue="bulk", queueing_lock="participation.remind_offices")
def every_morning(timestamp: int) -> None:  # noqa: ARG001 - the scheduler passes it
    remind_offices(timezone.now())
