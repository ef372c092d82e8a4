"""A sheet that people wrote: CSV, TSV or Parquet as named columns of text."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mien.errors import MienError

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".parquet"})
"""File names taken for sheets."""
_LONGEST = 1 << 20
"""Bytes of a heading that are still believed to be one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """Columns of equal length, by their names as written."""

    path: Path
    columns: Mapping[str, Sequence[str]] = field(repr=False)
    rows: int

    def find(self, *names: str) -> str | None:
        """The first column whose plain name is one of these; plain is `plain(name)`."""
        plainly = {plain(name): name for name in reversed(list(self.columns))}
        return next((plainly[name] for name in names if name in plainly), None)

    def text(self, column: str | None) -> list[str]:
        """Cells of a column, stripped; empty ones without a column."""
        return [""] * self.rows if column is None else [c.strip() for c in self.columns[column]]

    def numbers(self, column: str | None, *, scale: float = 1.0) -> list[float]:
        """Cells of a column as numbers times `scale`; NaN for "", "n/a" and "nan".

        Raises:
            MienError: a cell is no number.
        """
        return [
            scale * self._number(cell, column, row) for row, cell in enumerate(self.text(column))
        ]

    def seconds(self, *names: str) -> list[float] | None:
        """The first column of these names, or of the same with "ms" after them, in seconds.

        Raises:
            MienError: a cell is no number.
        """
        column = self.find(*names)
        if column is not None:
            return self.numbers(column)
        column = self.find(*(f"{name}_ms" for name in names))
        return None if column is None else self.numbers(column, scale=0.001)

    def _number(self, cell: str, column: str | None, row: int) -> float:
        if cell.lower() in {"", "n/a", "na", "nan"}:
            return float("nan")
        try:
            return float(cell.replace(",", "."))
        except ValueError:
            raise MienError(
                f"column {column}, row {row + 1} holds {cell!r}, which is no number",
                remedy="mend the cell, or leave it empty",
                path=self.path,
            ) from None


def plain(name: str) -> str:
    """A column name in lower case, with everything but letters and digits as one "_"."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def heading(path: Path) -> list[str]:
    """Column names of a sheet, its rows unread.

    Raises:
        MienError: damaged, or not text.
    """
    if path.suffix.lower() == ".parquet":
        return _opened(path).schema_arrow.names
    with path.open("rb") as file:
        first = file.readline(_LONGEST).decode("utf-8-sig", errors="replace")
    return [name.strip().strip('"') for name in first.split(max(",;\t", key=first.count))]


def read(path: Path | str) -> Sheet:
    """Read a sheet; the separator of a text file (comma, semicolon or tab) is seen in its heading.

    Raises:
        MienError: missing, damaged, empty, or two columns of one name.
    """
    file = Path(path)
    if not file.is_file():
        raise MienError("there is no such file", remedy="check the path", path=file)
    if file.suffix.lower() == ".parquet":
        return _parquet(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise MienError(
            "the file is not UTF-8 text", remedy="save it as CSV in UTF-8", path=file
        ) from None
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        lines = [line for line in reader if any(line)]
    except csv.Error as problem:
        raise MienError(
            f"no sheet can be read: {problem}", remedy="save it again", path=file
        ) from None
    if not lines:
        raise MienError("the file is empty", remedy="name another", path=file)
    names, body = [name.strip() for name in lines[0]], lines[1:]
    if len(set(names)) < len(names):
        raise MienError("two columns have one name", remedy="rename one", path=file)
    for number, line in enumerate(body):
        if len(line) > len(names):
            raise MienError(
                f"row {number + 1} has {len(line)} cells, the heading {len(names)}",
                remedy="mend the row, or put cells that hold a separator in quotes",
                path=file,
            )
    padded = [line + [""] * (len(names) - len(line)) for line in body]
    columns = {name: [line[at] for line in padded] for at, name in enumerate(names)}
    return Sheet(path=file, columns=columns, rows=len(body))


def _parquet(file: Path) -> Sheet:
    table = _opened(file).read()
    columns = {
        name: ["" if value is None else str(value) for value in table[name].to_pylist()]
        for name in table.column_names
        if not pa.types.is_nested(table[name].type)
    }
    return Sheet(path=file, columns=columns, rows=table.num_rows)


def _opened(file: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file)
    except (pa.ArrowInvalid, OSError) as problem:
        raise MienError(
            f"no table can be read: {problem}", remedy="write it again", path=file
        ) from None
