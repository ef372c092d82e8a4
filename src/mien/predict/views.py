"""Readings in memory as Arrow and pandas tables."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyarrow as pa

from mien.errors import MienError
from mien.predict.arrow import batch_of
from mien.predict.layouts import Layout
from mien.predict.table import Row

if TYPE_CHECKING:
    import pandas as pd

_ROWS = 256


def arrow(layout: Layout, rows: Iterable[Row], *, purpose: str = "") -> pa.Table:
    """A table of rows, gathered as they come; a purpose goes into its schema's metadata."""
    parts: list[pa.RecordBatch] = []
    waiting: list[Row] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == _ROWS:
            parts.append(batch_of(waiting, layout.schema))
            waiting = []
    parts.append(batch_of(waiting, layout.schema))
    table = pa.Table.from_batches(parts, schema=layout.schema).combine_chunks()
    return table.replace_schema_metadata({"purpose": purpose}) if purpose else table


def pandas(table: pa.Table) -> "pd.DataFrame":
    """The same table for pandas.

    Raises:
        MienError: pandas is not installed.
    """
    try:
        import pandas as pd  # noqa: F401 - Arrow's own message would not say what to do
    except ImportError as missing:
        raise MienError(
            "pandas is not installed", remedy="pip install pandas, or use to_arrow()"
        ) from missing
    return table.to_pandas()
