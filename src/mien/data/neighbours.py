"""Rows near each other in time: a face together with later or earlier moments of its clip."""

from dataclasses import dataclass

import numpy as np

from mien.data.codes import Codes, Ints
from mien.data.permutation import key, permute
from mien.data.samplers import Sampler
from mien.errors import MienError


@dataclass(frozen=True, kw_only=True)
class ClipNeighbours(Sampler):
    """Groups of an anchor row and `frames - 1` rows of the same clip at most `reach` frames away.

    A batch lists group after group: anchor, neighbours, next anchor. Anchors run through all
    rows that have a neighbour, in a new random order each epoch; neighbours are distinct while
    there are enough of them.
    """

    frames: int = 2
    """Rows in a group, at least 2."""
    nearest: int = 1
    """Smallest distance to the anchor, in frame numbers."""
    reach: int = 5
    """Largest distance to the anchor, in frame numbers."""

    def steps(self, codes: Codes, *, size: int) -> int:
        """Full batches of groups in an epoch.

        Raises:
            MienError: `size` is no multiple of `frames`, or too few rows have neighbours.
        """
        anchors = len(self._near(codes).anchors)
        if self.frames < 2 or size % self.frames:
            raise MienError(
                f"a batch of {size} does not divide into groups of {self.frames}",
                remedy="make groups of 2 or more, and the batch a multiple of them",
            )
        if anchors < size // self.frames:
            raise MienError(
                f"{anchors} rows have a neighbour, too few for a batch of {size}",
                remedy="make the batch smaller or the reach longer",
            )
        return anchors // (size // self.frames)

    def batch(self, codes: Codes, *, seed: int, epoch: int, step: int, size: int) -> Ints:
        """Draw anchors, then neighbours of each."""
        near = self._near(codes)
        groups = size // self.frames
        positions = np.arange(step * groups, (step + 1) * groups)
        chosen = permute(positions, count=len(near.anchors), keys=key(seed, epoch, 1))
        anchor = near.anchors[chosen]
        rows = [near.order[anchor]]
        count = near.before[anchor] + near.after[anchor]
        for turn in range(self.frames - 1):
            keys = key(seed, epoch, step, 2, np.arange(groups))
            pick = permute(turn % count, count=count, keys=keys)
            earlier = pick < near.before[anchor]
            from_start = near.start[anchor] + pick
            from_next = near.resume[anchor] + pick - near.before[anchor]
            rows.append(near.order[np.where(earlier, from_start, from_next)])
        return np.stack(rows, axis=1).reshape(-1)

    def _near(self, codes: Codes) -> "_Near":
        return _near(codes, nearest=self.nearest, reach=self.reach)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Near:
    """Rows sorted by clip and frame, and for each the two runs of its neighbours."""

    order: Ints
    anchors: Ints
    start: Ints
    before: Ints
    resume: Ints
    after: Ints


def _near(codes: Codes, *, nearest: int, reach: int) -> _Near:
    cache: dict[tuple[int, int], _Near] = codes.neighbour_cache
    if (nearest, reach) not in cache:
        cache[nearest, reach] = _search(codes, nearest=nearest, reach=reach)
    return cache[nearest, reach]


def _search(codes: Codes, *, nearest: int, reach: int) -> _Near:
    """Find, by bisection in one sorted key, the neighbours before and after each row."""
    known = np.flatnonzero((codes.clip >= 0) & (codes.frame >= 0))
    order = known[np.lexsort((codes.frame[known], codes.clip[known]))]
    clip, frame = codes.clip[order], codes.frame[order]
    # Clips lie further apart than the reach, so that a window never crosses into another.
    stride = (int(frame.max()) if len(frame) else 0) + reach + 1
    time = clip * stride + frame
    start = np.searchsorted(time, np.maximum(time - reach, clip * stride), side="left")
    before = np.searchsorted(time, time - nearest, side="right") - start
    before = np.maximum(before, 0)
    resume = np.searchsorted(time, time + nearest, side="left")
    last = np.minimum(time + reach, (clip + 1) * stride - 1)
    after = np.maximum(np.searchsorted(time, last, side="right") - resume, 0)
    return _Near(
        order=order,
        anchors=np.flatnonzero(before + after),
        start=start,
        before=before,
        resume=resume,
        after=after,
    )
