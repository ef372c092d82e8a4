"""Area under the ROC curve, from ranks (Mann and Whitney, 1947); ties count half."""

import numpy as np
from jaxtyping import Bool, Float

from mien.metrics.counts import binary_truth, check_finite
from mien.metrics.summary import PerLabel, per_label


def auc(
    scores: Float[np.ndarray, "sample label"], truth: Float[np.ndarray, "sample label"]
) -> PerLabel:
    """ROC AUC of each label: the chance that a present sample outscores an absent one.

    Args:
        scores: any finite scores; only their order matters.
        truth: 1 present, 0 absent, NaN unknown (left out).

    Raises:
        ValueError: a score is not finite, or the truth holds anything but 0, 1 and NaN.
    """
    present, known = binary_truth(truth)
    check_finite(scores)
    values, reasons = [], []
    for label in range(scores.shape[1]):
        rows = known[:, label]
        value, reason = _auc(scores[rows, label], present[rows, label])
        values.append(value)
        reasons.append(reason)
    return per_label(values, reasons)


def average_ranks(values: Float[np.ndarray, "sample"]) -> Float[np.ndarray, "sample"]:
    """Ranks from 1; equal values share the mean of the ranks they span."""
    _, group, size = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    return (last - (size - 1) / 2)[group]


def one_class_reason(positive: int, negative: int) -> str:
    """Why an AUC over so many present and absent samples is undefined, or an empty string."""
    if positive + negative == 0:
        return "no known label"
    if positive == 0:
        return "never occurs"
    return "" if negative else "always occurs"


def _auc(
    scores: Float[np.ndarray, "sample"], present: Bool[np.ndarray, "sample"]
) -> tuple[float, str]:
    positive = int(present.sum())
    negative = present.size - positive
    reason = one_class_reason(positive, negative)
    if reason:
        return float("nan"), reason
    above = average_ranks(scores)[present].sum() - positive * (positive + 1) / 2
    return float(above / (positive * negative)), ""
