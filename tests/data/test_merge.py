"""Merging: parallel writers make the store that one would have made."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.conftest import Rows, some_rows, write
from mien.data.merge import merge
from mien.data.store import Store
from mien.data.verify import verify
from mien.errors import MienError

ROWS = some_rows(12, subjects=3)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(0, 12), max_size=3).map(sorted))
def test_any_parts_give_the_same_bytes(
    cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    whole = write(folder / "whole", ROWS, name="x", shard_bytes=4000, created={"seed": 1})
    bounds = [0, *cuts, 12]
    parts = [
        write(folder / f"part-{place}", ROWS[first:last], created={"seed": 1}, shard_bytes=9000)
        for place, (first, last) in enumerate(pairwise(bounds))
    ]
    merged = merge(parts, folder / "merged", name="x", shard_bytes=4000)
    names = sorted(path.name for path in whole.iterdir())
    assert names == sorted(path.name for path in merged.iterdir())
    for name in names:
        assert (whole / name).read_bytes() == (merged / name).read_bytes()


def test_given_ids_are_kept_and_numbers_are_renewed(tmp_path: Path) -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    one = write(tmp_path / "one", [(image, {"sample_id": "mine"}), (image, {})])
    two = write(tmp_path / "two", [(image, {"sample_id": "other"}), (image, {})])
    merged = Store(merge([one, two], tmp_path / "merged"))
    assert merged.column("sample_id").tolist() == ["mine", "00000001", "other", "00000003"]
    assert verify(merged.path).problems == ()


def test_templates_must_agree(tmp_path: Path, rows: Rows) -> None:
    one = write(tmp_path / "one", rows[:2], template="a", template_digest="1")
    two = write(tmp_path / "two", rows[:2], template="b", template_digest="2")
    with pytest.raises(MienError, match="made with template 'b'"):
        merge([one, two], tmp_path / "merged")
    with pytest.raises(MienError, match="nothing to merge"):
        merge([], tmp_path / "merged")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_a_corrupt_part_leaves_nothing(tmp_path: Path, rows: Rows) -> None:
    part = write(tmp_path / "part", rows)
    shard = part / "shard-000000.tar"
    content = bytearray(shard.read_bytes())
    content[600] ^= 1
    shard.write_bytes(bytes(content))
    with pytest.raises(MienError, match="corrupt"):
        merge([part], tmp_path / "merged")
    assert [path.name for path in tmp_path.iterdir()] == ["part"]
