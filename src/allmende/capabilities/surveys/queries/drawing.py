"""From the votes in the database to what the page of an opinion map shows. Seconds for the largest conversations."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from allmende.capabilities.surveys.models import Conversation, DrawnMap
from allmende.capabilities.surveys.queries.opinion import casts, votes_of
from allmende.capabilities.surveys.rules.opinion.agreement import adjusted_rand_index
from allmende.capabilities.surveys.rules.opinion.findings import LEAST_PEOPLE, Tally, findings
from allmende.capabilities.surveys.rules.opinion.mapping import (
    Before,
    OpinionMap,
    draw_map,
    extremities,
    least_votes,
    tallies,
)
from allmende.capabilities.surveys.rules.opinion.picture import picture
from allmende.capabilities.surveys.rules.opinion.polis import Conversation as Conversed

if TYPE_CHECKING:
    from allmende.capabilities.surveys.rules.opinion.votes import Votes


@dataclass(frozen=True)
class Drawing:
    """A map ready to be kept. `standings` per statement number: agrees, disagrees, passes, extremity."""

    result: dict[str, Any]
    axes: dict[str, Any]
    casts: int
    standings: dict[int, tuple[int, int, int, float]]
    labels: list[int]
    """Per voice with an answer, in the order of their ids; -1 not placed. Never kept."""


def draw(conversation: Conversation) -> Drawing:
    """Draws the map from all votes; the groups keep their places from the last map."""
    _voices, cast = casts(conversation)
    last = DrawnMap.objects.filter(conversation=conversation).first()
    votes, numbers = votes_of(conversation)
    drawn = draw_map(votes, before=_before(last, numbers))
    result, shown = _result(votes, numbers, drawn)
    everybody = _everybody(votes)
    away = extremities(drawn) if drawn is not None else [0.0] * len(numbers)
    standings = {number: (*everybody[place], away[place]) for place, number in enumerate(numbers)}
    labels = drawn.labels.tolist() if drawn is not None else [-1] * votes.number_of_people
    return Drawing(result | shown, _axes(numbers, drawn), cast, standings, labels)


def _before(last: DrawnMap | None, numbers: list[int]) -> Before | None:
    import numpy as np

    if last is None or not last.axes.get("centres"):
        return None
    rows = last.axes["statements"]
    directions = np.array([rows.get(str(number), [0, 0, 0])[1:] for number in numbers], dtype=np.float32)
    return Before(directions, np.array(last.axes["centres"], dtype=float))


def _axes(numbers: list[int], drawn: OpinionMap | None) -> dict[str, Any]:
    if drawn is None or drawn.groups is None:
        return {}
    means, directions = drawn.plane.means.tolist(), drawn.plane.directions.tolist()
    return {
        "statements": {
            str(number): [round(means[place], 5), round(directions[place][0], 5), round(directions[place][1], 5)]
            for place, number in enumerate(numbers)
        },
        "centres": [[round(one, 5) for one in centre] for centre in drawn.groups.centres.tolist()],
    }


def _everybody(votes: "Votes") -> list[tuple[int, int, int]]:
    import numpy as np

    table = votes.tally(np.zeros(votes.number_of_people, dtype=np.int8), 1)
    return [(int(one[0]), int(one[1]), int(one[2])) for one in table[0]]


def _counts(tally: Tally) -> list[list[int]]:
    return [[one.agree, one.disagree, one.passed] for one in tally.groups]


def _result(votes: "Votes", numbers: list[int], drawn: OpinionMap | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What everybody may read: how many took part, and of groups and statements only what counts five people."""
    taking_part = int((votes.per_person() > 0).sum()) if votes.number_of_people else 0
    about = {
        "people": taking_part,
        "votes": len(votes.people),
        "least_votes": least_votes(votes.number_of_statements),
        "placed": 0,
        "groups": [],
        "bridges": [],
        "divides": [],
        "tallies": {},
        "spots": [],
        "hidden": 0,
    }
    if drawn is None:
        return about, {}
    rows = tallies(votes, drawn)
    found = findings(rows, drawn.number)
    shown = picture(drawn.points, drawn.labels)
    sizes = [int((drawn.labels == group).sum()) for group in range(drawn.number)]
    told = {
        "placed": len(drawn.placed),
        "stability": round(drawn.stability, 3),
        "silhouette": round(drawn.groups.silhouette, 3) if drawn.groups is not None else 0,
        "groups": [
            {
                "people": size,
                "marks": [
                    {"statement": numbers[mark.tally.statement], "against": mark.against} for mark in found.marks[group]
                ],
            }
            for group, size in enumerate(sizes)
        ],
        "bridges": [{"statement": numbers[one.tally.statement], "against": one.against} for one in found.bridges],
        "divides": [numbers[one.statement] for one in found.divides],
        "tallies": {str(numbers[one.statement]): _counts(one) for one in rows if one.can_be_told},
        "spots": [[round(one.x, 4), round(one.y, 4), one.group, one.people] for one in shown.spots],
        "hidden": shown.hidden if shown.hidden == 0 or shown.hidden >= LEAST_PEOPLE else LEAST_PEOPLE,
    }
    return about, told


def official_agreement(
    voices: Iterable[tuple[UUID, dict[str, int]]], labels: list[int], read: Conversed
) -> float | None:
    """How far the groups agree with those of the files it came from, over everybody whom both put into one.

    A voice has no number any more: it is known again by its answers. Two people who answered exactly alike stand at the
    same place, so it does not matter which of them is which.
    """
    groups: dict[frozenset[tuple[str, int]], list[int | None]] = {}
    said: dict[int, dict[str, int]] = {}
    for vote in read.votes:
        said.setdefault(vote.voter, {})[str(vote.comment)] = vote.choice
    for voter, choices in said.items():
        groups.setdefault(frozenset(choices.items()), []).append(read.groups.get(voter))
    both = []
    for (_id, choices), label in zip(voices, labels, strict=True):
        official = groups[frozenset(choices.items())].pop()
        if label >= 0 and official is not None:
            both.append((label, official))
    if not both:
        return None
    return adjusted_rand_index([one for one, _other in both], [other for _one, other in both])
