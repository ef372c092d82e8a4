"""One-to-one matching of two codings' events on one clock, within a tolerance.

The largest possible number of pairs, and among those the smallest total difference. Each coding's
events follow one another without overlap, so a best matching that never crosses exists (two
crossed pairs can be exchanged without breaking a rule or adding difference), and dynamic
programming over both sequences finds it.
"""

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float, Int

Rule = Literal["onset", "both", "overlap"]
"""Which events may be one: onsets within the tolerance; onsets and offsets both within it; or
intervals that touch when each is the tolerance longer at one end."""


def match(
    first: Float[np.ndarray, "one 2"],
    second: Float[np.ndarray, "two 2"],
    *,
    tolerance: float,
    rule: Rule = "onset",
) -> Int[np.ndarray, "pair 2"]:
    """Rows (in `first`, in `second`) of matched events, in order of time.

    Args:
        first: onset and offset of each event in seconds, in order and without overlap.
        second: the other coding's.
        tolerance: seconds.
        rule: which events may be matched.

    Raises:
        ValueError: events out of order or overlapping, a negative tolerance, an unknown rule.
    """
    if not tolerance >= 0:
        raise ValueError(f"the tolerance is {tolerance}, not a time of 0 seconds or more")
    if rule not in get_args(Rule):
        raise ValueError(f"there is no matching rule {rule!r}")
    for events in (first, second):
        _check(events)
    found: list[tuple[int, int]] = []
    for ones, twos in _groups(first, second, tolerance):
        allowed, cost = _pairs(first[ones], second[twos], tolerance, rule)
        found += [(ones.start + a, twos.start + b) for a, b in _best(allowed, cost)]
    return np.asarray(found, dtype=np.int64).reshape(-1, 2)


def _check(events: Float[np.ndarray, "event 2"]) -> None:
    backwards = np.any(events[:, 1] < events[:, 0])
    if backwards or np.any(events[1:, 0] < events[:-1, 1]) or not np.all(np.isfinite(events)):
        raise ValueError("events must be finite, in order of time, and must not overlap")


def _groups(
    first: Float[np.ndarray, "one 2"], second: Float[np.ndarray, "two 2"], tolerance: float
) -> Iterator[tuple[slice, slice]]:
    """Runs of events too far from all others to be matched across a run's ends."""
    order = sorted((*((*span, 0) for span in first), *((*span, 1) for span in second)))
    begin, now, end = [0, 0], [0, 0], -np.inf
    for onset, offset, which in order:
        if onset - tolerance > end + tolerance:
            yield slice(begin[0], now[0]), slice(begin[1], now[1])
            begin = list(now)
        now[which] += 1
        end = max(end, offset)
    yield slice(begin[0], now[0]), slice(begin[1], now[1])


def _pairs(
    first: Float[np.ndarray, "one 2"],
    second: Float[np.ndarray, "two 2"],
    tolerance: float,
    rule: Rule,
) -> tuple[np.ndarray, Float[np.ndarray, "one two"]]:
    """Which pairs are allowed, and how far apart each is."""
    onset, offset = np.moveaxis(np.abs(first[:, None] - second[None]), 2, 0)
    if rule == "onset":
        return onset <= tolerance, onset
    if rule == "both":
        return (onset <= tolerance) & (offset <= tolerance), onset + offset
    gap = np.maximum(first[:, None, 0] - second[None, :, 1], second[None, :, 0] - first[:, None, 1])
    return gap <= tolerance, onset + offset


def _best(allowed: np.ndarray, cost: Float[np.ndarray, "one two"]) -> list[tuple[int, int]]:
    """The non-crossing matching of most pairs and, among those, least cost."""
    rows, columns = allowed.shape
    best = [[(0, 0.0)] * (columns + 1) for _ in range(rows + 1)]
    for a in range(rows - 1, -1, -1):
        for b in range(columns - 1, -1, -1):
            choice = max(best[a + 1][b], best[a][b + 1])
            if allowed[a, b]:
                pairs, gain = best[a + 1][b + 1]
                choice = max(choice, (pairs + 1, gain - float(cost[a, b])))
            best[a][b] = choice
    found, a, b = [], 0, 0
    while a < rows and b < columns:
        if best[a][b] == best[a + 1][b]:
            a += 1
        elif best[a][b] == best[a][b + 1]:
            b += 1
        else:
            found.append((a, b))
            a, b = a + 1, b + 1
    return found
