"""Going through a whole store: every byte, every member, every record."""

from dataclasses import dataclass
from os import PathLike

import numpy as np

from mien.data import jpeg
from mien.data.facts import FACTS_FILE
from mien.data.manifest import file_digest
from mien.data.shard import members
from mien.data.store import Store
from mien.errors import MienError


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What `verify` found."""

    rows: int
    """Records looked at."""
    problems: tuple[str, ...]
    """One sentence for each thing that is wrong; none for a sound store."""


def verify(path: str | PathLike[str], *, decode: bool = True) -> Verdict:
    """Check a store against itself: digests, tar members, checksums, and that images decode.

    Args:
        path: the store's folder.
        decode: also decode every image; without it a shard's bytes are still all read.

    Raises:
        MienError: the store cannot be opened at all (see `Store`).
    """
    store = Store(path)
    problems = [*_files(store), *_shards(store), *_records(store, decode=decode)]
    return Verdict(rows=len(store), problems=tuple(problems))


def _files(store: Store) -> list[str]:
    """The manifest's digest; files that the store does not know; ids given twice."""
    problems: list[str] = []
    manifest = store.path / store.facts.manifest
    if file_digest(manifest) != store.digest:
        problems.append(f"{manifest}: the digest differs from the one in {FACTS_FILE}")
    known = {FACTS_FILE, store.facts.manifest, *(shard.name for shard in store.facts.shards)}
    strangers = sorted(entry.name for entry in store.path.iterdir() if entry.name not in known)
    problems += [f"{store.path / name}: not part of the store" for name in strangers]
    ids, counts = np.unique(store.column("sample_id").astype(str), return_counts=True)
    problems += [f"{manifest}: sample {name} occurs twice or more" for name in ids[counts > 1]]
    return problems


def _shards(store: Store) -> list[str]:
    """Digests, and that archive and manifest tell of the same members."""
    names, offsets = store.column("shard"), store.column("offset")
    lengths = store.column("length")
    problems: list[str] = []
    for shard in store.facts.shards:
        path = store.path / shard.name
        try:
            listed = {(offset, length) for _, offset, length in members(path)}
            if file_digest(path) != shard.sha256:
                problems.append(f"{path}: the digest differs from the one in {FACTS_FILE}")
        except (MienError, OSError) as error:
            problems.append(str(error))
            continue
        mine = names == shard.name
        pairs = zip(offsets[mine].tolist(), lengths[mine].tolist(), strict=True)
        if set(pairs) != listed or int(mine.sum()) != shard.records:
            problems.append(f"{path}: its members are not those of the manifest")
    return problems


def _records(store: Store, *, decode: bool) -> list[str]:
    """Checksums, sizes, and decoding, record by record."""
    heights, widths = store.column("height"), store.column("width")
    problems: list[str] = []
    for row in range(len(store)):
        try:
            data = store.read(row)
            size = jpeg.header(data, source=store.where(row))
            if size != (heights[row], widths[row]):
                problems.append(f"{store.where(row)}: not of the size that the manifest says")
            if decode:
                jpeg.decode(data, source=store.where(row))
        except MienError as error:
            problems.append(str(error))
    return problems
