"""Checkpoints: whole or not at all, checked before use, the one before when damaged."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from mien.engine import checkpoint
from mien.engine.checkpoint import State
from mien.errors import MienError


def _state(step, *, chosen=False):
    values = torch.Generator().manual_seed(step)
    model = {"w": torch.randn(5, 3, generator=values), "n": torch.tensor(step)}
    return State(
        step=step,
        model=model,
        optimiser={"w|exp_avg": torch.randn(5, 3, generator=values)},
        scalars={"epoch": step // 3, "note": "é"},
        chosen=model if chosen else None,
    )


def _same(one, other):
    assert one.step == other.step
    assert_close(dict(one.model), dict(other.model), rtol=0, atol=0)
    assert_close(dict(one.optimiser), dict(other.optimiser), rtol=0, atol=0)


def test_round_trip_keeps_the_newest(tmp_path):
    for step in (1, 2, 3):
        checkpoint.save(tmp_path, _state(step, chosen=step == 3), keep=2)
    loaded = checkpoint.load(tmp_path)
    _same(loaded, _state(3))
    assert loaded.scalars["note"] == "é"
    assert loaded.chosen is not None
    names = sorted(path.name for path in (tmp_path / checkpoint.FOLDER).iterdir())
    assert names == ["step-00000002", "step-00000003"]
    assert (tmp_path / checkpoint.LATEST).read_text() == "step-00000003\n"


def test_files_are_readable_by_whom_the_umask_lets(tmp_path):
    before = os.umask(0o027)
    try:
        folder = checkpoint.save(tmp_path, _state(1, chosen=True))
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o640}


def test_a_new_run_has_none(tmp_path):
    assert checkpoint.load(tmp_path) is None


def test_shared_and_strided_tensors(tmp_path):
    base = torch.arange(12.0).view(3, 4)
    state = State(step=1, model={"a": base, "b": base, "c": base.T, "d": base[1]})
    checkpoint.save(tmp_path, state)
    assert_close(dict(checkpoint.load(tmp_path).model), dict(state.model))


def _damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "flip":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()


@pytest.mark.parametrize("how", ["flip", "cut", "empty", "gone"])
@pytest.mark.parametrize(
    "name", [checkpoint.MODEL, checkpoint.STATE, checkpoint.SCALARS, checkpoint.DIGEST]
)
def test_damage_is_seen_and_the_one_before_loads(tmp_path, name, how):
    checkpoint.save(tmp_path, _state(1))
    last = checkpoint.save(tmp_path, _state(2))
    _damage(last / name, how)
    said = []
    _same(checkpoint.load(tmp_path, say=said.append), _state(1))
    assert len(said) == 1
    assert "falling back" in said[0]
    assert checkpoint.save(tmp_path, _state(2)) == last
    _same(checkpoint.load(tmp_path), _state(2))


def test_all_damaged_is_an_error(tmp_path):
    _damage(checkpoint.save(tmp_path, _state(1)) / checkpoint.MODEL, "cut")
    with pytest.raises(MienError, match="no checkpoint is whole"):
        checkpoint.load(tmp_path)


def _failing(monkeypatch, at):
    """Make the `at`-th call among fsync, rename and replace raise ENOSPC; return the counter."""
    calls = [0]

    def wrap(original):
        def call(*args, **kwargs):
            calls[0] += 1
            if calls[0] == at:
                raise OSError(errno.ENOSPC, "No space left on device")
            return original(*args, **kwargs)

        return call

    for name in ("fsync", "rename", "replace"):
        monkeypatch.setattr(os, name, wrap(getattr(os, name)))
    return calls


def test_a_failing_disk_leaves_the_old_one_whichever_call_fails(tmp_path, monkeypatch):
    for at in range(1, 100):
        run = tmp_path / str(at)
        checkpoint.save(run, _state(1))
        with monkeypatch.context() as patch:
            calls = _failing(patch, at)
            try:
                checkpoint.save(run, _state(2))
            except MienError as error:
                assert "earlier checkpoints are intact" in error.problem  # noqa: PT017
            else:
                assert calls[0] < at
                break
        assert checkpoint.load(run).step in (1, 2)
        assert not list(run.rglob(".*"))
    assert at > 8


FULL = """
import resource, sys
from pathlib import Path
import torch
from mien.engine import checkpoint
from mien.engine.checkpoint import State
from mien.errors import MienError
run = Path(sys.argv[1])
checkpoint.save(run, State(step=1, model={"w": torch.ones(10)}))
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    checkpoint.save(run, State(step=2, model={"w": torch.ones(100_000)}))
except MienError as error:
    print(error)
    sys.exit(2)
"""


def test_a_file_too_large_for_the_disk_is_loud(tmp_path):
    command = [sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "could not be written" in done.stdout
    assert checkpoint.load(tmp_path).step == 1
    assert not list((tmp_path / checkpoint.FOLDER).glob(".*"))


def test_a_place_that_is_no_folder_is_loud(tmp_path):
    (tmp_path / checkpoint.FOLDER).write_text("a file where a folder should be")
    with pytest.raises(MienError, match="could not be written"):
        checkpoint.save(tmp_path, _state(1))


def test_leftovers_of_a_killed_write_go(tmp_path):
    checkpoint.save(tmp_path, _state(1))
    leftover = tmp_path / checkpoint.FOLDER / ".step-00000002.abc"
    leftover.mkdir()
    (leftover / checkpoint.MODEL).write_bytes(b"half")
    (tmp_path / ".latest.xyz").write_text("")
    _same(checkpoint.load(tmp_path), _state(1))
    assert not list(tmp_path.rglob(".*"))
