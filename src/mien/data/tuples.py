"""SSLFER's tuples: an anchor, a moment near it, and another two far away in the same clip.

Shu et al., BMVC 2022 (arXiv 2210.03853). TimeAug: the positive of a frame is a frame about a second
away, which shares its expression. HardNeg: a frame of the same clip some seconds away, which shares
its identity but hardly its expression, is a negative; it brings a positive of its own.
"""

from dataclasses import dataclass
from math import floor, sqrt
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from mien.data.clip_times import ClipTimes, clip_times
from mien.data.codes import Codes, Ints
from mien.data.permutation import fractions, key, permute
from mien.data.samplers import Sampler
from mien.errors import MienError

Floats = npt.NDArray[np.float64]

RATE: Final = 25 / 6
"""Frames a second of the paper's clips (VoxCeleb1 as it was released)."""
SHIFTS: Final = tuple(floor(n + sqrt(RATE)) for n in range(5))
"""TimeAug's distances in such frames: 2 to 6, that is 0.48 to 1.44 s."""
WEIGHTS: Final = {"a": (1, 1, 1, 1, 1), "b": (1, 2, 3, 4, 5), "c": (5, 4, 3, 2, 1)}
"""How likely each distance is, up to a factor: even, rising or falling with the distance."""
AFTER: Final = 12
"""Least gap in such frames to a hard negative that comes later: 2.88 s."""
BEFORE: Final = 13
"""Least gap in such frames to one that comes earlier: 3.12 s."""


@dataclass(frozen=True, kw_only=True)
class Tuples(Sampler):
    """Two or four rows of each clip: anchor A, its positive P, hard negative N, its positive Q.

    A batch lists A, P, N, Q of one clip, then of the next: rows 2i and 2i + 1 are a pair, and a
    clip comes once a batch. Every epoch visits all clips in a new order and draws every tuple anew
    from (seed, epoch, clip). Clips in which no tuple fits are dropped (`kept`).

    Distances are times: shifts and gaps are the paper's frames over its rate, so that clips of any
    rate fit. A drawn moment becomes the stored frame nearest to it, and never the frame it is
    counted from.
    """

    time: bool = True
    """T, TimeAug; without it P is A and Q is N, two views of one frame."""
    weights: Literal["a", "b", "c"] = "c"
    """How TimeAug's distances are drawn (`WEIGHTS`)."""
    negatives: Literal["none", "drawn", "first"] = "drawn"
    """H, HardNeg: "none" leaves N and Q out; "first" takes the clip's first frame for both, as one
    script of the released code does."""
    redraw: Literal["epoch", "never"] = "epoch"
    """When tuples are drawn anew; "never" is the released code's way."""
    listing: Literal["time", "arbitrary"] = "time"
    """The order in which frames are counted; "arbitrary" is that of an unsorted folder, as in the
    released code: distances then mean little."""
    rate: float = RATE
    """Frames a second in which shifts and gaps are counted."""
    frames_per_second: float = RATE
    """Rate of a store's frame numbers where it has no times (`pts_ms`)."""

    @property
    def rows(self) -> int:
        """Rows of a clip in a batch: 2 or 4."""
        return 2 if self.negatives == "none" else 4

    def kept(self, codes: Codes) -> tuple[int, int]:
        """How many clips tuples are drawn from, and how many are dropped as too short."""
        table = self._table(codes)
        return len(table.clips), table.dropped

    def steps(self, codes: Codes, *, size: int) -> int:
        """Full batches of clips in an epoch.

        Raises:
            MienError: `size` is no multiple of the rows of a clip, or too few clips are left.
        """
        if size % self.rows:
            raise MienError(
                f"a batch of {size} does not divide into clips of {self.rows} rows",
                remedy=f"make the batch a multiple of {self.rows}",
            )
        kept, dropped = self.kept(codes)
        if kept < size // self.rows:
            raise MienError(
                f"a batch of {size} needs {size // self.rows} clips; {kept} are long enough, "
                f"{dropped} are not",
                remedy="make the batch smaller, or render or record longer clips",
            )
        return kept // (size // self.rows)

    def batch(self, codes: Codes, *, seed: int, epoch: int, step: int, size: int) -> Ints:
        """Choose clips, then A of each, then P, N and Q."""
        table = self._table(codes)
        clips = size // self.rows
        places = np.arange(step * clips, (step + 1) * clips)
        clip = permute(places, count=len(table.clips), keys=key(seed, epoch, 1))
        draw = _Draw(seed, epoch if self.redraw == "epoch" else 0, table.clips[clip])
        first, count = table.first_anchor[clip], table.anchor_count[clip]
        anchor = table.anchors[first + _pick(draw(2), count)]
        chosen = [anchor, self._near(table, anchor, draw, 3)]
        if self.negatives == "drawn":
            far = self._far(table, anchor, draw)
            chosen += [far, self._near(table, far, draw, 8)]
        elif self.negatives == "first":
            chosen += [table.times.first[anchor]] * 2
        return table.times.order[np.stack(chosen, axis=1).reshape(-1)]

    def _near(self, table: "_Table", place: Ints, draw: "_Draw", tag: int) -> Ints:
        """TimeAug of some frames: both side and distance drawn, or the one side that fits."""
        if not self.time:
            return place
        chances = np.cumsum(WEIGHTS[self.weights]) / sum(WEIGHTS[self.weights])
        shift = np.array(SHIFTS)[np.searchsorted(chances, draw(tag), side="right")] / self.rate
        later, earlier = table.times.reaches(place, shift), table.times.reaches(place, -shift)
        forward = later & (~earlier | (draw(tag + 1) < 0.5))
        return table.times.nearest(place, np.where(forward, shift, -shift))

    def _far(self, table: "_Table", place: Ints, draw: "_Draw") -> Ints:
        """HardNeg of some anchors: a side, then evenly any frame of it that has a TimeAug."""
        before, resume, after = table.before[place], table.resume[place], table.after[place]
        forward = (after > 0) & ((before == 0) | (draw(5) < 0.5))
        pick = _pick(draw(6), np.where(forward, after, before))
        return table.shiftable[np.where(forward, resume, table.start[place]) + pick]

    def _table(self, codes: Codes) -> "_Table":
        name = (self.time, self.negatives, self.listing, self.rate, self.frames_per_second)
        if name not in codes.tuple_cache:
            codes.tuple_cache[name] = self._search(codes)
        return codes.tuple_cache[name]

    def _search(self, codes: Codes) -> "_Table":
        times = clip_times(
            codes,
            frames_per_second=self.frames_per_second,
            shuffled=self.listing == "arbitrary",
        )
        every = np.arange(len(times.order))
        longest = max(SHIFTS) / self.rate
        fits = times.reaches(every, longest) | times.reaches(every, -longest)
        shiftable = np.flatnonzero(fits) if self.time else every
        start, before, resume, after = times.windows(
            shiftable, before=BEFORE / self.rate, after=AFTER / self.rate
        )
        anchors = shiftable
        if self.negatives == "drawn":
            anchors = shiftable[(before + after)[shiftable] > 0]
        clip = times.clip[anchors]
        clips, first, count = np.unique(clip, return_index=True, return_counts=True)
        return _Table(
            times=times,
            shiftable=shiftable,
            start=start,
            before=before,
            resume=resume,
            after=after,
            anchors=anchors,
            clips=clips,
            first_anchor=first,
            anchor_count=count,
            dropped=len(np.unique(times.clip)) - len(clips),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Table:
    """For each frame what may be drawn from it, and for each clip its possible anchors."""

    times: ClipTimes
    shiftable: Ints
    """Places of frames that have a TimeAug."""
    start: Ints
    """(frames,) where in `shiftable` the earlier hard negatives of a frame begin; then how many
    they are, where the later ones begin, and how many they are."""
    before: Ints
    resume: Ints
    after: Ints
    anchors: Ints
    """Places of frames from which a whole tuple can be drawn, by clip."""
    clips: Ints
    """Codes of the clips that are left."""
    first_anchor: Ints
    anchor_count: Ints
    dropped: int


class _Draw:
    """Fractions that follow from seed, epoch, clip and what they are for."""

    def __init__(self, seed: int, epoch: int, clip: Ints) -> None:
        self._seed, self._epoch, self._clip = seed, epoch, clip

    def __call__(self, purpose: int) -> Floats:
        return fractions(key(self._seed, self._epoch, purpose, self._clip))


def _pick(fraction: Floats, count: Ints) -> Ints:
    """A whole number below `count` each; 0 where there is none."""
    return np.minimum((fraction * count).astype(np.int64), np.maximum(count - 1, 0))
