"""Does a probability of 0.8 come true in 8 of 10 cases? Reliability curve and its mean gap."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from mien.metrics.counts import binary_truth, check_finite


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """The reliability curve over equal-width bins of the probability."""

    edges: Float[np.ndarray, "edge"]
    """Bin edges from 0 to 1; the last bin includes 1."""
    score: Float[np.ndarray, "bin"]
    """Mean probability in each bin; NaN in an empty one."""
    rate: Float[np.ndarray, "bin"]
    """Share of present labels in each bin; NaN in an empty one."""
    count: Int[np.ndarray, "bin"]
    """Cells in each bin."""

    @property
    def error(self) -> float:
        """Expected calibration error: mean |score - rate| weighted by count; NaN if empty."""
        total = int(self.count.sum())
        if total == 0:
            return float("nan")
        gap = np.abs(self.score - self.rate)
        return float(np.nansum(gap * self.count) / total)


def reliability(
    scores: Float[np.ndarray, "*shape"], truth: Float[np.ndarray, "*shape"], *, bins: int = 15
) -> Reliability:
    """Reliability of probabilities, pooled over every known cell of the arrays.

    Args:
        scores: probabilities, 0 to 1.
        truth: 1 present, 0 absent, NaN unknown (left out).
        bins: how many bins of equal width.

    Raises:
        ValueError: a score is not finite or not in 0 to 1, or the truth holds anything else.
    """
    present, known = binary_truth(truth)
    check_finite(scores)
    if scores.size and (scores.min() < 0 or scores.max() > 1):
        raise ValueError("calibration needs probabilities between 0 and 1")
    score, hit = scores[known].astype(np.float64), present[known].astype(np.float64)
    place = np.minimum((score * bins).astype(np.int64), bins - 1)
    size = np.bincount(place, minlength=bins)
    share = np.where(size == 0, np.nan, np.maximum(size, 1))
    return Reliability(
        edges=np.linspace(0.0, 1.0, bins + 1),
        score=np.bincount(place, weights=score, minlength=bins) / share,
        rate=np.bincount(place, weights=hit, minlength=bins) / share,
        count=size,
    )


def expected_calibration_error(
    scores: Float[np.ndarray, "*shape"], truth: Float[np.ndarray, "*shape"], *, bins: int = 15
) -> float:
    """Expected calibration error (Naeini et al., 2015) pooled over every known cell.

    Raises:
        ValueError: as `reliability`.
    """
    return reliability(scores, truth, bins=bins).error
