"""The store: what goes in comes out, and anything wrong is noticed."""

import contextlib
import json
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import simplejpeg

from data.conftest import Rows, some_rows, write
from mien.data import jpeg
from mien.data.facts import read_facts
from mien.data.manifest import open_manifest
from mien.data.schema import SCHEMA
from mien.data.store import Store, StoreWriter, column_array
from mien.data.verify import verify
from mien.errors import MienError


def test_images_come_back_in_any_order(store: Store, rows: Rows) -> None:
    order = [5, 0, 23, 5]
    images = store.images(order)
    assert images.shape == (4, 16, 16, 3)
    for image, row in zip(images, order, strict=True):
        reference = simplejpeg.decode_jpeg(jpeg.encode(rows[row][0]))
        np.testing.assert_array_equal(image, reference)
        assert np.abs(image.astype(int) - rows[row][0]).mean() < 12


def test_columns_come_back_and_unknown_is_marked(store: Store, rows: Rows) -> None:
    labels = [labels for _, labels in rows]
    assert store.column("subject").tolist() == [each["subject"] for each in labels]
    assert store.column("activity").tolist() == [each["activity"] or "" for each in labels]
    assert store.column("frame").tolist() == [each["frame"] for each in labels]
    assert np.isnan(store.column("AU04")).all()
    assert np.isnan(store.column("pts_ms")).all()
    assert (store.column("AU01") == [each["AU01"] for each in labels]).all()
    valence = store.column("valence")
    assert np.isnan(valence).tolist() == [each["valence"] is None for each in labels]
    landmarks = store.column("landmarks")
    assert landmarks.shape == (24, 478, 2)
    np.testing.assert_array_equal(landmarks[1], labels[1]["landmarks"])
    assert np.isnan(landmarks[0]).all()
    assert store.table.schema.equals(SCHEMA)
    assert column_array(store.table.slice(1, 1), "landmarks").shape == (1, 478, 2)


def test_integers_read_unknown_as_minus_one(tmp_path: Path) -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    store = Store(write(tmp_path / "s", [(image, {"frame": 3}), (image, {})]))
    assert store.column("frame").tolist() == [3, -1]
    assert store.column("sample_id").tolist() == ["00000000", "00000001"]
    assert store.column("subject").tolist() == ["", ""]


def test_shards_are_plain_tar_archives(store: Store) -> None:
    names = []
    for shard in store.facts.shards:
        with tarfile.open(store.path / shard.name) as archive:
            names += archive.getnames()
            for entry in archive:
                assert entry.isreg()
                assert entry.mtime == 0
    assert len(store.facts.shards) > 1
    assert names == [f"{row:08d}.jpg" for row in range(24)]


def test_equal_inputs_give_equal_bytes(tmp_path: Path, rows: Rows) -> None:
    one = write(tmp_path / "one", rows, name="x")
    two = write(tmp_path / "two", rows, name="x")
    for path in sorted(one.iterdir()):
        assert path.read_bytes() == (two / path.name).read_bytes()
    assert Store(one).digest == Store(two).digest


def test_facts_tell_size_and_digest(store: Store, tmp_path: Path) -> None:
    facts = read_facts(store.path)
    assert (facts.size, facts.rows, facts.generation) == (16, 24, 0)
    assert facts.manifest_bytes == (store.path / "manifest.parquet").stat().st_size
    mixed = [(np.zeros((8, 8, 3), np.uint8), {}), (np.zeros((8, 9, 3), np.uint8), {})]
    other = Store(write(tmp_path / "mixed", mixed))
    assert other.facts.size is None
    assert other.images([1]).shape == (1, 8, 9, 3)
    with pytest.raises(MienError, match="differ in size"):
        other.images([0, 1])


def test_an_empty_store_is_a_store(tmp_path: Path) -> None:
    store = Store(write(tmp_path / "empty", []))
    assert len(store) == 0
    assert store.facts.shards == ()
    assert verify(store.path).problems == ()
    assert store.images([]).shape == (0, 0, 0, 3)


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


def test_an_unknown_column_is_a_programming_error(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="no column 'AU1'"),
        StoreWriter(tmp_path / "s") as writer,
    ):
        writer.add(np.zeros((8, 8, 3), np.uint8), AU1=1)
    assert list(tmp_path.iterdir()) == []


def test_a_second_writer_is_refused(store: Store) -> None:
    with pytest.raises(MienError, match="already exists"):
        StoreWriter(store.path)


def test_an_abandoned_store_leaves_nothing(tmp_path: Path) -> None:
    writer = StoreWriter(tmp_path / "s")
    writer.add(np.zeros((8, 8, 3), np.uint8))
    writer.abandon()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="abandoned"):
        writer.seal()


def test_a_full_disk_is_loud_and_leaves_nothing(tmp_path: Path) -> None:
    """A child may write files of 20 kB at most, as on a full disk (R4)."""
    script = f"""
import resource, signal
import numpy as np
from mien.data.store import StoreWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
generator = np.random.default_rng(0)
with StoreWriter({str(tmp_path / "s")!r}) as writer:
    for _ in range(200):
        writer.add(generator.integers(0, 256, (32, 32, 3), dtype=np.uint8))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_space_while_sealing_leaves_nothing(
    tmp_path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mien.data.writer.write_facts", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "s", rows)
    assert list(tmp_path.iterdir()) == []


def opened(folder: Path) -> int:
    """How many of the files that this process has open lie in a folder."""
    found = 0
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the listing's own, closed by now
            found += each.readlink().parent == folder
    return found


def test_closing_lets_the_files_go(store: Store) -> None:
    before = opened(store.path)
    store.images(range(24))
    assert opened(store.path) > before
    store.close()
    assert opened(store.path) == before
    assert len(store.images([0])) == 1
    del store


def test_rows_beyond_the_end_are_index_errors(store: Store) -> None:
    with pytest.raises(IndexError):
        store.read(24)
    assert store.read(-1) == store.read(23)
