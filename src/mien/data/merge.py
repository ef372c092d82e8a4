"""Joining stores: what several workers wrote becomes what one would have written."""

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from mien.data.manifest import open_manifest
from mien.data.schema import LABEL_COLUMNS
from mien.data.store import Store
from mien.data.writer import SHARD_BYTES, StoreWriter, is_default_sample_id
from mien.errors import MienError


def merge(
    parts: Sequence[str | PathLike[str]],
    out: str | PathLike[str],
    *,
    shard_bytes: int = SHARD_BYTES,
    name: str = "",
    created: Mapping[str, Any] | None = None,
) -> Path:
    """Copy the records of sealed stores, part after part, into one new store.

    The result depends only on the sequence of records, not on how it was cut into parts: it is
    byte for byte the store that one writer would have made. Nothing is decoded; every record is
    checked against its crc32 on the way. Samples whose id was their row number are numbered
    anew; the parts remain.

    Args:
        parts: stores, in the order their records are to follow.
        out: the new store's folder.
        shard_bytes: size at which a shard is closed, in bytes.
        name: recorded in `store.json`.
        created: recorded there too; by default what the first part says.

    Raises:
        MienError: no parts, parts of different templates, a corrupt record, or `out` exists.
    """
    stores = [Store(part) for part in parts]
    if not stores:
        raise MienError("nothing to merge", remedy="name at least one store", path=out)
    first = stores[0].facts
    for store in stores[1:]:
        if store.facts.template_digest != first.template_digest:
            raise MienError(
                f"made with template {store.facts.template!r}, the first with {first.template!r}",
                remedy="merge only stores of one template",
                path=store.path,
            )
    writer = StoreWriter(
        out,
        shard_bytes=shard_bytes,
        name=name,
        template=first.template,
        template_digest=first.template_digest,
        created=first.created if created is None else created,
    )
    with writer:
        for store in stores:
            for row, columns in enumerate(label_rows(store)):
                writer.add_record(store.read(row), columns)
            store.close()
    return Path(out)


def label_rows(store: Store) -> Iterator[dict[str, Any]]:
    """Each row's label columns as a dictionary, unknown values left out, a few rows in memory.

    An id that is only a row number is left out.
    """
    manifest = open_manifest(store.path / store.facts.manifest)
    names = [name for name in ("sample_id", *LABEL_COLUMNS) if name in manifest.schema_arrow.names]
    for group in manifest.iter_batches(batch_size=1024, columns=names):
        known = [name for name in names if group[name].null_count < len(group)]
        landmarks = group["landmarks"] if "landmarks" in known else None
        plain = group.select([name for name in known if name != "landmarks"]).to_pylist()
        for place, values in enumerate(plain):
            columns = {name: value for name, value in values.items() if value is not None}
            if is_default_sample_id(columns["sample_id"]):
                del columns["sample_id"]
            if landmarks is not None and landmarks[place].is_valid:
                columns["landmarks"] = landmarks[place].values.to_numpy()
            yield columns
