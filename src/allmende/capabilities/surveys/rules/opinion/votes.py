"""The votes of a conversation as three columns: who, on what, how. Everything else is computed from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import bool_, float32, int8, int32, int64
    from numpy.typing import NDArray


class Choice(IntEnum):
    """What one says to a statement, in the numbers of Polis's files."""

    AGREE = 1
    DISAGREE = -1
    PASS = 0


@dataclass(frozen=True)
class Votes:
    """One row per person and statement. People and statements are places from 0; the caller knows who they are.

    `counts` marks the statements that take part; refused and merged ones keep their votes and stay outside.
    """

    people: "NDArray[int32]"
    statements: "NDArray[int32]"
    choices: "NDArray[int8]"
    number_of_people: int
    number_of_statements: int
    counts: "NDArray[bool_]"

    def per_person(self) -> "NDArray[int64]":
        """How many statements each person has voted on, refused ones included."""
        import numpy as np

        return np.bincount(self.people, minlength=self.number_of_people)

    def counting(self) -> "Votes":
        """Only the votes on statements that take part."""
        kept = self.counts[self.statements]
        return Votes(
            self.people[kept],
            self.statements[kept],
            self.choices[kept],
            self.number_of_people,
            self.number_of_statements,
            self.counts,
        )

    def of(self, people: "NDArray[int64]") -> "Votes":
        """Only the votes of these people, who become 0, 1, 2, … in the order given."""
        import numpy as np

        place = np.full(self.number_of_people, -1, dtype=np.int32)
        place[people] = np.arange(len(people), dtype=np.int32)
        new = place[self.people]
        kept = new >= 0
        return Votes(
            new[kept],
            self.statements[kept],
            self.choices[kept],
            len(people),
            self.number_of_statements,
            self.counts,
        )

    def tally(self, groups: "NDArray[int8]", number: int) -> "NDArray[int64]":
        """How often each group said what: [group, statement, (agree, disagree, pass)]. Group -1 is left out."""
        import numpy as np

        group = groups[self.people].astype(np.int64)
        kept = group >= 0
        column = np.array([1, 2, 0])[self.choices[kept] + 1]  # disagree -1 stands second, pass 0 third, agree 1 first
        cell = (group[kept] * self.number_of_statements + self.statements[kept]) * 3 + column
        size = number * self.number_of_statements * 3
        return np.bincount(cell, minlength=size).reshape(number, self.number_of_statements, 3)


def votes_from(rows: Iterable[tuple[int, int, int]], number_of_people: int, counts: Iterable[bool]) -> Votes:
    """Votes from (person, statement, choice) as cast: the last of a person on a statement counts."""
    import numpy as np

    last = {(person, statement): choice for person, statement, choice in rows}
    flat = np.array([(person, statement, choice) for (person, statement), choice in last.items()], dtype=np.int32)
    flat = flat.reshape(-1, 3)
    shown = np.array(list(counts), dtype=bool)
    return Votes(flat[:, 0], flat[:, 1], flat[:, 2].astype(np.int8), number_of_people, len(shown), shown)


def wide(votes: Votes, rows: slice, means: "NDArray[float32]") -> "NDArray[float32]":
    """Some people's votes as a table with a column per statement, less the column's mean.

    A vote that is missing is taken as the mean of its column, so it becomes 0 here. Votes must be ordered by person.
    """
    import numpy as np

    first, last = np.searchsorted(votes.people, [rows.start, rows.stop])
    table = np.zeros((rows.stop - rows.start, votes.number_of_statements), dtype=np.float32)
    statements = votes.statements[first:last]
    table[votes.people[first:last] - rows.start, statements] = votes.choices[first:last] - means[statements]
    return table
