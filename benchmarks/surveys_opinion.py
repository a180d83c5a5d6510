"""Opinion map's part of `make bench NAME=surveys`: 30,000 people, 500 statements, 5 % of the answers given.

Run by itself with the settings of a running city and the word "make" it makes an open conversation of that size by
COPY. Without the word it draws the map (from the rows in the database to what the page shows) and chooses the next
statement for a thousand people one by one, half of them new and half with answers. Two processes, so that the memory
of a drawing is not that of making the example up.
"""

import json
import random
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness import City, Run

PEOPLE, STATEMENTS, FILLED = 30_000, 500, 0.05
CHOICES = 1000
SEED = 30
TITLE = "Messung: 500 Aussagen"


def figures(run: "Run", running: "City") -> None:
    """Seconds and memory of a whole new map; the choice of what somebody sees next."""
    run.keep("opinion_made_s", running.script("surveys_opinion.py", "make"))
    running.script("settle.py")
    made: dict[str, Any] = running.script("surveys_opinion.py")
    run.keep("opinion", made)
    run.figure("surveys_opinion_map_s", made["draw_s"], "s", "<5")
    run.figure("surveys_opinion_map_mb", made["peak_mb"], "MB", "<300")
    run.figure("surveys_opinion_next_p95_ms", made["next_p95_ms"], "ms", "<15")


def people() -> list[dict[int, int]]:
    """What made-up people say: three kinds, each with an opinion on every statement."""
    chance = random.Random(SEED)
    kinds = [[chance.gauss(0, 1.2) for _ in range(STATEMENTS)] for _ in range(3)]
    made = []
    for number in range(PEOPLE):
        kind, said = kinds[number % 3], {}
        for statement in chance.sample(range(STATEMENTS), int(STATEMENTS * FILLED)):
            leans = kind[statement] + chance.gauss(0, 1)
            said[statement + 1] = 1 if leans > 0.4 else -1 if leans < -0.4 else 0
        made.append(said)
    return made


def make() -> float:
    """The conversation with its answers; the seconds it took."""
    begun = time.perf_counter()
    import django

    django.setup()
    from datetime import timedelta

    from django.utils import timezone

    from allmende.capabilities.surveys.actions import opinion as actions
    from allmende.capabilities.surveys.actions.opinion_import import simulate_voices
    from allmende.capabilities.surveys.models import CONTRACT_FIELDS, Conversation
    from allmende.capabilities.surveys.queries import drawing
    from allmende.core.actor import SYSTEM, Actor, Channel, Grant, Role, Viewer

    if Conversation.objects.filter(title__de=TITLE).exists():
        return 0.0
    now = timezone.now()
    editor = Actor(viewer=Viewer(None, frozenset({Grant(Role.EDITOR)})), channel=Channel.SEED)
    data = actions.ConversationData(
        title={"de": TITLE},
        summary={},
        contract={name: {"de": "Messung"} for name in CONTRACT_FIELDS},
        department="",
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
        statements=tuple(f"Das ist die Aussage Nummer {number}." for number in range(1, STATEMENTS + 1)),
        is_simulated=True,
    )
    found = actions.save_conversation(actor=editor, data=data, at=now)
    simulate_voices(actor=SYSTEM.via(Channel.SEED), conversation_id=found.pk, voices=people(), at=now)
    found = actions.open_conversation(actor=editor, conversation_id=found.pk, at=now)
    # A first map, so that the worker's own job has nothing to draw while we measure.
    actions.keep_map(actor=SYSTEM, conversation_id=found.pk, drawing=drawing.draw(found), at=now)
    return time.perf_counter() - begun


def measure() -> dict[str, Any]:
    """One whole drawing in a process that does nothing else; then what a voice sees next, a thousand times."""
    import django

    django.setup()
    from django.utils import timezone

    from allmende.capabilities.surveys.actions import opinion as actions
    from allmende.capabilities.surveys.models import Conversation, Voice
    from allmende.capabilities.surveys.queries import drawing, opinion
    from allmende.capabilities.surveys.rules.opinion import access
    from allmende.core.actor import SYSTEM

    found = Conversation.objects.get(title__de=TITLE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun, worked = time.perf_counter(), time.process_time()
    drawn = drawing.draw(found)
    draw_s, draw_cpu_s = time.perf_counter() - begun, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    actions.keep_map(actor=SYSTEM, conversation_id=found.pk, drawing=drawn, at=timezone.now())
    assert found.key is not None
    new = [access.mark(bytes(found.key), f"guest:{number}") for number in range(CHOICES // 2)]
    held = Voice.objects.filter(conversation=found, mark__isnull=False).values_list("mark", flat=True)
    took, worked = [], time.process_time()
    for mark in (*new, *map(bytes, held[: CHOICES // 2])):
        begun = time.perf_counter()
        opinion.sitting(found, mark)
        took.append(time.perf_counter() - begun)
    next_cpu_s = time.process_time() - worked
    took.sort()
    return {
        "groups": len(drawn.result["groups"]),
        "stability": drawn.result.get("stability"),
        "answers": drawn.result["votes"],
        "draw_s": draw_s,
        "draw_cpu_s": draw_cpu_s,
        "peak_mb": peak / 1024,
        "before_mb": before / 1024,
        "next_p95_ms": took[int(len(took) * 0.95)] * 1000,
        "next_median_ms": took[len(took) // 2] * 1000,
        "next_cpu_ms": next_cpu_s / len(took) * 1000,
        "next_chosen": len(took),
    }


if __name__ == "__main__":
    json.dump(make() if sys.argv[1:] == ["make"] else measure(), sys.stdout)
