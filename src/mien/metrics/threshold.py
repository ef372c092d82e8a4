"""Thresholds chosen on validation samples; never give these functions test samples."""

import numpy as np
from jaxtyping import Bool, Float

from mien.metrics.counts import binary_truth, check_finite
from mien.metrics.f1 import f1_at

DEFAULT: float = 0.5
"""The threshold of the headline, and of a label that gives no ground for a choice."""


def choose(
    scores: Float[np.ndarray, "sample label"], truth: Float[np.ndarray, "sample label"]
) -> Float[np.ndarray, "label"]:
    """The threshold of best F1 for each label, on the given (validation) samples.

    Every distinct outcome is tried: thresholds lie midway between neighbouring scores, and 0 for
    "always" (so scores are probabilities). Of equals the one nearest `DEFAULT` wins, and
    `DEFAULT` itself if it is among the best. A label without a known positive gets `DEFAULT`.

    Raises:
        ValueError: a score is not finite, or the truth holds anything but 0, 1 and NaN.
    """
    present, known = binary_truth(truth)
    check_finite(scores)
    chosen = [
        _choose(scores[known[:, label], label].astype(np.float64), present[known[:, label], label])
        for label in range(scores.shape[1])
    ]
    return np.asarray(chosen, dtype=np.float64)


def choose_common(
    scores: Float[np.ndarray, "sample label"],
    truth: Float[np.ndarray, "sample label"],
    *,
    step: float = 0.01,
) -> float:
    """The one threshold of best mean F1, from the grid step, 2 step, … below 1.

    Labels whose F1 is undefined at a threshold count as 0 there, so that no threshold gains by
    making labels undefined. Of equals the one nearest `DEFAULT` wins.

    Raises:
        ValueError: as `choose`.
    """
    grid = np.arange(1, round(1 / step)) * step
    means = [np.nan_to_num(f1_at(scores, truth, threshold=float(t)).values).mean() for t in grid]
    best = np.flatnonzero(np.isclose(means, np.max(means), rtol=0, atol=1e-12))
    return float(grid[best[np.argmin(np.abs(grid[best] - DEFAULT))]])


def _choose(scores: Float[np.ndarray, "sample"], present: Bool[np.ndarray, "sample"]) -> float:
    if not present.any():
        return DEFAULT
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(present[order])
    ends = np.flatnonzero(np.append(ranked[1:] < ranked[:-1], True))  # last of each tied run
    values = 2 * hits[ends] / (ends + 1 + hits[-1])  # 2 TP / (predicted + present)
    low = np.append((ranked[ends[:-1]] + ranked[ends[:-1] + 1]) / 2, 0.0)
    best = np.flatnonzero(values >= values.max() - 1e-12)
    # A run of predictions holds for thresholds above the next lower score, up to its own.
    floors = np.append(ranked[ends[:-1] + 1], -np.inf)
    if np.any((floors[best] < DEFAULT) & (ranked[ends[best]] >= DEFAULT)):
        return DEFAULT
    return float(low[best[np.argmin(np.abs(low[best] - DEFAULT))]])
