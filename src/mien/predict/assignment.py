"""Who goes with whom at the least total cost: the exact assignment, and leaving some alone."""

import numpy as np
import numpy.typing as npt

Costs = npt.NDArray[np.float64]


def assign(costs: Costs, *, alone: float) -> list[int | None]:
    """For each row the column it goes with, or None.

    Minimises the sum of the costs of the pairs, where a row that stays alone costs `alone`; columns
    may stay alone freely. Solved exactly by shortest augmenting paths with potentials (Kuhn, 1955;
    Jonker and Volgenant, 1987, Computing 38), in O(rows² · (rows + columns)).

    Args:
        costs: (rows, columns); infinite where a pair is out of the question.
        alone: a pair that costs as much or more is never made.

    Raises:
        ValueError: not a matrix, or a cost is not a number.
    """
    if costs.ndim != 2 or np.isnan(costs).any():
        raise ValueError(f"a matrix of numbers is needed, got {costs.shape}")
    rows, columns = costs.shape
    if rows == 0:
        return []
    # A column of its own for every row to stay alone in, so that a whole assignment exists.
    padded = np.full((rows, columns + rows), np.float64(alone))
    padded[:, :columns] = np.minimum(costs, alone)
    column_of = _shortest_paths(padded)
    return [
        column if column < columns and costs[row, column] < alone else None
        for row, column in enumerate(column_of)
    ]


def _shortest_paths(costs: Costs) -> list[int]:
    """The cheapest column for every row, each column once; no fewer columns than rows."""
    rows, columns = costs.shape
    row_price, column_price = np.zeros(rows), np.zeros(columns + 1)
    row_of = np.full(columns + 1, -1)  # the last is a virtual column from which paths start
    for new in range(rows):
        row_of[columns] = new
        came_from = np.full(columns, columns)
        distance = np.full(columns, np.inf)
        seen = np.zeros(columns + 1, bool)
        at = columns
        while row_of[at] >= 0:
            seen[at] = True
            row = row_of[at]
            reduced = costs[row] - row_price[row] - column_price[:columns]
            nearer = (reduced < distance) & ~seen[:columns]
            distance[nearer] = reduced[nearer]
            came_from[nearer] = at
            at, step = _nearest(distance, seen)
            row_price[row_of[seen]] += step
            column_price[seen] -= step
            distance[~seen[:columns]] -= step
        while at != columns:  # turn the path around
            before = int(came_from[at])
            row_of[at] = row_of[before]
            at = before
    return [int(np.flatnonzero(row_of[:columns] == row)[0]) for row in range(rows)]


def _nearest(distance: Costs, seen: npt.NDArray[np.bool_]) -> tuple[int, float]:
    open_ones = np.where(seen[:-1], np.inf, distance)
    nearest = int(np.argmin(open_ones))
    return nearest, float(open_ones[nearest])
