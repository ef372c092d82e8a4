"""Rows into files as they come: Parquet, CSV and JSON lines, all of the same table."""

import csv
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from mien.errors import MienError
from mien.predict.arrow import batch_of
from mien.predict.table import Cell, Row

SUFFIXES: Final = (".parquet", ".csv", ".jsonl")
"""Endings of files a table can be written to."""
_ROWS = 2048
"""Rows written at once."""
_CELLS = 20_000
"""Cells held as Python objects, which take ten times the memory of Arrow's."""


class TableWriter:
    """Writes one table to several files; a context manager.

    Args:
        paths: files to write; their endings say how.
        schema: columns.
        missing: what a CSV file says where a value is not known (null or NaN).

    Raises:
        MienError: a file's ending is not one of `SUFFIXES`.
        OSError: a file cannot be written.
    """

    def __init__(self, paths: Sequence[Path], schema: pa.Schema, *, missing: str = "") -> None:
        self._schema = schema
        self._rows: list[Row] = []
        self._tables: list[pa.Table] = []
        self._waiting = 0
        self._open = ExitStack()
        self._files: list[_File] = []
        with self._open:
            for path in paths:
                opened = _open(path, schema, missing=missing)
                self._open.callback(opened.close)
                self._files.append(opened)
            self._open = self._open.pop_all()
        self.count = 0
        """Rows taken so far."""

    def add(self, row: Row) -> None:
        """Write one row; absent columns are null."""
        self._rows.append(row)
        if len(self._rows) * len(self._schema) >= _CELLS:
            self._gather()
        self._took(1)

    def add_table(self, table: pa.Table) -> None:
        """Write many rows, of the same columns."""
        self._gather()
        self._tables.append(table if table.schema == self._schema else table.cast(self._schema))
        self._took(table.num_rows)

    def __enter__(self) -> "TableWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._open:
            if kind is None:
                self._flush()

    def _took(self, rows: int) -> None:
        self.count += rows
        self._waiting += rows
        if self._waiting >= _ROWS:
            self._flush()

    def _gather(self) -> None:
        if self._rows:
            self._tables.append(pa.Table.from_batches([batch_of(self._rows, self._schema)]))
            self._rows = []

    def _flush(self) -> None:
        self._gather()
        if self._tables:
            table = pa.concat_tables(self._tables)
            for file in self._files:
                file.write(table)
        self._tables = []
        self._waiting = 0


class _File(ABC):
    """One file of a table."""

    @abstractmethod
    def write(self, table: pa.Table) -> None:
        """Append rows."""

    @abstractmethod
    def close(self) -> None:
        """Finish the file."""


class _Parquet(_File):
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema)

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table)

    def close(self) -> None:
        self._writer.close()


class _Csv(_File):
    def __init__(self, path: Path, schema: pa.Schema, *, missing: str) -> None:
        self._missing = missing
        self._fine = [pa.types.is_float64(field.type) for field in schema]
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        self._writer.writerow(schema.names)

    def write(self, table: pa.Table) -> None:
        columns = [
            [_text(cell, fine=fine, missing=self._missing) for cell in column.to_pylist()]
            for column, fine in zip(table.columns, self._fine, strict=True)
        ]
        self._writer.writerows(zip(*columns, strict=True))

    def close(self) -> None:
        self._file.close()


class _JsonLines(_File):
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._names = schema.names
        self._fine = [pa.types.is_float64(field.type) for field in schema]
        self._file = path.open("w", encoding="utf-8")

    def write(self, table: pa.Table) -> None:
        columns = [
            [_plain(cell, fine=fine) for cell in column.to_pylist()]
            for column, fine in zip(table.columns, self._fine, strict=True)
        ]
        for cells in zip(*columns, strict=True):
            row = dict(zip(self._names, cells, strict=True))
            self._file.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")

    def close(self) -> None:
        self._file.close()


def _open(path: Path, schema: pa.Schema, *, missing: str) -> _File:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return _Parquet(path, schema)
    if suffix == ".csv":
        return _Csv(path, schema, missing=missing)
    if suffix == ".jsonl":
        return _JsonLines(path, schema)
    raise MienError(
        f"a table is not written to files that end in {suffix!r}",
        remedy=f"name it {', '.join(SUFFIXES)}, or name a folder",
        path=path,
    )


def _text(cell: Cell, *, fine: bool, missing: str) -> str:
    """Floats with seven digits, which is what a float32 holds; doubles to the microsecond."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return missing
    if not isinstance(cell, float):
        return str(cell)
    return f"{cell:.6f}".rstrip("0").rstrip(".") if fine else f"{cell:.7g}"


def _plain(cell: Cell, *, fine: bool) -> Cell:
    """The same digits for JSON, which has no NaN."""
    if not isinstance(cell, float):
        return cell
    return None if math.isnan(cell) else float(_text(cell, fine=fine, missing=""))
