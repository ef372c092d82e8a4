"""The Parquet manifest: rows in, row groups out, columns back."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mien.data.schema import LANDMARKS, SCHEMA
from mien.errors import MienError

GROUP_ROWS: Final = 16_384
"""Rows per row group: 63 MB of landmarks are held while writing."""

_INDEXED = ["subject", "clip", "split"]
_STRINGS = [field.name for field in SCHEMA if pa.types.is_string(field.type)]


class ManifestWriter:
    """Writes rows to one Parquet file; the bytes depend on the rows alone."""

    def __init__(self, path: Path) -> None:
        self.rows = 0
        self._pending: list[Mapping[str, Any]] = []
        self._writer = pq.ParquetWriter(
            path,
            SCHEMA,
            compression="zstd",
            use_dictionary=_STRINGS,  # pyright: ignore[reportArgumentType]
            column_encoding={"landmarks.list.element": "BYTE_STREAM_SPLIT"},
            write_statistics=_INDEXED,  # pyright: ignore[reportArgumentType]
            write_page_checksum=True,
        )

    def add(self, row: Mapping[str, Any]) -> None:
        """Append one row: column name to value; absent, None and NaN become null."""
        self._pending.append(row)
        self.rows += 1
        if len(self._pending) == GROUP_ROWS:
            self._flush()

    def add_table(self, table: pa.Table) -> None:
        """Append the rows of a table that has all columns."""
        if self._pending:
            self._flush()
        self.rows += len(table)
        self._writer.write_table(table.select(SCHEMA.names).cast(SCHEMA))

    def close(self) -> None:
        """Write what is left and the file's footer."""
        if self._pending or self.rows == 0:
            self._flush()
        self._writer.close()

    def abandon(self) -> None:
        """Let go of the file; its folder is about to go.

        The footer may meet the same full disk as the rows; that error has been raised already.
        """
        try:
            self._writer.close()
        except OSError:
            return

    def _flush(self) -> None:
        rows, self._pending = self._pending, []
        self._writer.write_table(rows_to_table(rows), row_group_size=GROUP_ROWS)


def rows_to_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """A table of the full schema from dictionaries.

    Raises:
        pa.ArrowInvalid, pa.ArrowTypeError: a value does not fit its column.
    """
    present = {name for row in rows for name in row}
    arrays = [
        _column([row.get(field.name) for row in rows], field)
        if field.name in present
        else pa.nulls(len(rows), field.type)
        for field in SCHEMA
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _column(values: list[Any], field: pa.Field) -> pa.Array:
    if field.name != "landmarks":
        return pa.array(values, type=field.type, from_pandas=True)
    absent = np.array([value is None for value in values])
    flat = np.zeros((len(values), LANDMARKS * 2), np.float32)
    for row, value in enumerate(values):
        if value is not None:
            flat[row] = np.asarray(value, np.float32).reshape(-1)
    # Arrow reads a mask of True as null.
    return pa.FixedSizeListArray.from_arrays(
        pa.array(flat.reshape(-1)), type=field.type, mask=pa.array(absent)
    )


def open_manifest(path: Path) -> pq.ParquetFile:
    """Open a manifest; pages are checked against their checksums as they are read.

    Raises:
        MienError: missing, not Parquet, or with columns of other types.
    """
    try:
        manifest = pq.ParquetFile(
            path, memory_map=False, page_checksum_verification=True, read_dictionary=["shard"]
        )
    except (OSError, UnicodeDecodeError, pa.ArrowException) as error:
        raise MienError(
            f"the manifest is unreadable ({error})", remedy="restore or rebuild it", path=path
        ) from error
    for field in manifest.schema_arrow:
        known = SCHEMA.get_field_index(field.name)
        if known >= 0 and field.name != "shard" and field.type != SCHEMA.field(known).type:
            raise MienError(
                f"column {field.name} is {field.type}, expected {SCHEMA.field(known).type}",
                remedy="rebuild the store",
                path=path,
            )
    return manifest


def read_columns(
    manifest: pq.ParquetFile, names: Sequence[str], *, path: Path, group: int | None = None
) -> pa.Table:
    """Read some columns, of one row group or of all; one that an older manifest lacks is null.

    Raises:
        MienError: a name outside the schema, or a page that fails its checksum.
    """
    unknown = sorted(set(names) - set(SCHEMA.names))
    if unknown:
        raise MienError(
            f"a manifest has no column {unknown[0]!r}", remedy="see docs/store.md", path=path
        )
    here = set(manifest.schema_arrow.names)
    try:
        wanted = [name for name in names if name in here]
        groups = range(manifest.num_row_groups) if group is None else [group]
        table = manifest.read_row_groups(list(groups), columns=wanted)
    except (OSError, pa.ArrowException) as error:
        raise MienError(
            f"the manifest is corrupt ({error})", remedy="restore or rebuild it", path=path
        ) from error
    columns = {
        name: table[name] if name in here else pa.nulls(len(table), SCHEMA.field(name).type)
        for name in names
    }
    return pa.table(columns) if columns else table


def file_digest(path: Path) -> str:
    """sha256 of a file, as hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
