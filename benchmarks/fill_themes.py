"""Orders ideas of the fullest open store into themes by COPY, as moderators do it with `order_ideas`.

Page by page of the board: each step takes fifty ideas that stand in no theme. The rows are those of the action
(themes, places, steps, edges of the Trace); `src/allmende/project/tests/test_shell_benchmarks.py` compares what holds
in both.

Usage: python fill_themes.py THEMES IDEAS, with the settings of a running city; prints what it made as JSON.
"""

import json
import random
import sys
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from fill import PLACES, THINGS, copy, words
from tend import tend

from allmende.accounts import interface as accounts
from allmende.capabilities.participation.models import Idea, Theme, ThemePlace, ThemeStep, TopicStore
from allmende.core.actor import Role
from allmende.engines.search import interface as search
from allmende.engines.trace.models import Edge

AT_ONCE = 50
"""Ideas that one step moves: as many as the board shows."""


def fill(themes: int, ideas: int, *, at: datetime, seed: int = 5) -> dict[str, Any]:
    """`ideas` of the fullest open store stand in `themes` afterwards; returns rows made, and the store's number."""
    chance = random.Random(seed)
    stores = TopicStore.objects.filter(kind="store", opens_at__lte=at, closes_at__gt=at)
    store = stores.order_by("-idea_count", "number")[0]
    moderator = accounts.demo_person("moderator")
    key = accounts.key_of(moderator.pk) if moderator else None
    begun = at - timedelta(hours=2)
    last = Theme.objects.filter(store=store).aggregate(last=Max("order"))["last"]
    first = 0 if last is None else last + 1
    made = [_theme(chance, store, first + number, begun) for number in range(themes)]
    placed = ThemePlace.objects.filter(idea=OuterRef("pk"), theme__dissolved_at=None)
    loose = Idea.objects.public().filter(~Exists(placed), store=store).order_by("number")[:ideas]
    places, steps, edges = [], [], []
    filled: set[Theme] = set()
    for number, batch in enumerate(batched(loose, AT_ONCE, strict=False)):
        theme, moment = made[number % themes], begun + timedelta(seconds=number)
        steps.append(
            ThemeStep(
                store=store, kind=ThemeStep.Kind.GROUP, target=theme, ideas=[idea.pk for idea in batch],
                actor_key=key, at=moment,
            )
        )  # fmt: skip
        filled.add(theme)
        for idea in batch:
            places.append(ThemePlace(theme=theme, idea=idea, at=moment))
            edges.append(_edge(idea, theme, key, moment))
    with transaction.atomic():
        counts = {
            "themes": copy(Theme, [theme for theme in made if theme in filled]),
            "places": copy(ThemePlace, places),
            "steps": copy(ThemeStep, steps),
            "edges": copy(Edge, edges),
        }
    for theme in filled:
        search.index_now(theme.ref)
    tend()
    numbers = Theme.objects.filter(pk__in=[theme.pk for theme in filled]).order_by("number")
    return {**counts, "store": store.number, "numbers": list(numbers.values_list("number", flat=True))}


def _theme(chance: random.Random, store: TopicStore, order: int, at: datetime) -> Theme:
    title = f"{chance.choice(THINGS)} in {chance.choice(PLACES)}"
    return Theme(
        store=store,
        title={"de": title[0].upper() + title[1:]},
        summary={"de": words(chance, 3)},
        order=order,
        created_at=at,
    )


def _edge(idea: Idea, theme: Theme, key: Any, at: datetime) -> Edge:
    return Edge(
        source_capability=idea.ref.capability,
        source_kind=idea.ref.kind,
        source_id=idea.pk,
        target_capability=theme.ref.capability,
        target_kind=theme.ref.kind,
        target_id=theme.pk,
        reason=f"Die Gruppe hat die Idee dem Thema „{theme}“ zugeordnet.",
        happened_at=at,
        created_at=at,
        actor_key=key,
        role=Role.MODERATOR.value,
    )


if __name__ == "__main__":
    json.dump(fill(*(int(argument) for argument in sys.argv[1:3]), at=datetime.now(UTC)), sys.stdout)
