"""Anything wrong with a store is noticed, and named."""

import json
import os
import tarfile
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from data.conftest import some_rows
from mien.data import jpeg
from mien.data.manifest import open_manifest
from mien.data.schema import SCHEMA
from mien.data.store import Store, StoreWriter
from mien.data.verify import verify
from mien.errors import MienError


def test_verify_finds_nothing_in_a_sound_store(store: Store) -> None:
    verdict = verify(store.path)
    assert verdict.rows == 24
    assert verdict.problems == ()


def test_every_flipped_byte_of_a_record_is_caught(store: Store) -> None:
    """1,000 seeded flips inside records: the checksum sees each (R6)."""
    generator = np.random.default_rng(1)
    offsets, lengths = store.column("offset"), store.column("length")
    shards = store.column("shard")
    for _ in range(1000):
        row = int(generator.integers(len(store)))
        data = bytearray(store.read(row))
        place = int(generator.integers(lengths[row]))
        path = store.path / shards[row]
        with path.open("r+b") as file:
            file.seek(int(offsets[row]) + place)
            file.write(bytes([data[place] ^ int(generator.integers(1, 256))]))
            file.flush()
            with pytest.raises(MienError, match=f"record {row} .*checksum") as caught:
                store.read(row)
            assert caught.value.path == str(path)
            file.seek(int(offsets[row]) + place)
            file.write(data[place : place + 1])
    assert verify(store.path).problems == ()


def test_a_cut_shard_is_caught(store: Store) -> None:
    path = store.path / store.facts.shards[-1].name
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(MienError, match="corrupt"):
        store.images([23])
    problems = verify(store.path).problems
    assert any("digest differs" in problem or "broken" in problem for problem in problems)
    assert any("record 23" in problem for problem in problems)


def test_a_missing_shard_is_named(store: Store) -> None:
    name = store.facts.shards[0].name
    (store.path / name).unlink()
    with pytest.raises(MienError, match=f"{name}.*cannot be opened"):
        store.read(0)


def test_a_linked_shard_is_refused(store: Store, tmp_path: Path) -> None:
    path = store.path / store.facts.shards[0].name
    path.rename(tmp_path / "elsewhere.tar")
    path.symlink_to(tmp_path / "elsewhere.tar")
    with pytest.raises(MienError, match="cannot be opened"):
        store.read(0)


@pytest.mark.parametrize(
    "name",
    [
        "../x.tar",
        "/etc/passwd",
        "shard-000000.tar/../../x",
        "shard-000000.tar\0",
        "a/b.tar",
        "",
        ".",
    ],
)
def test_path_traversal_in_facts_is_refused(store: Store, name: str) -> None:
    path = store.path / "store.json"
    content = json.loads(path.read_text())
    content["shards"][0]["name"] = name
    path.write_text(json.dumps(content))
    with pytest.raises(MienError, match="not a shard"):
        Store(store.path)


@pytest.mark.parametrize("name", ["../x.tar", "/etc/passwd", "shard-000099.tar", "..", "x\0"])
def test_path_traversal_in_the_manifest_is_refused(store: Store, name: str) -> None:
    path = store.path / "manifest.parquet"
    table = pq.read_table(path)
    shards = [name, *table["shard"].to_pylist()[1:]]
    pq.write_table(table.set_column(1, "shard", [shards]), path)
    with pytest.raises(MienError, match="not a shard of this store"):
        Store(store.path)


@pytest.mark.parametrize(
    ("column", "value"), [("offset", 2**40), ("offset", -1), ("length", 2**40), ("length", -5)]
)
def test_records_outside_their_shard_are_refused(store: Store, column: str, value: int) -> None:
    path = store.path / "manifest.parquet"
    table = pq.read_table(path)
    index = table.schema.get_field_index(column)
    values = [value, *table[column].to_pylist()[1:]]
    pq.write_table(table.set_column(index, column, [values]), path)
    with pytest.raises(MienError, match="outside its shard"):
        Store(store.path)


def test_a_corrupt_manifest_is_caught(store: Store) -> None:
    path = store.path / "manifest.parquet"
    content = bytearray(path.read_bytes())
    start = pq.ParquetFile(path).metadata.row_group(0).column(7).data_page_offset
    content[start + 30] ^= 255
    path.write_bytes(bytes(content))
    with pytest.raises(MienError, match=r"corrupt|unreadable"):
        Store(store.path).column("subject")
    path.write_bytes(b"PAR1 nothing")
    with pytest.raises(MienError, match="unreadable"):
        Store(store.path)


def test_a_manifest_of_other_types_is_refused(store: Store) -> None:
    path = store.path / "manifest.parquet"
    table = pq.read_table(path)
    frames = [str(frame) for frame in range(len(table))]
    index = table.schema.get_field_index("frame")
    pq.write_table(table.set_column(index, "frame", [frames]), path)
    with pytest.raises(MienError, match="column frame is string"):
        open_manifest(path)


def test_an_older_manifest_reads_missing_columns_as_unknown(store: Store) -> None:
    path = store.path / "manifest.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["AU01", "landmarks"]), path)
    again = Store(store.path)
    assert np.isnan(again.column("AU01")).all()
    assert again.table.column_names == SCHEMA.names
    with pytest.raises(MienError, match="no column 'AU99'"):
        again.column("AU99")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 1, "shards": [{}]}'])
def test_bad_facts_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "store.json").write_text(text)
    with pytest.raises(MienError, match=r"store\.json"):
        Store(tmp_path)


def test_a_folder_that_is_no_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(MienError, match="not a store"):
        Store(tmp_path)


def test_verify_refuses_members_that_are_no_files(store: Store, tmp_path: Path) -> None:
    path = store.path / store.facts.shards[0].name
    for kind, name in ((tarfile.SYMTYPE, "a"), (tarfile.DIRTYPE, "b"), (tarfile.REGTYPE, "../c")):
        with tarfile.open(path, "w") as archive:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        assert any("not a plain file" in problem for problem in verify(store.path).problems)


def test_verify_names_strangers(store: Store) -> None:
    (store.path / "extra").write_text("x")
    assert verify(store.path).problems == (f"{store.path / 'extra'}: not part of the store",)


def test_a_truncated_jpeg_is_refused(tmp_path: Path) -> None:
    data = jpeg.encode(some_rows(4)[0][0])
    with StoreWriter(tmp_path / "s") as writer:
        with pytest.raises(MienError, match="does not decode"):
            writer.add(data[:-20], source="half.jpg")
        with pytest.raises(MienError, match="not a readable JPEG"):
            writer.add(b"GIF89a")
        writer.add(data)
    assert len(Store(tmp_path / "s")) == 1


def test_a_huge_header_is_refused_at_once() -> None:
    """65500 by 65500 pixels are claimed; within 10 ms they are not believed (S1)."""
    data = bytearray(jpeg.encode(some_rows(4)[0][0]))
    start = data.index(b"\xff\xc0")
    data[start + 5 : start + 9] = (65500).to_bytes(2, "big") * 2
    took = []
    for _ in range(5):
        began = time.thread_time()
        with pytest.raises(MienError, match="65500 by 65500"):
            jpeg.decode(bytes(data), source="bomb.jpg")
        took.append(time.thread_time() - began)
    assert min(took) < 0.01
