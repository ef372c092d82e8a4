"""From scores over time to events: onset, apex, offset, peak and mean of what a face did.

Between scored frames a curve is taken to run straight, so that onset and offset are the moments at
which it crosses a level, not the frames after: they hardly depend on the frame rate. Everything is
measured by timestamps.

1. *Known stretches.* Frames without a score (no face, too small, blurred, turned away) are bridged
   where the scored frames on both sides are at most `Rule.bridge` seconds apart, and break the
   curve where they are further apart. Scored frames in a row are never broken.
2. *Two levels* (hysteresis; Canny, 1986, IEEE TPAMI 8(6), section VIII.B, in one dimension). An
   event is a run of frames at `low` or more of which at least one reaches `high`. The rule is the
   same read backwards.
3. *Join.* Events of one stretch at most `Rule.join` seconds apart become one.
4. *Drop.* Events shorter than `Rule.shortest` seconds go.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from mien.errors import MienError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What counts as an event of one unit.

    Raises:
        MienError: a level or time that no curve can be held to.
    """

    high: float = 0.5
    """Level that an event must reach once: a model's threshold of the unit."""
    low: float = 0.4
    """Level that it must keep: where onset and offset lie."""
    shortest: float = 0.06
    """Seconds below which an event is dropped: a single frame of 25 a second. At 0.1 most blinks
    go, whose lids are shut for two or three frames."""
    join: float = 0.1
    """Seconds between events of one stretch up to which they are one."""
    bridge: float = 0.2
    """Seconds between scored frames up to which unscored frames between them are bridged."""

    def __post_init__(self) -> None:
        """Check that the fields fit together."""
        values = (self.high, self.low, self.shortest, self.join, self.bridge)
        if not all(np.isfinite(values)):
            raise MienError(f"an event rule has a field that is no number: {self}", remedy=_REMEDY)
        if self.low > self.high:
            raise MienError(f"low is {self.low}, above high, {self.high}", remedy=_REMEDY)
        if min(self.shortest, self.join, self.bridge) < 0:
            raise MienError(f"an event rule has a negative time: {self}", remedy=_REMEDY)


REST: Final = 0.2
"""Quantile of a face's scores in a clip that stands for its own level: what it does not go below
for four fifths of the time. Our choice."""
_REMEDY = "give levels with low at most high, and times of 0 seconds or more"


def rule_for(
    threshold: float,
    *,
    keep: float = 0.8,
    rise: float | None = None,
    values: npt.ArrayLike | None = None,
) -> Rule:
    """The rule for a model's threshold: events keep `keep` of it, the other fields as they are.

    A face that looks at rest like a weak unit lies about the threshold for a whole clip. With
    `rise` an event must reach, beside the threshold, odds `rise` times those of the face's own
    level, and keep `sqrt(rise)` times those. The level is the `REST` quantile of its scores.

    Args:
        threshold: probability.
        keep: share of it that an event keeps.
        rise: ratio of odds, above 1; None for the threshold alone.
        values: (frames,) the face's scores of the unit in the clip, NaN where there is none.

    Raises:
        MienError: `rise` is not above 1.
    """
    high, low = threshold, keep * threshold
    if rise is None:
        return Rule(high=high, low=low)
    if not 1 < rise < np.inf:
        raise MienError(f"the rise is {rise}", remedy="give a ratio of odds above 1, such as 3")
    known = np.asarray(() if values is None else values, np.float64)
    known = known[np.isfinite(known)]
    if len(known):
        rest = float(np.quantile(known, REST))
        high, low = max(high, _times_odds(rest, rise)), max(low, _times_odds(rest, rise**0.5))
    return Rule(high=high, low=min(low, high))


def _times_odds(chance: float, ratio: float) -> float:
    """The probability whose odds are `ratio` times those of `chance`."""
    return ratio * chance / (1 + (ratio - 1) * chance)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event; times in seconds on the clip's own clock."""

    onset: float
    """Where the curve rises through `low`; the first known moment if `begins_open`."""
    apex: float
    """Time of the highest frame, the first of several."""
    offset: float
    """Where the curve falls through `low`; the last known moment if `ends_open`."""
    peak: float
    """The highest score."""
    mean: float
    """Mean over time from onset to offset of the curve that runs straight between frames."""
    frames: int
    """Scored frames from onset to offset."""
    begins_open: bool = False
    """It was under way when the known stretch began: it may have begun earlier."""
    ends_open: bool = False
    """It was under way when the known stretch ended: it may have gone on."""

    @property
    def duration(self) -> float:
        """Seconds from onset to offset."""
        return self.offset - self.onset


def find(times: npt.ArrayLike, values: npt.ArrayLike, rule: Rule) -> list[Event]:
    """Events of one unit of one face, in order of time.

    Args:
        times: (frames,) seconds, rising; every frame of the clip, also those without a score.
        values: (frames,) score in each frame; NaN where there is none.
        rule: what counts as an event.

    Raises:
        MienError: the times do not rise, or differ in number from the values.
    """
    stamps, scores = np.asarray(times, np.float64), np.asarray(values, np.float64)
    _check(stamps, scores)
    place = np.flatnonzero(np.isfinite(scores))
    if len(place) == 0:
        return []
    t, v = stamps[place], scores[place]
    broken = (np.diff(place) > 1) & (np.diff(t) > rule.bridge)
    first, last = _runs(v, broken, rule)
    stretch = np.concatenate([[0], np.cumsum(broken)])
    onset, begins_open = _crossings(t, v, first, step=-1, stretch=stretch, low=rule.low)
    offset, ends_open = _crossings(t, v, last, step=1, stretch=stretch, low=rule.low)
    apart = (onset[1:] - offset[:-1] > rule.join) | (stretch[first[1:]] != stretch[first[:-1]])
    begins = np.concatenate([[True], apart])[: len(first)]
    ends = np.concatenate([apart, [True]])[: len(last)]
    area = np.concatenate([[0.0], np.cumsum(np.diff(t) * (v[1:] + v[:-1]) / 2)])
    found = []
    for a, b in zip(np.flatnonzero(begins), np.flatnonzero(ends), strict=True):
        if offset[b] - onset[a] < rule.shortest:
            continue
        span = slice(first[a], last[b] + 1)
        apex = first[a] + int(np.argmax(v[span]))
        found.append(
            Event(
                onset=float(onset[a]),
                apex=float(t[apex]),
                offset=float(offset[b]),
                peak=float(v[apex]),
                mean=_mean(
                    t, v, area, frames=(first[a], last[b]), ends=(onset[a], offset[b]), low=rule.low
                ),
                frames=int(last[b] - first[a] + 1),
                begins_open=bool(begins_open[a]),
                ends_open=bool(ends_open[b]),
            )
        )
    return found


def _check(times: Floats, values: Floats) -> None:
    if times.ndim != 1 or times.shape != values.shape:
        raise MienError(
            f"times {times.shape} and values {values.shape} differ in shape",
            remedy="give one value for each frame's time",
        )
    if not np.all(np.isfinite(times)) or np.any(np.diff(times) <= 0):
        raise MienError(
            "the frames' times do not rise", remedy="sort the rows of one clip by their time"
        )


def _runs(
    v: Floats, broken: npt.NDArray[np.bool_], rule: Rule
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First and last frame of each run at `low` or more that reaches `high`."""
    above = v >= rule.low
    begins, ends = above.copy(), above.copy()
    begins[1:] &= ~above[:-1] | broken
    ends[:-1] &= ~above[1:] | broken
    first, last = np.flatnonzero(begins), np.flatnonzero(ends)
    reached = np.concatenate([[0], np.cumsum(v >= rule.high)])
    kept = reached[last + 1] > reached[first]
    return first[kept], last[kept]


def _crossings(
    t: Floats,
    v: Floats,
    edge: npt.NDArray[np.intp],
    *,
    step: int,
    stretch: npt.NDArray[np.intp],
    low: float,
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Where the curve crosses `low` beside each edge frame, and whether it cannot be known."""
    beside = np.clip(edge + step, 0, len(t) - 1)
    is_open = (beside == edge) | (stretch[beside] != stretch[edge])
    rise = np.where(is_open, 1.0, v[edge] - v[beside])
    share = np.where(is_open, 0.0, (v[edge] - low) / rise)
    return t[edge] + share * (t[beside] - t[edge]), is_open


def _mean(
    t: Floats,
    v: Floats,
    area: Floats,
    *,
    frames: tuple[np.intp, np.intp],
    ends: tuple[np.float64, np.float64],
    low: float,
) -> float:
    """Area under the curve between both ends over the time between them."""
    (a, b), (onset, offset) = frames, ends
    if offset <= onset:
        return float(v[a])
    before = (t[a] - onset) * (v[a] + low) / 2
    after = (offset - t[b]) * (v[b] + low) / 2
    return float((area[b] - area[a] + before + after) / (offset - onset))
