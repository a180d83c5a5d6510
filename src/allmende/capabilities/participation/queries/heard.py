"""What was heard in a project and what became of each contribution, with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from allmende.capabilities.participation import workflow
from allmende.capabilities.participation.models import Idea, OfficialAnswer, StatusChange, ThemePlace
from allmende.capabilities.participation.workflow import State

HEARD_PAGE = 30
FEWEST = 5
"""Below this many a number is not told apart, so that nobody can be singled out (k-anonymity)."""


@dataclass(frozen=True, slots=True)
class Fate:
    """A contribution and what became of it."""

    number: int
    title: str
    language: str
    author: str
    state: str
    next_step: Mapping[str, str]
    due_at: datetime | None
    outcome: str
    """Of the city's answer; empty while there is none."""
    reason: str
    """The answer's words, else the reason of the last public step."""
    alternative: str
    themes: Sequence[tuple[int, Mapping[str, str]]]


@dataclass(frozen=True)
class Heard:
    """The page. `states` counts public contributions per state; `channels` per channel, small numbers put together."""

    fates: Sequence[Fate]
    next: int
    total: int
    states: Mapping[str, int]
    outcomes: Mapping[str, int]
    refused: int
    channels: Sequence[tuple[str, int]]
    few: int
    """Contributions over channels that had fewer than `FEWEST` each; 0 where that too would be fewer."""


def heard(store_ids: Sequence[UUID], at: datetime, *, state: str = "", after: int = 0) -> Heard:
    """Seven queries, whatever the size."""
    rows = Idea.objects.public().filter(store_id__in=store_ids, published_at__lte=at)
    states = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    counted = dict(rows.order_by().values_list("channel").annotate(n=Count("pk")))
    channels = sorted(((name, n) for name, n in counted.items() if n >= FEWEST), key=lambda pair: -pair[1])
    if state:
        rows = rows.filter(state=state)
    found = list(rows.filter(number__gt=after).select_related("version").order_by("number")[: HEARD_PAGE + 1])
    page = found[:HEARD_PAGE]
    ids = [idea.pk for idea in page]
    given_answers = OfficialAnswer.objects.filter(idea_id__in=ids).order_by("at", "id")
    answers = {answer.idea_id: answer for answer in given_answers}
    steps = StatusChange.objects.filter(idea_id__in=ids, is_public=True).exclude(reason="")
    reasons = dict(steps.order_by("at", "id").values_list("idea_id", "reason"))
    themes: dict[UUID, list[tuple[int, Mapping[str, str]]]] = {}
    places = ThemePlace.objects.filter(idea_id__in=ids, theme__dissolved_at=None).order_by("theme__order")
    for idea_id, number, title in places.values_list("idea_id", "theme__number", "theme__title"):
        themes.setdefault(idea_id, []).append((number, title))
    answered = Idea.objects.public().filter(store_id__in=store_ids, state=State.ANSWERED)
    latest = OfficialAnswer.objects.filter(idea__in=answered).order_by("idea_id", "-at", "-id").distinct("idea_id")
    outcomes: dict[str, int] = {}
    for outcome in latest.values_list("outcome", flat=True):
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    refused = Idea.objects.filter(store_id__in=store_ids, state=State.REFUSED).count()
    few = sum(n for n in counted.values() if n < FEWEST)
    fates = []
    for idea in page:
        given = answers.get(idea.pk)
        fates.append(
            Fate(
                number=idea.number,
                title=idea.version.title if idea.version else "",
                language=idea.language,
                author=idea.author_name,
                state=idea.state,
                next_step=idea.next_step,
                due_at=idea.due_at,
                outcome=given.outcome if given else "",
                reason=given.text if given else reasons.get(idea.pk, ""),
                alternative=given.alternative if given else "",
                themes=themes.get(idea.pk, []),
            )
        )
    return Heard(
        fates=fates,
        next=page[-1].number if len(found) > HEARD_PAGE else 0,
        total=sum(states.values()),
        states={one.value: states.get(one.value, 0) for one in workflow.PUBLIC_STATES},
        outcomes=outcomes,
        refused=refused,
        channels=channels,
        few=few if few >= FEWEST else 0,
    )
