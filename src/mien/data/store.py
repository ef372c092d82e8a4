"""Reading a store: any record by its row, checked before it is believed."""

import os
import threading
import weakref
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mien.data import jpeg
from mien.data.facts import read_facts
from mien.data.manifest import open_manifest, read_columns
from mien.data.schema import LANDMARKS, RECORD_FIELDS, SCHEMA
from mien.data.shard import BLOCK, open_shard
from mien.data.writer import StoreWriter
from mien.errors import MienError

__all__ = ["Store", "StoreWriter", "column_array"]

RECORD_BYTES = 64 * 2**20
"""Largest record read, in bytes."""


class Store:
    """A sealed store, opened for reading; safe to share between threads.

    Opening reads `store.json` and the record columns only. Shards are opened when first read
    and closed with the store.

    Args:
        path: the store's folder.

    Raises:
        MienError: not a store, or a manifest that is corrupt or points outside its shards.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        self.facts = read_facts(self.path)
        self._manifest_path = self.path / self.facts.manifest
        self._manifest = open_manifest(self._manifest_path)
        names = [field.name for field in RECORD_FIELDS if field.name != "sample_id"]
        self._records = _Records(read_columns(self._manifest, names, path=self._manifest_path))
        self._check_records()
        self._handles: dict[int, int] = {}
        self._lock = threading.Lock()
        self._finalizer = weakref.finalize(self, _close_all, self._handles)

    def __len__(self) -> int:
        return len(self._records.offset)

    def __repr__(self) -> str:
        return f"Store({self.facts.name!r}, {len(self)} images of {self.facts.size} px)"

    @property
    def digest(self) -> str:
        """sha256 of the manifest, as `store.json` records it."""
        return self.facts.digest

    @cached_property
    def table(self) -> pa.Table:
        """Every column of the manifest (landmarks weigh 3.8 kB a row: `select` when large)."""
        return self.select(SCHEMA.names)

    def select(self, names: Sequence[str]) -> pa.Table:
        """The named columns, read from disk.

        Raises:
            MienError: no such column, or a corrupt manifest.
        """
        table = read_columns(self._manifest, names, path=self._manifest_path)
        if "shard" in names:
            index = table.schema.get_field_index("shard")
            table = table.set_column(index, "shard", table["shard"].cast(pa.string()))
        return table

    def column(self, name: str) -> npt.NDArray[Any]:
        """One column as an array: see `column_array` for how unknown values read."""
        return column_array(self.select([name]), name)

    def read(self, index: int) -> bytes:
        """The JPEG bytes of one row, checked against their crc32.

        Raises:
            MienError: the record is cut or corrupt; the error names shard and row.
            IndexError: no such row.
        """
        row = range(len(self))[index]
        return next(self._stream(np.array([row])))[1]

    def images(
        self,
        indices: npt.NDArray[np.integer] | Iterable[int],
        *,
        out: npt.NDArray[np.uint8] | None = None,
    ) -> npt.NDArray[np.uint8]:
        """Decode rows to one RGB uint8 array (n, height, width, 3).

        Args:
            indices: rows, in any order, repeats allowed.
            out: contiguous array to fill instead of a new one.

        Raises:
            MienError: corrupt record or JPEG, or images of different sizes.
        """
        ready = indices if isinstance(indices, np.ndarray) else np.fromiter(indices, np.int64)
        rows = ready.astype(np.int64)
        if out is None:
            height, width = self.common_size(rows)
            out = np.empty((len(rows), height, width, 3), np.uint8)
        for place, (row, data) in enumerate(self._stream(rows)):
            jpeg.decode(data, source=_Where(self, row), out=out[place])
        return out

    def where(self, index: int) -> str:
        """A row in words, for errors: store, shard and row."""
        shard = self._records.shards[self._records.shard[index]]
        return f"{self.path / shard} (row {index})"

    def close(self) -> None:
        """Close the shards; the store opens them again when read."""
        with self._lock:
            _close_all(self._handles)

    def _stream(self, rows: npt.NDArray[np.int64]) -> Iterator[tuple[int, bytes]]:
        """Rows with their bytes, each checked against its crc32."""
        records = self._records
        columns = (rows, records.shard[rows], records.offset[rows], records.length[rows])
        lists = (column.tolist() for column in (*columns, records.crc32[rows]))
        for row, shard, offset, length, crc32 in zip(*lists, strict=True):
            data = os.pread(self._handles.get(shard) or self._handle(shard), length, offset)
            if len(data) != length or zlib.crc32(data) != crc32:
                raise MienError(
                    f"record {row} at byte {offset} is corrupt (its checksum does not match)",
                    remedy="restore this shard from a copy, or rebuild the store",
                    path=self.path / records.shards[shard],
                )
            yield row, data

    def _handle(self, shard: int) -> int:
        handle = self._handles.get(shard)
        if handle is None:
            with self._lock:
                handle = self._handles.get(shard)
                if handle is None:
                    handle = open_shard(self.path / self._records.shards[shard])
                    self._handles[shard] = handle
        return handle

    def common_size(self, rows: npt.NDArray[np.int64]) -> tuple[int, int]:
        """Height and width of the images at `rows`.

        Raises:
            MienError: they differ.
        """
        if len(rows) == 0:
            return self.facts.size or 0, self.facts.size or 0
        heights, widths = self._records.height[rows], self._records.width[rows]
        if (heights != heights[0]).any() or (widths != widths[0]).any():
            raise MienError(
                "the images differ in size and cannot be stacked",
                remedy="rebuild the store with one image size",
                path=self.path,
            )
        return int(heights[0]), int(widths[0])

    def _check_records(self) -> None:
        """Every record lies inside a shard that `store.json` lists."""
        known = {shard.name: shard.bytes for shard in self.facts.shards}
        strangers = sorted(set(self._records.shards) - known.keys())
        if strangers:
            problem = f"the manifest names {strangers[0]!r}, which is not a shard of this store"
            raise self._untrusted(problem)
        if len(self) != self.facts.rows:
            raise self._untrusted(f"{len(self)} rows, but store.json says {self.facts.rows}")
        records = self._records
        limits = np.array([known[name] for name in records.shards], np.int64)[records.shard]
        ends = records.offset + records.length
        inside = (records.offset >= BLOCK) & (records.length > 0) & (ends <= limits)
        inside &= (records.length <= RECORD_BYTES) & (records.offset <= limits)
        inside &= (records.width > 0) & (records.height > 0)
        if not inside.all():
            raise self._untrusted(f"record {int(np.argmin(inside))} lies outside its shard")

    def _untrusted(self, problem: str) -> MienError:
        remedy = "do not use this store; rebuild it or get it again"
        return MienError(problem, remedy=remedy, path=self._manifest_path)


class _Where(NamedTuple):
    """A row that is put into words only if it has to be."""

    store: Store
    row: int

    def __str__(self) -> str:
        return self.store.where(self.row)


class _Records:
    """The record columns as arrays, one entry a row."""

    def __init__(self, table: pa.Table) -> None:
        if any(table[name].null_count for name in table.column_names):
            raise MienError("a record column of the manifest has gaps", remedy="rebuild the store")
        shards = table["shard"].unify_dictionaries().combine_chunks().dictionary_encode()
        self.shards: list[str] = shards.dictionary.to_pylist()
        self.shard: npt.NDArray[np.int32] = shards.indices.to_numpy()
        self.offset: npt.NDArray[np.int64] = table["offset"].to_numpy()
        self.length: npt.NDArray[np.int64] = table["length"].to_numpy()
        self.crc32: npt.NDArray[np.uint32] = table["crc32"].to_numpy()
        self.width: npt.NDArray[np.int32] = table["width"].to_numpy()
        self.height: npt.NDArray[np.int32] = table["height"].to_numpy()


def column_array(table: pa.Table, name: str) -> npt.NDArray[Any]:
    """A table's column as an array.

    Floats read unknown as NaN, integers as -1, strings as "" (object array); landmarks are
    (n, 478, 2) float32 crop pixels.
    """
    column = table[name].combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.chunks else pa.array([], column.type)
    if pa.types.is_fixed_size_list(column.type):
        flat = np.full((len(column), LANDMARKS * 2), np.nan, np.float32)
        values = column.flatten().to_numpy(zero_copy_only=False)
        flat[column.is_valid().to_numpy(zero_copy_only=False)] = values.reshape(-1, LANDMARKS * 2)
        return flat.reshape(-1, LANDMARKS, 2)
    if pa.types.is_string(column.type):
        return column.fill_null("").to_numpy(zero_copy_only=False)
    if pa.types.is_integer(column.type):
        filled = column if column.null_count == 0 else column.fill_null(-1)
        return filled.to_numpy(zero_copy_only=False)
    return column.to_numpy(zero_copy_only=False)


def _close_all(handles: dict[int, int]) -> None:
    while handles:
        os.close(handles.popitem()[1])
