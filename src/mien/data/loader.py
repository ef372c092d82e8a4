"""The loader: batches in a fixed order, read and decoded ahead of their use."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mien.data.batch import Batch
from mien.data.buffers import BufferPool
from mien.data.codes import Codes, Ints, seconds
from mien.data.edits import Cut, Editor, Edits
from mien.data.landmarks import landmarks68
from mien.data.permutation import key
from mien.data.samplers import Sampler, rank_slice
from mien.data.store import Store, column_array
from mien.data.targets import Targets, columns
from mien.errors import MienError
from mien.facs import Threshold

MEMORY_LIMIT: Final = 2**30
"""Most bytes of decoded images that a loader keeps unless told otherwise."""

Cache = Literal["auto", "memory", "none"]


def step_seed(seed: int, *, epoch: int, step: int) -> int:
    """The seed of one step: the same on every rank and micro-batch."""
    return int(key(seed, epoch, step, 7)[0] >> np.uint64(1))


def step_generator(batch: Batch) -> torch.Generator:
    """A generator for the random choices of a step, such as its views."""
    return torch.Generator().manual_seed(batch.seed)


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """The rows of a store that a loader draws from, with their codes and targets."""

    store: Store
    rows: Ints
    codes: Codes
    targets: Targets
    tables: Mapping[str, npt.NDArray[np.floating]] = field(default_factory=dict)
    """Further fields of a batch by name, a row each: see `mien.data.tables`."""

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(
        cls,
        store: Store,
        rows: npt.NDArray[np.int64] | None = None,
        *,
        aus: tuple[int, ...] = (),
        expressions: tuple[str, ...] = (),
        activities: tuple[str, ...] | None = None,
        threshold: Threshold = 1,
    ) -> "Labelled":
        """Read codes and targets of some rows of a store (all by default).

        Args:
            store: where the images are.
            rows: (n,) row numbers.
            aus: units of the label columns.
            expressions: class names.
            activities: activity names, if their order is to be fixed.
            threshold: lowest intensity that counts as occurrence where none is coded.
        """
        chosen = np.arange(len(store)) if rows is None else rows.astype(np.int64)
        table = store.select((*columns(aus), "pts_ms")).take(chosen)
        targets = Targets.from_table(
            table, aus=aus, expressions=expressions, activities=activities, threshold=threshold
        )
        codes = Codes(
            subject=targets.subject,
            clip=targets.clip,
            activity=targets.activity,
            frame=column_array(table, "frame").astype(np.int64),
            seconds=seconds(table),
        )
        return cls(store=store, rows=chosen, codes=codes, targets=targets)


class Loader:
    """Gives the batches of any epoch, from any step, always the same ones.

    Args:
        data: the rows to draw from, with their targets.
        sampler: which rows make up a batch.
        size: rows of the global batch.
        seed: of the run.
        rank, world: which slice of the global batch to load.
        cache: "memory" decodes every image once and keeps it, "none" decodes each time,
            "auto" keeps them if they fit `memory_limit`.
        memory_limit: bytes of decoded images that may be kept.
        threads: threads that read and decode.
        ahead: batches prepared before they are asked for.
        edits: what is done to the frames of a batch.

    Raises:
        MienError: `cache` is "memory" and the images do not fit; or the sampler cannot fill a
            batch; or an edit has no donors.
    """

    def __init__(
        self,
        data: Labelled,
        sampler: Sampler,
        *,
        size: int,
        seed: int,
        rank: int = 0,
        world: int = 1,
        cache: Cache = "auto",
        memory_limit: int = MEMORY_LIMIT,
        threads: int = 1,
        ahead: int = 2,
        edits: Edits | None = None,
    ) -> None:
        self.data, self.sampler = data, sampler
        self.size, self.seed = size, seed
        self._rank, self._world = rank, world
        self._threads, self._ahead = threads, max(1, ahead)
        self.steps = sampler.steps(data.codes, size=size)
        self._targets = _as_tensors(data.targets)
        self._cache = self._choose(cache, memory_limit)
        self._buffers = BufferPool()
        self._editor = _editor(data, edits, self._pixels, seed=seed) if edits else None

    def batch(self, epoch: int, step: int) -> Batch:
        """One batch (this rank's slice), made on the spot.

        Raises:
            MienError: a corrupt record or image; the error names shard and row.
        """
        positions = self.sampler.batch(
            self.data.codes, seed=self.seed, epoch=epoch, step=step, size=self.size
        )
        share = rank_slice(len(positions), rank=self._rank, world=self._world)
        mine = positions[share]
        rows = torch.from_numpy(mine)
        found = {name: values[rows] for name, values in self._targets.items()}
        for name, table in self.data.tables.items():
            found[name] = torch.from_numpy(np.asarray(table[mine], np.float32))
        pixels = self._pixels(mine)
        if self._editor is not None:
            places = np.arange(share.start, share.stop)
            cut = self._editor.edit(pixels, mine, places=places, epoch=epoch, step=step)
            found |= _cut_tensors(cut)
        return Batch(
            images=torch.from_numpy(pixels).permute(0, 3, 1, 2),
            index=torch.from_numpy(self.data.rows[mine]),
            seed=step_seed(self.seed, epoch=epoch, step=step),
            first=share.start,
            **found,
        )

    def batches(self, epoch: int, *, start: int = 0, stop: int | None = None) -> Iterator[Batch]:
        """The batches `start` to `stop` (default: the end) of an epoch, prepared ahead.

        Leaving the loop early is fine: what is under way finishes, the rest is dropped.

        Raises:
            MienError: as `batch`, when the step that failed is reached.
        """
        last = self.steps if stop is None else min(stop, self.steps)
        waiting: deque[Future[Batch]] = deque()
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="mien-loader")
        try:
            for step in range(start, last):
                waiting.append(pool.submit(self.batch, epoch, step))
                if len(waiting) > self._ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _choose(self, cache: Cache, limit: int) -> "_MemoryCache | None":
        if cache == "none":
            return None
        needed = self._decoded_bytes()
        if needed is not None and needed <= limit:
            return _MemoryCache(self.data)
        if cache == "auto":
            return None
        raise MienError(
            f"{len(self.data)} decoded images need {needed or 'an unknown number of'} bytes, "
            f"more than the {limit} allowed",
            remedy='use cache="none", or raise memory_limit',
            path=self.data.store.path,
        )

    def _decoded_bytes(self) -> int | None:
        size = self.data.store.facts.size
        return None if size is None else len(self.data) * size * size * 3

    def _pixels(self, positions: Ints) -> npt.NDArray[np.uint8]:
        """Frames (n, height, width, 3) that the caller may change."""
        rows = self.data.rows[positions]
        height, width = self.data.store.common_size(rows)
        out = self._buffers.take((len(rows), height, width, 3))
        if self._cache is not None:
            return self._cache.images(positions, out=out)
        return self.data.store.images(rows, out=out)


class _MemoryCache:
    """Decoded images, each kept from its first use on.

    Two threads may decode the same image at once; both write the same bytes.
    """

    def __init__(self, data: Labelled) -> None:
        size = data.store.facts.size or 0
        self._data = data
        # Pages of an untouched np.empty take no memory until an image lands on them.
        self._pixels = np.empty((len(data), size, size, 3), np.uint8)
        self._here = np.zeros(len(data), bool)

    def images(self, positions: Ints, *, out: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Copy the images at some positions of the selection to `out`."""
        missing = np.unique(positions[~self._here[positions]])
        if len(missing):
            self._pixels[missing] = self._data.store.images(self._data.rows[missing])
            self._here[missing] = True
        return np.take(self._pixels, positions, axis=0, out=out)


def _editor(
    data: Labelled, edits: Edits, fetch: Callable[[Ints], npt.NDArray[np.uint8]], *, seed: int
) -> Editor:
    """An editor of some rows, with their landmarks if it needs any."""
    points = np.zeros((0, 68, 2), np.float32)
    if edits.needs_landmarks:
        points = landmarks68(data.store, data.rows)
    return Editor(edits, codes=data.codes, points=points, fetch=fetch, seed=seed)


def _cut_tensors(cut: Cut | None) -> dict[str, Tensor]:
    if cut is None:
        return {}
    return {"patches": torch.from_numpy(cut.patches), "faced": torch.from_numpy(cut.faced)}


def _as_tensors(targets: Targets) -> dict[str, Tensor]:
    identity, units = ("subject", "clip", "activity"), ("occurrence", "intensity", "sided")
    names = (*identity, *units, "expression", "affect")
    return {name: torch.from_numpy(np.array(getattr(targets, name))) for name in names}
