"""From many statements to a plane: principal components of a table in which most votes are missing.

A missing vote is taken as the mean of its statement (mean imputation, as Polis does: Small et al., "Polis: Scaling
Deliberation by Mapping High Dimensional Opinion Spaces", Recerca 26(2), 2021). After centring it is zero and pulls
nowhere, so the table never has to be filled: the products of its columns are summed up over blocks of people.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allmende.capabilities.surveys.rules.opinion.votes import Votes, wide

if TYPE_CHECKING:
    from numpy import float32, float64
    from numpy.typing import NDArray

BLOCK = 2048
"""People at a time: with 500 statements 4 MB."""


@dataclass(frozen=True)
class Plane:
    """Two directions in which people differ most. Rows of `directions` are statements; nobody's votes are at 0, 0."""

    means: "NDArray[float32]"
    directions: "NDArray[float32]"

    def place(self, votes: Votes) -> "NDArray[float64]":
        """Where each person stands: [person, 2]. Whoever said little stands near the middle; nothing is stretched."""
        import numpy as np

        weights = votes.choices - self.means[votes.statements]
        return np.stack(
            [
                np.bincount(
                    votes.people, weights=weights * self.directions[votes.statements, axis],
                    minlength=votes.number_of_people,
                )
                for axis in (0, 1)
            ],
            axis=1,
        )  # fmt: skip

    def turned_like(self, before: "NDArray[float32]") -> "Plane":
        """The same plane, each axis pointing where it pointed before, so that the picture does not flip over."""
        import numpy as np

        signs = np.sign((self.directions * before).sum(axis=0))
        return Plane(self.means, self.directions * np.where(signs == 0, 1, signs).astype(np.float32))


def plane_of(votes: Votes) -> Plane:
    """The plane for these votes, which must be counting ones, ordered by person."""
    import numpy as np

    size = votes.number_of_statements
    cast = np.bincount(votes.statements, minlength=size)
    total = np.bincount(votes.statements, weights=votes.choices, minlength=size)
    means = (total / np.maximum(cast, 1)).astype(np.float32)
    products = np.zeros((size, size), dtype=np.float32)
    for start in range(0, votes.number_of_people, BLOCK):
        table = wide(votes, slice(start, min(start + BLOCK, votes.number_of_people)), means)
        products += table.T @ table
    _values, vectors = np.linalg.eigh(products)
    directions = np.zeros((size, 2), dtype=np.float32)
    found = vectors[:, ::-1][:, :2]
    # The sign of an eigenvector is arbitrary: the strongest statement points to the right (and up).
    signs = np.sign(found[np.abs(found).argmax(axis=0), range(found.shape[1])]) if size else np.ones(0)
    directions[:, : found.shape[1]] = found * signs
    directions[cast == 0] = 0  # and not the last digit of a sum: what nobody's vote counts for has no say
    return Plane(means, directions)
