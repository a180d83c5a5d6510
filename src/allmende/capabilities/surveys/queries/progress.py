"""How a survey runs, for the editors: numbers of answers, where people stop, how long it takes. Nobody's answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Count

from allmende.capabilities.surveys.models import Response, Survey, WaitingResponse
from allmende.capabilities.surveys.queries.questionnaires import definition_of
from allmende.core.actor import CHANNEL_LABELS, Channel
from allmende.engines.questions import interface as questions

FEWEST_TIMES = 5
"""Below so many answers a median says something about single people."""


@dataclass(frozen=True)
class Day:
    """Answers of one day, all channels together and by channel."""

    day: date
    total: int
    by_channel: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Stop:
    """Where people who have begun and not sent stand."""

    label: str
    language: str
    count: int


@dataclass(frozen=True)
class Progress:
    """The running state of a survey."""

    total: int
    waiting: int
    days: Sequence[Day]
    channels: Sequence[tuple[str, int]]
    median_seconds: int | None
    begun: int
    stops: Sequence[Stop]


def _label(channel: str) -> str:
    return str(CHANNEL_LABELS.get(Channel(channel), channel))


def progress(survey: Survey, language: str) -> Progress:
    """Five queries whatever the size. Times of day are known of no answer."""
    by_day: dict[date, dict[str, int]] = {}
    for model in (Response, WaitingResponse):
        rows = model.objects.filter(survey=survey).values("day", "channel").annotate(n=Count("pk"))
        for row in rows:
            of_day = by_day.setdefault(row["day"], {})
            of_day[row["channel"]] = of_day.get(row["channel"], 0) + row["n"]
    channels: dict[str, int] = dict(survey.channels) if not by_day else {}
    for found in by_day.values():
        for channel, n in found.items():
            channels[channel] = channels.get(channel, 0) + n
    times = [
        int(row["seconds_taken"] or 0)
        for row in Response.objects.filter(survey=survey, seconds_taken__isnull=False)
        .values("seconds_taken")
        .annotate(n=Count("pk"))
        .order_by("seconds_taken")
        for _each in range(row["n"])
    ]
    stops = _stops(survey, language)
    return Progress(
        total=sum(channels.values()) if by_day else survey.answered,
        waiting=WaitingResponse.objects.filter(survey=survey).count(),
        days=[
            Day(day, sum(found.values()), [(_label(channel), n) for channel, n in sorted(found.items())])
            for day, found in sorted(by_day.items())
        ],
        channels=[(_label(channel), n) for channel, n in sorted(channels.items(), key=lambda one: -one[1])],
        median_seconds=int(median(times)) if len(times) >= FEWEST_TIMES else None,
        begun=sum(stop.count for stop in stops),
        stops=stops,
    )


def _stops(survey: Survey, language: str) -> Sequence[Stop]:
    """The last question that has an answer, in the order of the questionnaire; few sittings are told as one group."""
    definition = definition_of(survey.version_id)
    order = {question.name: place for place, question in enumerate(definition.questions)}
    counts: dict[str, int] = {}
    for names in questions.answered_names(survey.ref):
        last = max((name for name in names if name in order), key=order.__getitem__, default="")
        counts[last] = counts.get(last, 0) + 1
    found = [Stop("", language, counts.pop(""))] if "" in counts else []
    for name in sorted(counts, key=order.__getitem__):
        label, spoken = questions.say(definition.by_name[name].label, language)
        found.append(Stop(label, spoken, counts[name]))
    return found
