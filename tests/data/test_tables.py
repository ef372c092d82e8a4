"""Tables beside a store: read back, and refused where they belong elsewhere."""

import numpy as np
import pytest

from mien.data import tables
from mien.data.store import Store
from mien.data.writer import StoreWriter
from mien.errors import MienError


@pytest.fixture
def store(tmp_path):
    with StoreWriter(tmp_path / "s") as writer:
        for shade in (10, 20, 30):
            writer.add(np.full((16, 16, 3), shade, np.uint8))
    opened = Store(tmp_path / "s")
    yield opened
    opened.close()


def test_a_table_comes_back_as_half_precision(store):
    values = np.arange(6, dtype=np.float32).reshape(3, 2) / 3
    values[1, 0] = np.nan
    path = tables.write_table(store, "shape", values, kind="two numbers")
    assert path.name == "s.shape.npy"
    found = tables.read_table(store, "shape", kind="two numbers")
    np.testing.assert_array_equal(found, values.astype(np.float16))
    assert tables.has_table(store, "shape", kind="two numbers")


def test_missing_foreign_and_other_tables_are_refused(store):
    with pytest.raises(MienError, match="no table 'shape'"):
        tables.read_table(store, "shape", kind="k")
    with pytest.raises(ValueError, match="2 rows for a store of 3"):
        tables.write_table(store, "shape", np.zeros((2, 1)), kind="k")
    path = tables.write_table(store, "shape", np.zeros((3, 1)), kind="k")
    assert not tables.has_table(store, "shape", kind="other")
    said = path.with_suffix(".json")
    said.write_text(said.read_text().replace(store.digest, "0" * 64))
    with pytest.raises(MienError, match="of another store"):
        tables.read_table(store, "shape", kind="k")


def test_no_code_is_read_from_a_table(store):
    path = tables.write_table(store, "shape", np.zeros((3, 1)), kind="k")
    np.save(path, np.array([{}, {}, {}], dtype=object), allow_pickle=True)
    with pytest.raises(MienError, match="no table"):
        tables.read_table(store, "shape", kind="k")
