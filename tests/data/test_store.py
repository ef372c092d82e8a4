"""The store: what goes in comes out."""

import contextlib
import tarfile
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from data.conftest import Rows, write
from mien.data import jpeg
from mien.data.facts import read_facts
from mien.data.schema import SCHEMA
from mien.data.store import Store, column_array
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
