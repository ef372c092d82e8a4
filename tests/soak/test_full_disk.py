"""A disk that fills up at any moment leaves nothing half-written.

Twice: the k-th call that makes, flushes or renames a file fails, for every k; and no file may grow
beyond so many bytes, from none to the largest file's size (the kernel then refuses the write
itself, in Arrow's, safetensors' and FFmpeg's own code too).
"""

import shutil

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from engine.test_checkpoint import _same as same
from mien.data.store import Store
from mien.data.verify import verify
from mien.engine import checkpoint
from predict import clips
from soak import cases
from soak.forked import run
from soak.share import share

LOUD = {"refused", "os error"}


def limits(folder, count):
    """Sizes from 0 to a byte less than the largest file below a folder."""
    largest = max(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return sorted({int(size) for size in np.linspace(0, largest - 1, share(count))})


def every_call(work, *args, check, begin):
    """Fail each call in turn until there are no more; returns how many there were."""
    at = 0
    while True:
        at += 1
        folder = begin()
        ending = run(work, folder, *args, at)
        assert ending.kind in LOUD | {"returned"}, ending
        check(folder, ending.kind == "returned")
        shutil.rmtree(folder)
        if ending.kind == "returned" and ending.said < at:
            return at - 1


def every_size(sizes, work, *args, check, begin):
    """Limit the size of files in turn."""
    for size in sizes:
        folder = begin()
        ending = run(work, folder, *args, file_bytes=size)
        assert ending.kind in LOUD, (size, ending)
        assert "No space" in str(ending.said) or "too large" in str(ending.said), (size, ending)
        check(folder, False)
        shutil.rmtree(folder)


@pytest.fixture
def fresh(tmp_path):
    """Makes an empty folder."""

    def make():
        folder = tmp_path / "place"
        folder.mkdir()
        return folder

    return make


def test_store(fresh, tmp_path):
    def check(folder, done):
        left = [path.name for path in folder.iterdir()]
        assert left in ([["store"]] if done else [["store"], []])
        if left:  # even after an error: the last call flushes the folder around a whole store
            assert verify(folder / "store").problems == ()

    calls = every_call(cases.write_store, check=check, begin=fresh)
    assert calls > 15
    whole = tmp_path / "whole"
    whole.mkdir()
    cases.write_store(whole)
    assert len(Store(whole / "store").facts.shards) > 1
    every_size(limits(whole, 100), cases.write_store, check=check, begin=fresh)


def test_checkpoint(fresh, tmp_path):
    def begin():
        folder = fresh()
        checkpoint.save(folder, cases.state(1))
        return folder

    def check(folder, done):
        loaded = checkpoint.load(folder)
        assert loaded.step == 2 if done else loaded.step in {1, 2}
        same(loaded, cases.state(loaded.step))
        assert not list(folder.rglob(".*"))
        assert not list(folder.rglob("*.damaged"))

    calls = every_call(cases.save_checkpoint, check=check, begin=begin)
    assert calls > 8
    whole = tmp_path / "whole"
    cases.save_checkpoint(whole)
    every_size(limits(whole, 100), cases.save_checkpoint, check=check, begin=begin)


def test_predictions(fresh, tmp_path, bundle, portrait):
    photo = tmp_path / "photo.png"
    cv2.imwrite(str(photo), portrait[..., ::-1])
    moving = [np.roll(portrait, step, axis=1) for step in range(4)]
    sources = [photo, clips.write(tmp_path / "clip.mp4", moving)]

    def check(folder, done):
        names = {path.name for path in folder.iterdir()}
        left = sorted(names - {".out.work"})  # what is read already, for the next run
        assert left in ([["out"]] if done else [["out"], []])
        assert not done or names == {"out"}
        if left:
            assert pq.read_table(folder / "out" / "readings.parquet").num_rows == 5

    calls = every_call(cases.predict, sources, bundle, check=check, begin=fresh)
    assert calls > 8
    whole = tmp_path / "whole"
    whole.mkdir()
    cases.predict(whole, sources, bundle)
    every_size(limits(whole, 50), cases.predict, sources, bundle, check=check, begin=fresh)
