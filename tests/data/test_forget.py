"""Forgetting: a subject is gone from every byte, and the others have not been touched."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data.conftest import Rows
from mien.data.forget import forget
from mien.data.merge import merge
from mien.data.store import Store
from mien.data.verify import verify
from mien.errors import MienError


def _digests(store: Store, rows: np.ndarray) -> list[str]:
    return [hashlib.sha256(store.read(int(row))).hexdigest() for row in rows]


def test_only_the_subjects_records_go(store: Store) -> None:
    subject = store.column("subject")
    mine, others = np.flatnonzero(subject == "S01"), np.flatnonzero(subject != "S01")
    gone, kept = _digests(store, mine), _digests(store, others)
    ids = store.column("sample_id")[others].tolist()
    secrets = [store.read(int(row)) for row in mine]
    before = {path.name: path.read_bytes() for path in store.path.iterdir()}
    affected = sorted(set(store.column("shard")[mine]))
    assert 0 < len(affected) < len(store.facts.shards)

    result = forget(store.path, "S01")

    assert result.records == len(mine)
    assert result.residual == 0
    assert set(affected) < set(result.files)
    again = Store(store.path)
    assert verify(again.path).problems == ()
    assert again.facts.generation == 1
    assert again.column("sample_id").tolist() == ids
    assert _digests(again, np.arange(len(again))) == kept
    assert not set(gone) & set(_digests(again, np.arange(len(again))))
    assert "S01" not in again.column("subject")
    for path in again.path.iterdir():
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets)
        assert b"S01" not in content
        if path.name in before and path.name != "store.json":
            assert content == before[path.name]
    np.testing.assert_array_equal(again.column("landmarks"), store.column("landmarks")[others])


def test_twice_and_to_the_end(store: Store, tmp_path: Path) -> None:
    for count, subject in enumerate(("S02", "S00", "S03", "S01"), 1):
        forget(store.path, subject)
        assert Store(store.path).facts.generation == count
        assert verify(store.path).problems == ()
    assert len(Store(store.path)) == 0
    assert sorted(path.name for path in store.path.iterdir()) == [
        "manifest.4.parquet",
        "store.json",
    ]
    with pytest.raises(MienError, match="no subject 'S02'"):
        forget(store.path, "S02")
    with pytest.raises(MienError, match="no subject ''"):
        forget(store.path, "")


def test_a_store_with_gaps_merges(store: Store, tmp_path: Path) -> None:
    forget(store.path, "S01")
    merged = merge([store.path, store.path], tmp_path / "twice")
    assert verify(merged).problems == ()


def test_killed_before_the_turn_the_store_is_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("mien.data.forget.write_facts", stop)
        with pytest.raises(KeyboardInterrupt):
            forget(store.path, "S01")
    assert len(Store(store.path)) == 24
    assert Store(store.path).images(range(24)).shape[0] == 24
    assert any("not part" in problem for problem in verify(store.path).problems)
    assert forget(store.path, "S01").records == 6
    assert verify(store.path).problems == ()


def test_killed_after_the_turn_the_next_call_finishes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> list[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("mien.data.forget.read_facts", stop)
        with pytest.raises(KeyboardInterrupt):
            forget(store.path, "S01")
    assert len(Store(store.path)) == 18
    result = forget(store.path, "S01")
    assert result.records == 0
    assert "manifest.parquet" in result.files
    assert verify(store.path).problems == ()


def test_a_full_disk_leaves_the_store_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in store.path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mien.data.forget.sync_file", full)
    with pytest.raises(OSError, match="No space"):
        forget(store.path, "S01")
    assert before == {path.name: path.read_bytes() for path in store.path.iterdir()}


def test_identical_bytes_under_another_name_are_reported(
    make_store: Callable[..., Store], rows: Rows
) -> None:
    image = rows[0][0]
    store = make_store("twins", rows=[(image, {"subject": "A"}), (image, {"subject": "B"})])
    assert forget(store.path, "A").residual == 1
