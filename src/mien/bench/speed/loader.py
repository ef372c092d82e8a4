"""The loader beside bare decoding: how much of the decoder's speed reaches the training loop."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
import torch

from mien.data.codes import Codes
from mien.data.loader import Cache, Labelled, Loader
from mien.data.neighbours import ClipNeighbours
from mien.data.samplers import ActivityBalanced, Sampler, Shuffled, SubjectBalanced
from mien.data.store import Store, StoreWriter
from mien.data.views import View, apply, draw
from mien.data.windows import ClipWindows
from mien.facs import LAB_AUS

VIEW = View(
    scale=(0.2, 1.0),
    ratio=(0.75, 1.33),
    flip=0.5,
    jitter=0.8,
    brightness=0.4,
    contrast=0.4,
    saturation=0.4,
    hue=0.1,
    grey=0.2,
    blur=0.5,
    erase=0.2,
)
"""Every change at about the strength of SimCLR's."""

SAMPLERS: tuple[Sampler, ...] = (
    Shuffled(),
    ActivityBalanced(),
    SubjectBalanced(),
    ClipNeighbours(),
    ClipWindows(),
)
"""Timed without a store: rows a second that they choose among 100,000."""


@dataclass(frozen=True, kw_only=True)
class Speed:
    """One thing timed beside bare decoding, in the same breath."""

    name: str
    """What was timed."""
    images_per_second: float
    """Images a second of CPU time (all threads), median of the repeats."""
    ratio: float
    """Its speed over that of bare decoding just before: median of the pairs."""
    lowest: float
    """Smallest ratio of a pair."""
    highest: float
    """Largest ratio of a pair."""


@dataclass(frozen=True, kw_only=True)
class LoaderBench:
    """What `measure` found."""

    images: int
    """Images of the store."""
    size: int
    """Their edge in pixels."""
    decode_per_second: float
    """Images a second of CPU time, `simplejpeg.decode_jpeg` on bytes in memory, median."""
    speeds: tuple[Speed, ...]
    """Shards at random, the memory cache, views, and choosing rows, each against decoding."""

    def rows(self) -> list[dict[str, float | str]]:
        """The table: a dictionary for each thing timed."""
        first = {"name": "bare decode", "images_per_second": self.decode_per_second, "ratio": 1.0}
        return [first, *(vars(speed) for speed in self.speeds)]


def measure(
    store: Store | None = None,
    *,
    size: int = 112,
    images: int = 2048,
    batch: int = 256,
    repeats: int = 7,
) -> LoaderBench:
    """Time decoding and loading in turn, on one thread each.

    Args:
        store: what to read; by default `images` made-up ones of `size` pixels, JPEG quality 95.
        size: edge of the made-up images.
        images: how many images to read for each timing.
        batch: rows of a batch.
        repeats: pairs of timings; the first of each is not counted.
    """
    if store is None:
        with tempfile.TemporaryDirectory(prefix="mien-bench-") as folder:
            made = _make(Path(folder) / "store", images=images, size=size)
            return measure(made, images=images, batch=batch, repeats=repeats)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _measure(store, images=min(images, len(store)), batch=batch, repeats=repeats)
    finally:
        torch.set_num_threads(threads)
        store.close()


def _measure(store: Store, *, images: int, batch: int, repeats: int) -> LoaderBench:
    size, batch = store.facts.size or 0, min(batch, images)
    data = Labelled.of(store, np.arange(images), aus=LAB_AUS)
    raw = [store.read(row) for row in range(images)]
    pixels = torch.from_numpy(store.images(range(batch))).permute(0, 3, 1, 2)
    epoch = iter(range(10**9))

    def decode() -> int:
        for each in raw:
            simplejpeg.decode_jpeg(each)
        return len(raw)

    def load(cache: Cache) -> Callable[[], int]:
        loader = Loader(data, Shuffled(), size=batch, seed=0, cache=cache, memory_limit=2**40)
        return lambda: sum(len(each) for each in loader.batches(next(epoch)))

    def views(edge: int) -> Callable[[], int]:
        generator = torch.Generator().manual_seed(0)

        def run() -> int:
            for _ in range(max(1, images // batch // 4)):
                apply(pixels, draw(VIEW, 1, batch=batch, generator=generator), edge)
            return max(1, images // batch // 4) * batch

        return run

    timed = {
        "loader, from shards": load("none"),
        "loader, from memory": load("memory"),
        "views of 64 px": views(64),
        "views of 112 px": views(112),
        **{f"rows by {type(each).__name__}": _chooser(each) for each in SAMPLERS},
    }
    decodes: list[float] = []
    speeds = tuple(_pair(name, work, decode, repeats, decodes) for name, work in timed.items())
    return LoaderBench(
        images=images,
        size=size,
        decode_per_second=statistics.median(decodes),
        speeds=speeds,
    )


def _chooser(sampler: Sampler, *, rows: int = 100_000, size: int = 256) -> Callable[[], int]:
    """Choose the first eight batches among `rows` made-up rows of 40 people."""
    generator = np.random.default_rng(0)
    subject = np.sort(generator.integers(0, 40, rows))
    codes = Codes(
        subject=subject,
        clip=subject * 3 + np.arange(rows) % 3,
        activity=generator.integers(-1, 4, rows),
        frame=np.arange(rows) % 50,
    )
    return lambda: sum(
        len(sampler.batch(codes, seed=0, epoch=0, step=step, size=size)) for step in range(8)
    )


def _pair(
    name: str,
    work: Callable[[], int],
    decode: Callable[[], int],
    repeats: int,
    decodes: list[float],
) -> Speed:
    """Time decoding and `work` in turn."""
    speeds: list[float] = []
    ratios: list[float] = []
    for turn in range(repeats + 1):
        bare, mine = _rate(decode), _rate(work)
        if turn > 0:
            decodes.append(bare)
            speeds.append(mine)
            ratios.append(mine / bare)
    return Speed(
        name=name,
        images_per_second=statistics.median(speeds),
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
    )


def _rate(work: Callable[[], int]) -> float:
    """Images a second of this process's CPU time."""
    began = time.process_time()
    done = work()
    return done / max(time.process_time() - began, 1e-9)


def _make(path: Path, *, images: int, size: int) -> Store:
    """A store of smooth random images: about as many bytes each as faces of that size."""
    generator = np.random.default_rng(0)
    with StoreWriter(path, shard_bytes=2**24) as writer:
        for row in range(images):
            coarse = generator.integers(0, 256, (size // 8, size // 8, 3), dtype=np.uint8)
            image = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
            writer.add(np.asarray(image, np.uint8), subject=f"{row % 16}", frame=row)
    return Store(path)
