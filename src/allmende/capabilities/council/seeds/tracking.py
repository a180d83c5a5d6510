"""What followed from the example's resolution: done, in time, and late."""

from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from allmende.capabilities.council import actions
from allmende.capabilities.council.rules.tracking import ReportData, TaskData
from allmende.capabilities.council.seeds.example import Example
from allmende.core import city
from allmende.core.actor import Actor

TASKS: tuple[tuple[str, int, tuple[tuple[int, str, bool], ...]], ...] = (
    (
        "Eine Liste aller beschlossenen Vorschläge mit Ansprechperson veröffentlichen",
        -8,
        ((-12, "Die Liste ist entworfen.", False), (-9, "Die Liste steht auf dem Portal.", True)),
    ),
    (
        "Für jeden beschlossenen Vorschlag einen Zeitplan vorlegen",
        40,
        ((-3, "Für fünf von zehn Vorschlägen steht der Zeitplan. Für die anderen fehlen noch Angebote.", False),),
    ),
    ("Die Kosten der Vorschläge für das nächste Jahr zusammenstellen", -2, ()),
)
"""(what is to be done, last day from now, reports: day from now, words, whether done)."""


def seed_tasks(example: Example, actor: Actor) -> None:
    """Tasks at the point that was decided, spread over the first departments."""
    offices = list(city.current().departments)
    if not offices:
        return
    today = timezone.localtime(example.now).date()

    def day(offset: int) -> date:
        return today + timedelta(days=offset)

    item = UUID(example.key("council-past-3"))
    for place, (text, due, reports) in enumerate(TASKS):
        data = TaskData(text, offices[place % len(offices)], day(due))
        task = actions.assign_task(actor=actor, item_id=item, data=data, at=example.now, is_example=True)
        for offset, words, is_done in reports:
            report = ReportData(day(offset), words, is_done)
            actions.report_on_task(actor=actor, number=task.number, data=report, at=example.now)
