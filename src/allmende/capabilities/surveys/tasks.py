"""Jobs: opening and closing by the clock, mixing what waits, deleting what is past its time."""

from django.utils import timezone
from procrastinate.contrib.django import app

from allmende.capabilities.surveys import actions, queries
from allmende.capabilities.surveys.actions import opinion
from allmende.capabilities.surveys.queries import drawing
from allmende.capabilities.surveys.queries import opinion as opinions
from allmende.core.actor import SYSTEM


@app.periodic(cron="* * * * *")
@app.task(name="allmende.capabilities.surveys.tasks.turn", queue="default", queueing_lock="surveys.turn")
def turn(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """Every minute: surveys whose time has come open, those whose time is over close."""
    now = timezone.now()
    for survey_id in queries.to_open(now):
        actions.open_survey(actor=SYSTEM, survey_id=survey_id, at=now)
    for survey_id in queries.to_close(now):
        actions.close_survey(actor=SYSTEM, survey_id=survey_id, at=now)


@app.periodic(cron="*/5 * * * *")
@app.task(name="allmende.capabilities.surveys.tasks.mix", queue="bulk", queueing_lock="surveys.mix")
def mix(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """Every five minutes: answers that wait are written among others."""
    now = timezone.now()
    for survey_id in queries.to_mix():
        actions.mix_responses(actor=SYSTEM, survey_id=survey_id, at=now)


@app.periodic(cron="41 3 * * *")
@app.task(name="allmende.capabilities.surveys.tasks.forget", queue="bulk", queueing_lock="surveys.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """Every night: single answers past their retention are deleted."""
    now = timezone.now()
    for survey in queries.to_forget(now):
        actions.delete_raw_data(actor=SYSTEM, survey_id=survey.pk, at=now)


@app.periodic(cron="* * * * *")
@app.task(name="allmende.capabilities.surveys.tasks.draw_maps", queue="bulk", queueing_lock="surveys.draw_maps")
def draw_maps(timestamp: int) -> None:  # noqa: ARG001 - every periodic job is told
    """Every minute: conversations whose time is over close, and maps that are behind are drawn anew."""
    now = timezone.now()
    for conversation_id in opinions.to_close(now):
        opinion.close_conversation(actor=SYSTEM, conversation_id=conversation_id, at=now)
    for conversation_id in opinions.to_draw(now):
        found = opinions.conversation(conversation_id)
        if found is not None:
            opinion.keep_map(actor=SYSTEM, conversation_id=found.pk, drawing=drawing.draw(found), at=now)
