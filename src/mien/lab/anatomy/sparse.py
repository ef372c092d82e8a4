# ruff: noqa: ANN001, ANN201, PLR0917
# (numba compiles these: types and shapes stand in the docstrings, arrays come one by one)
"""Adding sparse displacements to a mesh."""

from typing import no_type_check

from numba import njit


@njit(cache=True, nogil=True)
@no_type_check
def add_targets(vertices, starts, rows, deltas, columns, weights):
    """Add sparse targets to `vertices` in place."""
    for position in range(len(columns)):
        weight = weights[position]
        for entry in range(starts[columns[position]], starts[columns[position] + 1]):
            row = rows[entry]
            for axis in range(3):
                vertices[row, axis] += weight * deltas[entry, axis]
