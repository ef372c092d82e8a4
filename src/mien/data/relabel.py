"""The same pictures under other labels: a store whose manifest differs in one column."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import pyarrow as pa

from mien import atomic
from mien.data.facts import manifest_name, write_facts
from mien.data.manifest import ManifestWriter, file_digest, open_manifest, read_columns
from mien.data.schema import LABEL_COLUMNS, SCHEMA
from mien.data.store import Store
from mien.errors import MienError


def relabel(
    store: Store,
    out: str | PathLike[str],
    *,
    column: str,
    values: Sequence[str | float | int | None],
    created: Mapping[str, Any],
) -> Path:
    """Write a store with one label column replaced; nothing is decoded.

    It keeps the name, since the same people are on it: a run on one store is refused test subjects
    that it met on the other. Shards are shared where the disk can link files, else copied; a
    person must be forgotten in both stores.

    Args:
        store: an open one.
        out: the new store's folder.
        column: which label column.
        values: one for each row; None is unknown.
        created: JSON values added to what `store.json` says of how it was made.

    Raises:
        MienError: `out` exists, the column is no label, or the values do not fit it.
    """
    _check(store, column, values)
    source = store.path / store.facts.manifest
    manifest = open_manifest(source)
    try:
        with atomic.folder(Path(out)) as folder:
            for shard in store.facts.shards:
                _share(store.path / shard.name, folder / shard.name)
            target = folder / manifest_name(0)
            writer = ManifestWriter(target)
            first = 0
            for group in range(manifest.num_row_groups):
                table = read_columns(manifest, SCHEMA.names, path=source, group=group)
                writer.add_table(_replaced(table, column, values[first : first + len(table)]))
                first += len(table)
            writer.close()
            facts = replace(
                store.facts,
                generation=0,
                manifest=target.name,
                manifest_bytes=target.stat().st_size,
                digest=file_digest(target),
                created={**store.facts.created, **created},
            )
            write_facts(folder, facts)
    except FileExistsError as error:
        raise MienError(
            "already exists", remedy="choose another folder, or remove it", path=out
        ) from error
    return Path(out)


def _check(store: Store, column: str, values: Sequence[object]) -> None:
    if column not in LABEL_COLUMNS:
        raise MienError(f"{column!r} is no label", remedy="see docs/store.md for the columns")
    if len(values) != len(store):
        raise MienError(
            f"{len(values)} values for {len(store)} rows",
            remedy="give one value for each row, None where it is unknown",
            path=store.path,
        )


def _replaced(table: pa.Table, column: str, values: Sequence[object]) -> pa.Table:
    index = table.schema.get_field_index(column)
    try:
        return table.set_column(index, column, pa.array(values, SCHEMA.field(column).type))
    except pa.ArrowException as error:
        raise MienError(
            f"the values do not fit the column {column} ({error})",
            remedy="give values of the column's type",
        ) from error


def _share(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without links
        shutil.copy2(source, target)
