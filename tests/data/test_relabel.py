"""The same pictures under other labels."""

import numpy as np
import pytest

from mien.data.forget import forget
from mien.data.relabel import relabel
from mien.data.schema import SCHEMA
from mien.data.store import Store
from mien.data.verify import verify
from mien.data.writer import StoreWriter
from mien.errors import MienError


@pytest.fixture
def store(tmp_path):
    rng = np.random.default_rng(0)
    with StoreWriter(tmp_path / "old", shard_bytes=4000, created={"by": "a test"}) as writer:
        for row in range(6):
            image = rng.integers(0, 255, (24, 24, 3), dtype=np.uint8)
            writer.add(image, subject=f"S{row % 3}", clip=f"C{row}", activity="T1", AU12=row % 2)
    return Store(tmp_path / "old")


VALUES = ["a", "b", None, "a", None, "c"]


def test_one_column_changes_and_nothing_else(store, tmp_path):
    out = relabel(store, tmp_path / "new", column="activity", values=VALUES, created={"how": 1})
    new = Store(out)
    assert new.column("activity").tolist() == [value or "" for value in VALUES]
    for name in SCHEMA.names:
        if name != "activity":
            assert new.select([name]).equals(store.select([name])), name
    np.testing.assert_array_equal(new.images(range(6)), store.images(range(6)))
    assert new.facts.name == store.facts.name
    assert new.facts.created == {"by": "a test", "how": 1}
    assert new.digest != store.digest
    assert len(new.facts.shards) > 1
    assert verify(out).problems == ()
    assert store.column("activity").tolist() == ["T1"] * 6


def test_the_new_store_stands_by_itself(store, tmp_path):
    out = relabel(store, tmp_path / "new", column="activity", values=VALUES, created={})
    store.close()
    forget(tmp_path / "old", "S0")
    assert verify(out).problems == ()
    assert len(Store(out)) == 6
    forget(out, "S0")
    assert len(Store(out)) == 4
    assert verify(tmp_path / "old").problems == ()


def test_shards_are_copied_where_they_cannot_be_linked(store, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refuse)
    out = relabel(store, tmp_path / "new", column="activity", values=VALUES, created={})
    assert verify(out).problems == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"column": "offset"}, "no label"),
        ({"values": ["a"]}, "1 values for 6 rows"),
        ({"column": "frame"}, "do not fit"),
    ],
)
def test_refusals_leave_nothing(changes, says, store, tmp_path):
    options = {"column": "activity", "values": VALUES, **changes}
    with pytest.raises(MienError, match=says) as caught:
        relabel(store, tmp_path / "new", created={}, **options)
    assert caught.value.remedy
    assert [entry.name for entry in tmp_path.iterdir()] == ["old"]


def test_a_folder_that_is_there_is_left_alone(store, tmp_path):
    (tmp_path / "new").mkdir()
    with pytest.raises(MienError, match="already exists"):
        relabel(store, tmp_path / "new", column="activity", values=VALUES, created={})
    assert not list((tmp_path / "new").iterdir())
