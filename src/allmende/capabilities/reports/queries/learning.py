"""Words that closed reports have taught: for a proposal, and for the desk that looks after them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from allmende.capabilities.reports.models import Category, LearnedWord, Lesson, Report
from allmende.capabilities.reports.rules import learning
from allmende.capabilities.reports.workflow import State
from allmende.core.actor import Channel

MOST = 20_000
"""Of the newest closed reports."""
TAUGHT_BY = (State.DONE, State.DUPLICATE)
"""Ends that say that the kind was right."""


def closed_reports() -> list[tuple[str, str]]:
    """Words and kind of what was closed by people of this city, newest first; no examples, and nothing emptied."""
    rows = Report.objects.filter(state__in=TAUGHT_BY, closed_at__isnull=False, is_example=False).exclude(words="")
    rows = rows.exclude(channel__in=[Channel.SEED.value]).order_by("-closed_at")
    return list(rows.values_list("words", "category__slug")[:MOST])


def weights_for(text: str) -> learning.Weights:
    """Of the words of a text, as far as they are used. Two queries, none for a text without long words."""
    said = learning.words_in(text)
    if not said or not Lesson.objects.filter(is_used=True).exists():
        return {}
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    rows = LearnedWord.objects.filter(word__in=said, is_struck=False, category__is_active=True)
    for word, slug, weight in rows.values_list("word", "category__slug", "weight"):
        found[word][slug] = weight
    return found


def lesson() -> Lesson | None:
    return Lesson.objects.first()


def by_kind() -> Mapping[Category, Sequence[LearnedWord]]:
    """For the desk: every word with its kind, also those that were taken out. Two queries."""
    rows = LearnedWord.objects.select_related("category").order_by("category__order", "-weight", "word")
    found: defaultdict[Category, list[LearnedWord]] = defaultdict(list)
    for row in rows:
        found[row.category].append(row)
    return found
