"""Rows of cells as an Arrow table, made of plain buffers.

`pyarrow.Table.from_pylist` gives the same table, but imports pandas wherever that is installed,
which takes as long as reading twenty photos.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from mien.predict.table import Cell, Row

_NUMBERS: Final = {
    pa.float32(): np.float32,
    pa.float64(): np.float64,
    pa.int32(): np.int32,
    pa.int64(): np.int64,
}


def batch_of(rows: Sequence[Row], schema: pa.Schema) -> pa.RecordBatch:
    """A record batch of rows; absent cells and None are null, NaN stays NaN.

    Args:
        rows: cells by column name; of columns that the schema lacks, they are left out.
        schema: columns of text, float32, float64, int32 or int64.

    Raises:
        KeyError: the schema has a column of another type.
    """
    columns = [_column([row.get(field.name) for row in rows], field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(cells: list[Cell], kind: pa.DataType) -> pa.Array:
    validity = None
    if None in cells:
        known = np.array([cell is not None for cell in cells], bool)
        validity = pa.py_buffer(np.packbits(known, bitorder="little").tobytes())
    if kind == pa.string():
        parts = [b"" if cell is None else str(cell).encode() for cell in cells]
        ends = np.cumsum([0, *map(len, parts)]).astype(np.int32)
        buffers = [validity, pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(parts))]
    else:
        given = [0 if cell is None else cell for cell in cells] if validity else cells
        values = np.array(given, _NUMBERS[kind])
        buffers = [validity, pa.py_buffer(values.tobytes())]
    return pa.Array.from_buffers(kind, len(cells), buffers)
