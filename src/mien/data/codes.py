"""Identity columns as integers: what samplers work on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mien.data.store import column_array

Ints = npt.NDArray[np.int64]


def codes(
    table: pa.Table, name: str, *, names: Sequence[str] | None = None
) -> tuple[Ints, tuple[str, ...]]:
    """Turn a string column into indices.

    Args:
        table: any table with the column.
        name: a string column such as "subject".
        names: the list to index; by default the column's own values, sorted.

    Returns:
        (n,) int64 indices, -1 where the value is unknown or not in `names`; and the names.
    """
    encoded = table[name].fill_null("").combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    values: list[str] = encoded.dictionary.to_pylist()
    order = tuple(sorted(set(values) - {""})) if names is None else tuple(names)
    place = {value: index for index, value in enumerate(order)}
    lookup = np.array([place.get(value, -1) for value in values], np.int64)
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    return (lookup[indices] if len(values) else np.zeros(0, np.int64)), order


def seconds(table: pa.Table) -> npt.NDArray[np.float64] | None:
    """Seconds within the clip of each row, NaN where unknown; None without a column `pts_ms`."""
    if "pts_ms" not in table.column_names:
        return None
    return column_array(table, "pts_ms").astype(np.float64) / 1000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Codes:
    """Who, which clip, what activity and when, for each row of a selection; -1 is unknown."""

    subject: Ints
    clip: Ints
    activity: Ints
    frame: Ints
    seconds: npt.NDArray[np.float64] | None = None
    """When, in seconds of the clip; NaN is unknown. None if nobody asked."""
    neighbour_cache: dict[tuple[int, int], Any] = field(default_factory=dict)
    """Neighbour tables by (nearest, reach), filled by `ClipNeighbours`."""
    tuple_cache: dict[Any, Any] = field(default_factory=dict)
    """Tables of clips, filled by `Tuples`."""

    def __len__(self) -> int:
        return len(self.subject)

    def __repr__(self) -> str:
        return f"Codes({len(self)} rows)"

    @classmethod
    def from_table(cls, table: pa.Table) -> "Codes":
        """Code the columns subject, clip, activity, frame and, if it is there, pts_ms."""
        return cls(
            subject=codes(table, "subject")[0],
            clip=codes(table, "clip")[0],
            activity=codes(table, "activity")[0],
            frame=column_array(table, "frame").astype(np.int64),
            seconds=seconds(table),
        )

    @cached_property
    def activity_cells(self) -> "Cells":
        """Rows grouped by activity and, within it, by subject; unlabelled rows left out."""
        return group(self.activity, self.subject)

    @cached_property
    def subject_cells(self) -> "Cells":
        """Rows grouped by subject; rows without one left out."""
        return group(self.subject, np.zeros_like(self.subject))


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """Rows in two levels of groups: outer groups hold cells, cells hold rows."""

    rows: Ints
    """Row numbers, sorted by (outer, inner, row)."""
    first_row: Ints
    """(cells,) where a cell begins in `rows`."""
    row_count: Ints
    """(cells,) rows of a cell."""
    first_cell: Ints
    """(groups,) the first cell of an outer group."""
    cell_count: Ints
    """(groups,) cells of an outer group."""

    def __len__(self) -> int:
        return len(self.first_cell)


def group(outer: Ints, inner: Ints) -> Cells:
    """Group rows by `outer`, then `inner`; rows with either below 0 are left out."""
    rows = np.flatnonzero((outer >= 0) & (inner >= 0))
    rows = rows[np.lexsort((rows, inner[rows], outer[rows]))]
    first_row = _starts(outer[rows], inner[rows])
    row_count = np.diff(first_row, append=len(rows))
    cell_outer = outer[rows[first_row]]
    first_cell = _starts(cell_outer)
    cell_count = np.diff(first_cell, append=len(first_row))
    return Cells(
        rows=rows,
        first_row=first_row,
        row_count=row_count,
        first_cell=first_cell,
        cell_count=cell_count,
    )


def _starts(*keys: Ints) -> Ints:
    """Where a run of equal keys begins."""
    if len(keys[0]) == 0:
        return np.zeros(0, np.int64)
    changes = np.zeros(len(keys[0]), bool)
    changes[0] = True
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(changes)
