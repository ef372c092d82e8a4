"""Forgetting a subject: their records leave the store, and the files that held them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mien.atomic import sync_file, sync_folder
from mien.data.facts import FACTS_FILE, StoreFacts, manifest_name, read_facts, write_facts
from mien.data.manifest import ManifestWriter, file_digest, open_manifest, read_columns
from mien.data.schema import SCHEMA
from mien.data.shard import Record, ShardFacts, ShardWriter, members, shard_name
from mien.data.store import Store
from mien.errors import MienError

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What `forget` did."""

    records: int
    """Records removed."""
    files: tuple[str, ...]
    """Files deleted: shards that held them (rewritten where others were in it), manifest."""
    residual: int = 0
    """Records left that bear the subject, the id or the bytes of a removed one: 0, or identical
    bytes are labelled with somebody else."""


def forget(path: str | PathLike[str], subject: str) -> Forgotten:
    """Remove every record of a subject, rewriting only the shards that hold one.

    New shards and a new manifest are written beside the old; `store.json` then turns to them in
    one step, and only after that the old files go. Killed in between, the store is whole, with
    or without the subject; calling again finishes the work. Rows after a removed one move up.

    Raises:
        MienError: not a store, a corrupt record, or nobody of that name (and nothing left over
            from an earlier call).
    """
    folder = Path(path)
    store = Store(folder)
    left_over = _sweep(folder, store.facts)
    gone = store.column("subject") == subject
    if not subject or not gone.any():
        if left_over:
            return Forgotten(records=0, files=tuple(left_over))
        raise MienError(
            f"the store has no subject {subject!r}",
            remedy="check the name in the manifest's column `subject`",
            path=folder,
        )
    ids = set(store.column("sample_id")[gone].tolist())
    digests = {hashlib.sha256(store.read(row)).hexdigest() for row in np.flatnonzero(gone).tolist()}
    _next_generation(store, gone)
    store.close()
    files = _sweep(folder, read_facts(folder))
    residual = _residue(Store(folder), subject, ids=ids, digests=digests)
    return Forgotten(records=int(gone.sum()), files=tuple(files), residual=residual)


def _residue(store: Store, subject: str, *, ids: set[str], digests: set[str]) -> int:
    """Count the records that should be gone, by reading every one that is left."""
    names, samples = store.column("subject"), store.column("sample_id")
    return sum(
        names[row] == subject
        or samples[row] in ids
        or hashlib.sha256(store.read(row)).hexdigest() in digests
        for row in range(len(store))
    )


def _next_generation(store: Store, gone: Flags) -> None:
    """Write shards and manifest without the rows that are `gone`; turn `store.json` to them."""
    facts, generation = store.facts, store.facts.generation + 1
    manifest = store.path / manifest_name(generation)
    written: list[Path] = [manifest]
    shards: list[ShardFacts] = []
    moved: dict[int, Record] = {}
    names = store.column("shard")
    try:
        for shard in facts.shards:
            rows = np.flatnonzero(names == shard.name)
            kept = rows[~gone[rows]]
            if len(kept) == len(rows):
                shards.append(shard)
            elif len(kept):
                number = int(shard.name.removeprefix("shard-")[:6])
                written.append(store.path / shard_name(number, generation=generation))
                shards.append(_copy(store, kept, shard.name, written[-1], moved))
        rows_left = _write_manifest(store, gone, moved, manifest)
        for path in written:
            sync_file(path)
        sync_folder(store.path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    after = replace(
        facts,
        rows=rows_left,
        generation=generation,
        manifest=manifest.name,
        manifest_bytes=manifest.stat().st_size,
        digest=file_digest(manifest),
        shards=tuple(shards),
    )
    write_facts(store.path, after)


def _copy(
    store: Store, rows: npt.NDArray[np.int64], shard: str, target: Path, moved: dict[int, Record]
) -> ShardFacts:
    """Copy some rows of a shard, under their old member names; `moved` learns the new places."""
    names = {offset: name for name, offset, _ in members(store.path / shard)}
    offsets = store.column("offset")
    writer = ShardWriter(target)
    try:
        for row in rows.tolist():
            moved[row] = writer.add(names[int(offsets[row])], store.read(row))
        return writer.close()
    finally:
        writer.abandon()


def _write_manifest(store: Store, gone: Flags, moved: Mapping[int, Record], target: Path) -> int:
    """Copy the manifest without the rows that are `gone`; the number of rows left."""
    source = store.path / store.facts.manifest
    manifest = open_manifest(source)
    writer = ManifestWriter(target)
    try:
        first = 0
        for group in range(manifest.num_row_groups):
            table = read_columns(manifest, SCHEMA.names, path=source, group=group)
            rows = np.arange(first, first + len(table))
            first += len(table)
            table = _place(table, [moved.get(row) for row in rows.tolist()])
            writer.add_table(table.filter(pa.array(~gone[rows])))
        writer.close()
    finally:
        writer.abandon()
    return writer.rows


def _place(table: pa.Table, records: Sequence[Record | None]) -> pa.Table:
    """The table with new places where a record has moved."""
    for name in Record._fields:
        index = table.schema.get_field_index(name)
        old = table[name].to_pylist()
        new = [
            was if record is None else getattr(record, name)
            for was, record in zip(old, records, strict=True)
        ]
        table = table.set_column(index, name, pa.array(new, SCHEMA.field(name).type))
    return table


def _sweep(folder: Path, facts: StoreFacts) -> list[str]:
    """Delete what belongs to another generation; the names deleted."""
    known = {FACTS_FILE, facts.manifest, *(shard.name for shard in facts.shards)}
    old = sorted(
        entry.name
        for entry in folder.iterdir()
        if entry.name not in known and entry.name.startswith(("shard-", "manifest", ".store.json"))
    )
    for name in old:
        (folder / name).unlink()
    if old:
        sync_folder(folder)
    return old
