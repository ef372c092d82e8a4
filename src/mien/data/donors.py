"""Frames of somebody else: for each row a random one outside its own group."""

import numpy as np
import numpy.typing as npt

from mien.data.codes import Ints
from mien.errors import MienError


class Donors:
    """Draws rows of other groups, all of them equally likely.

    Args:
        group: (n,) whose each row is, such as its subject or clip; -1, unknown, gives nothing.
        name: what a group is, for errors.

    Raises:
        MienError: there are fewer than two groups.
    """

    def __init__(self, group: Ints, *, name: str) -> None:
        self._group, self._name = group, name
        known = np.flatnonzero(group >= 0)
        self._rows = known[np.argsort(group[known], kind="stable")]
        found, self._first, self._count = np.unique(
            group[self._rows], return_index=True, return_counts=True
        )
        if len(found) < 2:
            raise MienError(
                f"the rows are of {len(found)} known {name}, so that nobody can stand in for "
                "anybody else",
                remedy=f"fill the column `{name}`, or leave this edit out",
            )
        self._index = np.full(int(found.max()) + 1, -1)
        self._index[found] = np.arange(len(found))

    def draw(self, rows: Ints, fractions: npt.NDArray[np.float64]) -> Ints:
        """A row outside the group of each of `rows`, by a number in [0, 1) each.

        Raises:
            MienError: a row's own group is unknown.
        """
        if (self._group[rows] < 0).any():
            raise MienError(
                f"a row is of unknown {self._name}; somebody else cannot be told apart",
                remedy=f"fill the column `{self._name}`, or leave this edit out",
            )
        own = self._index[self._group[rows]]
        left = len(self._rows) - self._count[own]
        pick = np.minimum((fractions * left).astype(np.int64), left - 1)
        return self._rows[np.where(pick < self._first[own], pick, pick + self._count[own])]
