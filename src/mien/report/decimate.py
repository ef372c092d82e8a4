"""Long curves for narrow screens: lowest and highest value of each pixel column."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def extremes(times: Floats, values: Floats, *, buckets: int) -> tuple[Floats, Floats]:
    """A curve of at most three points a bucket that looks the same at `buckets` columns.

    Time is cut into equal buckets; of each the lowest and the highest value stay, at their own
    times and in their order, so that no peak is lost. A bucket without any score, and a border
    between buckets that a gap touches, leave one NaN, so that gaps wider than a column stay gaps.
    A curve that has no more than twice as many frames as there are buckets comes back as it is.

    Args:
        times: (frames,) seconds, rising.
        values: (frames,) scores; NaN where there is none.
        buckets: columns to draw into.

    Returns:
        Times and values of the points kept.
    """
    if len(times) <= 2 * buckets:
        return times, values
    edges = np.linspace(times[0], times[-1], buckets + 1)
    starts = np.unique(np.searchsorted(times, edges[:-1], side="left"))
    ends = np.append(starts[1:], len(times))
    known = np.isfinite(values)
    low = _place(np.where(known, values, np.inf), starts, ends, largest=False)
    high = _place(np.where(known, values, -np.inf), starts, ends, largest=True)
    place = np.stack([np.minimum(low, high), np.maximum(low, high), ends - 1], axis=1)
    some = np.logical_or.reduceat(known, starts)
    follows = np.append(known[starts[1:]], True)
    keep = np.stack([some, some & (low != high), ~some | ~known[ends - 1] | ~follows], axis=1)
    gap = np.zeros_like(keep)
    gap[:, 2] = True
    chosen = place[keep]
    kept = np.where(gap[keep], np.nan, values[chosen])
    return times[chosen], kept


def columns(times: Floats, *, most: int, step: float) -> tuple[Floats, Whole]:
    """Columns for a strip: a column a frame if there are at most `most`, else equal times.

    A frame lasts until the next, the last one for `step` seconds.

    Args:
        times: (frames,) seconds, rising; at least one.
        most: columns at most.
        step: seconds that the last frame lasts.

    Returns:
        Edges in seconds, (columns + 1,), and the column in which each frame begins, (frames,).
    """
    end = times[-1] + max(step, 1e-3)
    if len(times) <= most:
        return np.append(times, end), np.arange(len(times), dtype=np.int64)
    edges = np.linspace(times[0], end, most + 1)
    return edges, (np.searchsorted(edges, times, side="right") - 1).astype(np.int64)


def highest(values: Floats, column: Whole, *, count: int) -> Floats:
    """The highest known value of each column, (count,); NaN where there is none.

    A column in which no frame begins shows the frame that lasts through it.
    """
    found = np.full(count, -np.inf)
    np.maximum.at(found, column, np.where(np.isfinite(values), values, -np.inf))
    found[found == -np.inf] = np.nan
    return found[_held(column, count)]


def share(holds: npt.NDArray[np.bool_], column: Whole, *, count: int) -> Floats:
    """The share of each column's frames for which `holds` is true, (count,), as in `highest`."""
    total = np.bincount(column, minlength=count)
    true = np.bincount(column[holds], minlength=count)
    return (true / np.maximum(total, 1))[_held(column, count)]


def _held(column: Whole, count: int) -> Whole:
    """For each column itself if a frame begins in it, else the last one before with a frame."""
    held = np.zeros(count, np.int64)
    held[column] = column
    return np.maximum.accumulate(held)


def _place(values: Floats, starts: Whole, ends: Whole, *, largest: bool) -> Whole:
    """Place of the first extreme value of each bucket."""
    extreme = (np.maximum if largest else np.minimum).reduceat(values, starts)
    hit = np.flatnonzero(values == np.repeat(extreme, ends - starts))
    return hit[np.searchsorted(hit, starts)]
