# ruff: noqa: ANN001, ANN201, PLR0917
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""Adding two sides of a patch to a map, each by its own depth."""

from typing import no_type_check

from numba import njit


@njit(cache=True, nogil=True, fastmath=True)
@no_type_check
def add_sides(relief, sides, top, first, left, right):
    """Add `left * sides[0] + right * sides[1]` to a box of `relief` in place.

    Args:
        relief: float32 (row, column, channel).
        sides: float32 (2, row, column, channel), of the box.
        top: first row of the box.
        first: first column of the box.
        left: depth of the left side.
        right: depth of the right side.
    """
    for row in range(sides.shape[1]):
        for column in range(sides.shape[2]):
            for channel in range(sides.shape[3]):
                more = left * sides[0, row, column, channel]
                more += right * sides[1, row, column, channel]
                relief[top + row, first + column, channel] += more
