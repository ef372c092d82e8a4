"""Mean absolute, mean squared and root mean squared error of each label; unknown left out."""

import numpy as np
from jaxtyping import Float

from mien.metrics.counts import check_finite
from mien.metrics.summary import PerLabel, per_label


def mae(
    scores: Float[np.ndarray, "sample label"], truth: Float[np.ndarray, "sample label"]
) -> PerLabel:
    """Mean absolute error, in the unit of the labels.

    Raises:
        ValueError: a score is not finite.
    """
    return _mean(np.abs(scores - truth), scores)


def mse(
    scores: Float[np.ndarray, "sample label"], truth: Float[np.ndarray, "sample label"]
) -> PerLabel:
    """Mean squared error, in the squared unit of the labels.

    Raises:
        ValueError: a score is not finite.
    """
    return _mean((scores - truth) ** 2, scores)


def rmse(
    scores: Float[np.ndarray, "sample label"], truth: Float[np.ndarray, "sample label"]
) -> PerLabel:
    """Root mean squared error, in the unit of the labels.

    Raises:
        ValueError: a score is not finite.
    """
    squared = mse(scores, truth)
    return PerLabel(values=np.sqrt(squared.values), reasons=squared.reasons)


def _mean(
    errors: Float[np.ndarray, "sample label"], scores: Float[np.ndarray, "sample label"]
) -> PerLabel:
    check_finite(scores)
    known = ~np.isnan(errors)
    size = known.sum(axis=0)
    total = np.where(known, errors, 0).sum(axis=0, dtype=np.float64)
    reasons = ["" if each else "no known label" for each in size]
    return per_label((total / np.maximum(size, 1)).tolist(), reasons)
