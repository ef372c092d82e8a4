"""A store that cannot be written whole leaves nothing."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data.conftest import Rows, write
from mien.data.store import Store, StoreWriter
from mien.errors import MienError


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
