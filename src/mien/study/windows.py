"""What a face did within windows of time, measured unit by unit on the clip's own clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mien.study import events
from mien.study.follow import OK, Followed
from mien.study.tables import Floats

MEASURES = {
    "mean": "probability of the unit, mean over scored time, 0 to 1",
    "max": "probability of the unit, maximum, 0 to 1",
    "present": "share of scored time in which the unit is at or above its threshold, 0 to 1",
    "events": "events that begin in the window (`mien.study.events`)",
    "rate": "those events a minute of scored time",
    "intensity": "intensity, mean over scored time, 0 to 5",
    "intensity_max": "intensity, maximum, 0 to 5",
}
"""What is measured, and in which unit; intensities only of models that estimate them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Curves:
    """A followed person with what every window of the clip needs."""

    followed: Followed
    lasts: Floats = field(repr=False)
    """(frames,) seconds that each frame stands for."""
    onsets: tuple[Floats, ...] = field(repr=False)
    """Onsets of each unit's events, seconds."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """One window, or several taken together."""

    frames: int
    """Frames in it."""
    lost: dict[str, int]
    """Frames in it that were not scored, by status."""
    seconds: float
    """Scored time."""
    values: dict[str, Floats] = field(repr=False)
    """(units,) by name as in `MEASURES`; NaN where nothing was scored."""


def curves(followed: Followed, *, rise: float | None = None) -> Curves:
    """Find the clip's events, and how long each frame lasts: to the next, at most two steps.

    Args:
        followed: the person.
        rise: of events, as of `events.rule_for`.
    """
    times = followed.times
    gaps = np.diff(times)
    step = float(np.median(gaps)) if len(gaps) else 1.0
    lasts = np.append(np.minimum(gaps, 2 * step), step)
    onsets = []
    for column, threshold in enumerate(followed.thresholds):
        curve = followed.probability[:, column]
        rule = events.rule_for(float(threshold), rise=rise, values=curve)
        found = events.find(times, curve, rule)
        onsets.append(np.array([each.onset for each in found], np.float64))
    return Curves(followed=followed, lasts=lasts, onsets=tuple(onsets))


def measure(parts: Sequence[tuple[Curves, float, float]]) -> Measured:
    """Measure windows (clip, start, end; end excluded), as if they were one.

    Raises:
        ValueError: no window, or clips whose readings differ in their units.
    """
    first = parts[0][0].followed
    if any(each.followed.units != first.units for each, _, _ in parts):
        raise ValueError("the clips were read for different units")
    lasts, status, score, above, level = [], [], [], [], []
    events_ = np.zeros(len(first.units))
    for each, start, end in parts:
        seen = each.followed
        inside = (seen.times >= start) & (seen.times < end)
        lasts.append(each.lasts[inside])
        status.append(seen.status[inside])
        score.append(seen.probability[inside])
        above.append(seen.present[inside])
        if seen.intensity is not None:
            level.append(seen.intensity[inside])
        events_ += [np.sum((onset >= start) & (onset < end)) for onset in each.onsets]
    said, weight = np.concatenate(status), np.concatenate(lasts)
    scored = said == OK
    seconds = float(weight[scored].sum())
    probability = np.concatenate(score)
    values = {
        "mean": _mean(probability, weight),
        "max": _most(probability),
        "present": _mean(np.concatenate(above), weight),
        "events": events_ if seconds > 0 else np.full(len(events_), np.nan),
        "rate": 60 * events_ / seconds if seconds > 0 else np.full(len(events_), np.nan),
    }
    if level:
        values |= {
            "intensity": _mean(np.concatenate(level), weight),
            "intensity_max": _most(np.concatenate(level)),
        }
    kinds, counts = np.unique(said[~scored], return_counts=True)
    return Measured(
        frames=len(said),
        lost=dict(zip(kinds.tolist(), counts.tolist(), strict=True)),
        seconds=seconds,
        values=values,
    )


def _mean(values: Floats, weight: Floats) -> Floats:
    known = ~np.isnan(values)
    total = (known * weight[:, None]).sum(axis=0)
    whole = (np.where(known, values, 0.0) * weight[:, None]).sum(axis=0)
    return np.where(total > 0, whole / np.where(total > 0, total, 1), np.nan)


def _most(values: Floats) -> Floats:
    known = ~np.isnan(values)
    most = np.where(known, values, -np.inf).max(axis=0, initial=-np.inf)
    return np.where(np.isfinite(most), most, np.nan)
