"""The opinion map of a conversation, from its votes to what can be said of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allmende.capabilities.surveys.rules.opinion.findings import Count, Tally
from allmende.capabilities.surveys.rules.opinion.groups import Grouping, group, stability
from allmende.capabilities.surveys.rules.opinion.space import Plane, plane_of
from allmende.capabilities.surveys.rules.opinion.votes import Votes

if TYPE_CHECKING:
    from numpy import float64, int8, int64
    from numpy.typing import NDArray

LEAST_VOTES = 7
"""Who has voted on fewer statements (or on fewer than all, where there are fewer) is counted, but not placed."""
LEAST_PLACED = 10
CLEAR, FAIR = 0.8, 0.5
"""Of the stability: from here on the groups are clear, or at least fairly so; below there are none to speak of."""


@dataclass(frozen=True)
class Before:
    """The last map of the same conversation, its directions in today's order of statements (new ones 0)."""

    directions: Any
    centres: Any


@dataclass(frozen=True)
class OpinionMap:
    """Who stands where. `labels` are -1 for whoever is not placed; `groups` is None while there are none to tell."""

    plane: Plane
    points: "NDArray[float64]"
    labels: "NDArray[int8]"
    placed: "NDArray[int64]"
    groups: Grouping | None
    stability: float

    @property
    def number(self) -> int:
        """Of groups; one where none can be told apart."""
        return self.groups.number if self.groups is not None else 1


def least_votes(statements: int) -> int:
    """How many statements one must have voted on to be placed."""
    return max(1, min(LEAST_VOTES, statements))


def draw_map(votes: Votes, *, before: Before | None = None, seed: int = 0) -> OpinionMap | None:
    """The map; None while fewer than ten people can be placed or all say the same.

    Votes on statements that were refused later count towards being placed, so that moderation throws nobody out of
    the map, but have no say in where one stands. Same votes, same map.
    """
    import numpy as np

    votes = _in_order(votes)
    counting = votes.counting()
    enough = votes.per_person() >= least_votes(votes.number_of_statements)
    placed = np.flatnonzero(enough & (counting.per_person() > 0))
    if len(placed) < LEAST_PLACED:
        return None
    of_placed = counting.of(placed)
    plane = plane_of(of_placed)
    if before is not None:
        plane = plane.turned_like(before.directions)
    some = plane.place(of_placed)
    if not np.ptp(some, axis=0).any():
        return None
    found = group(some, before=None if before is None else before.centres, seed=seed)
    stable = 0.0
    if found is not None:
        stable = stability(of_placed, found.labels, found.number, seed=seed)
        if stable < FAIR:
            found = None
    labels = np.full(votes.number_of_people, -1, dtype=np.int8)
    labels[placed] = found.labels if found is not None else 0
    points = np.zeros((votes.number_of_people, 2))
    points[placed] = some
    return OpinionMap(plane, points, labels, placed, found, stable)


def _in_order(votes: Votes) -> Votes:
    """The same votes, ordered by person."""
    import numpy as np

    if not len(votes.people) or (np.diff(votes.people) >= 0).all():
        return votes
    order = np.argsort(votes.people, kind="stable")
    return Votes(
        votes.people[order],
        votes.statements[order],
        votes.choices[order],
        votes.number_of_people,
        votes.number_of_statements,
        votes.counts,
    )


def tallies(votes: Votes, drawn: OpinionMap) -> list[Tally]:
    """The votes of those placed, by statement and group; refused and merged statements left out."""
    table = votes.counting().tally(drawn.labels, drawn.number)
    return [
        Tally(place, tuple(Count(*map(int, table[one, place])) for one in range(drawn.number)))
        for place in range(votes.number_of_statements)
        if votes.counts[place]
    ]


def extremities(drawn: OpinionMap) -> list[float]:
    """Per statement how far it stands from the middle: the length of its row of directions, 1 on the average."""
    import numpy as np

    lengths = np.sqrt((drawn.plane.directions**2).sum(axis=1))
    middle = lengths[lengths > 0].mean() if (lengths > 0).any() else 1.0
    return [float(one) for one in lengths / middle]
