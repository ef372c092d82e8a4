"""Frames in order of clip and time, and what lies how far from each."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from mien.data.codes import Codes, Ints
from mien.data.permutation import key

Floats = npt.NDArray[np.float64]

_SLACK: Final = 1e-6
"""Seconds by which times may differ and count as equal."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ClipTimes:
    """The frames of known clip and time, sorted; a place is a number in this order."""

    order: Ints
    """Position in `Codes` of each place."""
    clip: Ints
    """Clip of each place."""
    first: Ints
    """The first place of the same clip."""
    last: Ints
    """The last place of the same clip."""
    seconds: Floats
    """Time within the clip; the first frame's is 0."""
    line: Floats
    """Time on one line on which clips lie far apart."""

    def reaches(self, place: Ints, shift: Floats | float) -> npt.NDArray[np.bool_]:
        """Whether the clip lasts as far as `shift` seconds from a frame."""
        moment = self.seconds[place] + shift
        return (moment >= -_SLACK) & (moment <= self.seconds[self.last[place]] + _SLACK)

    def nearest(self, place: Ints, shift: Floats) -> Ints:
        """The frame nearest to `shift` seconds from a frame, on that side of it and not itself."""
        target = self.line[place] + shift
        right = np.clip(np.searchsorted(self.line, target), self.first[place], self.last[place])
        left = np.maximum(right - 1, self.first[place])
        closer = np.abs(self.line[left] - target) < np.abs(self.line[right] - target)
        found = np.where(closer, left, right)
        beside = np.where(shift > 0, np.maximum(found, place + 1), np.minimum(found, place - 1))
        return np.clip(beside, self.first[place], self.last[place])

    def windows(self, among: Ints, *, before: float, after: float) -> tuple[Ints, Ints, Ints, Ints]:
        """Which of some places lie far enough from each frame of their clip.

        Args:
            among: places, ascending.
            before: least gap in seconds to an earlier one.
            after: least gap in seconds to a later one.

        Returns:
            Where in `among` the earlier ones begin, and how many they are; then the later ones.
        """
        line = self.line[among]
        start = np.searchsorted(among, self.first)
        end = np.searchsorted(among, self.last, side="right")
        earlier = np.searchsorted(line, self.line - before + _SLACK, side="right")
        resume = np.clip(np.searchsorted(line, self.line + after - _SLACK), start, end)
        return start, np.maximum(np.minimum(earlier, end) - start, 0), resume, end - resume


def clip_times(codes: Codes, *, frames_per_second: float, shuffled: bool = False) -> ClipTimes:
    """Sort the frames of known clip by time.

    Args:
        codes: who, which clip and when.
        frames_per_second: what frame numbers count where no times are known.
        shuffled: give the times of a clip to its frames in an arbitrary but fixed order.
    """
    numbered = np.where(codes.frame >= 0, codes.frame / frames_per_second, np.nan)
    known = np.full(len(codes), np.nan) if codes.seconds is None else codes.seconds
    when = np.where(np.isnan(known), numbered, known)
    rows = np.flatnonzero((codes.clip >= 0) & ~np.isnan(when))
    order = rows[np.lexsort((rows, when[rows], codes.clip[rows]))]
    clip = codes.clip[order]
    first = np.searchsorted(clip, clip, side="left")
    last = np.searchsorted(clip, clip, side="right") - 1
    seconds = np.asarray(when[order] - when[order][first], np.float64)
    if shuffled:
        order = rows[np.lexsort((key(5, rows), codes.clip[rows]))]
    # So far apart that no shift or gap reaches from one clip into the next.
    stride = (float(seconds.max()) if len(order) else 0.0) + 1000.0
    return ClipTimes(
        order=order,
        clip=clip,
        first=first,
        last=last,
        seconds=seconds,
        line=np.asarray(np.unique(clip, return_inverse=True)[1] * stride + seconds, np.float64),
    )
