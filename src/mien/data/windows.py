"""Windows of clips: several frames in their order, of a different person each."""

from dataclasses import dataclass

import numpy as np

from mien.data.codes import Codes, Ints, group
from mien.data.permutation import key, permute
from mien.data.samplers import Sampler
from mien.errors import MienError


@dataclass(frozen=True, kw_only=True)
class ClipWindows(Sampler):
    """Runs of `frames` stored frames of a clip, each `stride` stored frames after the one before.

    A batch lists window after window, each in the order of time. No two windows of a batch show
    the same person; where a subject is unknown the clip stands for it. All people have their
    turn before anyone has a second one, and a person's windows come in a new random order each
    epoch, all of them before any repeats.
    """

    frames: int = 4
    """Rows in a window, at least 2."""
    stride: int = 1
    """Stored frames from one row of a window to the next: 2 takes every other one."""
    hole: int | None = None
    """Largest step in frame numbers between neighbouring rows, so that no window spans a hole in
    the recording; None allows any."""

    def steps(self, codes: Codes, *, size: int) -> int:
        """Batches that hold as many rows as belong to a window, at least one.

        Raises:
            MienError: `size` is no multiple of `frames`, or there are fewer people with a window
                than windows in a batch.
        """
        windows = self._windows(codes)
        if min(self.frames - 1, self.stride) < 1 or size % self.frames:
            raise MienError(
                f"a batch of {size} does not divide into windows of {self.frames} frames, "
                f"{self.stride} apart",
                remedy="make windows of 2 frames or more, and the batch a multiple of them",
            )
        if len(windows.count) < size // self.frames:
            raise MienError(
                f"{len(windows.count)} people have a clip long enough, "
                f"too few for a batch of {size // self.frames} windows",
                remedy="make the batch smaller, or the windows shorter",
            )
        return max(1, windows.covered // size)

    def batch(self, codes: Codes, *, seed: int, epoch: int, step: int, size: int) -> Ints:
        """Draw people, evenly over the epoch, then a window of each."""
        windows, count = self._windows(codes), size // self.frames
        lap, place = np.divmod(step * count + np.arange(count), len(windows.count))
        person = permute(place, count=len(windows.count), keys=key(seed, epoch, 1))
        choices = windows.count[person]
        lap_of_all, turn = np.divmod(lap, choices)
        keys = key(seed, epoch, 2, person, lap_of_all)
        start = windows.starts[windows.first[person] + permute(turn, count=choices, keys=keys)]
        places = start[:, None] + np.arange(self.frames) * self.stride
        return windows.order[places].reshape(-1)

    def _windows(self, codes: Codes) -> "_Windows":
        name = ("windows", self.frames, self.stride, self.hole)
        if name not in codes.tuple_cache:
            codes.tuple_cache[name] = _search(
                codes, frames=self.frames, stride=self.stride, hole=self.hole
            )
        return codes.tuple_cache[name]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Windows:
    """Rows sorted by clip and frame, and the places in them where a window may begin."""

    order: Ints
    starts: Ints
    """Places in `order`, person by person."""
    first: Ints
    """(people,) where a person's begin in `starts`."""
    count: Ints
    """(people,) how many there are."""
    covered: int
    """Rows that are part of any window."""


def _search(codes: Codes, *, frames: int, stride: int, hole: int | None) -> _Windows:
    """Find every window's first place; a window stays in its clip and spans no hole."""
    known = np.flatnonzero((codes.clip >= 0) & (codes.frame >= 0))
    order = known[np.lexsort((codes.frame[known], codes.clip[known]))]
    clip, frame = codes.clip[order], codes.frame[order]
    length = (frames - 1) * stride
    starts = np.arange(max(0, len(order) - length))
    fits = clip[starts] == clip[starts + length]
    if hole is not None:
        for number in range(frames - 1):
            here = starts + number * stride
            fits &= frame[here + stride] - frame[here] <= hole
    starts = starts[fits]
    covered = np.zeros(len(order), bool)
    for number in range(frames):
        covered[starts + number * stride] = True
    subject = codes.subject[order[starts]]
    person = np.where(subject >= 0, subject, codes.subject.max(initial=-1) + 1 + clip[starts])
    people = group(person, np.zeros_like(person))
    return _Windows(
        order=order,
        starts=starts[people.rows],
        first=people.first_row,
        count=people.row_count,
        covered=int(covered.sum()),
    )
