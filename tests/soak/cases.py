"""What the children do: read something damaged, or write where the disk is full."""

import errno
import io
import os
from pathlib import Path

import numpy as np
import torch

from data.conftest import some_rows, write
from mien.data import jpeg
from mien.data.store import Store
from mien.data.verify import verify
from mien.engine import checkpoint
from mien.engine.checkpoint import State
from mien.faces.image import read_image
from mien.predict.batch import predict_paths
from mien.predict.clip import Clip


def read_store(path):
    """Everything a store gives: columns, images; and what `verify` thinks of it."""
    verdict = verify(path)
    assert all(isinstance(problem, str) for problem in verdict.problems)
    store = Store(path)
    assert store.table.num_rows == len(store)
    for name in ("subject", "frame", "AU12", "landmarks"):
        assert len(store.column(name)) == len(store)
    images = store.images(range(len(store)))
    assert images.dtype == np.uint8
    assert images.shape[0] == len(store)
    store.close()
    return len(verdict.problems)


def read_photo(path):
    """A photo as `mien predict` reads it."""
    image = read_image(path)
    assert image.dtype == np.uint8
    assert image.ndim == 3
    return image.shape


def read_jpeg(path):
    """A JPEG as a store's reader and writer take it."""
    image = jpeg.decode(Path(path).read_bytes(), source=path)
    assert image.dtype == np.uint8
    return image.shape


def read_clip(path):
    """Every frame of a clip; returns how many were decoded and how many damaged."""
    clip = Clip(path)
    frames = 0
    for frame in clip.frames():
        assert frame.image is None or frame.image.dtype == np.uint8
        frames += 1
    assert frames == clip.decoded + clip.damaged
    return clip.decoded, clip.damaged, clip.problem


def write_store(folder, at=None):
    """Write a store of several shards."""
    with Failing(at) as calls:
        write(Path(folder) / "store", some_rows(), shard_bytes=6000)
    return calls[0]


def save_checkpoint(folder, at=None):
    """Save step 2 where step 1 stands."""
    with Failing(at) as calls:
        checkpoint.save(Path(folder), state(2))
    return calls[0]


def state(step):
    """A checkpoint's content, 80 kB."""
    values = torch.Generator().manual_seed(step)
    return State(
        step=step,
        model={"w": torch.randn(10_000, generator=values)},
        optimiser={"w|exp_avg": torch.randn(10_000, generator=values)},
        chosen={"w": torch.randn(100, generator=values)},
    )


def predict(folder, sources, bundle, at=None):
    """Read a photo and a clip into tables, pictures and provenance."""
    with Failing(at) as calls:
        predict_paths(sources, bundle, out=Path(folder) / "out", annotate=True, threads=1)
    return calls[0]


class Failing:
    """While open, the `at`-th call that could meet a full disk does; counts the calls."""

    def __init__(self, at):
        self.at, self.calls, self.kept = at, [0], []

    def __enter__(self):
        for name in ("fsync", "rename", "replace", "mkdir"):
            self._wrap(os, name, lambda *_: True)
        self._wrap(os, "open", lambda _, flags, *__: bool(flags & os.O_CREAT))
        self._wrap(io, "open", lambda _, mode="r", *__: bool(set(mode) & set("wxa")))
        return self.calls

    def __exit__(self, *_):
        for module, name, original in self.kept:
            setattr(module, name, original)

    def _wrap(self, module, name, counts):
        original = getattr(module, name)
        self.kept.append((module, name, original))

        def call(*args, **options):
            mode = {k: v for k, v in options.items() if k == "mode" and module is io}
            if counts(*args, **mode):
                self.calls[0] += 1
                if self.calls[0] == self.at:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(args[0]))
            return original(*args, **options)

        setattr(module, name, call)
